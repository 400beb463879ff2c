// The balance that LinkedIn shows: whether it can be taken over from a page, and how it is recorded.

import { add, newEntry } from "../store/outbox.js";
import { isSamePerson } from "./people.js";

const HOUR_MS = 3_600_000;

/** Within this time an InMail that was logged is the one in the composer: whether its line counts it cannot be told. */
const SAME_INMAIL_MS = HOUR_MS / 6;

/** How long an equal number needs no confirmation. */
const CONFIRMED_MS = 24 * HOUR_MS;

/**
 * @param {string} accountId
 * @param {number} balance
 * @param {"person" | "page"} source
 * @param {Date} at when it was seen; what is logged after that is spent from it
 * @param {Date} now
 */
export const observe = (accountId, balance, source, at, now) =>
  add(newEntry(accountId, { kind: "observation", body: { balance, observed_at: at.toISOString(), source } }, now));

/**
 * What taking over the page's balance would do, as of the time of reading, or null where there is nothing to take over.
 * A zero has no number on the page, so it is never `sure` enough to be taken over without the user.
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
