// The number, what it is part of, when credits are lost or come, and the comparison with an even pace.

import { isNear } from "../../core/show/summary.js";
import { ending, onDay, otherZone, relative, until } from "../../text/format.js";
import { rateWords } from "../../text/phrases.js";
import { plural, t } from "../../text/words.js";

/** @param {PopupBase} base */
export function balanceState({ account, now, view }) {
  const projection = account?.projection;
  if (!account || !projection) return null;
  const { asOf, balance, tooOld } = projection;
  const {
    account: { time_zone: zone, unknown_zone: unknownZone },
  } = account;
  const isStale = view.connection.state !== "ok" || tooOld;
  const facts = [
    leftWords(account, projection),
    ...(tooOld
      ? []
      : [
          daysLeft(projection),
          isStale && t("age_worked_out", relative(asOf, now)),
          otherZoneWords(account, projection, now),
        ]),
  ];
  return {
    balance,
    isStale,
    facts: facts.filter(Boolean).join(" · "),
    next: tooOld ? "" : nextWords(projection, zone, now),
    bar: tooOld ? null : bar(account, projection),
    zone: unknownZone ? t("zone_unknown", unknownZone) : "",
    age: tooOld ? t("age_too_old", relative(asOf, now)) : "",
  };
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
  const isBoxed = isNear(projection, now);
  const isFull = nextLoss?.reason === "forfeit" && nextLoss.at === nextRenewal?.at;
  // The box names the day.
  if (isFull && !(isBoxed && perDay)) return t("makes_room", until(nextLoss.at, zone, now));
  if (nextLoss && (isFull || nextLoss.reason !== "forfeit")) {
    if (!perDay) return t("in_reserve");
    const rate = rateWords(perDay, nextLoss.credits);
    if (isBoxed) return t("pace", rate);
    return nextLoss.credits === left
      ? t("pace_all", rate, until(nextLoss.at, zone, now))
      : t("pace_some", rate, nextLoss.credits, ending(nextLoss.at, zone, now));
  }
  if (nextRenewal) return plural("renewal", nextRenewal.credits, onDay(nextRenewal.at, zone, now));
  return t(left ? "nothing_expires" : "nothing_comes");
}

/**
 * The parts of the bar in percent, and the words below it; null without credits in the period.
 * @param {AccountView} account
 * @param {Projection} projection
 */
function bar({ account }, { allotment, balance: left, expectedUsed, freeUsed, start, used }) {
  // Credits missing from the balance that were not logged: used before the account was opened here, or unlogged.
  const unlogged = Math.max(0, allotment - used - left);
  const total = used + unlogged + left;
  if (!total) return null;
  const share = (/** @type {number} */ credits) => Math.min(100, (100 * credits) / total);
  const isBefore = Date.parse(account.opened_at) >= Date.parse(start);
  const words = [
    (used > 0 || !unlogged) && t("used", used),
    unlogged > 0 && t(isBefore ? "used_before" : "used_unlogged", unlogged),
    freeUsed > 0 && t("free_used", freeUsed),
  ];
  return {
    used: share(used + unlogged),
    words: words.filter(Boolean).join(" · "),
    pace: left > 0 && expectedUsed !== null ? { at: share(expectedUsed), words: t("even_pace", expectedUsed) } : null,
  };
}
