// Local times in forms, and zones that the browser does not know.

import assert from "node:assert/strict";
import { test } from "node:test";

import { local, reset } from "./chrome.js";
const { dayNumber, knownZone, lastDayLeft } = await import("../../extension/text/days.js");
const { instantOf, localTime, until } = await import("../../extension/text/format.js");
const { readView } = await import("../../extension/core/show/view.js");

for (const [zone, text, instant] of [
  ["UTC", "2026-11-10T09:30", "2026-11-10T09:30:00.000Z"],
  ["Europe/Berlin", "2026-11-10T09:30", "2026-11-10T08:30:00.000Z"],
  ["Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00:00.000Z"],
  ["America/New_York", "2026-03-08T01:59", "2026-03-08T06:59:00.000Z"],
  ["Asia/Kathmandu", "2026-01-01T00:00", "2025-12-31T18:15:00.000Z"],
  ["Pacific/Kiritimati", "2026-01-01T23:59", "2026-01-01T09:59:00.000Z"],
]) {
  test(`${text} in ${zone}`, () => {
    assert.equal(instantOf(text, zone), instant);
    assert.equal(localTime(instant, zone), text);
  });
}

test("the day on which something ends is the last of the days left", () => {
  const now = new Date("2026-11-27T09:34:00Z");
  for (const [end, said, left] of [
    ["2026-12-01T00:00:00Z", "Mon 30 Nov", 4],
    ["2026-12-01T17:59:00Z", "Mon 30 Nov", 4],
    // Of days from midnight to midnight, where the clocks are set back in between.
    ["2026-12-01T23:00:00Z", "Tue 1 Dec", 5],
    ["2026-12-02T00:00:00Z", "Tue 1 Dec", 5],
    ["2026-11-29T09:34:00Z", "Sun 29 Nov, 09:34", 3],
    ["2026-11-28T12:00:00Z", "tomorrow, 12:00", 2],
    ["2026-11-27T12:00:00Z", "today, 12:00", 1],
  ]) {
    assert.equal(until(end, "UTC", now).replaceAll("\u00a0", " "), said);
    assert.equal(dayNumber(lastDayLeft(now, new Date(end), "UTC").at, "UTC") - dayNumber(now, "UTC") + 1, left);
  }
});

test("a zone that the browser does not know is UTC, and the account says so", async () => {
  reset();
  const account = { name: "My seat", product: "premium", working_days: [1], reserve: 0 };
  await local.set({
    accounts: [
      { ...account, id: "a", time_zone: "posix/Europe/Berlin" },
      { ...account, id: "b", time_zone: "Europe/Berlin" },
    ],
  });
  const [one, other] = (await readView(new Date())).accounts;
  assert.deepEqual([one.account.time_zone, one.account.unknown_zone], ["UTC", "posix/Europe/Berlin"]);
  assert.deepEqual([other.account.time_zone, other.account.unknown_zone], ["Europe/Berlin", undefined]);
  assert.equal(knownZone("localtime"), "UTC");
});
