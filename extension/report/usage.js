// Credits used and lost by month against the allotment, and the whole account of each month as a table.

import { month, shortMonth } from "../ui/format.js";
import { t } from "../ui/words.js";
import { chart, grid, LEFT, legend, part, scale, svg, table, TOP, WIDTH } from "./chart.js";

const HEIGHT = 190;
const BAR_MAX = 44;
/** Of a bar that has room for its number. */
const ROOM = 18;

/** @type {Exclude<keyof Amounts, "value_used" | "value_lost">[]} */
const COLUMNS = ["granted", "used", "free", "returned", "expired", "forfeited", "voided"];

/** @param {ReportContext} context */
export function usage({ report }) {
  const zone = report.account.time_zone;
  const rows = report.months.map((one) => [
    month(one.start, zone) + (one.ended ? "" : ` ${t("report_so_far")}`),
    ...amounts(one), one.closing_balance,
  ]);
  const heads = [t("report_month"), ...[...COLUMNS, "adjusted", "closing"].map((column) => t(`report_${column}`))];
  return part("usage",
    legend([["used", t("report_used")], ["lost", t("report_lost")], ["line", t("report_allotment")]]),
    bars(report, zone),
    table(t("report_usage_table", zone), heads, rows, [t("report_total"), ...amounts(report.totals), ""]));
}

/** @param {Amounts} one */
function amounts(one) {
  const adjusted = one.adjusted_up - one.adjusted_down;
  return [...COLUMNS.map((column) => one[column]), adjusted > 0 ? `+${adjusted}` : adjusted < 0 ? `−${-adjusted}` : 0];
}

/**
 * @param {Report} report
 * @param {string} zone
 */
function bars({ months, totals }, zone) {
  const band = (WIDTH - LEFT) / months.length;
  const size = Math.min(BAR_MAX, band * 0.68);
  const axis = scale(Math.max(1, ...months.map(({ used, lost, allotment }) => Math.max(used + lost, allotment))), HEIGHT);
  const { y } = axis;
  const floor = y(0);
  const at = (/** @type {number} */ index) => LEFT + band * index;
  const line = months.map(({ allotment }, index) => `${index ? "L" : "M"}${at(index)} ${y(allotment)}H${at(index + 1)}`).join("");
  return chart(t("report_usage_words", totals.used, totals.lost, months.length), HEIGHT + TOP + 38,
    grid(axis),
    months.flatMap(({ used, lost, start, ended }, index) => {
      const middle = at(index) + band / 2;
      const x = middle - size / 2;
      const top = y(used);
      const isNewYear = index === 0 || shortMonth(start, zone) === shortMonth("2024-01-15T00:00:00Z", "UTC");
      return [
        used > 0 && svg("rect", { class: "used", x, y: top, width: size, height: floor - top }),
        lost > 0 && svg("rect", { class: "lost", x, y: y(used + lost), width: size, height: top - y(used + lost) }),
        floor - top > ROOM && svg("text", { class: "label on", x: middle, y: floor - 6 }, used),
        lost > 0 && top - y(used + lost) > ROOM && svg("text", { class: "label over", x: middle, y: (top + y(used + lost)) / 2 + 4 }, lost),
        svg("text", { class: "label", x: middle, y: floor + 17 }, shortMonth(start, zone)),
        (!ended || isNewYear) && svg("text", { class: "label", x: middle, y: floor + 32 }, ended ? month(start, zone).slice(-4) : t("report_so_far")),
      ].filter((node) => node instanceof Node);
    }),
    svg("path", { class: "line", d: line }));
}
