// Lead days of an account in badge, popup and warnings, and the words of each warning.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import "./chrome.js";
import { accountOf, storedOf } from "./fixtures.js";
const { isNear, isUrgent, project } = await import("../../extension/core/show/summary.js");
const { overLimit, warningWords } = await import("../../extension/core/show/warnings.js");
const { ending, onDay } = await import("../../extension/text/format.js");
const { plural } = await import("../../extension/text/words.js");

const DAY_MS = 86_400_000;
const LOSS = new Date("2026-12-01T00:00:00Z");
const ACCOUNT = accountOf();

/** An account `daysBefore` days before 12 credits expire, with fields of the server's summary. */
function projected(daysBefore, { account, warnings = [], reason = "expire", reserve = 0, ...rest } = {}, entries = []) {
  const now = new Date(LOSS.getTime() - daysBefore * DAY_MS);
  const stored = storedOf({
    ...(account && { account }),
    as_of: now.toISOString(),
    period: { start: "2026-11-01T00:00:00Z" },
    next_loss: { at: LOSS.toISOString(), credits: 12, value: null },
    lots: [{ granted_at: "2026-11-01T00:00:00Z", left: 12 }],
    warnings,
    timeline: [
      { at: LOSS.toISOString(), reason, credits: -12, balance: 0 },
      { at: LOSS.toISOString(), reason: "grant", credits: 25, balance: 25 },
    ],
    ...rest,
  });
  const projection = project(stored, { ...ACCOUNT, reserve }, entries, now);
  return { now, projection, view: { account: { ...ACCOUNT, reserve }, projection } };
}

function steps(account) {
  return [60, 15, 14, 7, 6.9, 5, 4, 3, 2, 1.1, 1, 0.5].map((days) => {
    const { now, projection } = projected(days, { account });
    const expiring = projection.warnings.find(({ code }) => code === "expiring")?.severity ?? "none";
    assert.equal(isNear(projection, now), expiring !== "none");
    assert.equal(isUrgent(projection, now), expiring === "urgent");
    assert.equal(projection.urgency, { none: "plenty", info: "soon", warning: "soon", urgent: "urgent" }[expiring]);
    return [days, expiring];
  });
}

test("the badge, the box and the warning rise on the account's own days", () => {
  assert.deepEqual(steps({ lead_days: [14, 5, 2] }), [
    [60, "none"],
    [15, "none"],
    [14, "info"],
    [7, "info"],
    [6.9, "info"],
    [5, "warning"],
    [4, "warning"],
    [3, "warning"],
    [2, "urgent"],
    [1.1, "urgent"],
    [1, "urgent"],
    [0.5, "urgent"],
  ]);
});

test("without such days, as from an older server, they are 7, 3 and 1", () => {
  const expected = steps({ lead_days: [7, 3, 1] });
  assert.deepEqual(
    expected.map(([, severity]) => severity),
    ["none", "none", "none", "info", "info", "info", "info", "warning", "warning", "warning", "urgent", "urgent"],
  );
  for (const account of [
    undefined,
    {},
    { lead_days: [] },
    { lead_days: [7, 3] },
    { lead_days: "7,3,1" },
    { lead_days: [7, 3, null] },
  ]) {
    assert.deepEqual(steps(account), expected, JSON.stringify(account));
  }
});

/** The sentence for one of the server's warnings, by default six days before the loss. */
function says(warning, summary = {}, entries = []) {
  const until = LOSS.toISOString();
  const { now, view } = projected(6, { warnings: [{ severity: "info", until, ...warning }], ...summary }, entries);
  const kept = view.projection.warnings.find(({ code }) => code === warning.code);
  return kept ? warningWords(kept, view, now) : null;
}

const sent = (id) => ({
  id,
  accountId: "a",
  kind: "inmail",
  state: "waiting",
  body: { recipient: { name: "Kai Example" }, sent_at: "2026-11-24T12:00:00Z", cost: 1 },
});
const observed = (balance, at) => ({
  id: "o",
  accountId: "a",
  kind: "observation",
  state: "waiting",
  body: { balance, observed_at: at, source: "person" },
});

for (const [names, title] of [
  [0, "Nobody is on your list for the 12 credits about to expire."],
  [1, "Only 1 person is on your list for the 12 credits about to expire."],
  [11, "Only 11 people are on your list for the 12 credits about to expire."],
]) {
  test(`${names} names for 12 credits`, () =>
    assert.equal(says({ code: "few_targets", arguments: { names, credits: 12 } }).title, title));
}

