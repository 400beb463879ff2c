// Warnings as notifications of the browser. Each is recorded before it is shown: a stopped worker may lose one, but
// never shows one twice.

import { dayName } from "../../text/days.js";
import { purposeWords } from "../../text/phrases.js";
import { t } from "../../text/words.js";
import { local, mayNotify, openAddress, openPopup, showNotification } from "../browser.js";
import { plannedInstant, profileOf, targetsOf } from "../log/targets.js";
import { isAhead } from "../store/instants.js";
import { read, SNOOZE_MAX_MS } from "../store/storage.js";
import { readView } from "./view.js";
import { warningWords } from "./warnings.js";

const DAY_MS = 86_400_000;

/** Days after which a shown notification is removed from the record; longer than any warning lasts. */
const SHOWN_KEPT_DAYS = 400;

/** Prefix of the ids of notifications about people. */
const TARGET_PREFIX = "target/";

/** Local days begin up to 14 hours before the UTC day. */
const EARLIEST_ZONE_MS = 14 * 3_600_000;

/**
 * Runs `work` with the lock of the reminders.
 * @param {() => Promise<void>} work
 */
const withRemindersLock = (work) => navigator.locks.request("reminders", work);

/** @param {Partial<Pick<Reminders, "notifications" | "snoozedUntil">>} chosen */
export function setReminders(chosen) {
  return withRemindersLock(async () => {
    const { reminders } = await read("reminders");
    await local.set({ reminders: { ...reminders, ...chosen } });
  });
}

/** Shows due warnings: each once per step of its severity, and at most one a day per kind and account. */
export function remind() {
  return withRemindersLock(async () => {
    const now = new Date();
    const { reminders } = await read("reminders");
    if (!reminders.notifications || isAhead(reminders.snoozedUntil, now, SNOOZE_MAX_MS)) return;
    if (!(await mayNotify())) return;
    const before = withoutExpired(reminders.shown, now);
    const view = await readView(now);
    const due = [...dueWarnings(view, before, now), ...dueTargets(view, before, now)];
    if (!due.length) return;
    const shown = { ...before, ...Object.fromEntries(due.map(({ key, day }) => [key, day])) };
    await local.set({ reminders: { ...reminders, shown } });
    for (const { key, words } of due) await showNotification(key, words.title, words.detail);
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
    for (const warning of projection?.warnings.filter(isNotifiable) ?? []) {
      const kind = `${account.id}/${warning.code}/`;
      const key = `${kind}${warning.until}/${warning.severity}`;
      const today = Object.keys(shown).some((other) => other.startsWith(kind) && shown[other] === day);
      const words = warningWords(warning, { account, projection }, now);
      if (words && !today && !(key in shown)) {
        due.push({ key, day, words: { ...words, title: `${account.name}: ${words.title}` } });
      }
    }
  }
  return due;
}

/**
 * The people whose planned time is today and has passed, each once.
 * @param {View} view
 * @param {Reminders["shown"]} shown
 * @param {Date} now
 */
function dueTargets(view, shown, now) {
  const due = view.accounts.flatMap((each) => {
    const { time_zone: zone } = each.account;
    const day = dayName(now, zone);
    return (targetsOf(each, now)?.next ?? []).flatMap((target) => {
      const at = plannedInstant(target, zone);
      const key = `${TARGET_PREFIX}${target.id}/${at}`;
      const isDue =
        at !== null &&
        target.state === "planned" &&
        target.planned_for === day &&
        new Date(at) <= now &&
        !(key in shown);
      return isDue
        ? [
            {
              key,
              day,
              words: {
                title: t("planned_now", target.person.name),
                detail: [...purposeWords(target), profileOf(target.person) && t("planned_open")]
                  .filter(Boolean)
                  .join(" · "),
              },
            },
          ]
        : [];
    });
  });
  // A target without an account is in every account's list.
  return due.filter(({ key }, index) => due.findIndex((other) => other.key === key) === index);
}

/**
 * Handles a click on a notification: opens the person's profile, otherwise the popup. The popup is opened before any
 * `await`, since Firefox opens it only within the user gesture.
 * @param {string} id of the notification
 */
export async function openNotified(id) {
  if (!id.startsWith(TARGET_PREFIX)) return openPopup();
  const { accounts } = await readView(new Date());
  const target = accounts
    .flatMap(({ targets }) => targets?.next ?? [])
    .find((each) => id.startsWith(`${TARGET_PREFIX}${each.id}/`));
  const link = target && profileOf(target.person);
  return link ? openAddress(link) : openPopup();
}

/**
 * Whether a warning is shown as a notification: it ends at a known time and is not `info`, or it is about expiring
 * credits.
 * @param {Warning} warning
 */
const isNotifiable = ({ code, severity, until }) => until !== null && (code === "expiring" || severity !== "info");

/**
 * Removes records that are too old, and records of days that have begun in no zone yet: the clock was ahead.
 * @param {Reminders["shown"]} shown
 * @param {Date} now
 */
function withoutExpired(shown, now) {
  const isKept = (/** @type {string} */ day) => {
    const ageMs = now.getTime() - Date.parse(day);
    return ageMs < SHOWN_KEPT_DAYS * DAY_MS && ageMs >= -EARLIEST_ZONE_MS;
  };
  return Object.fromEntries(Object.entries(shown).filter(([, day]) => isKept(day)));
}
