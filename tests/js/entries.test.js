// The outbox's entries without a server: their order and states, and the recent logs.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { local, reset } from "./chrome.js";
const outbox = await import("../../extension/core/store/outbox.js");
const { readAll } = await import("../../extension/core/store/storage.js");

const NOW = new Date("2026-11-26T12:00:00Z");
const HERE = { address: "http://127.0.0.1:8425", token: "t", deviceId: "d", demo: false, id: "here", secret: null };
const REFUSED = { code: "insufficient_credits", detail: "No credit is left.", status: 409 };
const BROKEN = { code: "internal", detail: "", status: 500 };
const NO_ANSWER = { code: "server_off", detail: "", status: 0 };

function inmail(name, fields = {}) {
  const body = { recipient: { name }, sent_at: NOW.toISOString(), cost: 1, source: "popup" };
  return { ...outbox.newEntry("a", { kind: "inmail", body }, NOW), ...fields };
}

async function logged(name, fields) {
  const entry = inmail(name, fields);
  await outbox.addLog(entry, (await readAll()).recentLogs);
  return entry;
}

const stored = async (id) => (await readAll()).entries.find((entry) => entry.id === id);
const names = async () => (await readAll()).recentLogs.map(({ name }) => name);
const count = async () => (await readAll()).entries.length;

beforeEach(async () => {
  reset();
  await local.set({ server: HERE, accounts: [{ id: "a", time_zone: "UTC" }] });
});

test("entries are claimed in the order in which they were made, also those made within a millisecond", async () => {
  const entries = ["Kai", "Robin", "Sasha"].map((name) => inmail(name));
  for (const entry of [...entries].reverse()) await outbox.add(entry);
  for (const { id } of entries) {
    const claimed = await outbox.claim();
    assert.equal(claimed.id, id);
    assert.notEqual((await stored(id)).attemptedAt, null, "the server may have it from now on");
    await outbox.settle(claimed, { inmailId: `inmail-${id}` });
    assert.equal((await stored(id)).state, "saved");
  }
  assert.equal(await outbox.claim(), null);
});

test("not claimed: what is paused, what needs the user, what is another server's", async () => {
  await outbox.add(inmail("Kai", { state: "paused" }));
  await outbox.add(inmail("Robin", { state: "needs_you" }));
  await outbox.add(inmail("Sasha", { accountId: "gone", serverId: "there" }));
  assert.equal(await outbox.claim(), null);
});

test("pause stops all waiting entries, and resume makes them wait again", async () => {
  const kai = inmail("Kai");
  const robin = inmail("Robin", { state: "needs_you" });
  await outbox.add(kai);
  await outbox.add(robin);
  await outbox.pause();
  assert.deepEqual([(await stored(kai.id)).state, (await stored(robin.id)).state], ["paused", "needs_you"]);
  await outbox.resume();
  assert.deepEqual([(await stored(kai.id)).state, (await stored(robin.id)).state], ["waiting", "needs_you"]);
});

test("a server error is counted, and without a response it is unknown whether the server has the entry", async () => {
  await outbox.add(inmail("Kai"));
  const claimed = await outbox.claim();
  await outbox.keepForRetry(claimed, NO_ANSWER);
  const unknown = await stored(claimed.id);
  assert.deepEqual([unknown.state, unknown.tries, unknown.attemptedAt], ["waiting", 0, claimed.attemptedAt]);
  await outbox.keepForRetry(claimed, BROKEN);
  const broken = await stored(claimed.id);
  assert.deepEqual([broken.state, broken.tries, broken.attemptedAt], ["waiting", 1, null]);
});

test("a refused entry needs the user; one that was retracted is removed with its retraction", async () => {
  const entry = await logged("Kai");
  const claimed = await outbox.claim();
  await outbox.requireDecision(claimed, REFUSED);
  assert.deepEqual([(await stored(entry.id)).state, (await stored(entry.id)).problem], ["needs_you", REFUSED]);

  await outbox.resolve(entry.id, "again", NOW);
  await outbox.claim();
  await outbox.undo(entry.id, NOW);
  assert.equal(await count(), 2);
  await outbox.requireDecision(claimed, REFUSED);
  assert.equal(await count(), 0);
});

