// The first-run tab and, once it is done, the settings: the same sections, each of which checks itself while it is looked at.

import { isPinned, onPermissions, onStored, shortcut } from "../core/browser.js";
import { ask } from "../core/messages.js";
import { readView } from "../core/view.js";
import { arrange } from "../ui/dom.js";
import { t } from "../ui/words.js";
import { about } from "./about.js";
import { app } from "./app.js";
import { calendar } from "./calendar.js";
import { connection } from "./connection.js";
import { create } from "./create.js";
import { details } from "./details.js";
import { imports } from "./imports.js";
import { intro } from "./intro.js";
import { keys } from "./keys.js";
import { listening } from "./listening.js";
import { numbers } from "./numbers.js";
import { pair } from "./pair.js";
import { pin } from "./pin.js";
import { plan } from "./plan.js";
import { reminders } from "./reminders.js";
import { rules } from "./rules.js";
import { checkServer, server } from "./server.js";
import { takeout } from "./takeout.js";

const CHECK_EVERY_MS = 3000;

/**
 * What this tab knows beyond storage.
 * @type {WelcomeUi}
 */
const ui = {
  finished: false, address: "", reached: "unknown", reconnecting: false, adding: false, leaving: false, chosenPlan: "", chosenBook: "", chosenTo: "", wrongBook: null,
  books: [], pinned: null, account: new URLSearchParams(location.search).get("account"), rulesPreview: null, planPreview: null, planChanges: null, imports: null, calendar: null, shortcuts: { log: "", open: "" }, focus: null, errors: {},
};

const STEPS = [intro, server, pair, create, pin, about];
const SETTINGS = [intro, server, pair, create, app, details, plan, rules, listening, numbers, reminders, keys, calendar, imports, takeout, connection, pin, about];
const root = /** @type {HTMLElement} */ (document.getElementById("welcome"));
let view = /** @type {View | null} */ (null);

/** The first run ends when the user says so, or was over before this tab opened. */
function paint() {
  if (!view) return;
  const account = view.accounts.find(({ account: { id } }) => id === (ui.account ?? view?.currentAccount)) ?? view.accounts[0] ?? null;
  const context = { view, now: new Date(), account, setup: !ui.finished || !account, ui, paint };
  document.title = t(context.setup ? "welcome_title" : "settings_tab");
  root.dataset.state = context.setup ? "setup" : "settings";
  arrange(root, (context.setup ? STEPS : SETTINGS).map((section) => section(context)));
  // What is to be typed into may come with a later painting only.
  const awaited = ui.focus && document.getElementById(ui.focus);
  if (!awaited) return;
  awaited.focus();
  ui.focus = null;
}

async function repaint() {
  view = await readView(new Date());
  paint();
  if (view.server.paired && !ui.books.length) look();
}

/** What can only be asked: the permission, the server, the toolbar, and the rule books once there is a connection. */
async function look() {
  if (!view) return;
  const isOpen = view.connection.state !== "ok" || !ui.books.length;
  ui.pinned = await isPinned().catch(() => null);
  ui.shortcuts = { log: await shortcut("log-inmail"), open: await shortcut("_execute_action") };
  if (isOpen) await checkServer(ui);
  if (view.server.paired && !ui.books.length) ui.books = (await ask("rulebooks.get", {}).catch(() => ({ items: [] }))).items;
  paint();
}

document.documentElement.lang = t("format_locale");
// Before the first reading: a change while the rest is loading would go unseen.
onStored(repaint);
view = await readView(new Date());
ui.address = view.pairing?.address ?? view.server.address;
ui.finished = view.server.paired && view.accounts.length > 0;
if (view.pairing) ui.focus = "code";
paint();
if (location.hash) document.querySelector(location.hash)?.scrollIntoView();
onPermissions(look);
await look();
await ask("refresh", {});
setInterval(() => document.hidden || look(), CHECK_EVERY_MS);
