// Repainting does not read storage: the browser reports the changes.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { badges, local, reset, session } from "./chrome.js";
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

/** Records what the browser is asked to show, and when it shows the number. */
function recordActions() {
  const { setBadgeText, setBadgeBackgroundColor, setBadgeTextColor, setTitle } = chrome.action;
  const asked = [];
  for (const name of ["setBadgeBackgroundColor", "setBadgeTextColor", "setTitle"]) {
    chrome.action[name] = async () => {
      asked.push(name);
    };
  }
  chrome.action.setBadgeText = async ({ text }) => {
    asked.push(text);
    await reported();
    asked.push(`${text} is shown`);
  };
  const restore = () =>
    Object.assign(chrome.action, { setBadgeText, setBadgeBackgroundColor, setBadgeTextColor, setTitle });
  return { asked, restore };
}

test("the number is shown before its title is made, and paintings do not mix", async () => {
  const { asked, restore } = recordActions();
  await Promise.all([paint(), paint()]);
  restore();
  const one = ["25", "setBadgeBackgroundColor", "setBadgeTextColor", "25 is shown", "setTitle"];
  assert.deepEqual(asked, [...one, ...one]);
});

test("a painting that fails does not prevent the next", async () => {
  const { setTitle } = chrome.action;
  chrome.action.setTitle = () => Promise.reject(new Error("broken"));
  const [first, second] = [paint(), paint()];
  await assert.rejects(first, /broken/);
  await assert.rejects(second, /broken/);
  chrome.action.setTitle = setTitle;
  await paint();
  assert.deepEqual(badges, ["25", "25", "25", "25"]);
});

test("the first painting asks the browser at once", async () => {
  const before = session.reads;
  const painted = paint();
  assert.equal(session.reads, before + 1);
  await painted;
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
