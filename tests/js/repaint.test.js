// Repainting does not read storage: the browser reports the changes.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { badges, local, reset } from "./chrome.js";
import { accountOf, storedOf } from "./fixtures.js";
const { paint } = await import("../../extension/core/show/toolbar.js");
const { cachedView, readView } = await import("../../extension/core/show/view.js");

const NOW = new Date();

const summary = (balance) => storedOf({ balance, used: 25 - balance });

/** Waits until the browser has reported the changes made so far. */
const reported = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(async () => {
  reset();
  await local.set({
    server: { address: "http://127.0.0.1:8425", token: "t", deviceId: "d", demo: false },
    connection: { state: "ok", since: NOW.toISOString(), detail: "", retryAt: null, tries: 0 },
    accounts: [accountOf()],
    currentAccount: "a",
    "summary/a": summary(25),
  });
  await reported();
  await paint();
});

test("the badge follows every change and reads storage no more", async () => {
  const before = local.reads;
  for (const balance of [24, 7]) {
    await local.set({ "summary/a": summary(balance) });
    await reported();
    await paint();
  }
  await local.remove("summary/a");
  await reported();
  await paint();
  assert.deepEqual(badges, ["25", "24", "7", "–"]);
  assert.equal(local.reads, before);
});

test("the cache equals a new read", async () => {
  await local.set({
    questions: [{ id: "q", at: NOW.toISOString() }],
    "summary/b": summary(3),
    preferences: { lastCost: 0 },
  });
  await local.remove(["summary/a", "never stored"]);
  await reported();
  assert.deepEqual(await cachedView(NOW), await readView(NOW));
});

test("storage is read as soon as the module is loaded, once", async () => {
  const before = local.reads;
  const { readCached } = await import("../../extension/core/store/storage.js?loaded");
  assert.equal(local.reads, before + 1);
  assert.equal((await readCached()).currentAccount, "a");
  assert.equal(local.reads, before + 1);
});

test("a change that is reported during the first reading is not missed", async () => {
  const { get } = local;
  const { promise: changed, resolve: release } = Promise.withResolvers();
  local.get = (keys) => get.call(local, keys).then((items) => changed.then(() => items));
  const { readCached } = await import("../../extension/core/store/storage.js?first");
  local.get = get;
  local.report([["currentAccount", { newValue: "b" }]]);
  release();
  assert.equal((await readCached()).currentAccount, "b");
});

test("a first reading that fails is tried again", async () => {
  const { get } = local;
  local.get = () => Promise.reject(new Error("broken"));
  const { readCached } = await import("../../extension/core/store/storage.js?failing");
  await assert.rejects(readCached());
  local.get = get;
  assert.equal((await readCached()).currentAccount, "a");
});
