// Which server an outbox entry belongs to. Pure.

/**
 * Identifies a server: the id of its ledger, or its address if the server reports no id.
 * @param {Server} server
 */
export const serverKey = ({ id, address }) => id ?? address;

/**
 * Whether an entry may be sent to the connected server. A server that lists the entry's account has the entry's ledger
 * at any address, since account ids cannot be guessed.
 * @param {OutboxEntry} entry
 * @param {Pick<Stored, "accounts" | "server">} stored
 */
export const belongsHere = ({ accountId, serverId }, { accounts, server }) =>
  serverId === serverKey(server) || accounts.some(({ id }) => id === accountId);

/**
 * Whether an unsent entry is for a server other than the connected one.
 * @param {OutboxEntry} entry
 * @param {Pick<Stored, "accounts" | "server">} stored
 */
export const waitsElsewhere = (entry, stored) =>
  stored.server.token !== null &&
  (entry.state === "waiting" || entry.state === "paused") &&
  !belongsHere(entry, stored);

/**
 * Whether an entry can be moved to another server: an InMail, a person added to the list, or a change to one of these.
 * @param {OutboxEntry} entry
 * @param {OutboxEntry[]} entries
 */
export const isMovable = (entry, entries) =>
  entry.kind === "inmail" ||
  entry.kind === "target_add" ||
  (waitsForId(entry) && entries.some(({ id }) => "target" in entry && id === entry.target));

/**
 * Whether an entry changes something that has no id on the server yet.
 * @param {OutboxEntry} entry
 */
export const waitsForId = (entry) =>
  (entry.kind === "retract" && entry.inmailId === null) || (entry.kind === "target_change" && entry.targetId === null);
