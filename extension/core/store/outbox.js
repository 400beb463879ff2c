// The outbox: every change of data is an entry here until the server has it. An entry is written before any network
// call, under a key of its own, and kept until a summary that counts it has arrived. Only this module writes entries;
// core/server/flush.js sends them.

import { local } from "../browser.js";
import { cleanName } from "../log/people.js";
import { belongsHere, isMovable, serverKey, waitsElsewhere, waitsForId } from "./belonging.js";
import { newId } from "./ids.js";
import { contentOf, isLogOf, withChanged, withLog } from "./recent.js";
import { outboxKey, readAll } from "./storage.js";

/** The server's ids of added people are needed while the popup stays open in which they were added. */
const ADDED_LENGTH_MAX = 20;

/**
 * Runs `work` with the lock of the outbox. Never hold it across a network call: a click would wait.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export const withOutboxLock = (work) => navigator.locks.request("outbox", work);

/**
 * @template {Pick<InMailEntry, "kind" | "body"> | Pick<RetractEntry, "kind" | "body" | "target" | "inmailId">
 *   | Pick<OutcomeEntry, "kind" | "body" | "inmailId"> | Pick<ObservationEntry | TargetAddEntry, "kind" | "body">
 *   | Pick<TargetChangeEntry, "kind" | "body" | "target" | "targetId" | "person">
 *   | Pick<PersonChangeEntry, "kind" | "body" | "personId" | "person">} What
 * @param {string} accountId
 * @param {What} what
 * @param {Date} now
 */
export function newEntry(accountId, what, now) {
  const id = newId(now);
  const fresh = /** @type {const} */ ({ tries: 0, attemptedAt: null, state: "waiting", problem: null });
  return { id, key: id, accountId, createdAt: now.toISOString(), ...fresh, ...what };
}

/** @typedef {Partial<Omit<Stored, "entries" | "summaries">>} Others what is written in the same step as an entry */

// ---- Writing; inside `withOutboxLock` if what is written depends on what was read ----

/**
 * @param {OutboxEntry} entry
 * @param {Others} [others]
 */
export const add = (entry, others = {}) => local.set({ [outboxKey(entry.id)]: entry, ...others });

/**
 * Adds an InMail and its recent log. Inside `withOutboxLock`.
 * @param {InMailEntry} entry
 * @param {RecentLog[]} recentLogs as they are stored
 * @param {Others} [others]
 */
export const addLog = (entry, recentLogs, others) => add(entry, { ...others, recentLogs: withLog(recentLogs, entry) });

/**
 * Replaces each entry by what `change` returns for it: null removes it, the same object leaves it unchanged. Inside
 * `withOutboxLock`.
 * @param {OutboxEntry[]} entries
 * @param {(entry: OutboxEntry) => OutboxEntry | null} change
 * @param {Others & Record<string, unknown>} [others]
 */
export async function rewrite(entries, change, others = {}) {
  const items = /** @type {Record<string, unknown>} */ ({ ...others });
  const gone = [];
  for (const entry of entries) {
    const changed = change(entry);
    if (changed === null) gone.push(outboxKey(entry.id));
    else if (changed !== entry) items[outboxKey(entry.id)] = changed;
  }
  if (Object.keys(items).length) await local.set(items);
  if (gone.length) await local.remove(gone);
}

/**
 * @param {OutboxEntry[]} entries
 * @param {Others} [others]
 */
const remove = (entries, others) => rewrite(entries, () => null, others);

/**
 * Removes an entry and the entries that depend on it. Inside `withOutboxLock`.
 * @param {OutboxEntry} entry
 * @param {OutboxEntry[]} entries
 */
export const removeWithDependents = (entry, entries) => remove([entry, ...dependentsOf(entry.id, entries)]);

/**
 * The entry with this id, or null.
 * @param {string} id
 * @returns {Promise<OutboxEntry | null>}
 */
export async function entryWith(id) {
  const key = outboxKey(id);
  return (await local.get(key))[key] ?? null;
}

// ---- Sending ----

/**
 * Returns the oldest entry of this server that can be sent, with `attemptedAt` set: from now on the server may have it.
 * Null if there is none.
 */
