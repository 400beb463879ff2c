// Strings of `_locales` and their plural forms.

import { text } from "../core/browser.js";

/**
 * @param {string} key
 * @param {...(string | number)} substitutions
 */
export const t = (key, ...substitutions) => text(key, ...substitutions);

/**
 * The plural form for `count`, which is the first substitution.
 * @param {string} key
 * @param {number} count
 * @param {...(string | number)} others
 */
export function plural(key, count, ...others) {
  const form = new Intl.PluralRules(t("format_locale")).select(count) === "one" ? "one" : "other";
  return t(`${key}_${form}`, count, ...others);
}

/**
 * The message of a refusal by its code, with the fields it concerns. A code without a string here uses the server's
 * `detail`.
 * @param {unknown} error
 */
export function refusalWords(error) {
  const problem = /** @type {{problem?: Problem}} */ (error).problem;
  if (!problem) return t("problem_unexpected");
  const fields = (problem.errors ?? []).map(({ path }) => t(`field_${path.replaceAll(".", "_")}`)).filter(Boolean);
  const own = t(`problem_${problem.code}`) || problem.detail || t("problem_unexpected");
  return fields.length ? `${own} ${t("problem_check", fields.join(", "))}` : own;
}
