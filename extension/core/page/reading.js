// Reads a page of LinkedIn when the user clicks: its open composer, otherwise its address and title. Nothing is stored.
// A page in an unknown format, or one that does not respond in time, gives no person.

import { runInFrames } from "../browser.js";
import { cleanName, normalName, parseLink, profileLink } from "../log/people.js";
import { isLinkedin, isOnePerson, personOf, productOf } from "../log/person.js";

/** Absolute paths: Firefox resolves relative ones against the calling page. */
const SCRIPTS = ["wording", "walk", "read", "look"].map((name) => `/linkedin/${name}.js`);

/** The longest time a click waits for the page. */
const READ_TIMEOUT_MS = 500;

/** @type {ComposerReading} */
const UNCLEAR = {
  recognised: false,
  product: null,
  name: "",
  link: "",
  cost: "unknown",
  balance: null,
  degree1: false,
};

/**
 * @param {chrome.tabs.Tab | undefined} tab
 * @returns {Promise<PageReading>}
 */
export async function readPage(tab) {
  const at = new Date().toISOString();
  const { place, composer } = isLinkedin(tab?.url) ? await readFrames(tab?.id ?? -1) : { place: null, composer: null };
  return { ...interpret(place ?? placeOf(tab), composer), at };
}

/**
 * The cost of an InMail to this page's person: as the page shows it, otherwise as the user chose last.
 * @param {Pick<PageReading, "cost">} page
 * @param {Preferences} preferences
 * @returns {0 | 1}
 */
export function costOf({ cost }, { lastCost }) {
  if (cost === "unknown") return lastCost;
  return cost === "credit" ? 1 : 0;
}

/**
 * Reads the composer, in whichever frame it is, and the top page at the same moment. Several composers give an unclear
 * reading, unless exactly one is recognised.
 * @param {number} tabId
 * @returns {Promise<{place: PagePlace | null, composer: ComposerReading | null}>}
 */
async function readFrames(tabId) {
  const timeout = new Promise((resolve) => {
    setTimeout(resolve, READ_TIMEOUT_MS, []);
  });
  /** @type {{place: PagePlace | null, composer: ComposerReading | null}[]} */
  const frames = (await Promise.race([runInFrames(tabId, SCRIPTS).catch(() => []), timeout])).filter(Boolean);
  const place = frames.find((frame) => frame.place)?.place ?? null;
  const found = frames.flatMap(({ composer }) => composer ?? []);
  const clear = found.filter(({ recognised }) => recognised);
  if (found.length < 2) return { place, composer: found[0] ?? null };
  return {
    place,
    composer: clear.length === 1 ? clear[0] : { ...UNCLEAR, product: found[0].product, link: found[0].link },
  };
}

/**
 * The page of which only the tab's address and title are known.
 * @param {{url?: string, title?: string} | undefined} tab
 * @returns {PagePlace}
 */
export const placeOf = (tab) => ({
  address: tab?.url ?? "",
  title: tab?.title ?? "",
  loadedAt: "",
  isUntouched: false,
  headings: [],
  named: [],
});

/**
 * @param {PagePlace} place
 * @param {ComposerReading | null} composer
 * @returns {Omit<PageReading, "at">}
 */
export function interpret(place, composer) {
  const { address: url, title } = place;
  const shown = personOf({ url, title });
  const isClear = shown === null || isOnePerson(shown, place);
  const product = composer?.product ?? (shown && productOf(url));
  if (!composer) {
    return { composer: "none", product, person: shown, isClear, cost: "unknown", balance: null, degree1: false };
  }
  const { cost, balance, degree1, recognised } = composer;
  const reading = /** @type {const} */ ({ composer: recognised ? "read" : "strange", product, cost, balance, degree1 });
  const name = cleanName(composer.name);
  if (!name) return { ...reading, person: shown, isClear };
  const isShown = shown !== null && isClear && normalName(shown.name) === normalName(name);
  const link = profileLink(composer.link);
  return {
    ...reading,
    person: { name, profileUrl: isShown ? preferredLink(link, shown.profileUrl) : link },
    isClear: true,
  };
}

/**
 * Of two links to one person, the one with which the person is usually stored: the composer's, unless it has a member
 * id and the page has the public name.
 * @param {string | null} link of the composer
 * @param {string | null} pageLink
 */
function preferredLink(link, pageLink) {
  if (link === null) return pageLink;
  const [kind, pageKind] = [link, pageLink ?? ""].map((each) => parseLink(each)?.kind);
  return kind === "member" && pageKind === "in" ? pageLink : link;
}
