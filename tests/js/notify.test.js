// Notifications: each shown once, and none suppressed by dates that a wrong clock stored.

import assert from "node:assert/strict";
import { test } from "node:test";

import { local, notified, reset } from "./chrome.js";
import { accountOf, storedOf } from "./fixtures.js";
const { remind } = await import("../../extension/core/show/notify.js");

const DAY_MS = 86_400_000;
const ahead = (days) => new Date(Date.now() + days * DAY_MS).toISOString();

async function remindWith(reminders) {
  reset();
  const until = ahead(5);
  const warning = { code: "cancelling", severity: "urgent", title: "Use them", detail: "", until };
  const summary = storedOf({ balance: 5, allotment: 5, used: 0, warnings: [warning] });
  await local.set({
    accounts: [accountOf()],
    "summary/a": summary,
    reminders: { notifications: true, snoozedUntil: null, shown: {}, ...reminders(`a/cancelling/${until}/urgent`) },
  });
  await remind();
  await remind();
  return notified.length;
}

test("once", async () => assert.equal(await remindWith(() => ({})), 1));
test("not again after it was shown", async () =>
  assert.equal(await remindWith((key) => ({ shown: { [key]: ahead(-1).slice(0, 10) } })), 0));
test("a record of a day that has not begun is ignored", async () =>
  assert.equal(await remindWith((key) => ({ shown: { [key]: ahead(40).slice(0, 10) } })), 1));
test("quiet for a week at most", async () => {
  assert.equal(await remindWith(() => ({ snoozedUntil: ahead(6) })), 0);
  assert.equal(await remindWith(() => ({ snoozedUntil: ahead(40) })), 1);
});
