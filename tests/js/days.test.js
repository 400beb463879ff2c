// Days of a time zone: tests/days_cases.json has cases that the server's tests read as well.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { dayName, dayNumber, daysUntil, nameOfDay, weekday } from "../../extension/text/days.js";

const cases = JSON.parse(readFileSync(new URL("../days_cases.json", import.meta.url), "utf8"));

for (const { zone, now, end, weekdays, first, last, days, working } of cases.days) {
  test(`${now} to ${end} in ${zone}: ${days} days, ${working} of them working days`, () => {
    const left = daysUntil(new Date(now), new Date(end), zone);
    assert.deepEqual(
      [left.at(0), left.at(-1)].map((day) => (day === undefined ? null : nameOfDay(day))),
      [first, last],
    );
    assert.equal(left.length, days);
    assert.equal(left.filter((day) => weekdays.includes(weekday(day))).length, working);
  });
}

test("each of a year's days follows the one before, also where clocks are changed at midnight", () => {
  for (const zone of ["America/Havana", "Africa/Cairo", "America/Santiago", "Europe/Berlin", "Pacific/Apia"]) {
    const noon = Date.parse("2026-01-01T12:00:00Z");
    const names = Array.from({ length: 365 }, (_, day) => dayName(new Date(noon + day * 86_400_000), zone));
    assert.equal(new Set(names).size, 365, zone);
    assert.deepEqual([...names].sort(), names, zone);
  }
});

test("a day's number has its name and its weekday", () => {
  assert.equal(dayNumber(new Date(0), "UTC"), 0);
  assert.equal(weekday(0), 4);
  const day = dayNumber(new Date("2026-11-30T12:00:00Z"), "UTC");
  assert.equal(nameOfDay(day), "2026-11-30");
  assert.deepEqual(
    [0, 1, 6, 7].map((later) => weekday(day + later)),
    [1, 2, 7, 1],
  );
});