test("accept sends an entry with a new key, again with the same key, and discard removes its log", async () => {
  const entry = await logged("Kai", { state: "needs_you", problem: REFUSED });
  await outbox.resolve(entry.id, "again", NOW);
  assert.equal((await stored(entry.id)).key, entry.key);
  assert.equal((await stored(entry.id)).problem, null);

  await outbox.add({ ...entry });
  await outbox.resolve(entry.id, "accept", NOW);
  const accepted = await stored(entry.id);
  assert.notEqual(accepted.key, entry.key);
  assert.equal(accepted.body.accept_discrepancy, true);

  await outbox.add({ ...entry });
  await outbox.resolve(entry.id, "discard", NOW);
  assert.deepEqual([await count(), await names()], [0, []]);
});

test("undo removes an entry that the server cannot have, and adds a retraction for one that it may have", async () => {
  const kai = await logged("Kai");
  await outbox.undo(kai.id, NOW);
  assert.deepEqual([await count(), await names()], [0, []]);

  const robin = await logged("Robin");
  const claimed = await outbox.claim();
  await outbox.undo(robin.id, NOW);
  assert.equal((await outbox.claim()).id, robin.id, "the one that takes it back waits for the server's id");
  await outbox.settle(claimed, { inmailId: "inmail-1" });
  const retract = await outbox.claim();
  assert.deepEqual([retract.kind, retract.inmailId, retract.target], ["retract", "inmail-1", robin.id]);
  assert.deepEqual(await names(), []);
});

test("the recent logs are the latest twenty, and know the server's id once it has one", async () => {
  const entries = [];
  for (let number = 0; number < 22; number += 1) entries.push(await logged(`Sample ${number}`));
  assert.deepEqual([(await names()).length, (await names())[0]], [20, "Sample 2"]);
  await outbox.settle(entries[21], { inmailId: "inmail-21" });
  assert.equal((await readAll()).recentLogs.at(-1).inmailId, "inmail-21");
  await outbox.undo("inmail-21", NOW);
  assert.equal((await names()).includes("Sample 21"), false);
});

test("a corrected InMail has its recent log corrected as well", async () => {
  const entry = await logged("Kai", { state: "needs_you", problem: REFUSED });
  await outbox.correct(entry.id, { name: "Robin", cost: 0, accountId: "a" }, NOW);
  const { recentLogs } = await readAll();
  assert.deepEqual([recentLogs[0].name, recentLogs[0].cost], ["Robin", 0]);
  assert.notEqual((await stored(entry.id)).key, entry.key);
  assert.equal((await stored(entry.id)).serverId, "here");
});

test("entries of another server: sending moves the InMails and keeps the rest, deleting removes all", async () => {
  const kai = await logged("Kai", { accountId: "gone", serverId: "there", tries: 3 });
  const note = outbox.newEntry("gone", { kind: "outcome", inmailId: "i", body: { outcome: "replied" } }, NOW);
  await outbox.add({ ...note, serverId: "there" });
  await outbox.answerElsewhere("send", "a");
  const moved = await stored(kai.id);
  assert.deepEqual([moved.accountId, moved.serverId, moved.tries, moved.isKept], ["a", "here", 0, false]);
  assert.equal((await readAll()).recentLogs[0].accountId, "a");
  assert.deepEqual([(await stored(note.id)).isKept, (await stored(note.id)).serverId], [true, "there"]);

  await outbox.answerElsewhere("delete", null);
  assert.equal(await stored(note.id), undefined);
  assert.equal((await stored(kai.id)).accountId, "a");
});

test("an entry and what belongs to it are written in one step", async () => {
  local.writes = [];
  const entry = await logged("Kai");
  assert.equal(local.writes.length, 1);
  assert.deepEqual([local.writes[0].recentLogs.length, local.writes[0][`outbox/${entry.id}`].id], [1, entry.id]);
  const claimed = await outbox.claim();
  local.writes = [];
  await outbox.settle(claimed, { inmailId: "inmail-1" });
  assert.equal(local.writes.length, 1);
});
