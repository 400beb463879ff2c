// The outbox: whatever changes data waits here until the server has it. Written before any network call, one key each,
// and kept until a summary that counts it has arrived. No other module writes entries. core/server/flush.js sends them.

import { local } from "../browser.js";
import { cleanName } from "../log/people.js";
import { belongsHere, isMovable, serverKey, waitsElsewhere, waitsForId } from "./belonging.js";
import { newId } from "./ids.js";
import { contentOf, isLogOf, withChanged, withLog } from "./recent.js";
import { outboxKey, readAll } from "./storage.js";

/** An id is asked for as long as the popup stays open in which the person was added. */
const ADDED_LENGTH_MAX = 20;

/**
 * One change of the outbox at a time. Never held across a network call, so that a click is not kept waiting.
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

// ---- Writing; inside `withOutboxLock` wherever what is written depends on what was read ----

/**
 * @param {OutboxEntry} entry
 * @param {Others} [others]
 */
export const add = (entry, others = {}) => local.set({ [outboxKey(entry.id)]: entry, ...others });

/**
 * Adds an InMail, and its log to the recent ones. Inside `withOutboxLock`.
 * @param {InMailEntry} entry
 * @param {RecentLog[]} recentLogs as they are stored
 * @param {Others} [others]
 */
export const addLog = (entry, recentLogs, others) => add(entry, { ...others, recentLogs: withLog(recentLogs, entry) });

/**
 * Puts the entry that `change` returns in the place of each of these; null removes one, the same entry leaves it as it
 * is. Inside `withOutboxLock`.
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
 * Removes an entry with those that change what it brings about. Inside `withOutboxLock`.
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

/** Takes the oldest entry of this server that can be sent and notes that from now on the server may have it. */
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
 * The server has the entry. In one step the entry says so, and what depends on it knows the server's id.
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
 * What an entry was to bring about is there already: it counts as saved, with the server's words, and what was to
 * change it is forgotten.
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
 * Nothing is left to be done about an entry.
 * @param {OutboxEntry} entry
 */
export function forget(entry) {
  return withOutboxLock(async () => removeWithDependents(entry, (await readAll()).entries));
}

/**
 * The entry stays and waits for another attempt, with the reason. Where the server did answer, it does not have the
 * entry.
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
 * The server refused the entry: the user has to answer, unless it was taken back meanwhile. Then nothing is left to be
 * done for either.
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
 * The InMail's day or cost was edited elsewhere, so it has another id: the entry is for that one.
 * @param {OutcomeEntry} entry
 * @param {string} inmailId
 */
export const redirect = (entry, inmailId) => withOutboxLock(() => add({ ...entry, inmailId, attemptedAt: null }));

/**
 * The entries that take back, or change, what an entry brings about.
 * @param {string} id
 * @param {OutboxEntry[]} entries
 */
export const dependentsOf = (id, entries) =>
  entries
    .filter((entry) => entry.kind === "retract" || entry.kind === "target_change")
    .filter(({ target }) => target === id);

/**
 * Forgets entries that the summaries count.
 * @param {OutboxEntry[]} saved
 */
export const forgetSaved = (saved) => withOutboxLock(() => remove(saved));

/** Forgets what the server has, and every recent log but of what still waits here. */
export function forgetWhatServerHas() {
  return withOutboxLock(async () => {
    const { entries, recentLogs } = await readAll();
    const saved = entries.filter(({ state }) => state === "saved");
    const left = new Set(entries.filter((entry) => !saved.includes(entry)).map(({ id }) => id));
    await remove(saved, { recentLogs: recentLogs.filter(({ outboxId }) => left.has(outboxId)) });
  });
}

/** Holds back all that waits, until the user has connected again. */
export const pause = () => setState("waiting", "paused");

/** Lets go of what `pause` held back. */
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
  const serverId = serverKey(server);
  return withOutboxLock(async () => {
    const stored = await readAll();
    await rewrite(stored.entries, (entry) =>
      entry.serverId !== serverId && isOurs(entry, stored) ? { ...entry, serverId } : entry,
    );
  });
}

/**
 * The user's answer for all entries that wait for another server. `send` gives the InMails to an account of this
 * server, with what takes them back; whatever else there is means something to the other server alone, and stays.
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
 * The user's answer to a refusal: add the credit that is missing, try the same again, or forget it.
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
      // LinkedIn let it through, so the ledger was wrong. What is asked changes, and so does its key.
      await add({ ...again, key: newId(now), body: { ...again.body, accept_discrepancy: true } });
    } else {
      await add(again);
    }
  });
}

/**
 * Sends a refused entry again as the user corrected it. What is asked changes, and so does its key.
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
    // An entry of another server that the user gives to an account of this one is this one's from now on.
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

/** A refused entry as it waits once more. */
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
 * Takes an InMail back, by the id of its entry or of the InMail. What the server cannot know yet is simply removed;
 * else the undo becomes an entry of its own, which outlives a killed worker like any other.
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
