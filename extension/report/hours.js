// When InMails are answered: a map of the week in which every hour carries its number, so that it is its own table.

import { el } from "../ui/dom.js";
import { weekday } from "../ui/format.js";
import { t } from "../ui/words.js";
import { part } from "./chart.js";
import { percent } from "./figures.js";

/** @param {ReportContext} context */
export function hours({ report }) {
  const { best, enough, hours: all, minimum_sample: least, response_rate: rates, sent, weekdays } = report.heat_map;
  const zone = report.account.time_zone;
  if (!enough) return part("hours", el("p", { class: "mute" }, t("report_hours_few", least)));
  const shown = all.filter((hour) => hour >= first(sent) && hour <= last(sent));
  return part("hours",
    el("p", {}, t("report_hours_why", zone, least)),
    best.length > 0 && el("p", {}, t("report_hours_best", best.map((one) =>
      t("report_hour", weekday(one.weekday), clock(one.hour), percent(one.response_rate), one.sent)).join("; "))),
    el("div", { class: "wide", tabindex: 0, role: "group", "aria-label": t("report_hours") }, el("table", { class: "heat" },
      el("caption", { class: "unseen" }, t("report_hours_why", zone, least)),
      el("thead", {}, el("tr", {}, el("td", {}), shown.map((hour) => el("th", { scope: "col" }, clock(hour))))),
      el("tbody", {}, weekdays.map((day, row) => el("tr", {},
        el("th", { scope: "row" }, weekday(day)),
        shown.map((hour) => cell(rates[row][hour], sent[row][hour]))))))));
}

/**
 * @param {number | null} rate
 * @param {number} sent
 */
const cell = (rate, sent) => (rate === null
  ? el("td", {}, sent > 0 && el("span", { class: "mute", title: t("report_sent", sent) }, "·"))
  : el("td", { class: "told", title: t("report_sent", sent), style: { "--share": String(rate) } }, Math.round(rate * 100)));

/** @param {number} hour */
const clock = (hour) => String(hour).padStart(2, "0");

/** @param {number[][]} sent */
const first = (sent) => Math.min(...sent.map((row) => row.findIndex(Boolean)).filter((hour) => hour >= 0));

/** @param {number[][]} sent */
const last = (sent) => Math.max(...sent.map((row) => row.findLastIndex(Boolean)));
