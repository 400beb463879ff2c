// The recent logs: what was logged here last, whatever has become of its entry in the outbox. They tell a double click
// from a second InMail, and name what can be taken back. Pure: core/store/outbox.js writes the list.

const KEPT_MAX = 20;

/**
 * The list with one more log.
 * @param {RecentLog[]} logs
 * @param {InMailEntry} entry
 * @returns {RecentLog[]}
 */
export const withLog = (logs, entry) =>
  [...logs, { outboxId: entry.id, inmailId: null, ...contentOf(entry) }].slice(-KEPT_MAX);

/**
 * The list with a log changed, that of this entry.
 * @param {RecentLog[]} logs
 * @param {string} outboxId
 * @param {Partial<RecentLog>} changes
 * @returns {RecentLog[]}
 */
export const withChanged = (logs, outboxId, changes) =>
  logs.map((log) => (log.outboxId === outboxId ? { ...log, ...changes } : log));

/**
 * What the list says of the content of an InMail.
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
 * Whether a log is the one with this id, of its entry or of its InMail on the server.
 * @param {RecentLog} log
 * @param {string} id
 */
export const isLogOf = ({ inmailId, outboxId }, id) => outboxId === id || inmailId === id;
