// Connecting to a server and disconnecting, one function for each step of the welcome page.

import { local, runtime } from "../browser.js";
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
 * Greets the server at a typed address. Throws a Refusal if no Inkeeper server responds there.
 * @param {string} typed
 */
export const check = async (typed) => greet(address(typed));

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
 */
export async function confirmPairing(code) {
  const { pairing } = await read("pairing");
  if (!pairing) throw new Refusal({ code: "no_pairing" });
  const { address, demo, id, installed, serverId = null } = pairing;
  const { body } = await call({ address, token: null }, `/pairings/${id}/confirm`, {
    method: "POST",
    body: { code },
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
 * Connects with the one-time secret that `inkeeper serve` writes into the copy of the extension for its own Chromium:
 * `connect.json` with `address`, `id` and `code`. If this browser is already connected to that address, the pairing is
 * cancelled.
 */
export async function connectPrepared() {
  const prepared = await fetch(runtime.getURL("connect.json")).then(
    (file) => file.json(),
    () => null,
  );
  if (!prepared) return;
  const { address, id, code } = prepared;
  const { server } = await read("server");
  try {
    const { demo, id: serverId } = await greet(address);
    await local.set({ pairing: { id, expiresAt: new Date().toISOString(), address, demo, serverId } });
    await (server.token && server.address === address ? cancelPairing() : confirmPairing(code));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await local.set({ pairing: null });
  }
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
