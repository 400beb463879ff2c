// The balance, when credits expire, and the comparison with an even pace.

import { isNear } from "../core/show/summary.js";
import { ofDay, otherZone, relative, until } from "../text/format.js";
import { rateWords } from "../text/phrases.js";
import { number, plural, t } from "../text/words.js";
import { bold, el } from "../ui/dom.js";

/** @param {PopupBase} context */
export function balance({ view, account, now }) {
  const projection = account?.projection;
  if (!account || !projection) return null;
  const zone = account.account.time_zone;
  const stale = view.connection.state !== "ok" || projection.tooOld;
  const facts = projection.tooOld
    ? [leftWords(account, projection)]
    : [
        leftWords(account, projection),
        daysLeft(projection),
        stale && t("age_worked_out", relative(projection.asOf, now)),
        otherZoneWords(account, projection, now),
      ];
  return el(
    "section",
    { class: stale ? "stale" : null, "aria-label": t("balance_label"), data: { part: "balance" } },
    el(
      "div",
      { class: "hero" },
      el("p", { class: "balance", data: { hook: "balance" } }, number(projection.balance)),
      el(
        "p",
        {},
        el("span", { class: "small mute line", data: { hook: "of" } }, facts.filter(Boolean).join(" · ")),
        !projection.tooOld && el("span", { data: { hook: "expiry" } }, bold(nextWords(projection, zone, now))),
      ),
    ),
    !projection.tooOld && bar(account, projection),
    account.account.unknown_zone &&
      el("p", { class: "small mute", data: { hook: "zone" } }, t("zone_unknown", account.account.unknown_zone)),
    projection.tooOld &&
      el("p", { class: "small mute", data: { hook: "age" } }, t("age_too_old", relative(projection.asOf, now))),
  );
}

/**
 * "left of 25" if the balance is part of the allotment; otherwise the monthly allotment or the cap.
 * @param {AccountView} account
 * @param {Projection} projection
 */
function leftWords({ account: { cap } }, { allotment, balance, used }) {
  if (used + balance <= allotment) return t("left_of", allotment);
  return cap === null ? t("left_monthly", allotment) : t("left_limit", cap);
}

/** @param {Projection} projection */
const daysLeft = ({ nextLoss }) =>
  nextLoss && nextLoss.reason !== "forfeit" ? plural("days_left", nextLoss.daysLeft) : "";

/**
 * @param {AccountView} account
 * @param {Projection} projection
 * @param {Date} now
 */
function otherZoneWords({ account }, { nextLoss }, now) {
  const city = otherZone(account.time_zone, now, nextLoss?.at ?? null);
  return city && t("city_time", city);
}

/**
 * The sentence beside the number: the pace until the next loss, or the next renewal.
 * @param {Projection} projection
 * @param {string} zone
 * @param {Date} now
 */
function nextWords(projection, zone, now) {
  const { balance: left, nextLoss, nextRenewal, perDay } = projection;
  const isFull = nextLoss?.reason === "forfeit" && nextLoss.at === nextRenewal?.at;
  if (isFull) return t("makes_room", ofDay(nextLoss.at, zone, now));
  if (nextLoss && nextLoss.reason !== "forfeit") {
    if (!perDay) return t("in_reserve");
    const rate = rateWords(perDay, nextLoss.credits);
    if (isNear(projection, now)) return t("pace", rate);
    const by = until(nextLoss.at, zone, now);
    return nextLoss.credits === left ? t("pace_all", rate, by) : t("pace_some", rate, nextLoss.credits, by);
  }
  if (nextRenewal) return plural("renewal", nextRenewal.credits, ofDay(nextRenewal.at, zone, now));
  return t(left ? "nothing_expires" : "nothing_comes");
}

/**
 * @param {AccountView} account
 * @param {Projection} projection
 */
function bar({ account }, { allotment, balance: left, expectedUsed, freeUsed, start, used }) {
  // Credits missing from the balance that were not logged: used before the account was opened here, or unlogged.
  const unlogged = Math.max(0, allotment - used - left);
  const total = used + unlogged + left;
  if (!total) return null;
  const share = (/** @type {number} */ credits) => `${Math.min(100, (100 * credits) / total)}%`;
  const hasPace = left > 0 && expectedUsed !== null;
  const isBefore = Date.parse(account.opened_at) >= Date.parse(start);
  const words = [
    (used > 0 || !unlogged) && t("used", used),
    unlogged > 0 && t(isBefore ? "used_before" : "used_unlogged", unlogged),
    freeUsed > 0 && t("free_used", freeUsed),
  ];
  return el(
    "div",
    {},
    el(
      "div",
      { class: "bar", "aria-hidden": "true" },
      el("i", { style: { "inline-size": share(used + unlogged) } }),
      hasPace && el("u", { style: { "inset-inline-start": share(expectedUsed) } }),
    ),
    el(
      "p",
      { class: "legend", data: { hook: "pace" } },
      el("span", {}, words.filter(Boolean).join(" · ")),
      hasPace && el("span", {}, t("even_pace", expectedUsed)),
    ),
  );
}
