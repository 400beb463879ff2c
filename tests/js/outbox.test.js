// The outbox with a server: what is sent, and which entries the shown balance still has to count.

import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { beforeEach, test } from "node:test";

import { alarms, local, reset } from "./chrome.js";
import { accountOf, summaryOf } from "./fixtures.js";
const { call } = await import("../../extension/core/server/api.js");
const { scheduleAlarms } = await import("../../extension/core/show/alarms.js");
const { disconnect } = await import("../../extension/core/server/connect.js");
const { log } = await import("../../extension/core/log/log.js");
const outbox = await import("../../extension/core/store/outbox.js");
const { sync, syncNow } = await import("../../extension/core/server/sync.js");
const { readView } = await import("../../extension/core/show/view.js");

const HOUR_MS = 3_600_000;
const ACCOUNT = accountOf();
const REAL_NOW = Date.now;

/** A fake server that counts what it is sent; `refuse` maps "METHOD path" to a response to send instead. */
const server = { balance: 25, accounts: [ACCOUNT], refuse: {}, logged: 0, authorized: 0, prove: null, erasures: null };

const summary = () =>
  summaryOf({
    as_of: new Date(REAL_NOW()).toISOString(),
    balance: server.balance,
    used: 25 - server.balance,
    lots: [{ granted_at: "2020-01-01T00:00:00Z", left: server.balance }],
  });

function answer(method, path, body, query) {
  const refusal = server.refuse[`${method} ${path}`];
  if (refusal) return [refusal.status, refusal];
  if (path === "/server") {
    return [200, { app: "inkeeper", version: "1", demo: false, id: null, proof: server.prove?.(query.get("nonce")) }];
  }
  if (path === "/erasures") {
    return server.erasures
      ? [200, server.erasures(Number(query.get("since")))]
      : [404, { code: "not_found", detail: "" }];
  }
  if (path === "/accounts") return [200, { items: server.accounts }];
  if (path.endsWith("/summary")) return [200, summary()];
  if (path.endsWith("/inmails")) {
    server.balance -= body.cost;
    server.logged += 1;
    return [201, { inmail: { id: `inmail-${server.logged}` } }];
  }
  return [200, {}];
}

globalThis.fetch = async (url, { method, body, headers }) => {
  const { pathname, searchParams } = new URL(url);
  if (headers.Authorization) server.authorized += 1;
  const [status, content] = answer(method, pathname.replace("/api/v1", ""), body && JSON.parse(body), searchParams);
  return new Response(JSON.stringify(content), {
    status,
    headers: { "X-Inkeeper-Api": "1", "Content-Type": "application/json" },
  });
};

/** Shifts the clock of this process; 0 resets it. */
function setClock(aheadMs) {
  Date.now = () => REAL_NOW() + aheadMs;
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      if (given.length) super(...given);
      else super(REAL_NOW() + aheadMs);
    }
  };
}
const RealDate = Date;

const KAI = {
  accountId: "a",
  recipient: { name: "Kai Example", profileUrl: "https://www.linkedin.com/in/kai-example" },
  cost: 1,
  source: "popup",
};
const balance = async (id = "a") =>
  (await readView(new Date())).accounts.find(({ account }) => account.id === id)?.projection?.balance;
const entries = () =>
  Object.entries(local.content)
    .filter(([key]) => key.startsWith("outbox/"))
    .map(([, entry]) => entry);

beforeEach(async () => {
  setClock(0);
  reset();
  Object.assign(server, {
    balance: 25,
    accounts: [ACCOUNT],
    refuse: {},
    logged: 0,
    authorized: 0,
    prove: null,
    erasures: null,
  });
  await local.set({ server: { address: "http://127.0.0.1:8425", token: "t", deviceId: "d", demo: false } });
  await syncNow();
});

