// Messages of `_locales`, with their plural forms. Numbers and lists are formatted in the reader's language.

import { text } from "../core/browser.js";

/**
 * The formatters of the reader's language; creating one is slow.
 * @type {{numbers: Intl.NumberFormat, plurals: Intl.PluralRules} | undefined}
 */
let formatters;

function language() {
  if (!formatters) {
    const locale = text("format_locale");
    formatters = { numbers: new Intl.NumberFormat(locale), plurals: new Intl.PluralRules(locale) };
  }
  return formatters;
}

/** @param {Filling} filling */
const filled = (filling) => (typeof filling === "number" ? number(filling) : filling);

/**
 * The message of a key, with its places filled in.
 * @type {<Key extends MessageKey>(key: Key, ...args: Messages[Key]) => string}
 */
export const t = (key, ...args) => text(key, .../** @type {Filling[]} */ (args).map(filled));

/**
 * The message of a key in the plural form of the count, which is the first argument.
 * @type {<Key extends PluralKey>(key: Key, ...args: PluralMessages[Key]) => string}
 */
export const plural = (key, ...args) =>
  text(`${key}_${language().plurals.select(Number(args[0]))}`, .../** @type {Filling[]} */ (args).map(filled));

/** @param {number} amount */
export const number = (amount) => language().numbers.format(amount);

/**
 * A share as a percentage, rounded down: a rate below a limit must not be shown as the limit.
 * @param {number} part
 * @param {number} whole
 */
export const percent = (part, whole) =>
  new Intl.NumberFormat(text("format_locale"), { style: "percent" }).format(Math.floor((100 * part) / whole) / 100);

/**
 * "name", "name and day", "name, link and day".
 * @param {string[]} parts
 */
export const listWords = (parts) => new Intl.ListFormat(text("format_locale")).format(parts);

/**
 * Sets language and direction of a page of the extension. They are those of its messages, which are English in a
 * browser whose language has no translation; `@@bidi_dir` would be the direction of that language.
 * @param {HTMLElement} page
 */
export function setLanguage(page) {
  page.lang = t("format_locale");
  page.dir = t("direction");
}

/** @param {number} status */
function byStatus(status) {
  if (status === 404) return t("problem_not_found");
  if (status === 409) return t("problem_conflict");
  if (status >= 500) return t("problem_internal_error");
  return t(status >= 400 ? "problem_invalid" : "problem_unexpected");
}

/**
 * The message of a refusal by its code, with the fields it concerns. A code without a message, such as one of a newer
 * server, has the message of its HTTP status. The server's `detail` is not shown: it is English, and for programmers.
 * @param {unknown} error
 */
export function refusalWords(error) {
  const problem = /** @type {{problem?: Problem}} */ (error).problem;
  if (!problem) return t("problem_unexpected");
  const fields = (problem.errors ?? []).map(({ path }) => text(`field_${path.replaceAll(".", "_")}`)).filter(Boolean);
  const own = text(`problem_${problem.code}`) || byStatus(problem.status ?? 0);
  return fields.length ? `${own} ${t("problem_check", listWords([...new Set(fields)]))}` : own;
}
