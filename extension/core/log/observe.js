// The balance that LinkedIn shows: whether to offer the page's balance, and how to record it.

import { add, newEntry } from "../store/outbox.js";
import { isSamePerson } from "./people.js";

const HOUR_MS = 3_600_000;

/** An InMail logged this recently may be the one in the open composer, and then its line may or may not count it. */
const SAME_INMAIL_MS = HOUR_MS / 6;

/** For how long after an observation an equal balance is not offered again. */
const CONFIRMED_MS = 24 * HOUR_MS;

/**
 * @param {string} accountId
 * @param {number} balance
 * @param {"person" | "page"} source
 * @param {Date} at when it was seen; InMails logged later are subtracted from it
 * @param {Date} now
 */
export const observe = (accountId, balance, source, at, now) =>
  add(newEntry(accountId, { kind: "observation", body: { balance, observed_at: at.toISOString(), source } }, now));

/**
 * The page's balance and the computed one, both as of the time of reading; null if there is nothing to record. A
 * balance of zero is never `sure`, since the page shows no number for it: the user has to confirm it.
 * @param {PageReading | null} page
 * @param {AccountView | null} account
 * @returns {{balance: number, computed: number, sure: boolean} | null}
 */
export function offer(page, account) {
  const projection = account?.projection;
  if (!page || page.balance === null || !projection || account.account.product !== page.product) return null;
  const { balance, person } = page;
  const at = Date.parse(page.at);
  /** @param {string} instant */
  const before = (instant) => at - Date.parse(instant);
  const isLogged = account.recent.some(
    (inmail) =>
      person !== null &&
      isSamePerson(inmail, person) &&
      before(inmail.sentAt) >= 0 &&
      before(inmail.sentAt) < SAME_INMAIL_MS,
  );
  const spentSince = account.recent.filter(({ cost, sentAt }) => cost && before(sentAt) < 0).length;
  const computed = projection.balance + spentSince;
  const isConfirmed = projection.observed !== null && Math.abs(before(projection.observed.at)) < CONFIRMED_MS;
  if (isLogged || (isConfirmed && balance === computed)) return null;
  return { balance, computed, sure: balance > 0 };
}
