// The extension in a browser whose language is German: its words, numbers, days and money.

import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TEST_LANGUAGE = "de";
await import("./chrome.js");
const { listWords, number, percent, plural, setLanguage, t } = await import("../../extension/text/words.js");
const { ending, money, ofDay, onDay, relative, until, when } = await import("../../extension/text/format.js");
const { rateWords } = await import("../../extension/text/phrases.js");
const { overLimit, warningWords } = await import("../../extension/core/show/warnings.js");

const NOW = new Date("2026-11-26T10:00:00Z");
const ZONE = "Europe/Berlin";

/** Spaces that keep a line together are shown as spaces. */
const spaced = (text) => text.replaceAll("\u00a0", " ");

test("words and plurals", () => {
  assert.equal(t("log_open"), "InMail eintragen…");
  assert.deepEqual(
    [0, 1, 2, 1234].map((count) => plural("days_left", count)),
    ["noch 0 Tage", "noch 1 Tag", "noch 2 Tage", "noch 1.234 Tage"],
  );
});

test("numbers, percentages, lists and money", () => {
  assert.equal(number(12_345), "12.345");
  assert.equal(spaced(percent(9, 100)), "9 %");
  assert.equal(listWords(["Name", "Betreff", "Notiz"]), "Name, Betreff und Notiz");
  assert.equal(spaced(money({ amount_minor: 123_450, currency: "EUR" })), "1.234,50 €");
});

test("days and times, without the period of an abbreviation", () => {
  assert.equal(spaced(ofDay("2026-11-30T12:00:00Z", ZONE, NOW)), "Mo, 30. Nov");
  assert.equal(spaced(ofDay("2026-12-24T12:00:00Z", ZONE, NOW)), "24. Dez");
  assert.equal(spaced(ofDay("2027-12-24T12:00:00Z", ZONE, NOW)), "24. Dez 2027");
  assert.equal(until("2026-11-27T03:09:00Z", ZONE, NOW), `${t("tomorrow")}, 04:09`);
  assert.equal(when("2026-11-26T09:02:00Z", ZONE, NOW), "heute 10:02");
  assert.equal(when("2026-11-24T09:02:00Z", ZONE, NOW), "Di");
  assert.equal(relative("2026-11-26T08:00:00Z", NOW), "vor 2 Stunden");
});

test("sentences with a day and a rate", () => {
  assert.equal(
    spaced(overLimit(50, 50, onDay("2026-12-01T12:00:00Z", ZONE, NOW))),
    "Sie sind am Limit: Kein Platz für die 50 neuen Credits am Di, 1. Dez.",
  );
  assert.equal(
    spaced(overLimit(50, 50, onDay("2026-11-27T12:00:00Z", ZONE, NOW))),
    "Sie sind am Limit: Kein Platz für die 50 neuen Credits morgen.",
  );
  assert.equal(
    spaced(plural("loss_expire", 12, ending("2026-11-30T23:00:00Z", ZONE, NOW))),
    "12 verfallen am Mo, 30. Nov",
  );
  assert.equal(plural("loss_void", 1, ending("2026-11-26T23:00:00Z", ZONE, NOW)), "1 verfällt mit Ihrem Abo heute");
  assert.equal(
    spaced(plural("ready_on", 2, onDay("2026-12-24T12:00:00Z", ZONE, NOW))),
    "Neue Credits am 24. Dez: 2 Personen sind bereit",
  );
  assert.equal(t("warning_pace", rateWords(2.5, 12)), "Senden Sie 2–3 am Tag, um alle zu nutzen.");
  const account = { account: { time_zone: ZONE, reserve: 0 }, projection: null };
  const rate = { code: "response_rate", until: null, arguments: { sent: 1000, answered: 90 } };
  assert.equal(spaced(warningWords(rate, account, NOW).title), "9 % von 1.000 InMails wurden in 14 Tagen beantwortet.");
});

test("a page has the language of its words", () => {
  const page = {};

  setLanguage(page);

  assert.deepEqual(page, { lang: "de", dir: "ltr" });
});