export function claim() {
  return withOutboxLock(async () => {
    const stored = await readAll();
    const next = stored.entries.find(
      (entry) => entry.state === "waiting" && belongsHere(entry, stored) && !waitsForId(entry),
    );
    if (!next) return null;
    const claimed = { ...next, attemptedAt: new Date().toISOString() };
    await add(claimed);
    return claimed;
  });
}

/**
 * Marks an entry as saved and writes the server's ids to what depends on it, in one step.
 * @param {OutboxEntry} entry
 * @param {{inmailId?: string, targetId?: string}} ids that the server gave to what was sent
 */
export function settle(entry, ids) {
  return withOutboxLock(async () => {
    const { added, entries, recentLogs } = await readAll();
    const { inmailId, targetId } = ids;
    await rewrite(
      [entry, ...dependentsOf(entry.id, entries)],
      (each) => /** @type {OutboxEntry} */ (each === entry ? { ...entry, state: "saved" } : { ...each, ...ids }),
      {
        ...(inmailId && { recentLogs: withChanged(recentLogs, entry.id, { inmailId }) }),
        ...(targetId && {
          added: [...added, /** @type {[string, string]} */ ([entry.id, targetId])].slice(-ADDED_LENGTH_MAX),
        }),
      },
    );
  });
}

/**
 * Marks an entry as saved with the server's problem, because what it adds exists there already. Removes its dependents.
 * @param {OutboxEntry} entry
 * @param {Problem} problem
 */
export function settleDuplicate(entry, problem) {
  return withOutboxLock(async () => {
    const { entries } = await readAll();
    await remove(dependentsOf(entry.id, entries));
    await add({ ...entry, state: "saved", problem });
  });
}

/**
 * Removes an entry that needs no further action, and its dependents.
 * @param {OutboxEntry} entry
 */
export function forget(entry) {
  return withOutboxLock(async () => removeWithDependents(entry, (await readAll()).entries));
}

/**
 * Keeps an entry for another attempt, with the problem. A response of the server (status other than 0) means that it
 * does not have the entry, so `attemptedAt` is cleared.
 * @param {OutboxEntry} entry
 * @param {Problem} problem
 */
export function keepForRetry(entry, problem) {
  const attemptedAt = problem.status ? null : entry.attemptedAt;
  return withOutboxLock(() =>
    add({ ...entry, attemptedAt, tries: entry.tries + Number(problem.status >= 500), problem }),
  );
}

/**
 * Marks a refused entry as `needs_you`. If the user has taken it back meanwhile, removes both.
 * @param {OutboxEntry} entry
 * @param {Problem} problem
 */
export function requireDecision(entry, problem) {
  return withOutboxLock(async () => {
    const { entries } = await readAll();
    const isTakenBack = dependentsOf(entry.id, entries).some(
      ({ kind, body }) => kind === "retract" || body.action === "drop",
    );
    if (isTakenBack) await removeWithDependents(entry, entries);
    else await add({ ...entry, attemptedAt: null, state: "needs_you", problem });
  });
}

/**
 * Points an outcome to the InMail's new id: editing its day or cost at the server replaced it.
 * @param {OutcomeEntry} entry
 * @param {string} inmailId
 */
export const redirect = (entry, inmailId) => withOutboxLock(() => add({ ...entry, inmailId, attemptedAt: null }));

/**
 * The entries that retract or change what an entry adds.
 * @param {string} id
 * @param {OutboxEntry[]} entries
 */
export const dependentsOf = (id, entries) =>
  entries
    .filter((entry) => entry.kind === "retract" || entry.kind === "target_change")
    .filter(({ target }) => target === id);

/**
 * Removes saved entries that the summaries count.
 * @param {OutboxEntry[]} saved
 */
export const forgetSaved = (saved) => withOutboxLock(() => remove(saved));

/** Removes saved entries, and the recent logs without an entry that is still to be sent. */
export function forgetWhatServerHas() {
  return withOutboxLock(async () => {
    const { entries, recentLogs } = await readAll();
    const saved = entries.filter(({ state }) => state === "saved");
    const left = new Set(entries.filter((entry) => !saved.includes(entry)).map(({ id }) => id));
    await remove(saved, { recentLogs: recentLogs.filter(({ outboxId }) => left.has(outboxId)) });
  });
}

