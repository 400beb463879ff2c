// The person of a page: its title, and whether title and address are of one person.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isLinkedin, isOnePerson, personOf } from "../../extension/core/log/person.js";

const IN = "https://www.linkedin.com/in/";
const LEAD = "https://www.linkedin.com/sales/lead/ACwAAB1,NAME_SEARCH";

for (const [url, title, name] of [
  [`${IN}kai-example/`, "(3) Kai Example | LinkedIn", "Kai Example"],
  [`${IN}kai-example/`, "Kai Example - Head of Things - Sample Ltd | LinkedIn", "Kai Example"],
  ["https://de.linkedin.com/in/kai-example", "Kai Example | LinkedIn", "Kai Example"],
  [LEAD, "Kai Example - Headhunting | Lead | Sales Navigator", "Kai Example - Headhunting"],
  [
    "https://www.linkedin.com/talent/hire/1/manage/all/profile/AEMA",
    "Kai Example - Coach | Recruiter",
    "Kai Example - Coach",
  ],
  [`${IN}kai-example/`, "Kai \u200b Example | LinkedIn", "Kai Example"],
  [`${IN}kai-example/`, "Kai Example | MBA | LinkedIn", undefined],
  [`${IN}kai-example/`, "LinkedIn", undefined],
  ["https://www.linkedin.com/feed/", "Kai Example | LinkedIn", undefined],
  ["https://www.example.com/in/kai-example", "Kai Example | LinkedIn", undefined],
]) {
  test(`${title} at ${url}`, () => assert.equal(personOf({ url, title })?.name, name));
}

test("sites of LinkedIn", () => {
  for (const address of [`${IN}kai/`, "https://linkedin.com/", "https://m.linkedin.com/in/kai"]) {
    assert.ok(isLinkedin(address));
  }
  for (const address of ["https://notlinkedin.com/", "https://linkedin.com.example/", "about:blank", undefined]) {
    assert.ok(!isLinkedin(address));
  }
});

const place = (signs = {}) => ({
  address: "",
  title: "",
  loadedAt: "",
  isUntouched: false,
  headings: [],
  named: [],
  ...signs,
});
const isOne = (profileUrl, name, signs) => isOnePerson({ name, profileUrl }, place(signs));

for (const [slug, name] of [
  ["kai-example", "Kai Example"],
  ["kai-example-a1b2c3", "Kai Example, PhD"],
  ["kaiexample", "Kai Example"],
  ["example-kai", "Kai Example"],
  ["kai-m-example", "Kai Example"],
  ["jürgen-möller", "Jürgen Möller"],
  ["juergen-moeller-12", "Jürgen Möller"],
  ["jurgen-moller", "Jürgen Möller"],
  ["élodie-muster", "ÉLODIE MUSTER"],
  ["elodie-muster", "Élodie Muster"],
  ["madonna-9", "Madonna"],
  ["кай-пример", "Кай Пример"],
  ["strasse-weiss", "Straße Weiß"],
]) {
  test(`/in/${slug} is made from ${name}`, () => assert.ok(isOne(IN + slug, name)));
}

for (const [slug, name] of [
  ["kai-example", "Robin Sample"],
  ["kai-example", "Kai Sample"],
  ["kai-example", "Robin Ample"],
  ["growth-coach", "Kai Example"],
  ["ACoAAB1", "Kai Example"],
]) {
  test(`/in/${slug} is not made from ${name}`, () => assert.ok(!isOne(IN + slug, name)));
}

test("the page's own link with the name shows that they are one", () => {
  assert.ok(isOne(`${IN}growth-coach`, "Kai Example", { named: ["About", "Kai  EXAMPLE"] }));
  assert.ok(!isOne(`${IN}growth-coach`, "Kai Example", { named: ["Robin Sample"] }));
});

test("a page that was loaded at the address, with the name as its heading, shows it too", () => {
  const loaded = { loadedAt: LEAD, isUntouched: true, headings: ["Search", "Kai Example"] };
  assert.ok(isOne("https://www.linkedin.com/sales/lead/ACwAAB1", "Kai Example", loaded));
  assert.ok(
    !isOne("https://www.linkedin.com/sales/lead/ACwAAB2", "Kai Example", loaded),
    "it went to another address since",
  );
  assert.ok(
    !isOne("https://www.linkedin.com/sales/lead/ACwAAB1", "Kai Example", { ...loaded, isUntouched: false }),
    "it came back",
  );
  assert.ok(!isOne("https://www.linkedin.com/sales/lead/ACwAAB1", "Robin Sample", loaded), "the title changed alone");
});
