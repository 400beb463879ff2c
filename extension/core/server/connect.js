// Connecting to a server and disconnecting, one function for each step of the welcome page.

import { deviceName } from "../../text/device.js";
import { isUnpacked, local, runtime } from "../browser.js";
import { Refusal } from "../refusal.js";
import { serverKey } from "../store/belonging.js";
import { forgetWhatServerHas, markAll, resume } from "../store/outbox.js";
import { read, readAll, summaryKey } from "../store/storage.js";
import { serverAddress } from "./address.js";
import { call, greet } from "./api.js";
import { watchApp } from "./apppages.js";
import { SHAPE } from "../shapes.js";
import { withServerLock, saveConnection, syncNow } from "./sync.js";

/**
 * Greets the server at a typed address. If a connection to it was prepared, connects. Throws a Refusal if no Inkeeper
 * server responds there.
 * @param {string} typed
 */
export async function check(typed) {
  const at = address(typed);
  const greeting = await greet(at);
  const { pairing, server } = await read("pairing", "server");
  // A browser that the user disconnected stays so.
  if (!server.token && !server.id && !pairing) await connectPrepared(at);
  return greeting;
}

/**
 * Starts a pairing: the server shows a code in its terminal. Returns when the code expires.
 * @param {string} typed
 * @param {string} device the name of this browser in the server's list
 */
export async function startPairing(typed, device) {
  const at = address(typed);
  const { demo, id: serverId, installed } = await greet(at);
  const { body } = await call({ address: at, token: null }, "/pairings", {
    method: "POST",
    body: { device },
    shape: SHAPE.pairing,
  });
  const pairing = { id: body.id, expiresAt: body.expires_at, address: at, demo, serverId, installed };
  await local.set({ pairing });
  return { expiresAt: pairing.expiresAt };
}

/**
 * Confirms the pairing and replaces the old connection. Unsent entries are marked as the old server's; its accounts are
 * removed if the new server has another ledger.
 * @param {string} code
 * @param {string} [device] the name of this browser, for a pairing that was prepared without one
 */
export async function confirmPairing(code, device) {
  const { pairing } = await read("pairing");
  if (!pairing) throw new Refusal({ code: "no_pairing" });
  const { address, demo, id, installed, serverId = null } = pairing;
  const { body } = await call({ address, token: null }, `/pairings/${id}/confirm`, {
    method: "POST",
    body: { code, device },
    shape: SHAPE.connected,
  });
  /** @type {Server} */
  const server = {
    address,
    token: body.token,
    deviceId: body.device_id,
    demo,
    id: serverId,
    secret: body.secret ?? null,
    installed,
  };
  await withServerLock(async () => {
    const { server: before, summaries } = await readAll();
    await markAll(before);
    if (serverKey(before) !== serverKey(server)) await forgetAccounts(summaries);
    await local.set({ server, pairing: null, erasuresSince: 0 });
    await saveConnection("ok");
    await resume();
  });
  await watchApp();
  await syncNow();
}

/**
 * Connects with the one-time secret that Inkeeper writes into a folder of the extension that only its user can read:
 * `connect.json` with `address`, `id`, `code`, and `several` if more than one browser may load the folder. A browser
 * that is already connected to that server leaves the secret to another one, or cancels the pairing if there is none.
 * @param {string} [only] connects to this address only
 */
export async function connectPrepared(only) {
  const prepared = await readPrepared();
  if (!prepared || (only && only !== prepared.address)) return;
  const { address, code, id, several } = prepared;
  try {
    const { demo, id: serverId, installed } = await greet(address);
    const { connection, server } = await read("connection", "server");
    const isConnected = server.token && server.address === address && connection.state !== "unauthorized";
    if (isConnected && several) return;
    await local.set({ pairing: { id, expiresAt: new Date().toISOString(), address, demo, serverId, installed } });
    await (isConnected ? cancelPairing() : confirmPairing(code, deviceName()));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await local.set({ pairing: null });
  }
}

/** @returns {Promise<{address: string, code: string, id: string, several?: boolean} | null>} */
async function readPrepared() {
  // A package from a store has no such file.
  if (!(await isUnpacked())) return null;
  return fetch(runtime.getURL("connect.json"), { cache: "no-store" }).then(
    (file) => file.json(),
    () => null,
  );
}

export async function cancelPairing() {
  const { pairing } = await read("pairing");
  if (!pairing) return;
  await local.set({ pairing: null });
  await callIfReachable(() =>
    call({ address: pairing.address, token: null }, `/pairings/${pairing.id}`, { method: "DELETE" }),
  );
}

/** Removes the connection, the accounts and every person. Unsent entries stay for the next connection. */
export const disconnect = () =>
  withServerLock(async () => {
    const { server, summaries } = await readAll();
    await markAll(server);
    const disconnected = { ...server, token: null, deviceId: null, secret: null };
    await local.set({ server: disconnected, questions: [] });
    await forgetWhatServerHas();
    await forgetAccounts(summaries);
    await saveConnection("not_paired");
    await watchApp();
    if (server.token) await callIfReachable(() => call(server, `/devices/${server.deviceId}`, { method: "DELETE" }));
  });

/** @param {Stored["summaries"]} summaries */
async function forgetAccounts(summaries) {
  await local.set({ accounts: [], problems: {}, currentAccount: null });
  await local.remove(Object.keys(summaries).map(summaryKey));
}

/**
 * Calls the server and ignores a Refusal: the local change is done whether or not the server receives it.
 * @param {() => Promise<unknown>} request
 */
async function callIfReachable(request) {
  try {
    await request();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

/** @param {string} typed */
function address(typed) {
  const { address: found, problem } = serverAddress(typed);
  if (found === null) throw new Refusal({ code: problem });
  return found;
}
