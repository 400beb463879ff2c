// An account's name, working days, reserve and price: what changes no rule.

import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { choices, field, form } from "../ui/forms.js";
import { t } from "../ui/words.js";
import { otherPrices, priceFields, priceOf } from "./price.js";
import { section } from "./section.js";

/** The first Monday of 2024, from which the weekdays are named. */
const MONDAY = Date.UTC(2024, 0, 1);

/** @param {WelcomeContext} context */
export function details(context) {
  const { account, ui, paint } = context;
  if (!account || ui.adding) return null;
  const { id, name, plan, plan_prices: prices, price, reserve, rule_book: bookId, working_days: days } = account.account;
  const others = (ui.books.find((book) => book.id === bookId)?.plans ?? []).filter((one) => one.id !== plan && one.allotment > 0 && !one.allotment_required);
  const weekday = new Intl.DateTimeFormat(t("format_locale"), { weekday: "short", timeZone: "UTC" });

  const submit = async (/** @type {Values} */ values, /** @type {HTMLFormElement} */ sent) => {
    const working = new FormData(sent).getAll("days").map(Number);
    ui.errors = {};
    const priced = priceOf(values, ui);
    const plan_prices = { ...prices };
    for (const one of others) {
      const told = { errors: /** @type {Errors} */ ({}) };
      const other = priceOf({ amount: values[`price-${one.id}`], currency: values.currency }, told);
      ui.errors[`price-${one.id}`] = told.errors.amount;
      delete plan_prices[one.id];
      if (other) plan_prices[one.id] = other;
    }
    ui.errors.name = values.name ? "" : t("account_name_missing");
    ui.errors.reserve = /^\d{1,5}$/.test(values.reserve) ? "" : t("balance_invalid");
    ui.errors.days = working.length ? "" : t("days_missing");
    if (!Object.values(ui.errors).some(Boolean)) {
      const changes = { name: values.name, price: priced, plan_prices, working_days: working, reserve: Number(values.reserve) };
      if (await run("account.update", { id, changes })) say(t("saved"));
    }
    paint();
  };
  return section(context, "details", { title: t("details_title") },
    form("details-form", submit,
      field("name", { label: t("account_name"), error: ui.errors.name, maxlength: 100, value: name }),
      choices("days", "checkbox", {
        legend: t("working_days"), class: "row",
        choices: [1, 2, 3, 4, 5, 6, 7].map((day) => ({ value: day, words: weekday.format(MONDAY + (day - 1) * 86_400_000), checked: days.includes(day) })),
      }),
      ui.errors.days && el("p", { class: "error", role: "alert" }, ui.errors.days),
      field("reserve", { label: t("reserve"), hint: t("reserve_hint"), error: ui.errors.reserve, inputmode: "numeric", class: "number", value: reserve }),
      priceFields(price, ui.errors.amount),
      others.length > 0 && otherPrices(others, prices, ui.errors),
      el("p", { class: "hint" }, t("time_zone_is", account.account.time_zone)),
      account.account.unknown_zone && el("p", { class: "hint", data: { hook: "zone" } }, t("zone_unknown", account.account.unknown_zone)),
      el("button", { class: "main", data: { hook: "save-details" } }, t("save"))));
}