test("names that are enough once what waits here is sent, or beside the reserve, are no warning", () => {
  const warning = { code: "few_targets", arguments: { names: 11, credits: 12 } };
  assert.equal(says(warning, {}, [sent("1")]), null);
  assert.equal(says(warning, { reserve: 1 }), null);
  assert.equal(says(warning, { reason: "void" }), null);
});

test("new credits that LinkedIn does not show", () => {
  const warning = { code: "grant_missing", severity: "warning", arguments: { credits: 25, shown: 3 } };
  const summary = { observed: { balance: 3, at: "2026-11-02T00:00:00Z" } };
  assert.deepEqual(says(warning, summary), {
    title: "LinkedIn showed 3, without your 25 new credits.",
    detail: "Still missing? Ask LinkedIn’s support.",
  });
  assert.equal(
    says(warning, summary, [observed(28, "2026-11-24T12:00:00Z")]),
    null,
    "the server has not judged this number yet",
  );
});

test("new credits that were not compared with LinkedIn", () => {
  const warning = { code: "grant_missing", arguments: { credits: 1 } };
  const summary = { observed: { balance: 3, at: "2026-10-20T00:00:00Z" } };
  assert.deepEqual(says(warning, summary), {
    title: "Check that your new credit came.",
    detail: "What does LinkedIn show?",
  });
  assert.equal(says(warning, summary, [observed(12, "2026-11-24T12:00:00Z")]), null);
});

test("a low balance is the one that is shown", () => {
  assert.equal(says({ code: "low_balance" }).title, "You’re down to 12 credits.");
  assert.equal(says({ code: "low_balance" }, {}, [sent("1")]).title, "You’re down to 11 credits.");
  assert.equal(says({ code: "low_balance" }, { balance: 1 }).title, "You’re down to your last credit.");
  assert.equal(says({ code: "low_balance" }, { balance: 0 }), null);
});

test("a response rate below a limit never reads as the limit", () => {
  const warning = { code: "response_rate", until: null, arguments: { sent: 1000, answered: 129 } };
  assert.deepEqual(says(warning), {
    title: "12% of 1,000 InMails were answered in 14 days.",
    detail: "Under 13% LinkedIn stops bulk sending in Recruiter.",
  });
});

test("every warning of the server's has words, or is left to the number above", () => {
  const rules = readFileSync(new URL("../../backend/inkeeper/rules/warnings.py", import.meta.url), "utf8");
  const words = readFileSync(new URL("../../extension/core/show/warnings.js", import.meta.url), "utf8");
  const codes = [...rules.matchAll(/AccountWarning\(\s*"(\w+)"/g)].map(([, code]) => code);
  const worded = [...words.matchAll(/case "(\w+)"/g)].map(([, code]) => code);
  const leftToTheNumber = ["empty", "unconfirmed"];
  assert.equal(codes.length, new Set(codes).size + 1, "grant_missing has two forms");
  assert.deepEqual([...new Set(codes)].sort(), [...worded, ...leftToTheNumber].sort());
});

test('a day in a sentence has "on" before a date, and none before today and tomorrow', () => {
  const now = new Date("2026-11-26T10:00:00Z");
  const days = ["2026-11-26T20:00:00Z", "2026-11-27T12:00:00Z", "2026-12-01T12:00:00Z", "2026-12-24T12:00:00Z"];
  const spaced = (text) => text.replaceAll("\u00a0", " ");

  assert.deepEqual(
    days.map((at) => spaced(overLimit(50, 50, onDay(at, "Europe/Berlin", now)))),
    ["today", "tomorrow", "on Tue 1 Dec", "on 24 Dec"].map(
      (day) => `You’re at your limit: there’s no room for the 50 new credits ${day}.`,
    ),
  );
  assert.equal(
    spaced(overLimit(5, 50, onDay(days[1], "Europe/Berlin", now))),
    "You’re near your limit: there’s no room for 5 of the 50 new credits tomorrow.",
  );
  assert.equal(spaced(plural("badge_renewal", 5, onDay(days[2], "Europe/Berlin", now))), "5 more come on Tue 1 Dec.");
  assert.equal(
    spaced(plural("loss_expire", 12, ending("2026-11-30T23:00:00Z", "Europe/Berlin", now))),
    "12 expire Mon 30 Nov",
  );
});