/** Pauses all waiting entries until the user has connected again. */
export const pause = () => setState("waiting", "paused");

/** Makes paused entries wait again. */
export const resume = () => setState("paused", "waiting");

/**
 * @param {OutboxEntry["state"]} from
 * @param {OutboxEntry["state"]} to
 */
function setState(from, to) {
  return withOutboxLock(async () => {
    const { entries } = await readAll();
    await rewrite(entries, (entry) => (entry.state === from ? { ...entry, state: to } : entry));
  });
}

// ---- Entries of another server ----

/**
 * Marks every entry without a server as this server's, the only one until now. Call it before another server replaces
 * this one and before its accounts are removed.
 * @param {Server} server
 */
export const markAll = (server) => mark(server, (entry) => !entry.serverId);

/**
 * Marks the connected server's entries with its id: those marked with its address, and unmarked ones of its accounts.
 * @param {Server} server
 */
export const markOwn = (server) =>
  mark(server, (entry, stored) => entry.serverId === server.address || (!entry.serverId && belongsHere(entry, stored)));

/**
 * @param {Server} server
 * @param {(entry: OutboxEntry, stored: Stored) => boolean} isOurs
 */
function mark(server, isOurs) {
  const serverId = serverKey(server);
  return withOutboxLock(async () => {
    const stored = await readAll();
    await rewrite(stored.entries, (entry) =>
      entry.serverId !== serverId && isOurs(entry, stored) ? { ...entry, serverId } : entry,
    );
  });
}

/**
 * Applies the user's answer to all entries of other servers. `send` moves the InMails, the added people and their
 * changes to an account of this server; other entries refer to ids of the other server and stay.
 * @param {"send" | "keep" | "delete"} answer
 * @param {string | null} accountId of this server
 */
export function answerElsewhere(answer, accountId) {
  return withOutboxLock(async () => {
    const stored = await readAll();
    const { accounts, recentLogs, server } = stored;
    const entries = stored.entries.filter((entry) => waitsElsewhere(entry, stored));
    const ids = entries.map(({ id }) => id);
    if (answer === "delete") {
      await remove(entries, { recentLogs: recentLogs.filter(({ outboxId }) => !ids.includes(outboxId)) });
      return;
    }
    const account = answer === "send" ? accounts.find(({ id }) => id === accountId) : undefined;
    const moved = account ? entries.filter((entry) => isMovable(entry, entries)) : [];
    const here = { accountId: account?.id, serverId: serverKey(server), state: "waiting", attemptedAt: null, tries: 0 };
    await rewrite(
      entries,
      (entry) =>
        /** @type {OutboxEntry} */ ({ ...entry, ...(moved.includes(entry) && here), isKept: !moved.includes(entry) }),
      {
        recentLogs: moved.reduce((logs, { id }) => withChanged(logs, id, { accountId: account?.id }), recentLogs),
      },
    );
  });
}

// ---- What the user decides about an entry ----

/**
 * Applies the user's answer to a refusal: `accept` (record the missing credit), `again` (send unchanged) or `discard`.
 * @param {string} id
 * @param {"accept" | "again" | "discard"} answer
 * @param {Date} now
 */
export function resolve(id, answer, now) {
  return withOutboxLock(async () => {
    const { entries, recentLogs } = await readAll();
    const entry = entries.find((each) => each.id === id && each.state === "needs_you");
    if (!entry) return;
    if (answer === "discard") {
      await remove([entry, ...dependentsOf(id, entries)], {
        recentLogs: recentLogs.filter(({ outboxId }) => outboxId !== id),
      });
      return;
    }
    const again = /** @type {const} */ ({ ...entry, ...AGAIN });
    if (again.kind === "inmail" && answer === "accept") {
      // LinkedIn sent it, so the ledger's balance was wrong. The request changes, so its key does too.
      await add({ ...again, key: newId(now), body: { ...again.body, accept_discrepancy: true } });
    } else {
      await add(again);
    }
  });
}

