// What the server warns of by a code, in words of our own. The numbers in them are those that are shown.

import { ofDay, roundMoney, until } from "../ui/format.js";
import { plural, t } from "../ui/words.js";
import { rateWords } from "../ui/rate.js";

/**
 * A warning in one sentence, and what to do about it. Null for what the popup says elsewhere, such as that no credit is left.
 * @param {Warning} warning
 * @param {Pick<AccountView, "account" | "projection">} account
 * @param {Date} now
 * @returns {{title: string, detail: string} | null}
 */
export function warningWords({ code, until: end }, { account, projection }, now) {
  const { forecast, nextLoss, nextRenewal, observed, perDay } = projection ?? {};
  const zone = account.time_zone;
  const rate = perDay && nextLoss ? t("warning_pace", rateWords(perDay, nextLoss.credits)) : "";
  switch (code) {
    case "expiring":
      return nextLoss ? { title: plural("loss_expire", nextLoss.credits, until(nextLoss.at, zone, now)), detail: rate || t("warning_reserve") } : null;
    case "cancelling":
      return end && projection?.balance ? { title: plural("warning_cancelling", projection.balance, until(end, zone, now)), detail: rate } : null;
    case "behind":
      return forecast?.lost ? { title: [t("warning_behind", forecast.lost), worth(forecast.lost, nextLoss)].filter(Boolean).join(" "), detail: rate } : null;
    case "over_cap":
      return nextLoss?.reason === "forfeit" && nextRenewal
        ? { title: overLimit(nextLoss.credits, nextRenewal.credits, ofDay(nextLoss.at, zone, now)), detail: "" }
        : null;
    case "wrong_book":
      return observed ? { title: t("warning_wrong_book", observed.balance), detail: "" } : null;
    case "discrepancy":
      return observed ? null : { title: t("warning_discrepancy"), detail: "" };
    default:
      return null;
  }
}

/**
 * @param {number} credits without room
 * @param {number} coming
 * @param {string} day
 */
export const overLimit = (credits, coming, day) =>
  credits >= coming ? plural("limit_full", coming, day) : plural("limit_part", credits, coming, day);

/**
 * What a part of the next loss is worth, in brackets.
 * @param {number} credits
 * @param {Projection["nextLoss"] | undefined} loss
 */
function worth(credits, loss) {
  if (!loss?.value) return "";
  return `(${roundMoney({ ...loss.value, amount_minor: Math.round((loss.value.amount_minor * credits) / loss.credits) })})`;
}
