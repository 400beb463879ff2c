// The way to the usage report: a quiet link at the end, and a clear one in the last week before the credits reset.

import { openApp } from "../core/openapp.js";
import { sayRefusal } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { day } from "../ui/format.js";
import { t } from "../ui/words.js";

const WEEK_MS = 7 * 86_400_000;

/** @param {PopupContext} context */
export function lookBack({ account, now }) {
  const next = renewalWithinAWeek(account, now);
  if (!account || !next) return null;
  return el("section", { class: "part foot", "aria-label": t("report_title"), data: { part: "look-back" } },
    el("p", { class: "small" }, t("report_reset", day(new Date(next.at), account.account.time_zone, now), account.account.time_zone)),
    link(account, ""));
}

/** @param {PopupContext} context */
export function usage({ account, now }) {
  if (!account?.projection || renewalWithinAWeek(account, now)) return null;
  return el("section", { class: "usage", "aria-label": t("report_title"), data: { part: "usage" } }, link(account, "quiet start"));
}

/**
 * @param {AccountView | null} account
 * @param {Date} now
 */
function renewalWithinAWeek(account, now) {
  const next = account?.projection?.nextRenewal ?? null;
  return next && Date.parse(next.at) - now.getTime() <= WEEK_MS ? next : null;
}

/**
 * @param {AccountView} account
 * @param {string} style
 */
const link = ({ account }, style) =>
  el("button", { class: style, data: { hook: "report" }, on: { click: () => openApp(`/report?account=${account.id}`).catch(sayRefusal) } }, t("report_title"));
