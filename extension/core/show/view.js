// The view that popup, welcome page and badge show: storage, with each account's numbers projected to now.

import { waitsElsewhere } from "../store/belonging.js";
import { bounded, isAhead } from "../store/instants.js";
import { BACKOFF_MAX_MS, PAIRING_MAX_MS, readAll, readCached, SNOOZE_MAX_MS } from "../store/storage.js";
import { isUncounted, project } from "./summary.js";

/**
 * The view from storage as read now, for decisions.
 * @param {Date} now
 * @returns {Promise<View>}
 */
export const readView = async (now) => view(await readAll(), now);

/**
 * The view from the cache, for painting.
 * @param {Date} now
 * @returns {Promise<View>}
 */
export const cachedView = async (now) => view(await readCached(), now);

/**
 * @param {Stored} stored
 * @param {Date} now
 * @returns {View}
 */
export function view(stored, now) {
  const { address, token, demo, installed, version = null } = stored.server;
  const { snoozedUntil } = stored.reminders;
  const shown = withoutRetracted(stored.entries);
  return {
    now: now.toISOString(),
    server: { address, paired: token !== null, demo, installed, version },
    connection: { ...stored.connection, retryAt: bounded(stored.connection.retryAt, now, BACKOFF_MAX_MS) },
    pairing: stored.pairing && { ...stored.pairing, expiresAt: bounded(stored.pairing.expiresAt, now, PAIRING_MAX_MS) },
    accounts: stored.accounts.map((account) => accountView(account, stored, shown, now)),
    currentAccount: stored.currentAccount,
    waiting: shown.filter(
      (entry) => (entry.state === "waiting" || entry.state === "paused") && !waitsElsewhere(entry, stored),
    ),
    elsewhere: stored.entries.filter((entry) => waitsElsewhere(entry, stored)),
    needsYou: shown.filter(({ state }) => state === "needs_you"),
    listening: stored.listening,
    skipped: stored.skipped,
    listedBefore: stored.entries.filter(({ problem }) => problem?.code === "already_on_list").map(({ id }) => id),
    questions: stored.questions.map((question) => ({ ...question, at: bounded(question.at, now) })),
    lastOpenedAt: bounded(stored.lookedAt, now),
    reminders: { ...stored.reminders, snoozedUntil: isAhead(snoozedUntil, now, SNOOZE_MAX_MS) ? snoozedUntil : null },
    preferences: stored.preferences,
  };
}

/**
 * The account that the user selected last, otherwise the first; null without accounts.
 * @param {AccountView[]} accounts
 * @param {string | null} currentId
 */
export const currentAccount = (accounts, currentId) =>
  accounts.find(({ account }) => account.id === currentId) ?? accounts[0] ?? null;

/**
 * The account whose credits an InMail from this page uses: one of the page's product, preferably the current one. Null
 * if there is none: credits of one product cannot pay for another.
 * @param {AccountView[]} accounts
 * @param {string | null} currentId
 * @param {Pick<PageReading, "composer" | "product"> | null} page
 */
export function accountFor(accounts, currentId, page) {
  const current = currentAccount(accounts, currentId);
  if (current && canTakeCredit(current, accounts, page)) return current;
  return accounts.find((each) => canTakeCredit(each, accounts, page)) ?? null;
}

/**
 * Whether an InMail from this page can use this account's credits. A profile on the main site without a composer may
 * have been written to from any product: true if all accounts are of one product, or if the user chose this account for
 * the page.
 * @param {AccountView} account
 * @param {AccountView[]} accounts
 * @param {Pick<PageReading, "composer" | "product"> | null} page
 * @param {boolean} [isChosen]
 */
export function canTakeCredit({ account: { product } }, accounts, page, isChosen = false) {
  if (!page?.product || product === page.product) return true;
  if (page.composer !== "none" || page.product !== "premium") return false;
  return isChosen || accounts.every(({ account }) => account.product === product);
}

/**
 * Entries without retracted InMails: they are still sent, with their retraction, but not shown.
 * @param {OutboxEntry[]} entries
 */
function withoutRetracted(entries) {
  const takenBack = new Set(entries.map((entry) => entry.kind === "retract" && entry.target));
  return entries.filter(({ id }) => !takenBack.has(id));
}

/**
 * @param {Account} account
 * @param {Stored} stored
 * @param {OutboxEntry[]} shown
 * @param {Date} now
 * @returns {AccountView}
 */
function accountView(account, stored, shown, now) {
  const kept = stored.summaries[account.id];
  const ahead = shown.filter((entry) => isUncounted(entry, kept));
  return {
    account,
    productTitle: kept?.summary.product_title ?? account.product,
    problem: stored.problems[account.id] ?? null,
    projection: kept ? project(kept, account, stored.entries, now) : null,
    recent: recentInMails(account, stored, ahead),
    awaiting: (kept?.summary.awaiting ?? []).filter(
      ({ id, answer_by: by }) =>
        now < new Date(by) && !ahead.some((entry) => "inmailId" in entry && entry.inmailId === id),
    ),
    targets: kept?.summary.targets ?? null,
    ahead,
  };
}

/**
 * @param {Account} account
 * @param {Stored} stored
 * @param {OutboxEntry[]} ahead
 * @returns {RecentInMail[]}
 */
function recentInMails(account, stored, ahead) {
  const kept = stored.summaries[account.id];
  const outcomes = ahead.filter((entry) => entry.kind === "outcome");
  const waiting = ahead.filter((entry) => entry.kind === "inmail").filter((entry) => entry.accountId === account.id);
  const saved = (kept?.summary.recent ?? []).filter(
    ({ id }) => !ahead.some((entry) => entry.kind === "retract" && entry.inmailId === id),
  );
  const noticed = stored.recentLogs
    .filter(({ source }) => source === "page")
    .flatMap(({ outboxId, inmailId }) => [outboxId, inmailId]);
  // A line keeps the id of its entry after the server has it, so that its buttons stay the same elements.
  const idOf = (/** @type {string} */ inmailId) =>
    stored.recentLogs.find((item) => item.inmailId === inmailId)?.outboxId ?? inmailId;
  const lines = [
    ...waiting.map(waitingLine),
    ...saved.map((inmail) => ({
      id: idOf(inmail.id),
      inmailId: inmail.id,
      name: inmail.recipient.name,
      profileUrl: inmail.recipient.profile_url,
      sentAt: inmail.sent_at,
      cost: inmail.cost,
      outcome: outcomes.findLast(({ inmailId }) => inmailId === inmail.id)?.body.outcome ?? inmail.outcome,
      waiting: false,
    })),
  ];
  return lines
    .map((each) => ({ ...each, noticed: noticed.includes(each.id) }))
    .sort((a, b) => Date.parse(b.sentAt) - Date.parse(a.sentAt));
}

/**
 * @param {InMailEntry} entry
 * @returns {Omit<RecentInMail, "noticed">}
 */
const waitingLine = ({ id, body }) => ({
  id,
  inmailId: null,
  name: body.recipient.name,
  profileUrl: body.recipient.profile_url ?? null,
  sentAt: body.sent_at,
  cost: body.cost,
  outcome: "pending",
  waiting: true,
});
