// The balance over time: a line in steps, with a mark and a number wherever credits were lost.

import { el } from "../ui/dom.js";
import { day, shortMonth } from "../ui/format.js";
import { plural, t } from "../ui/words.js";
import { chart, grid, LEFT, legend, part, scale, svg, table, TOP, WIDTH } from "./chart.js";

const HEIGHT = 150;
const LOSSES = new Set(["expire", "forfeit", "void"]);
/** Numbers closer to one another than this would overlap. */
const NEAR = 22;

/** @param {ReportContext} context */
export function balance({ report, now }) {
  const zone = report.account.time_zone;
  const points = report.balance_over_time;
  const rows = points.filter(({ reason, credits }) => credits && reason !== "use").map(({ at, reason, credits, balance: after }) =>
    [day(new Date(at), zone, now), t(`report_point_${reason}`), credits < 0 ? `−${-credits}` : `+${credits}`, after]);
  const heads = ["report_day", "report_what", "report_credits", "report_balance_then"].map((key) => t(key));
  return part("balance",
    legend([["line", t("report_balance_line")], ["drop", t("report_lost")]]),
    steps(report, zone),
    rows.length > 0 && el("details", {}, el("summary", {}, plural("report_rows", rows.length)), table(t("report_balance_table", zone), heads, rows)));
}

/**
 * @param {Report} report
 * @param {string} zone
 */
function steps({ months, balance_over_time: points, from, as_of: until }, zone) {
  const [begin, end] = [Date.parse(from), Date.parse(until)];
  const x = (/** @type {string} */ at) => LEFT + ((WIDTH - LEFT) * (Date.parse(at) - begin)) / Math.max(1, end - begin);
  const axis = scale(Math.max(1, ...points.map((point) => point.balance)), HEIGHT);
  const { y } = axis;
  const path = points.map(({ at, balance: after }, index) => (index ? `H${x(at)}V${y(after)}` : `M${x(at)} ${y(after)}`)).join("");
  const drops = points.filter(({ reason, credits }) => LOSSES.has(reason) && credits);
  const lost = drops.reduce((sum, { credits }) => sum - credits, 0);
  let told = -NEAR;
  return chart(plural("report_balance_words", lost, points[points.length - 1].balance), HEIGHT + TOP + 22,
    grid(axis),
    months.map(({ start }) => (Date.parse(start) < begin ? null : svg("text", { class: "label start", x: x(start), y: y(0) + 17 }, shortMonth(start, zone)))),
    svg("path", { class: "line", d: path }),
    drops.flatMap(({ at, credits, balance: after }) => {
      const [here, top] = [x(at), y(after - credits)];
      const isFree = here - told >= NEAR;
      if (isFree) told = here;
      return [
        svg("rect", { class: "drop", x: here - 3, y: top, width: 6, height: y(after) - top }),
        isFree ? svg("text", { class: "label end halo", x: here - 6, y: top + 4 }, `−${-credits}`) : null,
      ];
    }));
}
