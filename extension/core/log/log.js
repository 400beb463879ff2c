// Logs an InMail, for popup, shortcut, menu and listener. It is acknowledged as soon as it is stored in the outbox.

/** @import {Messages} from "../messages.js" */

import { local, session } from "../browser.js";
import { addLog, withOutboxLock, entryWith, newEntry } from "../store/outbox.js";
import { read } from "../store/storage.js";
import { cleanName, isSameLink, isSamePerson, parseLink, profileLink } from "./people.js";

/** Two clicks for one person within this time are a double click, or a key held down. */
const DOUBLE_CLICK_MS = 3000;

/** Within this time a notice of the page, a click and the shortcut for one person are about one send. */
export const SAME_SEND_MS = 5 * 60_000;

/** A text copied for a person within this time of the send is the one that was sent. */
const COPIED_TEXT_MS = 12 * 3_600_000;

/**
 * @param {Messages["log"]["params"]} params
 * @param {Date} now
 * @returns {Promise<Messages["log"]["reply"]>}
 */
export function log(params, now) {
  return withOutboxLock(async () => {
    const sentAt = params.sentAt ? new Date(params.sentAt) : now;
    const [{ preferences, questions, recentLogs }, text] = await Promise.all([
      read("preferences", "questions", "recentLogs"),
      copiedTextFor(params.recipient, sentAt),
    ]);
    const open = questions.filter(
      (question) => !isSameSend({ ...question, accountId: question.accountId ?? "", source: "page" }, params, sentAt),
    );
    if (open.length < questions.length) await local.set({ questions: open });
    const first = params.second ? null : recentLogs.find((item) => isSameSend(item, params, sentAt));
    if (first) return { entry: /** @type {InMailEntry | null} */ (await entryWith(first.outboxId)), repeated: true };
    const entry = /** @type {InMailEntry} */ (
      newEntry(params.accountId, { kind: "inmail", body: { ...body(params, sentAt), ...text } }, now)
    );
    await addLog(entry, recentLogs, {
      preferences: {
        ...preferences,
        lastCost: params.costRead ? preferences.lastCost : params.cost,
        lastPurpose: params.purpose ?? preferences.lastPurpose,
      },
    });
    return { entry, repeated: false };
  });
}

/**
 * Whether `log` would treat a log from this source as a repetition.
 * @param {string} accountId
 * @param {Person} recipient
 * @param {Source} source
 * @param {Date} now
 */
export async function isLogged(accountId, recipient, source, now) {
  const { recentLogs } = await read("recentLogs");
  return recentLogs.some((item) => isSameSend(item, { accountId, recipient, source, cost: 1 }, now));
}

/**
 * Whether two logs are about one send. The same kind of click for another account or another link is a second InMail;
 * notices of the page are not clicks.
 * @param {Pick<RecentLog, "accountId" | "name" | "profileUrl" | "at" | "source">} item
 * @param {Messages["log"]["params"]} params
 * @param {Date} sentAt
 */
function isSameSend(item, { accountId, recipient: { name, profileUrl = null }, source }, sentAt) {
  const isClickAgain = item.source === source && source !== "page";
  if (isClickAgain && item.accountId !== accountId) return false;
  if (
    isClickAgain &&
    isLink(item.profileUrl) &&
    isLink(profileUrl) &&
    !isSameLink(item.profileUrl ?? "", profileUrl ?? "")
  ) {
    return false;
  }
  const apart = Math.abs(sentAt.getTime() - Date.parse(item.at));
  return apart <= (isClickAgain ? DOUBLE_CLICK_MS : SAME_SEND_MS) && isSamePerson(item, { name, profileUrl });
}

/** @param {string | null} link */
const isLink = (link) => parseLink(link ?? "") !== null;

/**
 * @param {Messages["log"]["params"]} params
 * @param {Date} sentAt
 * @returns {InMailBody}
 */
function body({ recipient, cost, note, purpose, subject, source, target, acceptDiscrepancy }, sentAt) {
  // An InMail is not refused for its link: one that identifies no person is left out.
  const link = profileLink(recipient.profileUrl ?? "");
  return {
    recipient: { name: cleanName(recipient.name), ...(link && { profile_url: link }) },
    sent_at: sentAt.toISOString(),
    cost,
    source,
    ...(subject && { subject: cleanName(subject) }),
    ...(purpose && { purpose }),
    ...(note && { note }),
    ...(acceptDiscrepancy && { accept_discrepancy: true }),
    ...(target && { target }),
  };
}

/**
 * The text that was copied for a person around this time, and its target.
 * @param {{name: string, profileUrl?: string | null}} recipient
 * @param {Date} sentAt
 * @returns {Promise<Pick<InMailBody, "target" | "text">>}
 */
async function copiedTextFor({ name, profileUrl = null }, sentAt) {
  const { copied } = await session.get("copied");
  const isTheirs =
    copied &&
    Math.abs(sentAt.getTime() - Date.parse(copied.at)) < COPIED_TEXT_MS &&
    isSamePerson(copied, { name, profileUrl });
  return isTheirs ? { target: copied.target, text: copied.text } : {};
}
