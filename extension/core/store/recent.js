// The recent logs: the InMails logged last in this browser, whether or not their outbox entries still exist. They
// detect double clicks and identify what `undo` removes. Pure: core/store/outbox.js writes the list.

const KEPT_MAX = 20;

/**
 * The list with one more log, cut to the latest KEPT_MAX.
 * @param {RecentLog[]} logs
 * @param {InMailEntry} entry
 * @returns {RecentLog[]}
 */
export const withLog = (logs, entry) =>
  [...logs, { outboxId: entry.id, inmailId: null, ...contentOf(entry) }].slice(-KEPT_MAX);

/**
 * The list with changes to the log of this entry.
 * @param {RecentLog[]} logs
 * @param {string} outboxId
 * @param {Partial<RecentLog>} changes
 * @returns {RecentLog[]}
 */
export const withChanged = (logs, outboxId, changes) =>
  logs.map((log) => (log.outboxId === outboxId ? { ...log, ...changes } : log));

/**
 * The fields of a log that are copied from the content of an InMail.
 * @param {InMailEntry} entry
 */
export const contentOf = ({ accountId, body: { recipient, cost, sent_at: at, source } }) => ({
  accountId,
  name: recipient.name,
  profileUrl: recipient.profile_url ?? null,
  cost,
  at,
  source,
});

/**
 * Whether a log has this id, either as its entry's or as its InMail's on the server.
 * @param {RecentLog} log
 * @param {string} id
 */
export const isLogOf = ({ inmailId, outboxId }, id) => outboxId === id || inmailId === id;
