// One conversation with the server at a time: greet it, send what waits, fetch what changed, and note how it went.

import { local } from "../browser.js";
import { Refusal } from "../refusal.js";
import { isAhead } from "../store/instants.js";
import { forgetSaved, markOwn, pause, resume } from "../store/outbox.js";
import { BACKOFF_MAX_MS, read, readAll, summaryKey } from "../store/storage.js";
import { verifyServer, call } from "./api.js";
import { followErasures } from "./erasures.js";
import { flush } from "./flush.js";
import { SHAPE } from "../shapes.js";

const BACKOFF_MIN_MS = 30_000;

/** States from which trying again later may help by itself. */
const TRANSIENT_STATES = new Set(["server_off", "other_program", "impostor", "version_mismatch"]);

/**
 * Runs while no conversation is under way, so that none goes on with a token that has just been changed.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export const withServerLock = (work) => navigator.locks.request("server", work);

/** @type {Promise<void> | null} */
let queued = null;

/**
 * Talks to the server, unless it is too early after a failure. Whoever asks while a conversation is under way shares
 * the next one, which will find everything that was stored before it begins.
 */
export function sync() {
  queued ??= withServerLock(() => {
    queued = null;
    return runSync();
  });
  return queued;
}

/** Talks to the server at once, because the user is there: only a wait that the server itself asked for is kept. */
export async function syncNow() {
  const { connection } = await read("connection");
  if (TRANSIENT_STATES.has(connection.state) || connection.tries) {
    await local.set({ connection: { ...connection, retryAt: null, tries: 0 } });
  }
  await sync();
}

/**
 * What `syncNow` does, also for what waits since the token was refused or for as long as the server asked: the user
 * asks to try.
 */
export async function retry() {
  await resume();
  const { connection } = await read("connection");
  await local.set({ connection: { ...connection, retryAt: null, tries: 0 } });
  await sync();
}

async function runSync() {
  const { connection, server } = await read("connection", "server");
  const isTooEarly = isAhead(connection.retryAt, new Date(), BACKOFF_MAX_MS);
  if (!server.token || isTooEarly) return;
  try {
    const known = await identifyServer(server);
    // An entry on which the server breaks keeps no account from being brought up to date.
    const failure = await flush(known).then(() => null, serverFailure);
    await followErasures(known);
    await refresh(known);
    if (failure) throw failure;
    await saveConnection("ok");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await saveFailure(error.problem);
  }
}

/**
 * Begins a conversation: the server proves itself, and what is new of it is kept. One that was connected before there
 * were secrets makes one now, for which the token has to go out once more to whoever answers.
 * @param {Server} server
 * @returns {Promise<Server>} as it is known now
 */
async function identifyServer(server) {
  const { demo, id } = await verifyServer(server);
  const secret = server.secret ?? (id === null ? null : await fetchSecret(server));
  const known = { ...server, demo, id: id ?? server.id ?? null, secret };
  if (known.demo !== server.demo || known.id !== server.id || secret !== server.secret) {
    await local.set({ server: known });
  }
  await markOwn(known);
  return known;
}

/**
 * The secret, or null where the server has made it already and no longer tells it.
 * @param {Server} server
 * @returns {Promise<string | null>}
 */
async function fetchSecret(server) {
  // The same key each time: an answer that got lost is given again.
  const request = { method: "POST", body: {}, key: `secret-${server.deviceId}`, shape: SHAPE.secret };
  try {
    return (await call(server, "/devices/current/secret", request)).body.secret;
  } catch (error) {
    if (error instanceof Refusal && error.problem.status === 409) return null;
    throw error;
  }
}

/**
 * A refusal with which the server itself answered; any other error is thrown again.
 * @param {unknown} error
 */
function serverFailure(error) {
  if (error instanceof Refusal && error.problem.status >= 500) return error;
  throw error;
}

/**
 * Fetches the accounts and their summaries, and forgets the saved entries that these count: nothing is saved meanwhile,
 * so each summary counts what was saved before it was asked for. An account whose summary is refused keeps the one
 * before, with the reason.
 * @param {Server} server
 */
async function refresh(server) {
  const { currentAccount, entries, summaries } = await readAll();
  const saved = entries.filter(({ state }) => state === "saved");
  const counts = saved.map(({ id }) => id);
  const { body } = await call(server, "/accounts?limit=200", { shape: SHAPE.accounts });
  const ids = body.items.map((/** @type {{id: string}} */ { id }) => id);
  /** @type {Record<string, unknown>} */
  const fresh = { accounts: body.items };
  const problems = /** @type {Stored["problems"]} */ ({});
  if (!ids.includes(currentAccount)) fresh.currentAccount = ids[0] ?? null;
  for (const id of ids) {
    const kept = summaries[id];
    const receivedAt = new Date().toISOString();
    const answer = await call(server, `/accounts/${id}/summary`, { etag: kept?.etag, shape: SHAPE.summary }).catch(
      accountRefusal,
    );
    if (answer instanceof Refusal) {
      problems[id] = answer.problem;
      continue;
    }
    fresh[summaryKey(id)] = { summary: answer.body ?? kept.summary, etag: answer.etag, receivedAt, counts };
  }
  await local.set({ ...fresh, problems });
  await local.remove(
    Object.keys(summaries)
      .filter((id) => !ids.includes(id))
      .map(summaryKey),
  );
  await forgetSaved(saved.filter(({ accountId }) => !(accountId in problems)));
}

/**
 * A refusal that concerns one account alone. No answer, a token that is no longer good and too many requests concern
 * all.
 * @param {unknown} error
 */
function accountRefusal(error) {
  if (error instanceof Refusal && ![0, 401, 429].includes(error.problem.status)) return error;
  throw error;
}

/** @param {Problem} problem */
async function saveFailure(problem) {
  if (problem.code === "permission_missing") return saveConnection("permission_missing");
  if (problem.status === 401) {
    await pause();
    return saveConnection("unauthorized", problem.detail);
  }
  if (problem.status === 429) {
    // However long the server asks for: it may be wrong, and the number must not grow old meanwhile.
    const asked = Math.max(0, problem.retryAfterS ?? 30) * 1000;
    return saveConnection("ok", problem.detail, Math.min(asked, BACKOFF_MAX_MS));
  }
  // A server that answers is running, whatever it answers.
  const state = TRANSIENT_STATES.has(problem.code) ? problem.code : problem.status ? "ok" : "server_off";
  const { connection } = await read("connection");
  const waitMs = Math.min(BACKOFF_MIN_MS * 2 ** connection.tries, BACKOFF_MAX_MS);
  await saveConnection(/** @type {Connection["state"]} */ (state), problem.detail, waitMs, connection.tries + 1);
}

/**
 * Keeps how the connection stands. `since` changes with the state alone.
 * @param {Connection["state"]} state
 * @param {string} [detail]
 * @param {number | null} [waitMs] until the next try
 * @param {number} [tries]
 */
export async function saveConnection(state, detail = "", waitMs = null, tries = 0) {
  const { connection } = await read("connection");
  const now = new Date();
  const retryAt = waitMs === null ? null : new Date(now.getTime() + waitMs).toISOString();
  const since = state === connection.state ? connection.since : now.toISOString();
  await local.set({ connection: { state, since, detail, retryAt, tries } });
}
