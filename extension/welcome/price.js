// What an account costs a month: typed as people write it, kept in minor units.

import { el } from "../ui/dom.js";
import { digits } from "../ui/format.js";
import { field, option } from "../ui/forms.js";
import { t } from "../ui/words.js";

/**
 * @param {Money | null} price
 * @param {string} [error]
 */
export function priceFields(price, error) {
  const own = price?.currency ?? (navigator.language.endsWith("US") ? "USD" : "EUR");
  const amount = price ? (price.amount_minor / 10 ** digits(own)).toFixed(digits(own)) : "";
  return el("div", { class: "pair" },
    field("amount", { label: t("price"), hint: t("price_hint"), error, inputmode: "decimal", value: amount }),
    field("currency", { label: t("currency"), options: Intl.supportedValuesOf("currency").map((code) => option(code, code, code === own)) }));
}

/**
 * @param {Record<string, string>} values
 * @param {WelcomeUi} ui
 * @returns {Money | null} null where none is typed; what is no amount is told in `ui.errors`
 */
export function priceOf({ amount, currency }, ui) {
  const number = Number(amount.replace(",", "."));
  ui.errors.amount = number >= 0 && number < 1e6 ? "" : t("price_invalid");
  return amount ? { amount_minor: Math.round(number * 10 ** digits(currency)), currency } : null;
}
