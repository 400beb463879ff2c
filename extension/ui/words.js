// Strings of _locales, with their plural forms.

import { text } from "../core/browser.js";

/**
 * @param {string} key
 * @param {...(string | number)} substitutions
 */
export const t = (key, ...substitutions) => text(key, ...substitutions);

/**
 * The string for this many, which is also its first substitution.
 * @param {string} key
 * @param {number} count
 * @param {...(string | number)} others
 */
export function plural(key, count, ...others) {
  const form = new Intl.PluralRules(t("format_locale")).select(count) === "one" ? "one" : "other";
  return t(`${key}_${form}`, count, ...others);
}

/**
 * What a refusal says to the user: the server's words where it has some.
 * @param {unknown} error
 */
export function refusalWords(error) {
  const problem = /** @type {{problem?: Problem}} */ (error).problem;
  if (!problem) return t("problem_unexpected");
  const fields = (problem.errors ?? []).map(({ path, message }) => (path ? `${path}: ${message}` : message));
  const own = t(`problem_${problem.code}`);
  return [problem.detail || own || t("problem_unexpected"), ...fields].join(" ");
}
