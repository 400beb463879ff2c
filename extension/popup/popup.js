// The popup: the number painted at once from storage, then all the rest, repainted whenever storage changes.

import { activeTab, onStored, shortcut } from "../core/browser.js";
import { readView } from "../core/view.js";
import { arrange } from "../ui/dom.js";
import { t } from "../ui/words.js";
import { balance, header } from "./balance.js";

/**
 * What is open in this popup; gone when it closes.
 * @type {PopupUi}
 */
const ui = { form: false, allNotices: false, observing: false, outcomeOf: null, draft: null, observation: null, errors: {} };

const tab = { person: /** @type {Person | null} */ (null), shortcut: "" };
const root = /** @type {HTMLElement} */ (document.getElementById("popup"));
let sections = /** @type {PopupSection[]} */ ([header, balance]);
let view = /** @type {View | null} */ (null);

function paint() {
  if (!view) return;
  const current = view.currentAccount;
  const account = view.accounts.find((one) => one.account.id === current) ?? view.accounts[0] ?? null;
  /** @type {PopupContext["state"]} */
  const state = view.connection.state !== "ok" ? view.connection.state : account ? "ready" : "no_account";
  const context = { view, now: new Date(), account, state, ...tab, ui, paint };
  root.dataset.state = state;
  arrange(root, sections.map((section) => section(context)));
}

async function repaint() {
  view = await readView(new Date());
  paint();
}

/** Who the tab shows, and what the worker kept for this popup. */
async function lookAround() {
  const [shown, keys, { draft }] = await Promise.all([looking, shortcut("log-inmail"), all.ask("draft.take", {})]);
  Object.assign(tab, { person: all.personOf(shown), shortcut: keys });
  if (draft) Object.assign(ui, { draft, form: true });
  paint();
}

document.documentElement.lang = t("format_locale");
const looking = activeTab();
// Before the first reading: a change while the rest is loading would go unseen.
onStored(repaint);
await repaint();
// Only now, so that loading it does not hold up the number.
const all = await import("./sections.js");
sections = all.sections;
paint();
await Promise.all([lookAround(), all.ask("refresh", {}).catch(() => null)]);
