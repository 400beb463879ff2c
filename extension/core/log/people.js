// Normal forms of LinkedIn profile links and of names, and when two of them are one person. rules/people.py has the
// same rules at the server; both are tested with tests/people_cases.json.

export const NAME_LENGTH_MAX = 200;
const NAME_READ_MAX = 1000;
const LINK_READ_MAX = 4000;
const ID_LENGTH_MAX = 200;

/** Replaces the name of an erased person. */
export const ERASED_NAME = "(erased)";

/** Normal names that identify no person. LinkedIn shows closed accounts as "LinkedIn Member". */
const NOT_A_NAME = new Set(["", ERASED_NAME, "linkedin member"]);

const PATHS = /** @type {const} */ ({ in: "in", member: "in", lead: "sales/lead", talent: "talent/profile" });

const BLANKS = /[\p{White_Space}\p{Cc}]+/gu;
const OUTER_BLANKS = /^[\p{White_Space}\p{Cc}]+|[\p{White_Space}\p{Cc}]+$/gu;

/** Invisible characters except joiners and variation selectors; lone surrogates are not characters. */
const NEVER_KEPT = /(?![\u200c\u200d\p{Variation_Selector}])[\p{Default_Ignorable_Code_Point}\p{Surrogate}]/gu;
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Surrogate}]/gu;

/** After these a joiner changes the preceding letter, also at the end of a word (RFC 5892, A.1 and A.2). */
const VIRAMAS = [
  "[",
  "\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d3b\\u0d3c\\u0d4d\\u0dca",
  "\\u0e3a\\u0eba\\u0f84\\u1039\\u103a\\u1714\\u1715\\u1734\\u17d2\\u1a60\\u1b44\\u1baa",
  "\\u1bab\\u1bf2\\u1bf3\\u2d7f\\ua806\\ua82c\\ua8c4\\ua953\\ua9c0\\uaaf6\\uabed",
  "]",
].join("");

/**
 * Joiners matter in emoji sequences and from Hebrew on, not beside Latin, Greek or Cyrillic letters, blanks or other
 * joiners.
 */
const NEEDLESS_JOINER = new RegExp(
  ["(?<!J)[\u200c\u200d]", "(?<!V)[\u200c\u200d](?!J)"]
    .join("|")
    .replace("V", VIRAMAS)
    .replaceAll("J", "[\\u0590-\\u167f\\u1681-\\u1fff\\u2070-\\u2fff\\u3001-\\u{10ffff}]"),
  "gu",
);
const BELONGS_TO_THE_ONE_BEFORE = /^(?:\p{M}|\u200c|\u200d|[\u{1f3fb}-\u{1f3ff}])/u;
const JOINER = /[\u200c\u200d]/;

