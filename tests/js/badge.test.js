// The badge shows the balance and no other number, in every state.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import "./chrome.js";
const { badge, badgeText, FLASH_MS, SHOWS } = await import("../../extension/core/show/badge.js");

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

/**
 * The width of a text in em, in the widest of common fonts: DejaVu Sans, as in its table of widths. The blank on the
 * right of the last character is not counted.
 */
function widthInFirefox(text) {
  const widths = { k: [0.579, 0.57], M: [0.863, 0.77], "!": [0.401, 0.25], "?": [0.531, 0.46], "~": [0.838, 0.73] };
  const of = (sign) => widths[sign] ?? { "↑": [0.838, 0.72], ".": [0.318, 0.21] }[sign] ?? [0.636, 0.59];
  const signs = Array.from(text);
  return signs.reduce((sum, sign, index) => sum + of(sign)[index === signs.length - 1 ? 1 : 0], 0);
}

/** Firefox has 16 pixels for a text of 10 pixels (toolbarbutton.css). */
const FIREFOX_EM = 1.6;

test("at every balance and in every state the text names the balance, and the browser shows it whole", () => {
  for (const [name, state] of Object.entries(STATES)) {
    const view = viewOf(0, state);
    for (let balance = 0; balance <= 100_000; balance += 1) {
      for (const browser of ["chromium", "firefox"]) {
        const text = badgeText(view, { ...view.accounts[0].projection, balance }, SHOWS[browser]);
        const words = `${browser}, ${name}, ${balance}: ${text}`;
        assert.ok(Array.from(text).length <= 3, words);
        if (browser === "firefox" && balance < 10_000) assert.ok(widthInFirefox(text) <= FIREFOX_EM, words);
        const [from, to] = named(text);
        assert.ok(from <= balance && balance < to, words);
      }
    }
  }
});

for (const [balance, state, text] of [
  [12, "soon", "12!"],
  [9, "urgent", "9!!"],
  [12, "needs you", "12!"],
  [9, "needs you", "9?"],
  [12, "waiting", "12"],
  [12, "impostor", "12!"],
  [12, "server off", "12!"],
  [150, "steady", ".1k"],
  [1200, "urgent", "1k!"],
]) {
  test(`Firefox, ${balance} credits, ${state}: ${text}`, () =>
    assert.equal(badge(viewOf(balance, STATES[state]), NOW, null, "firefox").text, text));
}

const TOKENS = readFileSync(new URL("../../extension/ui/tokens.css", import.meta.url), "utf8");
const LOOKS = ["plenty", "soon", "urgent", "none"].map((urgency) => badge(viewOf(12, { urgency }), NOW));

/** The relative luminance of "#rrggbb" (WCAG 2.2). */
function luminance(colour) {
  const [red, green, blue] = colour
    .match(/[0-9a-f]{2}/g)
    .map((hex) => parseInt(hex, 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
const contrast = (a, b) => {
  const [dark, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (bright + 0.05) / (dark + 0.05);
};

test("the text has a contrast of 7:1 to its background, and no other ink would have more", () => {
  for (const { colour, ink } of LOOKS) {
    assert.ok(contrast(colour, ink) >= 7, `${ink} on ${colour}: ${contrast(colour, ink)}`);
    const other = ink === "#ffffff" ? "#16181a" : "#ffffff";
    assert.ok(contrast(colour, ink) > contrast(colour, other));
  }
});

test("badge and popup have the same colours, each state one of its own", () => {
  const tokens = new Set(TOKENS.match(/#[0-9a-f]{6}\b/g));
  for (const { colour } of LOOKS) assert.ok(tokens.has(colour), colour);
  assert.equal(new Set(LOOKS.map(({ colour }) => colour)).size, LOOKS.length);
  const roles = Object.fromEntries(
    [...TOKENS.matchAll(/--([\w-]+): light-dark\((\S+), (\S+)\)/g)].map(([, name, ...pair]) => [name, pair]),
  );
  const [plenty, soon, urgent] = LOOKS.map(({ colour }) => colour);
  assert.ok(roles["accent-strong"].includes(plenty) && roles.warn.includes(soon) && roles.bad.includes(urgent));
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
  assert.match(title, /1 not saved. Click to see why/);
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
  ["waiting", { waiting: [{}, {}] }, /2 waiting to be saved/],
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