test("an entry is counted once, whatever the clock shows when it is saved", async () => {
  for (const aheadMs of [2 * HOUR_MS, -2 * HOUR_MS, 0]) {
    setClock(aheadMs);
    const before = await balance();
    await log({ ...KAI, recipient: { name: `Sample ${aheadMs}` } }, new Date());
    assert.equal(await balance(), before - 1);
    // Saved, and the summary that counts it does not arrive.
    server.refuse = { "GET /accounts": { status: 500, code: "internal", detail: "Broken." } };
    await sync();
    assert.equal(await balance(), before - 1);
    setClock(0);
    server.refuse = {};
    await syncNow();
    assert.equal(await balance(), before - 1);
    assert.equal(server.balance, before - 1);
    assert.deepEqual(entries(), []);
  }
});

test("it is counted exactly once at every moment", async () => {
  await log(KAI, new Date());
  local.writes = [];
  await syncNow();
  const { view } = await import("../../extension/core/show/view.js");
  const { readAll } = await import("../../extension/core/store/storage.js");
  for (const content of local.writes) {
    local.content = content;
    assert.equal(view(await readAll(), new Date()).accounts[0].projection.balance, 24);
  }
});

test("an account whose summary is refused leaves the others alone", async () => {
  server.accounts = [ACCOUNT, { ...ACCOUNT, id: "b", name: "Other seat" }];
  await syncNow();
  await log({ ...KAI, accountId: "a" }, new Date());
  server.refuse = {
    "GET /accounts/a/summary": { status: 500, code: "internal", detail: "This account cannot be read." },
  };
  await syncNow();
  const view = await readView(new Date());
  assert.equal(view.connection.state, "ok");
  assert.deepEqual(
    view.accounts.map(({ problem }) => problem?.detail),
    ["This account cannot be read.", undefined],
  );
  assert.equal(await balance("a"), 24);
  assert.equal(await balance("b"), 24, "brought up to date: the server counts all in one");

  server.refuse = {};
  await syncNow();
  assert.deepEqual(
    (await readView(new Date())).accounts.map(({ problem }) => problem),
    [null, null],
  );
  assert.equal(await balance("a"), 24);
});

test("a server error on an entry is not reported as offline, and the accounts are refreshed", async () => {
  await log(KAI, new Date());
  server.refuse = { "POST /accounts/a/inmails": { status: 500, code: "internal", detail: "Broken." } };
  server.balance = 20;
  await syncNow();
  const { connection } = await readView(new Date());
  assert.equal(connection.state, "ok");
  assert.equal(connection.detail, "Broken.");
  assert.ok(connection.retryAt);
  assert.equal(await balance(), 19);
});

test("a link that leads to no person is left out", async () => {
  for (const [given, kept] of [
    ["https://www.example.com/in/kai", undefined],
    ["de.linkedin.com/mwlite/in/Kai-Example", "https://www.linkedin.com/in/kai-example"],
  ]) {
    const { entry } = await log({ ...KAI, recipient: { name: `Sample ${given}`, profileUrl: given } }, new Date());
    assert.equal(entry.body.recipient.profile_url, kept);
  }
});

test("one person is logged once, however link and name are written", async () => {
  const lead = { name: "kai  EXAMPLE", profileUrl: "https://www.linkedin.com/sales/lead/ACwAAB1,NAME_SEARCH,x" };
  await log(KAI, new Date());
  assert.ok(
    (
      await log(
        { ...KAI, recipient: { ...KAI.recipient, profileUrl: "https://de.linkedin.com/in/Kai-Example/" } },
        new Date(),
      )
    ).repeated,
  );
  assert.ok((await log({ ...KAI, recipient: lead, source: "page" }, new Date())).repeated);
  assert.ok(
    !(
      await log(
        { ...KAI, recipient: { name: "Kai Example", profileUrl: "https://www.linkedin.com/in/kai-example-2" } },
        new Date(),
      )
    ).repeated,
  );
});

