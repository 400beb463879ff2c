// What a page of LinkedIn says at the user's click, and only then: its open composer, else its address and title.
// Nothing of it is kept, and a page that is not understood, or does not answer soon, says nothing.

import { runInFrames } from "../browser.js";
import { cleanName, normalName, parseLink, profileLink } from "../log/people.js";
import { isLinkedin, isOnePerson, personOf, productOf } from "../log/person.js";

/** From the extension's root: Firefox takes a path without the slash from the folder of the page that asks. */
const SCRIPTS = ["wording", "walk", "read", "look"].map((name) => `/linkedin/${name}.js`);

/** A page that hangs must not hold up the click. */
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
 * The reading of the one composer, whichever frame it is in, and the page around it at the same moment.
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
 * A page of which no more is known than its address and title.
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
 * Of two links to one person the one by which the person is known elsewhere: the composer's, unless that is a member's
 * number and the page has the public name.
 * @param {string | null} link of the composer
 * @param {string | null} pageLink
 */
function preferredLink(link, pageLink) {
  if (link === null) return pageLink;
  const [kind, pageKind] = [link, pageLink ?? ""].map((each) => parseLink(each)?.kind);
  return kind === "member" && pageKind === "in" ? pageLink : link;
}
