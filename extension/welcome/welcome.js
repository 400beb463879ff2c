// The welcome page: connects this browser, then shows the settings that need the browser. Rechecks its state every
// three seconds while visible.

import { isPinned, onPermissions, onStored, shortcut } from "../core/browser.js";
import { ask } from "../core/messages.js";
import { cachedView } from "../core/show/view.js";
import { setLanguage, t } from "../text/words.js";
import { renderInto } from "../ui/dom.js";
import { older } from "../ui/older.js";
import { about } from "./about.js";
import { app } from "./app.js";
import { connection } from "./connection.js";
import { intro } from "./intro.js";
import { keys } from "./keys.js";
import { listening } from "./listening.js";
import { numbers } from "./numbers.js";
import { pair } from "./pair.js";
import { pin } from "./pin.js";
import { reminders } from "./reminders.js";
import { checkServer, server } from "./server.js";

const CHECK_EVERY_MS = 3000;

/**
 * The state of this tab beyond storage.
 * @type {WelcomeUi}
 */
const ui = {
  address: "",
  reached: "unknown",
  refusal: "",
  reconnecting: false,
  isShut: false,
  leaving: false,
  pinned: null,
  shortcuts: { log: "", later: "", open: "" },
  focus: null,
  errors: {},
};

const STEPS = [intro, server, pair, pin, about];
const SETTINGS = [intro, older, server, pair, pin, app, listening, numbers, reminders, keys, connection, about];
const root = /** @type {HTMLElement} */ (document.getElementById("welcome"));
let view = /** @type {View | null} */ (null);
/** The id of a field that had the focus when it went, such as the code's while the server is away. */
let lost = "";

function paint() {
  if (!view) return;
  const account = view.accounts.find(({ account: { id } }) => id === view?.currentAccount) ?? view.accounts[0] ?? null;
  const context = { view, now: new Date(), account, setup: !view.server.paired, ui, paint };
  const focused = document.activeElement?.id;
  document.title = t(context.setup ? "welcome_title" : "settings_tab");
  root.dataset.state = context.setup ? "setup" : "settings";
  renderInto(
    root,
    (context.setup ? STEPS : SETTINGS).map((section) => section(context)),
  );
  if (document.activeElement !== root) lost = "";
  else if (focused && !document.getElementById(focused)) lost = focused;
  // The field to focus may appear only with a later painting.
  const awaited = document.getElementById(ui.focus ?? lost);
  if (!awaited) return;
  awaited.focus();
  ui.focus = null;
  lost = "";
}

async function repaint() {
  view = await cachedView(new Date());
  paint();
}

/** Queries what is not in storage: the toolbar, the shortcuts and, without a connection, permission and server. */
async function checkBrowser() {
  if (!view) return;
  ui.pinned = await isPinned().catch(() => null);
  ui.shortcuts = {
    log: await shortcut("log-inmail"),
    later: await shortcut("write-later"),
    open: await shortcut("_execute_action"),
  };
  if (view.connection.state !== "ok") await checkServer(ui);
  paint();
}

setLanguage(document.documentElement);
// Registered before the first read, so that no change during loading is missed.
onStored(repaint);
view = await cachedView(new Date());
ui.address = view.pairing?.address ?? view.server.address;
if (view.pairing) ui.focus = "code";
paint();
if (location.hash) document.querySelector(location.hash)?.scrollIntoView();
onPermissions(checkBrowser);
await checkBrowser();
await ask("refresh", {});
setInterval(() => document.hidden || checkBrowser(), CHECK_EVERY_MS);
