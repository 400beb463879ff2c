// Which server an outbox entry belongs to. Pure.

/**
 * By what a server's entries are known: the id of its ledger, or the address of a server that tells none.
 * @param {Server} server
 */
export const serverKey = ({ id, address }) => id ?? address;

/**
 * Whether an entry may go to the server that is connected. A server that lists the entry's account keeps its ledger,
 * whatever its address: ids of accounts cannot be guessed.
 * @param {OutboxEntry} entry
 * @param {Pick<Stored, "accounts" | "server">} stored
 */
export const belongsHere = ({ accountId, serverId }, { accounts, server }) =>
  serverId === serverKey(server) || accounts.some(({ id }) => id === accountId);

/**
 * Whether an entry waits for a server other than the one that is connected now.
 * @param {OutboxEntry} entry
 * @param {Pick<Stored, "accounts" | "server">} stored
 */
export const waitsElsewhere = (entry, stored) =>
  stored.server.token !== null &&
  (entry.state === "waiting" || entry.state === "paused") &&
  !belongsHere(entry, stored);

/**
 * An InMail or a person for the list, or what takes one back or changes it and is moved with it.
 * @param {OutboxEntry} entry
 * @param {OutboxEntry[]} entries
 */
export const isMovable = (entry, entries) =>
  entry.kind === "inmail" ||
  entry.kind === "target_add" ||
  (waitsForId(entry) && entries.some(({ id }) => "target" in entry && id === entry.target));

/**
 * Whether an entry is about what the server does not have yet.
 * @param {OutboxEntry} entry
 */
export const waitsForId = (entry) =>
  (entry.kind === "retract" && entry.inmailId === null) || (entry.kind === "target_change" && entry.targetId === null);
