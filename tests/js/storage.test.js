// Storage written by an earlier version is kept after an update.

import assert from "node:assert/strict";
import { test } from "node:test";

import { local, reset } from "./chrome.js";
const { read, upgradeStorage } = await import("../../extension/core/store/storage.js");

const LOG = { outboxId: "1", inmailId: null, accountId: "a", name: "Kai Example", profileUrl: null, cost: 1 };

test("the recent logs of an earlier version are kept under their new name", async () => {
  reset();
  await local.set({ undo: [LOG] });
  await upgradeStorage();
  assert.deepEqual((await read("recentLogs")).recentLogs, [LOG]);
  assert.deepEqual(Object.keys(local.content), ["recentLogs"]);
});

test("an upgrade leaves the recent logs of this version alone", async () => {
  reset();
  await local.set({ recentLogs: [LOG] });
  await upgradeStorage();
  await upgradeStorage();
  assert.deepEqual(local.content, { recentLogs: [LOG] });
});
