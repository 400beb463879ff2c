// The one way to log an InMail, for popup, command and menu alike: acknowledged as soon as it is stored here.

/** @import {Messages} from "./messages.js" */

import { local } from "./browser.js";
import { changing, newEntry } from "./outbox.js";
import { tidy } from "./person.js";
import { outboxKey, read } from "./settings.js";

/** Nobody writes to the same person twice within this time: it is a double click, or a key held down. */
const DOUBLE_CLICK_MS = 3000;

const UNDO_LENGTH_MAX = 20;

/**
 * @param {Messages["log"]["params"]} params
 * @param {Date} now
 * @returns {Promise<Messages["log"]["reply"]>}
 */
export function log(params, now) {
  return changing(async () => {
    const { preferences, undo } = await read("preferences", "undo");
    const first = undo.find((item) => isSame(item, params, now));
    if (first) return { entry: await entryOf(first), repeated: true };
    const entry = /** @type {InMailEntry} */ (newEntry(params.accountId, { kind: "inmail", body: body(params, now) }, now));
    await local.set({
      [outboxKey(entry.id)]: entry,
      undo: [...undo, undoable(entry)].slice(-UNDO_LENGTH_MAX),
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
 * @param {Undoable} item
 * @param {Messages["log"]["params"]} params
 * @param {Date} now
 */
function isSame(item, { accountId, recipient }, now) {
  if (item.accountId !== accountId || now.getTime() - Date.parse(item.at) > DOUBLE_CLICK_MS) return false;
  const links = item.profileUrl && recipient.profileUrl;
  return links ? item.profileUrl === recipient.profileUrl : item.name === tidy(recipient.name);
}

/**
 * @param {Undoable} item
 * @returns {Promise<InMailEntry | null>}
 */
async function entryOf({ outboxId }) {
  const key = outboxKey(outboxId);
  return (await local.get(key))[key] ?? null;
}

/**
 * @param {Messages["log"]["params"]} params
 * @param {Date} now
 * @returns {InMailBody}
 */
function body({ recipient, cost, purpose, subject, source, acceptDiscrepancy }, now) {
  return {
    recipient: { name: tidy(recipient.name), ...(recipient.profileUrl && { profile_url: recipient.profileUrl }) },
    sent_at: now.toISOString(),
    cost,
    source,
    ...(subject && { subject: tidy(subject) }),
    ...(purpose && { purpose }),
    ...(acceptDiscrepancy && { accept_discrepancy: true }),
  };
}

/** @param {InMailEntry} entry */
const undoable = ({ id, accountId, body: { recipient, cost, sent_at } }) => ({
  outboxId: id,
  inmailId: null,
  accountId,
  name: recipient.name,
  profileUrl: recipient.profile_url ?? null,
  cost,
  at: sent_at,
});
