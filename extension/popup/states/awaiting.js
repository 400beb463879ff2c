// The unanswered InMails, the earliest deadline first: as many as there is room for, and those that the user opened.

import { ofDay } from "../../text/format.js";
import { plural, t } from "../../text/words.js";

const DAY_MS = 86_400_000;

/** The server lists at most this many. */
const LISTED_MAX = 50;

/** @param {PopupContext} context */
export function awaitingState({ account, now, state, ui }) {
  // An error state needs the space.
  if (state !== "ready" || !account?.awaiting.length) return null;
  const { length } = account.awaiting;
  const collapsed = account.awaiting.slice(0, Math.max(0, ui.room - 1));
  return {
    accountId: account.account.id,
    title: t("awaiting", length < LISTED_MAX ? length : `${LISTED_MAX}+`),
    isOpen: ui.allAwaiting,
    hasMore: length > collapsed.length,
    items: (ui.allAwaiting ? account.awaiting : collapsed).map((inmail) => item(account.account, inmail, ui, now)),
  };
}

/**
 * @param {Account} account
 * @param {AwaitingInMail} inmail
 * @param {PopupUi} ui
 * @param {Date} now
 */
function item({ id: accountId, time_zone: zone }, { answer_by: by, id, recipient, returns_credit, sent_at }, ui, now) {
  const days = Math.ceil((Date.parse(by) - now.getTime()) / DAY_MS);
  return {
    accountId,
    inmailId: id,
    name: recipient.name,
    returns: returns_credit,
    days,
    // A reply within that time returns the credit; without a return only the day is shown.
    words: returns_credit ? plural("days_to_answer", days) : ofDay(sent_at, zone, now),
    isOpen: ui.outcomeOf === id,
  };
}
