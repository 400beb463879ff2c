// The popup: the number painted at once from storage, then all the rest, repainted whenever storage changes.

import { activeTab, onStored, shortcut } from "../core/browser.js";
import { accountFor, currentAccount, cachedView } from "../core/show/view.js";
import { t } from "../text/words.js";
import { renderInto } from "../ui/dom.js";
import { balance } from "./balance.js";
import { header } from "./header.js";

/**
 * What is open in this popup; gone when it closes.
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
/** The sections before the others are loaded; then all of them. */
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
 * The page picks the account, until the user does.
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
 * What was said of an entry holds no longer once the server has refused it.
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
  // What was removed or answered meanwhile is on the server now.
  if (waited && !view.waiting.length && ui.found) await lookUp();
}

/** What the server knows of the page's person. */
async function lookUp() {
  const { page } = tab;
  if (!page?.person || !page.isClear) return;
  ui.found = (await all.ask("person.lookup", { person: page.person }).catch(() => ({ found: undefined }))).found;
  paint();
}

/** What the tab shows, and what the worker kept for this popup. */
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
  // Whoever opened the popup by a key goes on by key.
  const first = ui.adding ? "#list-name" : ".main";
  if (document.activeElement === document.body) /** @type {HTMLElement | null} */ (root.querySelector(first))?.focus();
  await lookUp();
  if (asks) /** @type {HTMLElement | null} */ (root.querySelector("[data-hook='log']"))?.click();
  if (view) await all.takeOverAtOnce(all.contextOf(baseOf(view)));
}

document.documentElement.lang = t("format_locale");
const activeTabFound = activeTab();
// Before the first reading: a change while the rest is loading would go unseen.
onStored(repaint);
await repaint();
// Only now, so that loading it does not hold up the number.
const all = await import("./sections.js");
sectionsOf = (base) => {
  const context = all.contextOf(base);
  return all.sections.map((section) => section(context));
};
paint();
await Promise.all([readTab(), all.ask("refresh", {}).catch(() => null), all.ask("looked", {})]);
