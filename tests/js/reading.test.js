// Interpreting a page and its composer, and the account whose credit is used.

import assert from "node:assert/strict";
import { test } from "node:test";

import "./chrome.js";
const { offer } = await import("../../extension/core/log/observe.js");
const { placeOf, interpret } = await import("../../extension/core/page/reading.js");
const { accountFor } = await import("../../extension/core/show/view.js");

const MEMBER = "https://www.linkedin.com/in/ACoAAB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX";
const place = (url, title) => placeOf({ url: `https://www.linkedin.com${url}`, title });
const composer = (other = {}) => ({
  recognised: true,
  product: "premium",
  name: "Kai Example",
  link: "",
  cost: "credit",
  balance: 45,
  degree1: false,
  ...other,
});

test("the page's public link is taken in place of a member's number, if the name is the same", () => {
  const page = place("/in/kai-example/", "Kai Example | LinkedIn");
  assert.equal(
    interpret(page, composer({ link: MEMBER })).person.profileUrl,
    "https://www.linkedin.com/in/kai-example",
  );
  assert.equal(
    interpret(page, composer({ link: MEMBER, name: "kai  EXAMPLE" })).person.profileUrl,
    "https://www.linkedin.com/in/kai-example",
  );
  assert.equal(interpret(page, composer({ link: MEMBER, name: "Robin Sample" })).person.profileUrl, MEMBER);
  assert.equal(
    interpret(place("/in/robin-sample/", "Kai Example | LinkedIn"), composer({ link: MEMBER })).person.profileUrl,
    MEMBER,
  );
});

test("address and title of two people give no person to log", () => {
  const page = place("/in/kai-example/", "Robin Sample | LinkedIn");
  assert.equal(interpret(page, null).isClear, false);
  assert.equal(interpret(page, composer({ name: "" })).isClear, false);
  const { isClear, person } = interpret(page, composer({ name: "Robin Sample" }));
  assert.deepEqual([isClear, person], [true, { name: "Robin Sample", profileUrl: null }]);
});

const accountOf = (id, product) => ({
  account: { id, product },
  recent: [],
  projection: { balance: 10, observed: null },
});
const premium = accountOf("p", "premium");
const sales = accountOf("s", "sales_navigator");
const recruiter = accountOf("r", "recruiter");
const chosen = (accounts, currentId, composerState, product) =>
  accountFor(accounts, currentId, product && { composer: composerState, product })?.account.id ?? null;

for (const [accounts, currentId, state, product, expected] of [
  [[premium, sales], "p", "read", "sales_navigator", "s"],
  [[premium, sales], "s", "read", "sales_navigator", "s"],
  [[premium], "p", "read", "sales_navigator", null],
  [[premium], "p", "none", "sales_navigator", null],
  [[sales], "s", "read", "premium", null],
  [[sales], "s", "strange", "premium", null],
  [[sales], "s", "none", "premium", "s"],
  [[sales, recruiter], "s", "none", "premium", null],
  [[sales, premium], "s", "none", "premium", "p"],
  [[premium, sales], "s", "none", null, "s"],
  [[], null, "read", "premium", null],
]) {
  const names = accounts.map(({ account }) => account.product).join(" and ") || "no account";
  test(`${names}: ${product ?? "no product"}, composer ${state}`, () =>
    assert.equal(chosen(accounts, currentId, state, product), expected));
}

test("an observation in the future does not confirm the balance", () => {
  const page = {
    ...interpret(place("/in/kai-example/", "Kai Example | LinkedIn"), composer({ balance: 10 })),
    at: "2026-11-26T12:00:00Z",
  };
  const observed = (at) => ({ ...premium, projection: { balance: 10, observed: { balance: 10, at } } });
  assert.equal(offer(page, observed("2026-11-26T11:00:00Z")), null);
  assert.deepEqual(offer(page, observed("2027-11-26T11:00:00Z")), { balance: 10, computed: 10, sure: true });
});
