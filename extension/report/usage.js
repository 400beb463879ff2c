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
  const middle = (/** @type {number} */ index) => at(index) + band / 2;
  const line = months.map(({ allotment }, index) => `${index ? "L" : "M"}${at(index)} ${y(allotment)}H${at(index + 1)}`).join("");
  return chart(t("report_usage_words", totals.used, totals.lost, months.length), HEIGHT + TOP + 38,
    grid(axis),
    months.flatMap(({ used, lost }, index) => {
      const x = middle(index) - size / 2;
      return [
        used > 0 ? svg("rect", { class: "used", x, y: y(used), width: size, height: floor - y(used) }) : null,
        lost > 0 ? svg("rect", { class: "lost", x, y: y(used + lost), width: size, height: y(used) - y(used + lost) }) : null,
      ];
    }),
    svg("path", { class: "line", d: line }),
    months.flatMap(({ used, lost, start, ended }, index) => {
      const x = middle(index);
      const [top, above] = [y(used), y(used + lost)];
      const isNewYear = index === 0 || month(start, zone).slice(-4) !== month(months[index - 1].start, zone).slice(-4);
      return [
        floor - top > ROOM ? svg("text", { class: "label on", x, y: floor - 6 }, used) : null,
        top - above > ROOM ? svg("text", { class: "label halo", x, y: (top + above) / 2 + 4 }, lost) : null,
        svg("text", { class: "label", x, y: floor + 17 }, shortMonth(start, zone)),
        isNewYear || !ended ? svg("text", { class: "label", x, y: floor + 32 }, ended ? month(start, zone).slice(-4) : t("report_so_far")) : null,
      ];
    }));
}
