// The popup: the balance is painted first, from storage, then all sections; repainted whenever storage changes.

import { activeTab, onStored, shortcut } from "../core/browser.js";
import { cachedView } from "../core/show/view.js";
import { setLanguage, t } from "../text/words.js";
import { renderInto } from "../ui/dom.js";
import { balance } from "./balance.js";
import { header } from "./header.js";
import { section } from "./section.js";
import { baseOf, initialUi, isAtRest, ROOM_MAX } from "./states/base.js";
import { balanceState } from "./states/balance.js";
import { headerState } from "./states/header.js";

/** The height in pixels from which on sections give way. */
const HEIGHT_MAX = 540;

/** The longest wait for the first frame: the browser shows none while the page is hidden. */
const FRAME_MS_MAX = 200;

/** The time in which the reply to a click follows the change that it caused. */
const SETTLE_MS = 20;

/** Lost when the popup closes. */
const ui = initialUi();
const tab = { page: /** @type {PageReading | null} */ (null), shortcut: "" };
/** @type {HTMLElement} */
let root;
/** @type {((base: PopupBase) => HTMLElement | null)[]} */
const firstSections = [section(headerState, header), section(balanceState, balance)];
/** The sections to paint: at first header and balance, after the import all of them. */
let sectionsOf = (/** @type {PopupBase} */ base) => firstSections.map((each) => each(base));
/**
 * What the popup needs after the first frame.
 * @type {typeof import("./sections.js")}
 */
let all;
/** Whether all sections are painted. */
let isComplete = false;
let view = /** @type {View | null} */ (null);
/** @type {ReturnType<typeof setTimeout> | undefined} */
let pendingRepaint;

function paint() {
  if (!view) return;
  const base = baseOf(view, tab, { ui, paint }, new Date());
  root.dataset.state = base.state;
  clearOutdatedMessage(view);
  paintToFit(base);
}

/** Paints what the user did not cause at this moment. */
function paintChange() {
  if (all) all.paintChange(paint);
  else paint();
}

/**
 * Paints as much as the height allows: the unanswered InMails give way first, then the notes and second lines
 * (popup.css). The height depends on fonts, dates and names, so it is measured. While the user has something open,
 * nothing gives way, so that nothing moves away from the pointer. Header and balance alone always fit.
 * @param {PopupBase} base
 */
function paintToFit(base) {
  const isMeasured = isComplete && isAtRest(ui);
  if (isMeasured) ui.room = ROOM_MAX;
  for (; ; ui.room -= 1) {
    root.dataset.room = String(ui.room);
    renderInto(root, sectionsOf(base));
    if (!isMeasured || ui.room === 0 || root.scrollHeight <= HEIGHT_MAX) break;
  }
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
  paintChange();
  // Entries that were waiting are on the server now, so what it has about the person may have changed.
  if (waited && !view.waiting.length && ui.found) await lookUp();
}

/** Repaints once for a burst of changes, after the click that caused them has been replied to. */
function repaintSoon() {
  pendingRepaint ??= setTimeout(() => {
    pendingRepaint = undefined;
    repaint();
  }, SETTLE_MS);
}

/** Fetches what the server has about the page's person. */
async function lookUp() {
  const { page } = tab;
  if (!page?.person || !page.isClear) return;
  ui.found = (await all.ask("person.lookup", { person: page.person }).catch(() => ({ found: undefined }))).found;
  paintChange();
}

/** @param {View} view */
const contextNow = (view) => all.contextOf(baseOf(view, tab, { ui, paint }, new Date()));

/**
 * Reads the tab's page and the draft that the worker stored for this popup.
 * @param {ReturnType<typeof activeTab>} activeTabFound
 */
async function readTab(activeTabFound) {
  const [page, keys, { draft, asks }] = await Promise.all([
    activeTabFound.then(all.readPage),
    shortcut("log-inmail"),
    all.ask("draft.take", {}),
  ]);
  Object.assign(tab, { page, shortcut: keys });
  if (draft) Object.assign(ui, draft.isForList ? { adding: draft } : { draft, form: true });
  if (view && page?.person && !contextNow(view).isReady) ui.form = true;
  paintChange();
  // A popup opened by a shortcut can be used by the keyboard at once.
  const first = ui.adding ? "#list-name" : ".main";
  if (document.activeElement === document.body) /** @type {HTMLElement | null} */ (root.querySelector(first))?.focus();
  await lookUp();
  if (asks) /** @type {HTMLElement | null} */ (root.querySelector("[data-hook='log']"))?.click();
  if (view) await all.takeOverAtOnce(all.pageState(contextNow(view)));
}

async function start() {
  setLanguage(document.documentElement);
  // The packed script runs before the page has been parsed.
  await hasHappened(document, "DOMContentLoaded", document.readyState !== "loading");
  root = /** @type {HTMLElement} */ (document.getElementById("popup"));
  const activeTabFound = activeTab();
  // Registered before the first painting, so that no later change is missed.
  onStored(repaintSoon);
  await repaint();
  // Imported after the first painting, which it must not delay.
  const imported = import("./sections.js");
  // The style sheets, on which the height depends, have been loaded by then.
  await hasHappened(globalThis, "load", document.readyState === "complete");
  await firstFrame();
  all = await imported;
  all.dropMisaimedClicks();
  isComplete = true;
  sectionsOf = (base) => {
    const context = all.contextOf(base);
    return all.sections.map((each) => each(context));
  };
  paintChange();
  await Promise.all([readTab(activeTabFound), all.ask("refresh", {}).catch(() => null), all.ask("looked", {})]);
}

/**
 * Waits for an event, unless it has happened before.
 * @param {EventTarget} target
 * @param {string} event
 * @param {boolean} isPast
 */
const hasHappened = (target, event, isPast) =>
  isPast || new Promise((resolve) => target.addEventListener(event, resolve, { once: true }));

/** Waits until the browser has shown a frame. */
const firstFrame = () =>
  new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, document.hidden ? 0 : FRAME_MS_MAX);
  });

start();
