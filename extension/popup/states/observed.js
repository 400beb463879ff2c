// The comparison of the balance with LinkedIn's.

import { relative } from "../../text/format.js";
import { plural, t } from "../../text/words.js";

/** For how long after an observation the user is not asked to compare again. */
const AGREED_MS = 24 * 3_600_000;

/** @param {PopupContext} context */
export function observedState({ account, now, offered, state, ui }) {
  const projection = account?.projection;
  // A balance read from the page is offered in a section above.
  if (state !== "ready" || !account || !projection || projection.tooOld || offered) return null;
  const { allotment, balance, observed: seen } = projection;
  const isAsked = !seen || now.getTime() - Date.parse(seen.at) > AGREED_MS;
  return {
    accountId: account.account.id,
    balance,
    words: isAsked ? t("compare", balance) : t("observed", seen.balance, relative(seen.at, now)),
    isAsked,
    isOpen: ui.observing,
    error: ui.errors.observed,
    isDoubted: ui.doubted !== null,
    // A number above this one has to be confirmed; 0 without a limit.
    oddAbove: 2 * Math.max(account.account.cap ?? 0, allotment),
  };
}

/**
 * @param {number} balance
 * @param {number} computed
 */
export const differenceWords = (balance, computed) =>
  balance === computed ? plural("observed_same", balance) : t("observed_other", balance, computed);
