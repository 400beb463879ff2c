// The person of a LinkedIn page, from its address and title. Null for a page in an unknown format.

import { cleanName, isSameLink, normalName, parseLink, profileLink } from "./people.js";

/** The number of parts of a person's title, by its last part. */
const PARTS = new Map([
  ["LinkedIn", 2],
  ["Sales Navigator", 3],
  ["Recruiter", 2],
]);

/**
 * Products by the first segment of the path.
 * @type {Map<string, Product>}
 */
const PRODUCTS = new Map([
  ["in", "premium"],
  ["messaging", "premium"],
  ["sales", "sales_navigator"],
  ["talent", "recruiter"],
]);

/** Letters without a Unicode decomposition, as LinkedIn transliterates them in public names. */
const PLAIN_LETTERS = new Map([
  ["ß", "ss"],
  ["æ", "ae"],
  ["œ", "oe"],
  ["ø", "o"],
  ["ł", "l"],
  ["đ", "d"],
  ["ð", "d"],
  ["þ", "th"],
  ["ı", "i"],
]);
const GERMAN_LETTERS = new Map([
  ["ä", "ae"],
  ["ö", "oe"],
  ["ü", "ue"],
  ["å", "aa"],
  ["ø", "oe"],
]);

/** @param {string | undefined} address of any of LinkedIn's sites: www, a country's, the one for telephones */
export const isLinkedin = (address = "") => /^(?:.+\.)?linkedin\.com$/.test(URL.parse(address)?.hostname ?? "");

/**
 * The product whose InMail credits a page of LinkedIn uses; null for any other page.
 * @param {string | undefined} address
 */
export function productOf(address = "") {
  const area = isLinkedin(address) ? new URL(address).pathname.split("/")[1] : "";
  return PRODUCTS.get(area) ?? null;
}

/**
 * @param {{url?: string, title?: string} | undefined} tab
 * @returns {Person | null}
 */
export function personOf(tab) {
  const profileUrl = profileLink(tab?.url ?? "");
  const name = profileUrl && nameIn(tab?.title ?? "");
  return name ? { name, profileUrl } : null;
}

/**
 * The name in a title: "(3) Kai Example | LinkedIn", "Kai Example | Lead | Sales Navigator", "Kai Example | Recruiter",
 * or signed out "Kai Example - Job - Company | LinkedIn". Empty for any other title.
 * @param {string} title
 */
function nameIn(title) {
  const parts = title.replace(/^\(\d+\+?\)\s*/, "").split(" | ");
  const site = parts.at(-1)?.trim() ?? "";
  if (parts.length !== PARTS.get(site)) return "";
  return cleanName(site === "LinkedIn" ? parts[0].split(" - ")[0] : parts[0]);
}

/**
 * Whether the name in the title and the link in the address are of one person. LinkedIn changes the address first and
 * the title up to some seconds later. True if one of these holds:
 * 1. The public name in the link is made from the name.
 * 2. The page has a link to this person with this name as its text.
 * 3. The page was loaded at this address, has not navigated since, and has a heading with this name.
 * @param {Person} person from the address and title of `place`
 * @param {PagePlace} place
 */
export function isOnePerson({ name, profileUrl }, { headings, isUntouched, loadedAt, named }) {
  const link = profileUrl ?? "";
  const isTheName = (/** @type {string} */ text) => normalName(text) === normalName(name);
  return (
    isMadeFrom(link, name) ||
    named.some(isTheName) ||
    (isUntouched && isSameLink(loadedAt, link) && headings.some(isTheName))
  );
}

/**
 * Whether the public name in a link is made from a person's name: it has two of its words (or its only one), or begins
 * with all of them joined.
 * @param {string} link
 * @param {string} name
 */
function isMadeFrom(link, name) {
  const parsed = parseLink(link);
  if (parsed?.kind !== "in") return false;
  const parts = wordsOf(parsed.id, PLAIN_LETTERS);
  return [PLAIN_LETTERS, GERMAN_LETTERS].some((letters) => {
    const words = wordsOf(name, letters);
    const isWhole = words.length > 0 && parts.join("").startsWith(words.join(""));
    return (
      isWhole || (words.length > 0 && words.filter((word) => parts.includes(word)).length >= Math.min(2, words.length))
    );
  });
}

/**
 * @param {string} text
 * @param {Map<string, string>} letters
 */
const wordsOf = (text, letters) =>
  Array.from(
    text.toLowerCase().normalize("NFC"),
    (letter) => letters.get(letter) ?? PLAIN_LETTERS.get(letter) ?? letter,
  )
    .join("")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .split(/[^\p{L}]+/u)
    .filter(({ length }) => length > 1);