const ADDRESS = /^(?:(?:https?:)?\/\/)?(?:[a-z0-9-]+\.)*linkedin\.com\.?(?::(?:80|443)?)?\/([^?#]*)(?:[?#].*)?$/is;

/** First path segments of the mobile site, of links in LinkedIn's e-mails and of the public view. */
const SHOWN_AS = new Set(["mwlite", "m", "comm", "public-profile"]);
const ENCODED = /%[0-9a-f]{2}/i;
const NOT_IN_A_SLUG = /[\p{White_Space}\p{Cc}/?#\\\ufffd]/u;
const LINKEDIN_ID = /^[A-Za-z0-9_-]{1,200}$/;
const FOLDED_MEMBER_ID = /^acoaa[a-z0-9_-]{25,}/i;
const PUB_PART = /^[0-9a-z]{1,3}$/;

/**
 * The person that a link identifies, in any of its spellings; null if it identifies no person. An `in` link has a name
 * that the person chose. The other kinds have ids assigned by LinkedIn, separately for each kind, so ids of two kinds
 * cannot be compared.
 * @param {string} text
 * @returns {Link | null}
 */
export function parseLink(text) {
  if (text.length > LINK_READ_MAX) return null;
  const path = ADDRESS.exec(trimmed(withoutUnseen(text)))?.[1];
  if (path === undefined) return null;
  const parts = path.split("/").filter(Boolean);
  // A browser resolves these to another path.
  if (parts.some((part) => [".", ".."].includes(decoded(part)))) return null;
  while (parts.length && SHOWN_AS.has(parts[0].toLowerCase())) parts.shift();
  return parts.length > 1 ? personAt(parts) : null;
}

/**
 * The normal form of a link to a person; null if the link identifies no person.
 * @param {string} text
 */
export const profileLink = (text) => parseLink(text)?.url ?? null;

/**
 * The stored form of a name or another single-line text: composed (NFC), single spaces, no control or invisible
 * characters (joiners stay if a script needs them), at most 200 characters, cut between characters. May be empty.
 * @param {string} text
 */
export function cleanName(text) {
  const read = Array.from(trimmed(text)).slice(0, NAME_READ_MAX).join("");
  return truncated(trimmed(withoutUnseen(read).replace(BLANKS, " ")));
}

/**
 * The form in which names are compared: NFKC, case-folded, single spaces, no invisible characters.
 * @param {string} name
 */
export function normalName(name) {
  let normal = cleanName(name);
  // Folding can decompose a character, and composing can make one that folds again (UAX #15, NFKC_Casefold).
  for (let round = 0; round < 3; round += 1) normal = folded(normal.replace(UNSEEN, "").normalize("NFKC"));
  return trimmed(normal.normalize("NFKC").replace(BLANKS, " "));
}

/**
 * Whether two people are the same: by link if both have one of the same kind, otherwise by normal name.
 * @param {Person} one
 * @param {Person} other
 */
export function isSamePerson(one, other) {
  const [link, otherLink] = [one, other].map(({ profileUrl }) => parseLink(profileUrl ?? ""));
  if (link && otherLink && link.kind === otherLink.kind) return isSameId(link.id, otherLink.id);
  const name = normalName(one.name);
  return !NOT_A_NAME.has(name) && name === normalName(other.name);
}

/**
 * Whether two links identify one person. False for links of two kinds.
 * @param {string} one
 * @param {string} other
 */
export function isSameLink(one, other) {
  const [link, otherLink] = [one, other].map(parseLink);
  return link !== null && otherLink !== null && link.kind === otherLink.kind && isSameId(link.id, otherLink.id);
}

/**
 * Ids are case-sensitive, but earlier versions stored member ids in lower case.
 * @param {string} one
 * @param {string} other
 */
function isSameId(one, other) {
  const low = one.toLowerCase();
  return one === other || (low === other.toLowerCase() && (low === one || low === other));
}

/** @param {string[]} parts of the path */
function personAt(parts) {
  const [first, second, ...rest] = parts;
  const area = first.toLowerCase();
  if (area === "in") return profile(second);
  if (area === "pub") return oldPublicProfile(second, rest);
  if (area === "sales" && ["lead", "people"].includes(second.toLowerCase()) && rest.length) {
    return assignedId("lead", rest[0]);
  }
  const place = parts.slice(0, -1).findIndex((part) => part.toLowerCase() === "profile");
  return area === "talent" && place >= 0 ? assignedId("talent", parts[place + 1]) : null;
}

/**
 * @param {Link["kind"]} kind
 * @param {string} id
 * @returns {Link}
 */
const linkOf = (kind, id) => ({ kind, id, url: `https://www.linkedin.com/${PATHS[kind]}/${id}` });

/**
 * `/in/<slug>`. LinkedIn puts a member id in place of the slug if it hides the chosen name.
 * @param {string} written
 */
function profile(written) {
  const text = trimmed(withoutUnseen(decoded(written)));
  const member = text.startsWith("ACoAA") || FOLDED_MEMBER_ID.test(text) ? assignedId("member", text) : null;
  if (member) return member;
  const slug = text.toLowerCase().normalize("NFC");
  const isNone =
    !slug || Array.from(slug).length > ID_LENGTH_MAX || NOT_IN_A_SLUG.test(slug) || [".", "..", "me"].includes(slug);
  return isNone ? null : linkOf("in", slug);
}

/**
 * `/pub/<name>/<a>/<b>/<c>`, from before 2015: LinkedIn redirects it to `/in/<name>-<c><b><a>`, with c and b filled up
 * to three digits (https://www.npmjs.com/package/linkedin-canonical-url).
 * @param {string} name
 * @param {string[]} numbers
 */
function oldPublicProfile(name, numbers) {
  const [first, second, third] = numbers.map((number) => number.toLowerCase());
  if (![first, second, third].every((number) => PUB_PART.test(number ?? ""))) return null;
  return profile(`${name}-${third.padStart(3, "0")}${second.padStart(3, "0")}${first}`);
}

/**
 * An id assigned by LinkedIn. Sales Navigator appends the search after a comma.
 * @param {Link["kind"]} kind
 * @param {string} written
 */
function assignedId(kind, written) {
  const id = trimmed(decoded(written).split(",")[0]);
  return LINKEDIN_ID.test(id) ? linkOf(kind, id) : null;
}

/**
 * Decodes percent-encoding, also the second layer that mail programs add. Text that is not UTF-8 stays encoded.
 * @param {string} text
 */
function decoded(text) {
  while (ENCODED.test(text)) {
    try {
      text = decodeURIComponent(text);
    } catch {
      break;
    }
  }
  return text;
}

/** @param {string} text */
const trimmed = (text) => text.replace(OUTER_BLANKS, "");

/**
 * Composed (NFC), without invisible characters except joiners and variation selectors that a script needs.
 * @param {string} text
 */
const withoutUnseen = (text) => text.replace(NEVER_KEPT, "").normalize("NFC").replace(NEEDLESS_JOINER, "");

/**
 * Full case folding, with upper case as the intermediate step: some letters have several lower-case forms. The dotless
 * i is folded separately.
 * @param {string} text
 */
const folded = (text) =>
  text
    .split("ı")
    .map((part) => part.toUpperCase().toLowerCase())
    .join("ı")
    .replaceAll("ς", "σ");

/** @param {string} name */
function truncated(name) {
  const characters = Array.from(name);
  if (characters.length <= NAME_LENGTH_MAX) return name;
  const isInside = (/** @type {number} */ place) =>
    BELONGS_TO_THE_ONE_BEFORE.test(characters[place]) || JOINER.test(characters[place - 1]);
  let end = NAME_LENGTH_MAX;
  while (end && isInside(end)) end -= 1;
  return trimmed(characters.slice(0, end || NAME_LENGTH_MAX).join(""));
}
