// One conversation with the server at a time: greet it, send what waits, fetch what changed, and note how it went.

import { call, greet, SHAPE } from "./api.js";
import { local } from "./browser.js";
import { isAhead } from "./instants.js";
import { flush, forgetSaved, pause, resume } from "./outbox.js";
import { Refusal } from "./refusal.js";
import { BACKOFF_MAX_MS, read, readAll, summaryKey } from "./settings.js";

const BACKOFF_MIN_MS = 30_000;

/** States from which trying again later may help by itself. */
const PASSING = new Set(["server_off", "other_program", "version_mismatch"]);

/**
 * Runs while no conversation is under way, so that none goes on with a token that has just been changed.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export const alone = (work) => navigator.locks.request("server", work);

/** @type {Promise<void> | null} */
let queued = null;

/**
 * Talks to the server, unless it is too early after a failure. Whoever asks while a conversation is under way shares the next one,
 * which will find everything that was stored before it begins.
 */
export function sync() {
  queued ??= alone(() => {
    queued = null;
    return converse();
  });
  return queued;
}

/** Talks to the server at once, because the user is there: only a wait that the server itself asked for is kept. */
export async function syncNow() {
  const { connection } = await read("connection");
  if (PASSING.has(connection.state) || connection.tries) await local.set({ connection: { ...connection, retryAt: null, tries: 0 } });
  await sync();
}

/** What `syncNow` does, also for what waits since the token was refused: the user asks to try. */
export async function retry() {
  await resume();
  await syncNow();
}

async function converse() {
  const { connection, server } = await read("connection", "server");
  const isTooEarly = isAhead(connection.retryAt, new Date(), BACKOFF_MAX_MS);
  if (!server.token || isTooEarly) return;
  try {
    const { demo } = await greet(server.address);
    if (demo !== server.demo) await local.set({ server: { ...server, demo } });
    // An entry on which the server breaks keeps no account from being brought up to date.
    const failure = await flush(server).then(() => null, broken);
    await refresh(server);
    if (failure) throw failure;
    await note("ok");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await fail(error.problem);
  }
}

/**
 * A refusal with which the server itself answered; any other error is thrown again.
 * @param {unknown} error
 */
function broken(error) {
  if (error instanceof Refusal && error.problem.status >= 500) return error;
  throw error;
}

/**
 * Fetches the accounts and their summaries, and forgets the saved entries that these count: nothing is saved meanwhile, so each
 * summary counts what was saved before it was asked for. An account whose summary is refused keeps the one before, with the reason.
 * @param {Server} server
 */
async function refresh(server) {
  const { currentAccount, entries, summaries } = await readAll();
  const saved = entries.filter(({ state }) => state === "saved");
  const { body } = await call(server, "/accounts?limit=200", { shape: SHAPE.accounts });
  const ids = body.items.map((/** @type {{id: string}} */ { id }) => id);
  /** @type {Record<string, unknown>} */
  const fresh = { accounts: body.items };
  const problems = /** @type {Stored["problems"]} */ ({});
  if (!ids.includes(currentAccount)) fresh.currentAccount = ids[0] ?? null;
  for (const id of ids) {
    const kept = summaries[id];
    const receivedAt = new Date().toISOString();
    const answer = await call(server, `/accounts/${id}/summary`, { etag: kept?.etag, shape: SHAPE.summary }).catch(refused);
    if (answer instanceof Refusal) {
      problems[id] = answer.problem;
      continue;
    }
    const counts = saved.filter(({ accountId }) => accountId === id).map((entry) => entry.id);
    fresh[summaryKey(id)] = { summary: answer.body ?? kept.summary, etag: answer.etag, receivedAt, counts };
  }
  await local.set({ ...fresh, problems });
  await local.remove(Object.keys(summaries).filter((id) => !ids.includes(id)).map(summaryKey));
  await forgetSaved(saved.filter(({ accountId }) => !(accountId in problems)));
}

/**
 * A refusal that concerns one account alone. No answer, a token that is no longer good and too many requests concern all.
 * @param {unknown} error
 */
function refused(error) {
  if (error instanceof Refusal && ![0, 401, 429].includes(error.problem.status)) return error;
  throw error;
}

/** @param {Problem} problem */
async function fail(problem) {
  if (problem.code === "permission_missing") return note("permission_missing");
  if (problem.status === 401) {
    await pause();
    return note("unauthorized", problem.detail);
  }
  if (problem.status === 429) return note("ok", problem.detail, (problem.retryAfterS ?? 30) * 1000);
  // A server that answers is running, whatever it answers.
  const state = PASSING.has(problem.code) ? problem.code : problem.status ? "ok" : "server_off";
  const { connection } = await read("connection");
  const waitMs = Math.min(BACKOFF_MIN_MS * 2 ** connection.tries, BACKOFF_MAX_MS);
  await note(/** @type {Connection["state"]} */ (state), problem.detail, waitMs, connection.tries + 1);
}

/**
 * Keeps how the connection stands. `since` changes with the state alone.
 * @param {Connection["state"]} state
 * @param {string} [detail]
 * @param {number | null} [waitMs] until the next try
 * @param {number} [tries]
 */
export async function note(state, detail = "", waitMs = null, tries = 0) {
  const { connection } = await read("connection");
  const now = new Date();
  const retryAt = waitMs === null ? null : new Date(now.getTime() + waitMs).toISOString();
  const since = state === connection.state ? connection.since : now.toISOString();
  await local.set({ connection: { state, since, detail, retryAt, tries } });
}
