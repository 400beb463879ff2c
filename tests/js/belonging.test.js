// Which server an outbox entry belongs to.

import assert from "node:assert/strict";
import { test } from "node:test";

import { belongsHere, isMovable, serverKey, waitsElsewhere } from "../../extension/core/store/belonging.js";

const server = {
  address: "http://127.0.0.1:8425",
  token: "ink_x",
  deviceId: "device",
  demo: false,
  id: "here",
  secret: "secret",
};
const stored = { server, accounts: [{ id: "mine" }] };
const entry = (fields) => ({ id: "1", kind: "inmail", accountId: "gone", state: "waiting", ...fields });

test("a server is known by its ledger's id, an old one by its address", () => {
  assert.equal(serverKey(server), "here");
  assert.equal(serverKey({ ...server, id: null }), "http://127.0.0.1:8425");
  assert.equal(serverKey({ ...server, id: undefined }), "http://127.0.0.1:8425");
});

test("an entry belongs to the server it is marked with, or that has its account", () => {
  assert.equal(belongsHere(entry({ serverId: "here" }), stored), true);
  assert.equal(belongsHere(entry({ serverId: "there" }), stored), false);
  assert.equal(belongsHere(entry({}), stored), false);
  assert.equal(belongsHere(entry({ accountId: "mine" }), stored), true);
  assert.equal(belongsHere(entry({ accountId: "mine", serverId: "there" }), stored), true);
});

test("only what waits, waits elsewhere, and only beside a connection", () => {
  const other = entry({ serverId: "there" });
  assert.equal(waitsElsewhere(other, stored), true);
  assert.equal(waitsElsewhere({ ...other, state: "paused" }, stored), true);
  assert.equal(waitsElsewhere({ ...other, state: "saved" }, stored), false);
  assert.equal(waitsElsewhere({ ...other, state: "needs_you" }, stored), false);
  assert.equal(waitsElsewhere(other, { ...stored, server: { ...server, token: null } }), false);
});

test("InMails can be moved, with what takes them back", () => {
  const inmail = entry({});
  const retract = entry({ id: "2", kind: "retract", target: "1", inmailId: null });
  assert.equal(isMovable(inmail, [inmail, retract]), true);
  assert.equal(isMovable(retract, [inmail, retract]), true);
  assert.equal(isMovable(retract, [retract]), false);
  assert.equal(isMovable({ ...retract, inmailId: "there" }, [inmail, retract]), false);
  assert.equal(isMovable(entry({ kind: "observation" }), [inmail]), false);
  assert.equal(isMovable(entry({ kind: "outcome", inmailId: "there" }), [inmail]), false);
});
