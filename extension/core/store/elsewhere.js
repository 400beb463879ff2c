// Entries that wait for another server: marked as that server's before another is connected, and what the user wants
// done with them.

import { belongsHere, isMovable, serverKey, waitsElsewhere } from "./belonging.js";
import { local } from "../browser.js";
import { changing } from "./outbox.js";
import { outboxKey, readAll } from "./storage.js";

/**
 * Marks every entry without a server as one of this server, which has been the only one until now. For the moment
 * before another takes its place, or before its accounts are forgotten.
 * @param {Server} server
 */
export const markAll = (server) => mark(server, (entry) => !entry.serverId);

/**
 * Marks the entries of the connected server: those of its accounts, and those from before the server told an id.
 * @param {Server} server
 */
export const markOwn = (server) =>
  mark(server, (entry, stored) => entry.serverId === server.address || (!entry.serverId && belongsHere(entry, stored)));

/**
 * @param {Server} server
 * @param {(entry: OutboxEntry, stored: Stored) => boolean} isOurs
 */
function mark(server, isOurs) {
  return changing(async () => {
    const stored = await readAll();
    const ours = stored.entries.filter((entry) => entry.serverId !== serverKey(server) && isOurs(entry, stored));
    const marked = ours.map((entry) => [outboxKey(entry.id), { ...entry, serverId: serverKey(server) }]);
    if (marked.length) await local.set(Object.fromEntries(marked));
  });
}

/**
 * The user's answer for all entries that wait for another server. `send` gives the InMails to an account of this
 * server, with what takes them back; whatever else there is means something to the other server alone, and stays.
 * @param {"send" | "keep" | "delete"} answer
 * @param {string | null} accountId of this server
 */
export function answerElsewhere(answer, accountId) {
  return changing(async () => {
    const stored = await readAll();
    const entries = stored.entries.filter((entry) => waitsElsewhere(entry, stored));
    const ids = new Set(entries.map(({ id }) => id));
    if (answer === "delete") {
      await local.set({ undo: stored.undo.filter(({ outboxId }) => !ids.has(outboxId)) });
      await local.remove([...ids].map(outboxKey));
      return;
    }
    const moves = answer === "send" && stored.accounts.some(({ id }) => id === accountId);
    const moved = new Set(moves ? entries.filter((entry) => isMovable(entry, entries)).map(({ id }) => id) : []);
    const changed = entries.map((entry) => [
      outboxKey(entry.id),
      moved.has(entry.id)
        ? {
            ...entry,
            accountId,
            serverId: serverKey(stored.server),
            state: "waiting",
            attemptedAt: null,
            tries: 0,
            isKept: false,
          }
        : { ...entry, isKept: true },
    ]);
    const undo = stored.undo.map((item) => (moved.has(item.outboxId) ? { ...item, accountId } : item));
    await local.set({ ...Object.fromEntries(changed), undo });
  });
}
