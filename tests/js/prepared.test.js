// The one-time connection in the extension's folder: who reads it, and who leaves it to another browser.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { local, reset } from "./chrome.js";
const { check, connectPrepared } = await import("../../extension/core/server/connect.js");

const ADDRESS = "http://127.0.0.1:8425";
const FILE = "chrome-extension://inkeeper/connect.json";
const PREPARED = { address: ADDRESS, id: "p", code: "a secret", several: true };
const GREETING = { app: "inkeeper", version: "0.1.0", demo: false, id: "ledger", installed: "package" };

/** @type {string[]} */
let asked = [];
let installType = "development";
/** @type {object | null} */
let prepared = PREPARED;

Object.assign(globalThis.chrome.tabs, { query: async () => [] });
Object.assign(globalThis.chrome, { management: { getSelf: async () => ({ installType }) } });

globalThis.fetch = async (url, { method = "GET" } = {}) => {
  asked.push(`${method} ${url}`);
  if (url === FILE) {
    if (!prepared) throw new TypeError("no such file");
    return Response.json(prepared);
  }
  const headers = { "X-Inkeeper-Api": "1" };
  if (url.endsWith("/server")) return Response.json(GREETING, { headers });
  if (url.endsWith("/confirm")) {
    return Response.json({ token: "t", device_id: "d", secret: "s" }, { headers, status: 201 });
  }
  if (method === "DELETE") return Response.json({ id: "p", closed_at: "2026-11-26T12:00:00Z" }, { headers });
  throw new TypeError("the server is off");
};

const tokenOf = async () => (await local.get("server")).server?.token;
const serverOf = (fields = {}) => ({
  server: { address: ADDRESS, token: "old", deviceId: "d", demo: false, id: "ledger", secret: null, ...fields },
});
const has = (part) => asked.some((each) => each.includes(part));

beforeEach(() => {
  reset();
  asked = [];
  installType = "development";
  prepared = PREPARED;
});

test("a new browser connects, and remembers how the server was installed", async () => {
  await connectPrepared();
  const { server } = await local.get("server");
  assert.deepEqual([server.token, server.installed], ["t", "package"]);
});

for (const kind of ["normal", "admin", "sideload", "other"]) {
  test(`an extension that was installed as ${kind} reads no file`, async () => {
    installType = kind;
    await connectPrepared();
    assert.deepEqual(asked, []);
  });
}

test("without the file nothing happens", async () => {
  prepared = null;
  await connectPrepared();
  assert.deepEqual(asked, [`GET ${FILE}`]);
});

test("a connected browser leaves the connection to another one", async () => {
  await local.set(serverOf());
  await connectPrepared();
  assert.deepEqual([await tokenOf(), has("confirm"), has("DELETE")], ["old", false, false]);
});

test("a connected browser that alone loads the folder gives the connection back", async () => {
  prepared = { ...PREPARED, several: undefined };
  await local.set(serverOf());
  await connectPrepared();
  assert.deepEqual([await tokenOf(), has("confirm"), has("DELETE")], ["old", false, true]);
});

test("a browser that the server no longer knows connects anew", async () => {
  const connection = { state: "unauthorized", since: "2026-11-26T12:00:00Z", detail: "", retryAt: null, tries: 0 };
  await local.set({ ...serverOf(), connection });
  await connectPrepared();
  assert.equal(await tokenOf(), "t");
});

test("the check of an address connects a new browser", async () => {
  await check(ADDRESS);
  assert.equal(await tokenOf(), "t");
});

test("the check of another server's address does not", async () => {
  await check("http://127.0.0.1:9000");
  assert.equal(await tokenOf(), undefined);
});

test("the check does not connect a browser that the user disconnected", async () => {
  await local.set(serverOf({ token: null, deviceId: null }));
  await check(ADDRESS);
  assert.deepEqual([await tokenOf(), has("connect.json")], [null, false]);
});

test("the check leaves a code alone that is being typed", async () => {
  await local.set({ pairing: { id: "typed", expiresAt: "2999-01-01T00:00:00Z", address: ADDRESS, demo: false } });
  await check(ADDRESS);
  assert.deepEqual([await tokenOf(), has("connect.json")], [undefined, false]);
});