test("a refused InMail can be corrected, and is sent with what was corrected", async () => {
  server.refuse = { "POST /accounts/a/inmails": { status: 422, code: "invalid", detail: "In the future." } };
  const { entry } = await log(KAI, new Date());
  await syncNow();
  assert.equal(entries()[0].state, "needs_you");

  server.refuse = {};
  const at = "2026-11-10T09:00:00.000Z";
  await outbox.correct(
    entry.id,
    { at, cost: 0, name: " Mia  Sample ", profileUrl: null, purpose: "article" },
    new Date(),
  );
  const [corrected] = entries();
  assert.deepEqual(corrected.body, {
    recipient: { name: "Mia Sample" },
    sent_at: at,
    cost: 0,
    source: "popup",
    purpose: "article",
  });
  assert.notEqual(corrected.key, entry.key, "another body needs another idempotency key");
  assert.deepEqual(
    [local.content.recentLogs[0].name, local.content.recentLogs[0].profileUrl, local.content.recentLogs[0].cost],
    ["Mia Sample", null, 0],
  );
  await syncNow();
  assert.equal(server.logged, 1);
  assert.deepEqual(entries(), []);
});

test("what was refused can be tried again as it is, or without its link", async () => {
  server.refuse = { "POST /accounts/a/inmails": { status: 422, code: "invalid", detail: "No." } };
  const { entry } = await log(KAI, new Date());
  await syncNow();
  await outbox.correct(entry.id, { profileUrl: null }, new Date());
  assert.deepEqual(entries()[0].body.recipient, { name: "Kai Example" });
  await syncNow();
  await outbox.resolve(entry.id, "again", new Date());
  assert.deepEqual([entries()[0].state, entries()[0].problem], ["waiting", null]);
});

test("observations and outcomes can be corrected too", async () => {
  const now = new Date();
  const refused = { state: "needs_you", problem: { code: "invalid", detail: "", status: 422 } };
  await outbox.add({
    ...outbox.newEntry(
      "a",
      { kind: "observation", body: { balance: 9, observed_at: "2026-11-10T09:00:00Z", source: "person" } },
      now,
    ),
    ...refused,
  });
  await outbox.add({
    ...outbox.newEntry(
      "a",
      { kind: "outcome", inmailId: "i", body: { outcome: "replied", outcome_at: "2026-11-10T09:00:00Z" } },
      now,
    ),
    ...refused,
  });
  const [observation, outcome] = entries();
  await outbox.correct(observation.id, { balance: 12 }, now);
  await outbox.correct(outcome.id, { outcome: "declined", at: "2026-11-11T09:00:00Z" }, now);
  assert.deepEqual(
    entries().map(({ body, state }) => [body, state]),
    [
      [{ balance: 12, observed_at: "2026-11-10T09:00:00Z", source: "person" }, "waiting"],
      [{ outcome: "declined", outcome_at: "2026-11-11T09:00:00Z" }, "waiting"],
    ],
  );
});

test("the alarm for the next refresh is at most 15 minutes ahead after any wake-up", async () => {
  const now = new Date();
  const view = await readView(now);
  for (const aheadMs of [365 * 24 * HOUR_MS, 16 * 60_000]) {
    alarms.set("refresh", { scheduledTime: now.getTime() + aheadMs, periodInMinutes: 15 });
    await scheduleAlarms(view, now);
    assert.ok(alarms.get("refresh").scheduledTime <= Date.now() + 15 * 60_000);
  }
  alarms.set("refresh", { scheduledTime: now.getTime() + 60_000, periodInMinutes: 15 });
  await scheduleAlarms(view, now);
  assert.equal(alarms.get("refresh").scheduledTime, now.getTime() + 60_000, "one that is due sooner stays");
});

test("instants stored by a clock that was ahead are ignored", async () => {
  const now = new Date();
  const far = new Date(now.getTime() + 365 * 24 * HOUR_MS).toISOString();
  server.balance = 11;
  await local.set({
    connection: { state: "server_off", since: far, detail: "", retryAt: far, tries: 9 },
    reminders: { notifications: true, snoozedUntil: far, shown: {} },
    questions: [{ id: "q", accountId: "a", product: "premium", name: "Kai", profileUrl: null, cost: 1, at: far }],
    pairing: { id: "p", expiresAt: far, address: "http://127.0.0.1:8425", demo: false },
    lookedAt: far,
  });
  const view = await readView(now);
  const present = now.toISOString();
  assert.deepEqual(
    [
      view.connection.retryAt,
      view.reminders.snoozedUntil,
      view.questions[0].at,
      view.pairing.expiresAt,
      view.lastOpenedAt,
    ],
    [present, null, present, present, present],
  );
  await sync();
  assert.equal(await balance(), 11, "a wait without an end keeps no refresh back");
});

