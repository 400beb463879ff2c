// Whatever changes data waits here until the server has it: written before any network call, one key each, sent in the
// order of the clicks with a key that makes a second attempt harmless, and kept until a summary that counts it has
// arrived.

import { call, SHAPE } from "../server/api.js";
import { belongsHere, serverKey, waitsForId } from "./belonging.js";
import { local } from "../browser.js";
import { newId } from "./ids.js";
import { cleanName } from "../log/people.js";
import { Refusal } from "../refusal.js";
import { outboxKey, readAll } from "./storage.js";

/** An entry on which the server itself breaks this often must not keep back the others for ever. */
const SERVER_FAILURES_MAX = 8;

/** An id is asked for as long as the popup stays open in which the person was added. */
const ADDED_LENGTH_MAX = 20;

/**
 * One change of the outbox at a time. Never held across a network call, so that a click is not kept waiting.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export const changing = (work) => navigator.locks.request("outbox", work);

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

/** @param {OutboxEntry} entry */
export const add = (entry) => local.set({ [outboxKey(entry.id)]: entry });

/**
 * Sends all that waits, oldest first. Stops with a `Refusal` where going on is of no use: no answer, a broken server, a
 * token that is no longer good, too many requests. Any other refusal concerns its entry alone, which then needs the
 * user.
 * @param {Server} server
 */
export async function flush(server) {
  for (let entry = await claim(); entry; entry = await claim()) {
    try {
      await settle(entry, await send(server, entry));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if ((await redirect(entry, error.problem)) || (await settleRefused(entry, error.problem))) continue;
      await keep(entry, error.problem);
      if (stopsAll(error.problem)) throw error;
    }
  }
}

