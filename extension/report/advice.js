// What to do about the plan: the advice in a sentence, the rule it follows, and what each change would void.

import { el } from "../ui/dom.js";
import { day, money } from "../ui/format.js";
import { plural, t } from "../ui/words.js";
import { part, table } from "./chart.js";

/** @param {ReportContext} context */
export function advice({ report, advice: found, now }) {
  if (!found) return null;
  const { history, if_cancelled: rest, plans, rule, time_zone: zone, verdict } = found;
  const changes = plans.filter(({ change, present }) => change && !present);
  return part("advice",
    el("div", { class: "notice", data: { verdict } }, el("h3", {}, found.title), el("p", {}, found.detail)),
    el("p", { class: "hint" }, plural("report_rests_on", history.full_periods), " ", rule),
    history.missing === 0 && comparison(found, report.account.id),
    el("h3", {}, t("report_changes")),
    el("ul", { class: "dots" }, changes.map(({ change, title }) => change &&
      el("li", {}, el("b", {}, t(`report_to_${change.direction}`, title)), " ", change.detail))),
    rest && [
      el("h3", {}, t("report_rest")),
      el("p", {}, rest.detail),
      rest.days.length > 0 && el("details", {}, el("summary", {}, plural("report_rest_days", rest.days.length)),
        table(t("report_rest"), [t("report_day"), t("report_credits")],
          // A day without an hour is noon of it in UTC, which every formatter reads back as that day.
          rest.days.map((one) => [day(new Date(`${one.day}T12:00:00Z`), "UTC", now), one.credits]), [t("report_total"), rest.credits]),
        el("p", { class: "hint" }, t("time_zone_is", zone))),
    ],
    el("p", {}, el("a", { href: `../welcome/welcome.html?account=${report.account.id}#plan` }, t("answer_plan"))));
}

/**
 * Every plan on the account's own history.
 * @param {Advice} found
 * @param {string} accountId
 */
function comparison({ history, plans }, accountId) {
  const amount = (/** @type {Money | null} */ value) => (value ? money(value) : "–");
  const rows = plans.map(({ allotment, present, price, title, tried }) => [
    present ? t("current", title) : title, allotment, amount(price),
    ...(tried ? [tried.used, tried.lost, tried.uncovered, amount(tried.used_credit)] : ["–", "–", "–", "–"]),
  ]);
  const heads = ["plan", "allotment", "report_price", "report_used", "report_lost", "report_uncovered", "report_cost_used"].map((key) => t(key));
  return [el("p", {}, plural("report_compared", history.full_periods)), table(t("report_advice"), heads, rows),
    plans.some(({ allotment, price }) => allotment && !price) && el("p", {}, el("a", { href: `../welcome/welcome.html?account=${accountId}#details` }, t("report_add_price")))];
}