test("disconnecting forgets why the server refused an account", async () => {
  server.refuse["GET /accounts/a/summary"] = { status: 409, code: "conflict", detail: "Busy." };
  await sync();
  assert.notEqual((await readView(new Date())).accounts[0].problem, null);

  await disconnect();

  assert.deepEqual(local.content.problems, {});
});

test("a refused entry of another server is this server's once the user gives it to an account of this one", async () => {
  server.refuse = { "POST /accounts/a/inmails": { status: 422, code: "invalid", detail: "No." } };
  await log(KAI, new Date());
  await sync();
  const [entry] = entries();
  await local.set({ [`outbox/${entry.id}`]: { ...entry, accountId: "gone", serverId: "there" } });

  await outbox.correct(entry.id, { accountId: "a" }, new Date());

  assert.equal(entries()[0].serverId, "http://127.0.0.1:8425");
});

test("a server that fails to prove itself gets no token, however soon after one that did", async () => {
  const prove = (nonce) => createHmac("sha256", "secret").update(nonce).digest("hex");
  Object.assign(server, { prove });
  await local.set({
    server: { address: "http://127.0.0.1:8425", token: "t", deviceId: "d", demo: false, secret: "secret" },
  });
  await syncNow();
  server.prove = () => "0".repeat(64);
  await syncNow();
  server.authorized = 0;

  const { server: known } = local.content;
  await assert.rejects(call(known, "/accounts/a/summary"), /impostor/);
  assert.equal(server.authorized, 0);
});

const mark = (text) => createHash("sha256").update(`salt\n${text}`).digest("hex");
const NOTHING_ERASED = { erasures: [], last: 1, more: false, complete: true };
const kaiErased = (since) =>
  since > 0
    ? NOTHING_ERASED
    : {
        ...NOTHING_ERASED,
        erasures: [
          {
            inmails: ["inmail-1"],
            salt: "salt",
            links: [mark("https://www.linkedin.com/in/kai-example")],
            names: [mark("kai example")],
          },
        ],
      };

test("a person erased at the server is removed here", async () => {
  await log(KAI, new Date());
  await log({ ...KAI, recipient: { name: "Mia Sample" } }, new Date());
  await syncNow();
  await local.set({
    questions: [
      { id: "q", accountId: "a", name: "KAI  Example", profileUrl: null, cost: 1, at: new Date().toISOString() },
    ],
  });

  server.erasures = kaiErased;
  await syncNow();

  assert.deepEqual(
    local.content.recentLogs.map(({ name }) => name),
    ["Mia Sample"],
  );
  assert.doesNotMatch(JSON.stringify(local.content), /kai/i);
  assert.equal(local.content.erasuresSince, 1);
});

test("an InMail to an erased person that waits keeps its credit and loses its recipient", async () => {
  server.refuse = { "GET /accounts/a/summary": { status: 409, code: "conflict", detail: "Busy." } };
  server.refuse["POST /accounts/a/inmails"] = { status: 422, code: "invalid", detail: "No." };
  await log({ ...KAI, subject: "Data lead" }, new Date());
  server.erasures = kaiErased;
  await syncNow();

  const [entry] = entries();
  assert.deepEqual(
    [entry.state, entry.body.recipient, entry.body.cost, entry.body.subject],
    ["needs_you", { name: "(erased)" }, 1, undefined],
  );
  assert.doesNotMatch(JSON.stringify(local.content), /kai/i);
});

test("every person the server has is removed if it no longer lists all erasures", async () => {
  await log(KAI, new Date());
  await syncNow();

  server.erasures = () => ({ ...NOTHING_ERASED, complete: false });
  await syncNow();

  assert.doesNotMatch(JSON.stringify(local.content), /kai/i);
  assert.equal(await balance(), 24);
});
