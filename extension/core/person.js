// Who a LinkedIn page is about, from the tab's URL and title alone. A page that is not understood is nobody's.

const HOST = "www.linkedin.com";

const TEXT_LENGTH_MAX = 200;

/** Of how many parts a person's title consists, by its last one. */
const PARTS = new Map([["LinkedIn", 2], ["Sales Navigator", 3], ["Recruiter", 2]]);

/** By the first part of the path. */
const PRODUCTS = new Map([["in", "premium"], ["messaging", "premium"], ["sales", "sales_navigator"], ["talent", "recruiter"]]);

/** @param {string | undefined} address */
export const isLinkedin = (address = "") => URL.parse(address)?.hostname === HOST;

/**
 * The one form of a link to a person: /in/<slug> in lower case, /sales/lead/<id> without the search it was found by,
 * /talent/profile/<id> without the project.
 * @param {string} link
 * @returns {string | null} null where the link leads to no person
 */
export function profileLink(link) {
  const url = URL.parse(link.trim());
  if (!url || url.hostname !== HOST || !/^https?:$/.test(url.protocol)) return null;
  const [area, kind, third] = url.pathname.split("/").slice(1);
  const talent = /^\/talent\/(?:.*\/)?profile\/([^/]+)/.exec(url.pathname);
  if (area === "in" && kind) return `https://${HOST}/in/${decoded(kind).toLowerCase()}`;
  if (area === "sales" && kind === "lead" && third) return `https://${HOST}/sales/lead/${third.split(",")[0]}`;
  return talent && `https://${HOST}/talent/profile/${talent[1]}`;
}

/**
 * Whose InMail credits a page of LinkedIn is about, as a product.
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
 * "(3) Kai Example | LinkedIn", "Kai Example | Lead | Sales Navigator" and "Kai Example | Recruiter" name a person. A visitor who
 * is not signed in sees "Kai Example - Job - Company | LinkedIn".
 * @param {string} title
 */
function nameIn(title) {
  const parts = title.replace(/^\(\d+\+?\)\s*/, "").split(" | ");
  const site = parts.at(-1)?.trim() ?? "";
  return parts.length === PARTS.get(site) ? tidy(parts[0].split(" - ")[0]) : "";
}

/**
 * A name or subject as it is kept: trimmed, and cut between characters, never within one.
 * @param {string} text
 */
export const tidy = (text) => Array.from(text.trim()).slice(0, TEXT_LENGTH_MAX).join("");

/**
 * One person is known by several links, which are compared within one kind; names are compared across them.
 * @param {Person} one
 * @param {Person} other
 */
export function isSamePerson(one, other) {
  const [kind, otherKind] = [one, other].map(({ profileUrl }) => profileUrl && kindOf(profileUrl));
  if (kind && kind === otherKind) return one.profileUrl === other.profileUrl;
  return plain(one.name) === plain(other.name);
}

/** @param {string} link in its one form; /in/ACoA… is a number, not the name that a person chose */
const kindOf = (link) => new URL(link).pathname.split("/").slice(1, -1).join("/") + (/\/in\/acoa/i.test(link) ? "#" : "");

/** @param {string} name */
const plain = (name) => tidy(name).normalize("NFKC").toLowerCase();

/** @param {string} slug */
function decoded(slug) {
  try {
    return decodeURIComponent(slug);
  } catch {
    return slug;
  }
}
