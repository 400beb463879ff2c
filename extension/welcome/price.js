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
 * What the other plans cost, for comparing: in the currency of the account's own price.
 * @param {RuleBook["plans"]} plans
 * @param {Record<string, Money>} prices
 * @param {Errors} errors
 */
export function otherPrices(plans, prices, errors) {
  const typed = ({ amount_minor: amount, currency } = { amount_minor: NaN, currency: "EUR" }) => (amount >= 0 ? (amount / 10 ** digits(currency)).toFixed(digits(currency)) : "");
  return el("details", { open: plans.some(({ id }) => errors[`price-${id}`]) },
    el("summary", {}, t("plan_prices")),
    plans.map(({ id, title }) => field(`price-${id}`, { label: title, error: errors[`price-${id}`], inputmode: "decimal", class: "number", value: typed(prices[id]) })));
}

/**
 * @param {Record<string, string>} values
 * @param {{errors: Errors}} ui
 * @returns {Money | null} null where none is typed; what is no amount is told in `ui.errors`
 */
export function priceOf({ amount, currency }, ui) {
  const number = Number(amount.replace(",", "."));
  ui.errors.amount = number >= 0 && number < 1e6 ? "" : t("price_invalid");
  return amount ? { amount_minor: Math.round(number * 10 ** digits(currency)), currency } : null;
}