/** Takes the oldest entry of this server that can be sent and notes that from now on the server may have it. */
function claim() {
  return changing(async () => {
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
 * @param {Server} server
 * @param {OutboxEntry} entry
 */
async function send(server, entry) {
  const path = `/accounts/${entry.accountId}`;
  const { body, key } = entry;
  switch (entry.kind) {
    case "inmail":
      return call(server, `${path}/inmails`, { method: "POST", body, key, shape: SHAPE.logged });
    case "retract":
      return call(server, `${path}/inmails/${entry.inmailId}`, { method: "DELETE", key });
    case "outcome":
      return call(server, `${path}/inmails/${entry.inmailId}`, { method: "PATCH", body, key });
    case "observation":
      return call(server, `${path}/observations`, { method: "POST", body, key });
    case "target_add":
      return call(server, "/targets", {
        method: "POST",
        body: { ...body, account: entry.accountId },
        key,
        shape: SHAPE.added,
      });
    case "target_change":
      return call(server, `/targets/${entry.targetId}`, { method: "PATCH", body, key });
    case "person_change":
      return call(server, `/people/${entry.personId}`, { method: "PATCH", body, key });
  }
}

/**
 * The server has it. In one write, the entry says so and its undo knows what to take back.
 * @param {OutboxEntry} entry
 * @param {{body: any}} answer
 */
function settle(entry, { body }) {
  return changing(async () => {
    const { added, entries, undo } = await readAll();
    /** @type {Record<string, OutboxEntry | Undoable[] | Stored["added"]>} */
    const changed = { [outboxKey(entry.id)]: { ...entry, state: "saved" } };
    const ids =
      entry.kind === "inmail" ? { inmailId: body.inmail.id } : entry.kind === "target_add" ? { targetId: body.id } : {};
    if (ids.inmailId) changed.undo = undo.map((item) => (item.outboxId === entry.id ? { ...item, ...ids } : item));
    if (ids.targetId) {
      changed.added = [...added, /** @type {[string, string]} */ ([entry.id, ids.targetId])].slice(-ADDED_LENGTH_MAX);
    }
    for (const follower of followersOf(entry.id, entries)) changed[outboxKey(follower.id)] = { ...follower, ...ids };
    await local.set(changed);
  });
}

/**
 * The InMail's day or cost was edited elsewhere, so it has another id: the entry is for that one. Says whether it was
 * so.
 * @param {OutboxEntry} entry
 * @param {Problem} problem
 */
async function redirect(entry, { code, replaced_by: inmailId }) {
  if (entry.kind !== "outcome" || code !== "replaced" || !inmailId || inmailId === entry.inmailId) return false;
  await changing(() => add({ ...entry, inmailId, attemptedAt: null }));
  return true;
}

/** What is to be changed is gone, was closed elsewhere, or was put off until a day that has passed meanwhile. */
const OVERTAKEN = new Set([404, 409, 422]);

/**
 * A refusal that leaves nothing to do: who is to be put on the list is there, and what is to be changed is not. Says
 * whether it was one.
 * @param {OutboxEntry} entry
 * @param {Problem} problem
 */
async function settleRefused(entry, problem) {
  const isThere = entry.kind === "target_add" && problem.code === "already_on_list";
  const isGone = (entry.kind === "target_change" || entry.kind === "person_change") && OVERTAKEN.has(problem.status);
  if (isThere || isGone) {
    await changing(async () => {
      const { entries } = await readAll();
      // Whoever was there before stays as they were.
      await local.remove(followersOf(entry.id, entries).map(({ id }) => outboxKey(id)));
      await (isThere ? add({ ...entry, state: "saved", problem }) : local.remove(outboxKey(entry.id)));
    });
  }
  return isThere || isGone;
}

/**
 * The entry stays, with the reason. Where the server did answer, it does not have it.
 * @param {OutboxEntry} entry
 * @param {Problem} problem
 */
function keep(entry, problem) {
  return changing(async () => {
    const { entries } = await readAll();
    const followers = followersOf(entry.id, entries);
    const isTakenBack = followers.some(({ kind, body }) => kind === "retract" || body.action === "drop");
    if (!needsUser(entry, problem)) {
      const attemptedAt = problem.status ? null : entry.attemptedAt;
      await add({ ...entry, attemptedAt, tries: entry.tries + Number(problem.status >= 500), problem });
    } else if (isTakenBack) {
      // Refused and taken back: nothing is left to do for either.
      await local.remove([entry, ...followers].map(({ id }) => outboxKey(id)));
    } else {
      await add({ ...entry, attemptedAt: null, state: "needs_you", problem });
    }
  });
}

/**
 * @param {OutboxEntry} entry
 * @param {Problem} problem
 */
const needsUser = (entry, problem) =>
  !stopsAll(problem) || (problem.status >= 500 && entry.tries + 1 >= SERVER_FAILURES_MAX);

/** @param {Problem} problem */
const stopsAll = ({ status }) => status === 0 || status === 401 || status === 429 || status >= 500;

/**
 * The entries that take back, or change, what an entry brings about.
 * @param {string} id
 * @param {OutboxEntry[]} entries
 */
export const followersOf = (id, entries) =>
  entries
    .filter((entry) => entry.kind === "retract" || entry.kind === "target_change")
    .filter(({ target }) => target === id);

/**
 * Forgets entries that the summaries count.
 * @param {OutboxEntry[]} saved
 */
export const forgetSaved = (saved) => changing(() => local.remove(saved.map(({ id }) => outboxKey(id))));

/** Forgets what the server has, and every undo but of what still waits here. */
export function forgetWhatServerHas() {
  return changing(async () => {
    const { entries, undo } = await readAll();
    const saved = entries.filter(({ state }) => state === "saved").map(({ id }) => id);
    const left = new Set(entries.map(({ id }) => id).filter((id) => !saved.includes(id)));
    await local.set({ undo: undo.filter(({ outboxId }) => left.has(outboxId)) });
    await local.remove(saved.map(outboxKey));
  });
}

/** Holds back all that waits, until the user has connected again. */
export const pause = () => turn("waiting", "paused");

/** Lets go of what `pause` held back. */
export const resume = () => turn("paused", "waiting");

/**
 * @param {OutboxEntry["state"]} from
 * @param {OutboxEntry["state"]} to
 */
function turn(from, to) {
  return changing(async () => {
    const { entries } = await readAll();
    const turned = entries
      .filter(({ state }) => state === from)
      .map((entry) => [outboxKey(entry.id), { ...entry, state: to }]);
    await local.set(Object.fromEntries(turned));
  });
}

/**
 * The user's answer to a refusal: add the credit that is missing, try the same again, or forget it.
 * @param {string} id
 * @param {"accept" | "again" | "discard"} answer
 * @param {Date} now
 */
export function resolve(id, answer, now) {
  return changing(async () => {
    const { entries, undo } = await readAll();
    const entry = entries.find((each) => each.id === id && each.state === "needs_you");
    if (!entry) return;
    if (answer === "discard") {
      await local.set({ undo: undo.filter(({ outboxId }) => outboxId !== id) });
      await local.remove([entry, ...followersOf(id, entries)].map((each) => outboxKey(each.id)));
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
  return changing(async () => {
    const { accounts, entries, server, undo } = await readAll();
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
    const undoable = corrected.kind === "inmail" ? undoableOf(corrected) : {};
    await local.set({
      [outboxKey(id)]: corrected,
      undo: undo.map((item) => (item.outboxId === id ? { ...item, ...undoable } : item)),
    });
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
 * What the list of what can be taken back says of an InMail.
 * @param {InMailEntry} entry
 */
export const undoableOf = ({ accountId, body: { recipient, cost, sent_at: at, source } }) => ({
  accountId,
  name: recipient.name,
  profileUrl: recipient.profile_url ?? null,
  cost,
  at,
  source,
});

/**
 * Takes an InMail back, by the id of its entry or of the InMail. What the server cannot know yet is simply removed;
 * else the undo becomes an entry of its own, which outlives a killed worker like any other.
 * @param {string} id
 * @param {Date} now
 */
export function undo(id, now) {
  return changing(async () => {
    const stored = await readAll();
    const entry = stored.entries.find((each) => each.id === id && each.kind === "inmail");
    const left = stored.undo.filter((item) => item.outboxId !== id && item.inmailId !== id);
    if (entry && entry.state !== "saved" && entry.attemptedAt === null) {
      await local.set({ undo: left });
      await local.remove(outboxKey(id));
      return;
    }
    const retract = retraction(id, stored, now);
    if (retract) await local.set({ undo: left, [outboxKey(retract.id)]: retract });
  });
}

/**
 * @param {string} id
 * @param {Stored} stored
 * @param {Date} now
 */
function retraction(id, { entries, summaries, undo }, now) {
  const isUnderWay = entries.some((each) => each.kind === "retract" && (each.target === id || each.inmailId === id));
  if (isUnderWay) return null;
  const item = undo.find(({ outboxId, inmailId }) => outboxId === id || inmailId === id);
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
