// The popup: the balance is painted first, from storage, then all sections; repainted whenever storage changes.

import { activeTab, onStored, shortcut } from "../core/browser.js";
import { accountFor, currentAccount, cachedView } from "../core/show/view.js";
import { setLanguage, t } from "../text/words.js";
import { renderInto } from "../ui/dom.js";
import { balance } from "./balance.js";
import { header } from "./header.js";

/**
 * The state of this popup; lost when it closes.
 * @type {PopupUi}
 */
const ui = {
  adding: null,
  allAwaiting: false,
  allNotices: false,
  asking: null,
  day: "now",
  doubted: null,
  draft: null,
  editing: null,
  elsewhere: false,
  errors: {},
  form: false,
  found: undefined,
  logged: null,
  lastOpenedAt: null,
  menu: false,
  observing: false,
  outcomeOf: null,
  picking: false,
  switched: false,
  targetMenu: null,
};

const tab = { page: /** @type {PageReading | null} */ (null), shortcut: "" };
const root = /** @type {HTMLElement} */ (document.getElementById("popup"));
/** The sections to paint: at first header and balance, after the import all of them. */
let sectionsOf = (/** @type {PopupBase} */ base) => [header(base), balance(base)];
let view = /** @type {View | null} */ (null);

function paint() {
  if (!view) return;
  const base = baseOf(view);
  root.dataset.state = base.state;
  clearOutdatedMessage(view);
  renderInto(root, sectionsOf(base));
}

/**
 * The account is the page's, until the user selects one.
 * @param {View} view
 * @returns {PopupBase}
 */
function baseOf(view) {
  const { accounts, currentAccount: current } = view;
  const account = (ui.switched ? null : accountFor(accounts, current, tab.page)) ?? currentAccount(accounts, current);
  const state = view.connection.state !== "ok" ? view.connection.state : account ? "ready" : "no_account";
  return { view, now: new Date(), account, state, ...tab, ui, paint };
}

/**
 * Clears the message about the last entry once the server has refused it or had it already.
 * @param {View} view
 */
function clearOutdatedMessage({ listedBefore, needsYou }) {
  const isListed = listedBefore.some((id) => id === ui.logged);
  if (!isListed && !needsYou.some(({ id }) => id === ui.logged)) return;
  ui.logged = null;
  document.getElementById("live")?.replaceChildren();
  if (isListed) all.say(t("listed_already"));
}

async function repaint() {
  const waited = view?.waiting.length ?? 0;
  view = await cachedView(new Date());
  ui.lastOpenedAt ??= view.lastOpenedAt;
  paint();
  // Entries that were waiting are on the server now, so what it has about the person may have changed.
  if (waited && !view.waiting.length && ui.found) await lookUp();
}

/** Fetches what the server has about the page's person. */
async function lookUp() {
  const { page } = tab;
  if (!page?.person || !page.isClear) return;
  ui.found = (await all.ask("person.lookup", { person: page.person }).catch(() => ({ found: undefined }))).found;
  paint();
}

/** Reads the tab's page and the draft that the worker stored for this popup. */
async function readTab() {
  const [page, keys, { draft, asks }] = await Promise.all([
    activeTabFound.then(all.readPage),
    shortcut("log-inmail"),
    all.ask("draft.take", {}),
  ]);
  Object.assign(tab, { page, shortcut: keys });
  if (draft) Object.assign(ui, draft.isForList ? { adding: draft } : { draft, form: true });
  if (view && page?.person && !all.contextOf(baseOf(view)).isReady) ui.form = true;
  paint();
  // A popup opened by a shortcut can be used by the keyboard at once.
  const first = ui.adding ? "#list-name" : ".main";
  if (document.activeElement === document.body) /** @type {HTMLElement | null} */ (root.querySelector(first))?.focus();
  await lookUp();
  if (asks) /** @type {HTMLElement | null} */ (root.querySelector("[data-hook='log']"))?.click();
  if (view) await all.takeOverAtOnce(all.contextOf(baseOf(view)));
}

setLanguage(document.documentElement);
const activeTabFound = activeTab();
// Registered before the first read, so that no change during loading is missed.
onStored(repaint);
await repaint();
// Imported after the first painting, which it must not delay.
const all = await import("./sections.js");
sectionsOf = (base) => {
  const context = all.contextOf(base);
  return all.sections.map((section) => section(context));
};
paint();
await Promise.all([readTab(), all.ask("refresh", {}).catch(() => null), all.ask("looked", {})]);
