// The way to the usage report: a quiet link, and a clear one in the last week before the credits reset.

import { el } from "../ui/dom.js";
import { day } from "../ui/format.js";
import { t } from "../ui/words.js";

const WEEK_MS = 7 * 86_400_000;

/** @param {PopupContext} context */
export function usage({ account, now }) {
  const next = account?.projection?.nextRenewal;
  if (!account?.projection) return null;
  const { id, time_zone: zone } = account.account;
  const isClose = next && Date.parse(next.at) - now.getTime() <= WEEK_MS;
  return el("section", { class: `part ${isClose ? "foot" : ""}`, "aria-label": t("report_title"), data: { part: "usage" } },
    isClose && el("p", { class: "small" }, t("report_reset", day(new Date(next.at), zone, now), zone)),
    el("a", { class: `button ${isClose ? "" : "quiet start"}`, href: `../report/report.html?account=${id}`, target: "_blank", data: { hook: "report" } }, t("report_title")));
}
