// Warnings for one who is not looking, as notifications of the browser. Each is noted before it is shown: better missed than twice.

import { local, mayNotify, showNotification } from "./browser.js";
import { dayNumber } from "./days.js";
import { isAhead } from "./instants.js";
import { read, SNOOZE_MAX_MS } from "./settings.js";
import { readView } from "./view.js";
import { warningWords } from "./warnings.js";

const DAY_MS = 86_400_000;

/** Longer than any warning lives, so that what was shown is not shown again. */
const SHOWN_KEPT_DAYS = 400;

/** A day begins up to 14 hours before it begins in UTC. */
const EARLIEST_ZONE_MS = 14 * 3_600_000;

/**
 * One change of the reminders at a time.
 * @param {() => Promise<void>} work
 */
const changing = (work) => navigator.locks.request("reminders", work);

/** @param {Partial<Pick<Reminders, "notifications" | "snoozedUntil">>} chosen */
export function setReminders(chosen) {
  return changing(async () => {
    const { reminders } = await read("reminders");
    await local.set({ reminders: { ...reminders, ...chosen } });
  });
}

/** Shows the warnings that are due: each once for each step of its severity, and at most one a day of a kind and account. */
export function remind() {
  return changing(async () => {
    const now = new Date();
    const { reminders } = await read("reminders");
    if (!reminders.notifications || isAhead(reminders.snoozedUntil, now, SNOOZE_MAX_MS)) return;
    if (!(await mayNotify())) return;
    const before = recent(reminders.shown, now);
    const due = dueWarnings(await readView(now), before, now);
    if (!due.length) return;
    const shown = { ...before, ...Object.fromEntries(due.map(({ key, day }) => [key, day])) };
    await local.set({ reminders: { ...reminders, shown } });
    for (const { key, account, words } of due) await showNotification(key, `${account.name}: ${words.title}`, words.detail);
  });
}

/**
 * @param {View} view
 * @param {Reminders["shown"]} shown
 * @param {Date} now
 */
function dueWarnings(view, shown, now) {
  const due = [];
  for (const { account, projection } of view.accounts) {
    const day = dayName(now, account.time_zone);
    for (const warning of projection?.warnings.filter(calls) ?? []) {
      const kind = `${account.id}/${warning.code}/`;
      const key = `${kind}${warning.until}/${warning.severity}`;
      const today = Object.keys(shown).some((other) => other.startsWith(kind) && shown[other] === day);
      const words = warningWords(warning, { account, projection }, now);
      if (words && !today && !(key in shown)) due.push({ key, day, account, words });
    }
  }
  return due;
}

/**
 * Only what ends at a known time, and is not mere information, calls for the user; credits about to expire always do.
 * @param {Warning} warning
 */
const calls = ({ code, severity, until }) => until !== null && (code === "expiring" || severity !== "info");

/**
 * Without those that are too old, and those of days that nowhere have begun: a clock that was ahead noted them.
 * @param {Reminders["shown"]} shown
 * @param {Date} now
 */
function recent(shown, now) {
  const isKept = (/** @type {string} */ day) => {
    const ageMs = now.getTime() - Date.parse(day);
    return ageMs < SHOWN_KEPT_DAYS * DAY_MS && ageMs >= -EARLIEST_ZONE_MS;
  };
  return Object.fromEntries(Object.entries(shown).filter(([, day]) => isKept(day)));
}

/**
 * The local day as "YYYY-MM-DD".
 * @param {Date} now
 * @param {string} zone
 */
const dayName = (now, zone) => new Date(dayNumber(now, zone) * DAY_MS).toISOString().slice(0, 10);
