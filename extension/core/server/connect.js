// Making and ending the connection with a server, step by step as the welcome page leads through it.

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
 * Who answers at this address.
 * @param {string} typed
 */
export const check = async (typed) => greet(address(typed));

/**
 * Has the server show a code in its terminal.
 * @param {string} typed
 * @param {string} device what the server will call this browser
 */
export async function startPairing(typed, device) {
  const at = address(typed);
  const { demo, id: serverId } = await greet(at);
  const { body } = await call({ address: at, token: null }, "/pairings", {
    method: "POST",
    body: { device },
    shape: SHAPE.pairing,
  });
  const pairing = { id: body.id, expiresAt: body.expires_at, address: at, demo, serverId };
  await local.set({ pairing });
  return { expiresAt: pairing.expiresAt };
}

/**
 * Only now does the new connection take the place of the old. What waits for the old server is marked as that server's,
 * and its accounts are forgotten where the new one is another.
 * @param {string} code
 */
export async function confirmPairing(code) {
  const { pairing } = await read("pairing");
  if (!pairing) throw new Refusal({ code: "no_pairing" });
  const { address, demo, id, serverId = null } = pairing;
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
 * Connects by the one-time secret that `inkeeper serve` puts into the copy of the extension that its own Chromium
 * loads: `connect.json` with `address`, `id` and `code`. Where this browser is connected to that address already, the
 * secret is given back unused.
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

/** Forgets the server, its numbers and every person. Only what waits to be saved stays, for the next connection. */
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
 * Some things are done on our side whether or not the server hears of them.
 * @param {() => Promise<unknown>} tell
 */
async function callIfReachable(tell) {
  try {
    await tell();
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
