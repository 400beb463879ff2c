// Whose report this is, of which months, and ways to take it along.

import { receive } from "../core/transfer.js";
import { sayRefusal } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { day, time } from "../ui/format.js";
import { save } from "../ui/save.js";
import { plural, t } from "../ui/words.js";

/** @param {Omit<ReportContext, "report"> & {report: Report | null}} context */
export function head({ account, now, report, show, view }) {
  const zone = account?.account.time_zone ?? "UTC";
  const download = (/** @type {"csv" | "json"} */ format) => async () => {
    try {
      save(await receive(`/accounts/${account?.account.id}/report?months=12&format=${format}`), `inkeeper-usage.${format}`);
    } catch (error) {
      sayRefusal(error);
    }
  };
  return el("header", { data: { part: "head" } },
    el("h1", {}, t("report_title"), " ", view.server.demo && el("span", { class: "tag" }, t("demo"))),
    account && el("p", { class: "mute" }, [...new Set([account.account.name, account.productTitle]), report && t("report_since", day(new Date(report.from), zone, now), day(now, zone, now), time(new Date(report.as_of), zone), zone)].filter(Boolean).join(" · ")),
    account?.account.unknown_zone && el("p", { class: "hint", data: { hook: "zone" } }, t("zone_unknown", account.account.unknown_zone)),
    view.waiting.length > 0 && el("p", { class: "hint" }, plural("report_waiting", view.waiting.length)),
    el("div", { class: "row tools" },
      view.accounts.length > 1 && el("nav", { class: "row", "aria-label": t("accounts") }, view.accounts.map(({ account: { id, name } }) =>
        el("button", { "aria-current": id === account?.account.id ? "true" : null, data: { hook: "account", id }, on: { click: () => show(id) } }, name))),
      report && el("div", { class: "row" },
        el("button", { class: "quiet", data: { hook: "print" }, on: { click: () => print() } }, t("report_print")),
        el("button", { class: "quiet", data: { hook: "csv" }, on: { click: download("csv") } }, t("report_csv")),
        el("button", { class: "quiet", data: { hook: "json" }, on: { click: download("json") } }, t("report_json")))));
}
