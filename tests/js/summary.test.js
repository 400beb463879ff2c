// The projection of an account: the server's summary, the timeline since, and the waiting entries.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { accountOf, summaryOf } from "./fixtures.js";
import { project } from "../../extension/core/show/summary.js";

const cases = JSON.parse(readFileSync(new URL("../days_cases.json", import.meta.url), "utf8"));

const ACCOUNT = accountOf();
const AS_OF = "2026-11-26T12:00:00Z";
const RENEWAL = "2026-12-01T00:00:00Z";
const NEXT_RENEWAL = "2027-01-01T00:00:00Z";

/** 12 of November's 25 credits are left; they expire at the renewal, which brings 25 new ones. */
const SUMMARY = summaryOf({
  as_of: AS_OF,
  free_used: 2,
  period: { start: "2026-11-01T00:00:00Z" },
  next_loss: { at: RENEWAL, credits: 12, value: { amount_minor: 2400, currency: "EUR" } },
  lots: [{ granted_at: "2026-11-01T00:00:00Z", left: 12 }],
  pace: { expected: 20 },
  forecast: { basis: "recent", lost: 9 },
  timeline: [
    { at: RENEWAL, reason: "expire", credits: -12, balance: 0 },
    { at: RENEWAL, reason: "grant", credits: 25, balance: 25 },
    { at: NEXT_RENEWAL, reason: "expire", credits: -25, balance: 0 },
    { at: NEXT_RENEWAL, reason: "grant", credits: 25, balance: 25 },
  ],
});

const projected = (now, entries = [], { account = {}, summary = {}, counts = [] } = {}) =>
  project(
    { summary: { ...SUMMARY, ...summary }, etag: null, receivedAt: AS_OF, counts },
    { ...ACCOUNT, ...account },
    entries,
    new Date(now),
  );

let lastId = 0;
function entry(kind, body, fields = {}) {
  lastId += 1;
  return { id: `entry-${lastId}`, accountId: "a", kind, state: "waiting", body, ...fields };
}
const sent = (at, cost = 1, fields = {}) =>
  entry("inmail", { recipient: { name: "Kai Example" }, sent_at: at, cost }, fields);
const retracted = (at, cost = 1) => entry("retract", { name: "Kai Example", sent_at: at, cost });
const observed = (balance, at) => entry("observation", { balance, observed_at: at, source: "person" });

const numbers = ({ balance, used, freeUsed, allotment }) => ({ balance, used, freeUsed, allotment });

test("without anything new the numbers are the server's", () => {
  const projection = projected(AS_OF);
  assert.deepEqual(numbers(projection), { balance: 12, used: 13, freeUsed: 2, allotment: 25 });
  assert.deepEqual(projection.forecast, SUMMARY.forecast);
  assert.equal(projection.expectedUsed, 20);
  assert.equal(projection.nextMoment, RENEWAL);
  assert.deepEqual(projection.nextRenewal, { at: RENEWAL, credits: 25 });
});

test("what waits is counted: a credit, a free InMail, one that is taken back", () => {
  const waiting = [sent("2026-11-26T12:30:00Z"), sent("2026-11-26T12:31:00Z", 0)];
  assert.deepEqual(numbers(projected("2026-11-26T13:00:00Z", waiting)), {
    balance: 11,
    used: 14,
    freeUsed: 3,
    allotment: 25,
  });
  const back = [retracted("2026-11-20T12:00:00Z"), retracted("2026-11-20T12:00:00Z", 0)];
  assert.deepEqual(numbers(projected("2026-11-26T13:00:00Z", back)), {
    balance: 13,
    used: 12,
    freeUsed: 1,
    allotment: 25,
  });
});

test("not counted: another account's, what the summary counts already, what the server refused", () => {
  const other = sent("2026-11-26T12:30:00Z", 1, { accountId: "b" });
  const refused = sent("2026-11-26T12:30:00Z", 1, { state: "needs_you" });
  const saved = sent("2026-11-26T11:30:00Z", 1, { state: "saved" });
  assert.equal(projected(AS_OF, [other, refused]).balance, 12);
  assert.equal(projected(AS_OF, [saved], { counts: [saved.id] }).balance, 12);
  assert.equal(projected(AS_OF, [saved]).balance, 11);
});

test("the balance never falls below zero, and without credits nothing can be lost", () => {
  const waiting = Array.from({ length: 14 }, (_, index) => sent(`2026-11-26T12:${10 + index}:00Z`));
  const projection = projected("2026-11-26T13:00:00Z", waiting);
  assert.equal(projection.balance, 0);
  assert.equal(projection.nextLoss, null);
  assert.equal(projection.urgency, "none");
});

test("what LinkedIn showed is the balance; what is sent after that is spent from it", () => {
  const at = "2026-11-26T12:30:00Z";
  const projection = projected("2026-11-26T14:00:00Z", [
    sent("2026-11-26T12:10:00Z"),
    observed(8, at),
    sent("2026-11-26T13:00:00Z"),
  ]);
  assert.equal(projection.balance, 7);
  assert.deepEqual(projection.observed, { balance: 8, at });
});

test("a renewal passes while the server is away: new credits, a new period, no forecast and no pace", () => {
  const projection = projected("2026-12-02T12:00:00Z");
  assert.deepEqual(numbers(projection), { balance: 25, used: 0, freeUsed: 0, allotment: 25 });
  assert.equal(projection.start, RENEWAL);
  assert.equal(projection.forecast, null);
  assert.equal(projection.expectedUsed, null);
  assert.equal(projection.nextLoss.at, NEXT_RENEWAL);
});

test("what waited before a renewal was spent from the credits that were lost there", () => {
  const before = sent("2026-11-30T23:59:59Z");
  assert.deepEqual(numbers(projected("2026-12-02T12:00:00Z", [before])), {
    balance: 25,
    used: 0,
    freeUsed: 0,
    allotment: 25,
  });
  // At the very instant of a renewal an InMail belongs to the new period.
  assert.deepEqual(numbers(projected("2026-12-02T12:00:00Z", [sent(RENEWAL)])), {
    balance: 24,
    used: 1,
    freeUsed: 0,
    allotment: 25,
  });
});

test("an InMail of an earlier period counts only while credits of that time are left", () => {
  const earlier = sent("2026-10-20T12:00:00Z");
  assert.equal(projected(AS_OF, [earlier]).balance, 12);
  const lots = [{ granted_at: "2026-10-01T00:00:00Z", left: 3 }, ...SUMMARY.lots];
  const projection = projected(AS_OF, [earlier], { summary: { lots } });
  assert.deepEqual([projection.balance, projection.used], [11, 13]);
});

test("past the end of the timeline the balance is too old to be trusted", () => {
  assert.equal(projected("2027-01-27T12:00:00Z").tooOld, false);
  assert.equal(projected("2027-01-27T12:00:01Z").tooOld, true);
});

for (const { zone, now, end, weekdays, credits, reserve, per_day: perDay } of cases.pace) {
  test(`${credits} credits from ${now} until ${end} in ${zone}, ${reserve} kept: ${perDay} a day`, () => {
    const timeline = [{ at: end, reason: "expire", credits: -credits, balance: 0 }];
    const projection = projected(now, [], {
      account: { time_zone: zone, working_days: weekdays, reserve },
      summary: { as_of: now, balance: credits, next_loss: { at: end, credits, value: null }, timeline },
    });
    assert.equal(projection.perDay, perDay);
  });
}
