// Every message that the extension's code names exists in _locales: the browser returns "" for a missing one. Plural
// forms, and the words of refusals.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import "./chrome.js";
const { listWords, number, percent, plural, refusalWords, setLanguage, t } =
  await import("../../extension/text/words.js");

const EXTENSION = new URL("../../extension/", import.meta.url);
const NAMED = /\b(plural|t|text)\((?:"(?<whole>\w+)"|`(?<built>[^`]+)`)/g;

/** Placeholders in an id; `state_${state}_why` has one. */
const VALUE = /\$\{[^}]*\}/;

const messages = Object.keys(JSON.parse(readFileSync(new URL("_locales/en/messages.json", EXTENSION), "utf8")));

function* named() {
  for (const file of readdirSync(EXTENSION, { recursive: true }).filter((name) => name.endsWith(".js"))) {
    for (const { 1: by, groups } of readFileSync(new URL(file, EXTENSION), "utf8").matchAll(NAMED)) {
      yield { file, id: groups.whole ?? groups.built, isPlural: by === "plural" };
    }
  }
}

/** Whether a message has this id, with any value for a placeholder. */
function exists(id) {
  const pattern = new RegExp(`^${id.split(VALUE).join("\\w+")}$`);
  return messages.some((message) => pattern.test(message));
}

test("every message that the code names exists", () => {
  const ids = [...named()].flatMap(({ file, id, isPlural }) =>
    (isPlural ? [`${id}_one`, `${id}_other`] : [id]).map((each) => ({ file, id: each })),
  );

  assert.ok(ids.length > 100);
  assert.deepEqual(
    ids.filter(({ id }) => !exists(id)),
    [],
  );
});

test("every product has a name", () => {
  for (const product of ["premium", "sales_navigator", "recruiter"]) assert.ok(exists(`product_${product}`), product);
});

test("one and many", () => {
  assert.deepEqual(
    [0, 1, 2, 21].map((count) => plural("credits_expire", count)),
    ["0 credits expire", "1 credit expires", "2 credits expire", "21 credits expire"],
  );
});

test("a refusal is worded by its code, else by its status, never in the server's English, with the fields", () => {
  assert.equal(refusalWords(new Error("anything")), t("problem_unexpected"));
  assert.equal(refusalWords({ problem: { code: "over", detail: "Not shown." } }), t("problem_over"));
  for (const [status, words] of /** @type {const} */ ([
    [0, "problem_unexpected"],
    [400, "problem_invalid"],
    [404, "problem_not_found"],
    [409, "problem_conflict"],
    [422, "problem_invalid"],
    [503, "problem_internal_error"],
  ])) {
    assert.equal(
      refusalWords({ problem: { code: "not_known_here", detail: "The server’s words.", status } }),
      t(words),
    );
  }
  const errors = [{ path: "recipient.name" }, { path: "no_such_field" }, { path: "sent_at" }, { path: "observed_at" }];
  assert.equal(
    refusalWords({ problem: { code: "invalid", detail: "No.", errors } }),
    `${t("problem_invalid")} Check: name and day and time.`,
  );
});

test("numbers have separators, in a message too", () => {
  assert.equal(number(12_345), "12,345");
  assert.equal(t("left_of", 1234), "left of 1,234");
  assert.equal(plural("days_left", 1), "1 day left");
  // A text, such as an address with a port, stays as it is.
  assert.match(t("server_answers", "http://127.0.0.1:8425"), /127\.0\.0\.1:8425/);
});

test("a percentage is rounded down, also where a division is not exact", () => {
  assert.equal(percent(29, 100), "29%");
  assert.equal(percent(129, 1000), "12%");
});

test("a list ends with “and”", () => {
  assert.equal(listWords(["name"]), "name");
  assert.equal(listWords(["name", "link", "note"]), "name, link and note");
});

test("a page has the language and the direction of its words", () => {
  const page = {};

  setLanguage(page);

  assert.deepEqual(page, { lang: "en-GB", dir: "ltr" });
});
