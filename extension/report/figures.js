// The report in eight figures, each with how it is computed.

import { el } from "../ui/dom.js";
import { money, month } from "../ui/format.js";
import { plural, t } from "../ui/words.js";
import { part } from "./chart.js";

/** @param {ReportContext} context */
export function figures({ report }) {
  const { average, best_month: best, cost, formulas, months, rates, totals } = report;
  const zone = report.account.time_zone;
  const how = (/** @type {string} */ name) => `= ${formulas[name]}`;
  const bestMonth = months.find((one) => one.month === best?.month);
  const worth = (/** @type {Money | null} */ value) => value && t("report_worth", money(value));
  const rate = (/** @type {"response_rate" | "acceptance_rate"} */ name) => {
    const [recent, quarter] = rates;
    return figure(name, percent(quarter[name]), t("report_days", quarter.days, quarter.sent),
      t("report_recent", percent(recent[name]), recent.days, recent.sent), how(name));
  };
  return part("figures",
    el("dl", { class: "figures" },
      figure("used", number(totals.used), worth(totals.value_used), totals.free > 0 && plural("report_free_too", totals.free)),
      figure("lost", number(totals.lost), worth(totals.value_lost), how("lost")),
      figure("average", number(average.used), plural("report_over", average.months)),
      figure("best", bestMonth ? month(bestMonth.start, zone) : "–", best && plural("report_used_then", best.used)),
      rate("response_rate"),
      rate("acceptance_rate"),
      figure("cost_used", cost.used_credit ? money(cost.used_credit) : "–", how("cost_of_used_credit")),
      figure("cost_answer", cost.answer ? money(cost.answer) : "–", how("cost_of_answer"))),
    totals.value_used && el("p", { class: "hint" }, t("report_value_how", formulas.value_used)),
    cost.plans_without_price.length > 0 && el("p", { class: "hint" }, t("report_no_price"), " ",
      el("a", { href: `../welcome/welcome.html?account=${report.account.id}#details` }, t("report_add_price"))),
    report.capacity && el("p", {}, t("report_capacity", report.capacity.inmails, percent(report.capacity.response_rate)),
      el("span", { class: "hint line" }, report.capacity.basis)));
}

/**
 * @param {string} name
 * @param {string} value
 * @param {...(string | null | false)} notes
 */
const figure = (name, value, ...notes) => el("div", { data: { figure: name } },
  el("dt", {}, t(`report_${name}`)),
  el("dd", { class: "value" }, value),
  notes.map((note) => note && el("dd", { class: "hint" }, note)));

/** @param {number | null} share */
export const percent = (share) => (share === null ? "–" : new Intl.NumberFormat(t("format_locale"), { style: "percent" }).format(share));

/** @param {number} amount */
const number = (amount) => new Intl.NumberFormat(t("format_locale"), { maximumFractionDigits: 1 }).format(amount);