/**
 * Sends a refused entry again with the user's corrections. The request changes, so its key does too.
 * @param {string} id
 * @param {Correction} correction
 * @param {Date} now
 */
export function correct(id, correction, now) {
  return withOutboxLock(async () => {
    const { accounts, entries, recentLogs, server } = await readAll();
    const entry = entries.find((each) => each.id === id && each.state === "needs_you");
    if (!entry) return;
    const accountId = correction.accountId ?? entry.accountId;
    // An entry of another server that is corrected to an account of this one becomes this server's.
    const owner = accounts.some((account) => account.id === accountId) ? { serverId: serverKey(server) } : {};
    const corrected = /** @type {OutboxEntry} */ ({
      ...entry,
      ...AGAIN,
      ...owner,
      key: newId(now),
      accountId,
      body: correctedBody(entry, correction),
    });
    const content = corrected.kind === "inmail" ? contentOf(corrected) : {};
    await add(corrected, { recentLogs: withChanged(recentLogs, id, content) });
  });
}

/** The fields of a refused entry that waits again. */
const AGAIN = /** @type {const} */ ({ state: "waiting", attemptedAt: null, tries: 0, problem: null });

/**
 * @param {OutboxEntry} entry
 * @param {Correction} correction
 */
function correctedBody(entry, { at, balance, cost, name, outcome, profileUrl, purpose }) {
  switch (entry.kind) {
    case "inmail": {
      const { purpose: oldPurpose, recipient, ...body } = entry.body;
      const link = profileUrl === undefined ? recipient.profile_url : profileUrl;
      const why = purpose === undefined ? oldPurpose : purpose;
      return {
        ...body,
        recipient: { name: cleanName(name ?? recipient.name), ...(link && { profile_url: link }) },
        sent_at: at ?? body.sent_at,
        cost: cost ?? body.cost,
        ...(why && { purpose: why }),
      };
    }
    case "observation":
      return { ...entry.body, balance: balance ?? entry.body.balance, observed_at: at ?? entry.body.observed_at };
    case "outcome": {
      const chosen = outcome ?? entry.body.outcome;
      return chosen === "pending" ? { outcome: chosen } : { outcome: chosen, outcome_at: at ?? entry.body.outcome_at };
    }
    default:
      return entry.body;
  }
}

/**
 * Retracts an InMail, by its own id or that of its entry. If the server cannot have it, the entry is removed; otherwise
 * a `retract` entry is added, which survives a stopped worker.
 * @param {string} id
 * @param {Date} now
 */
export function undo(id, now) {
  return withOutboxLock(async () => {
    const stored = await readAll();
    const entry = stored.entries.find((each) => each.id === id && each.kind === "inmail");
    const recentLogs = stored.recentLogs.filter((log) => !isLogOf(log, id));
    if (entry && entry.state !== "saved" && entry.attemptedAt === null) {
      await remove([entry], { recentLogs });
      return;
    }
    const retract = retraction(id, stored, now);
    if (retract) await add(retract, { recentLogs });
  });
}

/**
 * @param {string} id
 * @param {Stored} stored
 * @param {Date} now
 */
function retraction(id, { entries, recentLogs, summaries }, now) {
  const isUnderWay = entries.some((each) => each.kind === "retract" && (each.target === id || each.inmailId === id));
  if (isUnderWay) return null;
  const item = recentLogs.find((log) => isLogOf(log, id));
  if (item) {
    const { accountId, at, cost, inmailId, name, outboxId } = item;
    const target = entries.some((each) => each.id === outboxId) ? outboxId : null;
    return newEntry(accountId, { kind: "retract", target, inmailId, body: { name, sent_at: at, cost } }, now);
  }
  for (const [accountId, { summary }] of Object.entries(summaries)) {
    const inmail = summary.recent.find((each) => each.id === id);
    if (!inmail) continue;
    const { cost, recipient, sent_at } = inmail;
    return newEntry(
      accountId,
      { kind: "retract", target: null, inmailId: id, body: { name: recipient.name, sent_at, cost } },
      now,
    );
  }
  return null;
}
