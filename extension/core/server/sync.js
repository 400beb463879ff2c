// Syncs with the server, one sync at a time: greet it, send the outbox, fetch accounts and summaries, store the
// connection's state.

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

/** States that may end without the user, so the sync is retried. */
const TRANSIENT_STATES = new Set(["server_off", "other_program", "impostor", "version_mismatch"]);

/**
 * Runs `work` with the lock of the server, so that no sync continues with a token that has just changed.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export const withServerLock = (work) => navigator.locks.request("server", work);

/** @type {Promise<void> | null} */
let queued = null;

/**
 * Syncs, unless it is too early after a failure. Calls during a running sync share the next one, which reads what was
 * stored before it began.
 */
export function sync() {
  queued ??= withServerLock(() => {
    queued = null;
    return runSync();
  });
  return queued;
}

/** Syncs at once, because the user is present. Only a wait that the server asked for is kept. */
export async function syncNow() {
  const { connection } = await read("connection");
  if (TRANSIENT_STATES.has(connection.state) || connection.tries) {
    await local.set({ connection: { ...connection, retryAt: null, tries: 0 } });
  }
  await sync();
}

/** Syncs at once on the user's request: resumes paused entries and ignores every wait. */
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
    // A server error on an entry does not prevent the refresh.
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
 * Greets and verifies the server and stores what it says of itself. A connection made before there were secrets
 * fetches one now; that request sends the token without a proof.
 * @param {Server} server
 * @returns {Promise<Server>} as stored
 */
async function identifyServer(server) {
  const { demo, id, installed, version } = await verifyServer(server);
  const secret = server.secret ?? (id === null ? null : await fetchSecret(server));
  const known = { ...server, demo, id: id ?? server.id ?? null, secret, installed, version };
  const changes = /** @type {const} */ (["demo", "id", "secret", "installed", "version"]);
  if (changes.some((name) => known[name] !== server[name])) await local.set({ server: known });
  await markOwn(known);
  return known;
}

/**
 * The secret, or null if the server has issued it before and does not send it again.
 * @param {Server} server
 * @returns {Promise<string | null>}
 */
async function fetchSecret(server) {
  // The same key at each attempt: a response that was lost is repeated.
  const request = { method: "POST", body: {}, key: `secret-${server.deviceId}`, shape: SHAPE.secret };
  try {
    return (await call(server, "/devices/current/secret", request)).body.secret;
  } catch (error) {
    if (error instanceof Refusal && error.problem.status === 409) return null;
    throw error;
  }
}

/**
 * Returns a Refusal for a server error (5xx); throws any other error.
 * @param {unknown} error
 */
function serverFailure(error) {
  if (error instanceof Refusal && error.problem.status >= 500) return error;
  throw error;
}

/**
 * Fetches the accounts and their summaries, and removes the saved entries that these count. No entry becomes saved
 * during this, so each summary counts all that were saved before. An account whose summary is refused keeps the
 * previous one, with the problem.
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
 * Returns a Refusal that concerns one account only. Throws any other error: no response, a refused token and too many
 * requests concern all accounts.
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
    // Retry-After is capped, so that the shown number does not get old.
    const asked = Math.max(0, problem.retryAfterS ?? 30) * 1000;
    return saveConnection("ok", problem.detail, Math.min(asked, BACKOFF_MAX_MS));
  }
  // Any response means that the server is running.
  const state = TRANSIENT_STATES.has(problem.code) ? problem.code : problem.status ? "ok" : "server_off";
  const { connection } = await read("connection");
  const waitMs = Math.min(BACKOFF_MIN_MS * 2 ** connection.tries, BACKOFF_MAX_MS);
  await saveConnection(/** @type {Connection["state"]} */ (state), problem.detail, waitMs, connection.tries + 1);
}

/**
 * Stores the connection's state. `since` changes only when the state does.
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
