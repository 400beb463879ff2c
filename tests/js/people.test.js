// The extension's people.js with the table of cases that also tests the server's rules/people.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import {
  cleanName,
  isSameLink,
  isSamePerson,
  normalName,
  parseLink,
  profileLink,
} from "../../extension/core/log/people.js";

const cases = JSON.parse(readFileSync(new URL("../people_cases.json", import.meta.url), "utf8"));

for (const { input, url, kind, why } of cases.links) {
  test(`link ${JSON.stringify(input)}: ${why}`, () => {
    const link = parseLink(input);
    assert.deepEqual([link?.url ?? null, link?.kind ?? null], [url, kind]);
    if (url) assert.equal(profileLink(url), url, "its normal form is its own normal form");
  });
}

for (const { input, normal, clean, why } of cases.names) {
  test(`name ${JSON.stringify(input).slice(0, 80)}: ${why ?? ""}`, () => {
    if (normal !== undefined) assert.equal(normalName(input), normal);
    if (clean !== undefined) assert.equal(cleanName(input), clean);
  });
}

const person = ({ name, link }) => ({ name, profileUrl: link });

for (const { one, other, same, why } of cases.same) {
  test(`same: ${why}`, () => {
    assert.equal(isSamePerson(person(one), person(other)), same);
    assert.equal(isSamePerson(person(other), person(one)), same);
  });
}

test("links of two kinds are never the same", () => {
  assert.ok(isSameLink("https://www.linkedin.com/in/kai-example", "de.linkedin.com/mwlite/in/Kai-Example/en"));
  assert.ok(!isSameLink("https://www.linkedin.com/in/noa", "https://www.linkedin.com/sales/lead/noa"));
  assert.ok(!isSameLink("https://www.linkedin.com/feed/", "https://www.linkedin.com/feed/"));
});
