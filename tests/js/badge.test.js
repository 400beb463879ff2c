// The badge shows the balance and no other number, in every state.

import assert from "node:assert/strict";
import { test } from "node:test";

import "./chrome.js";
const { badge, badgeText, FLASH_MS } = await import("../../extension/core/show/badge.js");

const NOW = new Date("2026-11-26T12:00:00Z");

const STATES = {
  steady: {},
  soon: { urgency: "soon" },
  urgent: { urgency: "urgent" },
  "needs you": { needsYou: [{}], urgency: "urgent" },
  question: { questions: [{}] },
  elsewhere: { elsewhere: [{ isKept: false }], urgency: "urgent" },
  impostor: { state: "impostor", urgency: "soon" },
  waiting: { waiting: [{}], state: "server_off" },
  "server off": { state: "server_off", urgency: "urgent" },
};

function viewOf(
  balance,
  { urgency = "plenty", state = "ok", needsYou = [], questions = [], elsewhere = [], waiting = [] } = {},
) {
  const projection = {
    balance,
    urgency,
    tooOld: false,
    allotment: balance,
    used: 0,
    asOf: NOW.toISOString(),
    nextLoss: null,
    nextRenewal: null,
  };
  return {
    server: { paired: true },
    connection: { state },
    currentAccount: "a",
    needsYou,
    questions,
    elsewhere,
    waiting,
    listening: "off",
    accounts: [{ account: { id: "a", name: "My seat", time_zone: "UTC" }, projection }],
  };
}

const UNITS = { "": 1, k: 1000, M: 1_000_000 };

/** The range of balances that a text shows: [from, to). */
function named(text) {
  const [, number, unit] = /^[~]?(\d*\.?\d+)(k|M|)[!?↑]*$/.exec(text) ?? assert.fail(`${text} is no number`);
  const step = UNITS[unit] * (number.startsWith(".") ? 0.1 : 1);
  const from = Math.round(Number(number) * UNITS[unit]);
  return [from, from + step];
}

test("at every balance and in every state, at most three characters that name the balance", () => {
  for (const [name, state] of Object.entries(STATES)) {
    const view = viewOf(0, state);
    for (let balance = 0; balance <= 100_000; balance += 1) {
      const text = badgeText(view, { ...view.accounts[0].projection, balance });
      assert.ok(Array.from(text).length <= 3, `${name}, ${balance}: ${text}`);
      const [from, to] = named(text);
      assert.ok(from <= balance && balance < to, `${name}, ${balance}: ${text}`);
    }
  }
});

for (const [balance, state, text] of [
  [12, "soon", "12!"],
  [9, "urgent", "9!!"],
  [12, "urgent", "12!"],
  [150, "urgent", "150"],
  [150, "needs you", "150"],
  [12, "elsewhere", "12?"],
  [150, "elsewhere", "150"],
  [12, "impostor", "~12"],
  [1200, "urgent", "1k!"],
  [1200, "server off", "~1k"],
  [12_000, "soon", "12k"],
  [100_000, "steady", ".1M"],
  [2_500_000, "soon", "2M!"],
]) {
  test(`${balance} credits, ${state}: ${text}`, () =>
    assert.equal(badge(viewOf(balance, STATES[state]), NOW).text, text));
}

test("what does not fit is in the title", () => {
  const { title } = badge(viewOf(1234, { needsYou: [{}], state: "server_off" }), NOW);
  assert.match(title, /1,234 of 1,234 credits left/);
  assert.match(title, /1 entry needs your answer/);
  assert.match(title, /Inkeeper isn’t running/);
});

test("a sign ends, also after the clock is set back", () => {
  const until = (ms) => ({ sign: "✓", until: new Date(NOW.getTime() + ms).toISOString() });
  assert.equal(badge(viewOf(12), NOW, until(FLASH_MS)).text, "✓");
  assert.equal(badge(viewOf(12), NOW, until(0)).text, "12");
  assert.equal(badge(viewOf(12), NOW, until(3_600_000)).text, "12");
});

for (const [name, state, words] of [
  ["server off", { state: "server_off" }, /Inkeeper isn’t running/],
  ["waiting", { waiting: [{}, {}] }, /2 entries are waiting to be saved/],
  ["elsewhere", { elsewhere: [{ isKept: true }] }, /another/],
]) {
  test(`the title says in words what the sign says: ${name}`, () =>
    assert.match(badge(viewOf(12, state), NOW).title, words));
}

test("without a connection, and without a number, the badge shows none", () => {
  assert.equal(badge({ ...viewOf(12), server: { paired: false } }, NOW).text, "–");
  assert.equal(badge({ ...viewOf(12), currentAccount: "other" }, NOW).text, "–");
  const view = viewOf(12);
  view.accounts[0].projection.tooOld = true;
  assert.equal(badge(view, NOW).text, "?");
});

test("the title never shows a number without its age, and has a line for each account", () => {
  const view = viewOf(12);
  view.accounts.push({ ...view.accounts[0], account: { id: "b", name: "Other seat", time_zone: "Europe/Berlin" } });
  const lines = badge(view, NOW).title.split("\n");
  assert.equal(lines.length, 2);
  assert.match(lines[0], /My seat.*12.*12:00 \(UTC\)/);
  assert.match(lines[1], /Other seat.*13:00 \(Europe\/Berlin\)/);
});
