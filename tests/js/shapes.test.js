// The server's responses are checked: each member that the extension reads has to exist and have its type.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { reset } from "./chrome.js";
const { call } = await import("../../extension/core/server/api.js");
const { OUTCOMES, PRODUCTS, PURPOSES, SHAPE } = await import("../../extension/core/shapes.js");

const SERVER = { address: "http://127.0.0.1:8425", token: null };
const AT = "2026-11-23T09:00:00Z";
const PERSON = {
  id: "p",
  name: "Kai Example",
  first_name: null,
  links: [],
  company: null,
  headline: null,
  do_not_contact: false,
};
const TARGET = {
  id: "t",
  state: "ready",
  person: PERSON,
  account: null,
  purpose: null,
  note: null,
  due: null,
  planned_for: null,
  planned_at: null,
  held_until: null,
  created_at: AT,
  copy: null,
};
const INMAIL = {
  id: "i",
  recipient: { name: "Kai Example", profile_url: null },
  sent_at: AT,
  outcome: "pending",
  cost: 1,
};

const summary = () =>
  structuredClone({
    account: { lead_days: [7, 3, 1] },
    product_title: "Premium",
    as_of: AT,
    balance: 12,
    allotment: 25,
    used: 13,
    free_used: 0,
    period: { start: AT },
    next_loss: { at: AT, credits: 3, value: { amount_minor: 300, currency: "EUR" } },
    lots: [{ granted_at: AT, left: 12 }],
    pace: { expected: 3 },
    forecast: { basis: "", lost: null },
    observed: { balance: 12, at: AT },
    warnings: [{ code: "expiring", severity: "urgent", until: AT, arguments: { names: 3 } }],
    timeline: [{ at: AT, reason: "expire", credits: -3, balance: 9 }],
    recent: [INMAIL],
    awaiting: [{ ...INMAIL, answer_by: AT, returns_credit: true }],
    targets: { next: [TARGET], ready: 1, today: 0, sent_today: 0, held: 0, names: 1 },
  });

/** Every member of a response at any depth: the object that has it, and its name. */
function* members(value) {
  if (value === null || typeof value !== "object") return;
  for (const [name, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) yield [value, name];
    yield* members(inner);
  }
}

/** Whether a response is accepted. */
async function isTaken(body, shape = SHAPE.summary) {
  globalThis.fetch = async () => new Response(JSON.stringify(body), { headers: { "X-Inkeeper-Api": "1" } });
  try {
    return (await call(SERVER, "/", { shape })).status === 200;
  } catch (error) {
    assert.equal(error.problem.code, "version_mismatch");
    return false;
  }
}

/** Earlier servers do not send these. */
const MAY_BE_MISSING = new Set(["account", "lead_days", "arguments", "targets", "names"]);

beforeEach(reset);

test("a whole summary is taken, also with members and words of a later version", async () => {
  assert.ok(await isTaken(summary()));
  const later = summary();
  later.warnings[0].code = "a_later_code";
  assert.ok(await isTaken({ ...later, more: { of: "it" } }));
});

test("a summary without a member that is read is not taken", async () => {
  const count = [...members(summary())].length;
  for (let at = 0; at < count; at += 1) {
    const broken = summary();
    const [object, name] = [...members(broken)][at];
    delete object[name];
    const isOptional = MAY_BE_MISSING.has(name) && !(name === "account" && object.person) && object !== broken.targets;
    assert.equal(await isTaken(broken), isOptional, name);
  }
});

test("a summary with a member of another type is not taken", async () => {
  const count = [...members(summary())].length;
  for (let at = 0; at < count; at += 1) {
    const broken = summary();
    const [object, name] = [...members(broken)][at];
    object[name] = typeof object[name] === "boolean" ? "yes" : true;
    assert.equal(await isTaken(broken), false, name);
  }
});

test("null is taken where the server may say so, and nowhere else", async () => {
  assert.ok(await isTaken({ ...summary(), next_loss: null, observed: null }));
  for (const name of ["balance", "period", "lots", "warnings", "recent"]) {
    assert.equal(await isTaken({ ...summary(), [name]: null }), false, name);
  }
});

test("a list of anything else is not taken", async () => {
  for (const items of [{}, [null], [{}], ["account"]]) assert.equal(await isTaken({ items }, SHAPE.accounts), false);
  assert.ok(await isTaken({ items: [] }, SHAPE.accounts));
});

test("the words that people choose from are the server's", () => {
  assert.deepEqual(PURPOSES, ["introduction", "follow_up", "article", "other"]);
  assert.deepEqual(OUTCOMES, ["pending", "accepted", "declined", "replied", "no_response"]);
  assert.deepEqual(PRODUCTS, ["premium", "sales_navigator", "recruiter"]);
});
