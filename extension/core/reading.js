// What a page of LinkedIn says at the user's click, and only then: its open composer, else the tab's URL and title. Nothing of it
// is kept, and a page that is not understood, or does not answer soon, says nothing.

import { lookInto } from "./browser.js";
import { isLinkedin, personOf, productOf, profileLink, tidy } from "./person.js";

/** From the extension's root: Firefox takes a path without the slash from the folder of the page that asks. */
const SCRIPTS = ["wording", "walk", "read", "look"].map((name) => `/linkedin/${name}.js`);

/** A page that hangs must not hold up the click. */
const PATIENCE_MS = 500;

/**
 * @param {chrome.tabs.Tab | undefined} tab
 * @returns {Promise<PageReading>}
 */
export async function readPage(tab) {
  const at = new Date().toISOString();
  return { ...understood(tab, isLinkedin(tab?.url) ? await composerIn(tab?.id ?? -1) : null), at };
}

/**
 * What an InMail to this page's person costs: as the page says, else what the user chose last.
 * @param {Pick<PageReading, "cost">} page
 * @param {Preferences} preferences
 * @returns {0 | 1}
 */
export function costOf({ cost }, { lastCost }) {
  if (cost === "unknown") return lastCost;
  return cost === "credit" ? 1 : 0;
}

/**
 * The reading of the one composer, whichever frame it is in.
 * @param {number} tabId
 * @returns {Promise<ComposerReading | null>}
 */
async function composerIn(tabId) {
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS, []); });
  const frames = await Promise.race([lookInto(tabId, SCRIPTS).catch(() => []), late]);
  /** @type {ComposerReading[]} */
  const found = frames.filter(Boolean);
  const clear = found.filter(({ recognised }) => recognised);
  if (found.length < 2) return found[0] ?? null;
  return clear.length === 1 ? clear[0] : { ...found[0], recognised: false, name: "", cost: "unknown", balance: null, degree1: false };
}

/**
 * @param {chrome.tabs.Tab | undefined} tab
 * @param {ComposerReading | null} composer
 * @returns {Omit<PageReading, "at">}
 */
export function understood(tab, composer) {
  const shown = personOf(tab);
  const product = composer?.product ?? (shown && productOf(tab?.url));
  if (!composer) return { composer: "none", product, person: shown, cost: "unknown", balance: null, degree1: false };
  const { cost, balance, degree1, link, recognised } = composer;
  const name = tidy(composer.name);
  const profileUrl = profileLink(link) ?? (name === shown?.name ? shown.profileUrl : null);
  const person = name ? { name, profileUrl } : shown;
  return { composer: recognised ? "read" : "strange", product, person, cost, balance, degree1 };
}
