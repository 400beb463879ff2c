// Words for the server's warning codes, with the numbers that the popup shows.

import { ending, onDay, roundMoney } from "../../text/format.js";
import { rateWords } from "../../text/phrases.js";
import { percent, plural, t } from "../../text/words.js";

/** Below this share of answers, in percent, LinkedIn stops bulk sending. */
const RESPONSE_LIMIT = 13;

/**
 * A warning in one sentence, and what to do about it. Null if the popup shows it elsewhere, such as an empty balance.
 * @param {Warning} warning
 * @param {Pick<AccountView, "account" | "projection">} account
 * @param {Date} now
 * @returns {{title: string, detail: string} | null}
 */
export function warningWords({ code, until: end, arguments: given = {} }, { account, projection }, now) {
  const { forecast, nextLoss, nextRenewal, observed, perDay } = projection ?? {};
  const zone = account.time_zone;
  const rate = perDay && nextLoss ? t("warning_pace", rateWords(perDay, nextLoss.credits)) : "";
  switch (code) {
    case "expiring":
      return nextLoss
        ? {
            title: plural("loss_expire", nextLoss.credits, ending(nextLoss.at, zone, now)),
            detail: rate || t("warning_reserve"),
          }
        : null;
    case "cancelling":
      return end && projection?.balance
        ? { title: plural("warning_cancelling", projection.balance, ending(end, zone, now)), detail: rate }
        : null;
    case "behind":
      return forecast?.lost
        ? {
            title: [t("warning_behind", forecast.lost), worth(forecast.lost, nextLoss)].filter(Boolean).join(" "),
            detail: rate,
          }
        : null;
    case "over_cap":
      return nextLoss?.reason === "forfeit" && nextRenewal
        ? { title: overLimit(nextLoss.credits, nextRenewal.credits, onDay(nextLoss.at, zone, now)), detail: "" }
        : null;
    case "wrong_book":
      return observed ? { title: t("warning_wrong_book", observed.balance), detail: "" } : null;
    case "discrepancy":
      return observed ? null : { title: t("warning_discrepancy"), detail: "" };
    case "few_targets":
      return fewNames(given.names, nextLoss ?? null, account.reserve);
    case "grant_missing":
      return projection ? missingGrant(given, projection) : null;
    case "low_balance":
      return projection?.balance ? { title: plural("warning_low_balance", projection.balance), detail: "" } : null;
    case "response_rate":
      return given.sent ? responseRate(given.sent, given.answered) : null;
    default:
      return null;
  }
}

/**
 * Null if the waiting entries have used so many credits that there are enough names.
 * @param {number} names
 * @param {Projection["nextLoss"]} loss
 * @param {number} reserve
 */
function fewNames(names, loss, reserve) {
  if (loss?.reason !== "expire" || loss.credits - reserve <= names) return null;
  const credits = plural("credits", loss.credits);
  return { title: names ? plural("warning_few_names", names, credits) : t("warning_no_names", credits), detail: "" };
}

/**
 * Null if an observation waits here that the server has not compared yet.
 * @param {Record<string, number>} given
 * @param {Projection} projection
 */
function missingGrant({ credits, shown }, { observed, start }) {
  if (shown !== undefined) {
    if (observed?.balance !== shown) return null;
    return { title: plural("warning_grant_missing", credits, shown), detail: t("warning_grant_support") };
  }
  if (observed && Date.parse(observed.at) >= Date.parse(start)) return null;
  return { title: plural("warning_grant_unseen", credits), detail: t("warning_grant_look") };
}

/**
 * @param {number} sent
 * @param {number} answered
 */
const responseRate = (sent, answered) => ({
  title: t("warning_response_rate", percent(answered, sent), sent),
  detail: t("warning_response_limit", percent(RESPONSE_LIMIT, 100)),
});

/**
 * @param {number} credits without room
 * @param {number} coming
 * @param {string} day as a part of a sentence: "tomorrow", "on Tue 1 Dec"
 */
export const overLimit = (credits, coming, day) =>
  credits >= coming ? plural("limit_full", coming, day) : plural("limit_part", credits, coming, day);

/**
 * The value of some of the credits of the next loss, in brackets; "" if unknown.
 * @param {number} credits
 * @param {Projection["nextLoss"] | undefined} loss
 */
function worth(credits, loss) {
  if (!loss?.value) return "";
  const amount = Math.round((loss.value.amount_minor * credits) / loss.credits);
  return `(${roundMoney({ ...loss.value, amount_minor: amount })})`;
}
