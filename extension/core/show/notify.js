// Warnings for one who is not looking, as notifications of the browser. Each is noted before it is shown: better missed
// than twice.

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

/** Longer than any warning lives, so that what was shown is not shown again. */
const SHOWN_KEPT_DAYS = 400;

/** How the ids of notifications about people begin. */
const TARGET_PREFIX = "target/";

/** A day begins up to 14 hours before it begins in UTC. */
const EARLIEST_ZONE_MS = 14 * 3_600_000;

/**
 * One change of the reminders at a time.
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

/**
 * Shows the warnings that are due: each once for each step of its severity, and at most one a day of a kind and
 * account.
 */
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
 * The people whose planned time of today has come, each once.
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
  // One of no account is in the list of each.
  return due.filter(({ key }, index) => due.findIndex((other) => other.key === key) === index);
}

/**
 * At the user's click: the one profile that a notification is about, else the popup. What needs no look at storage is
 * decided at once: Firefox opens a popup only in the click itself.
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
 * Only what ends at a known time, and is not mere information, calls for the user; credits about to expire always do.
 * @param {Warning} warning
 */
const isNotifiable = ({ code, severity, until }) => until !== null && (code === "expiring" || severity !== "info");

/**
 * Without those that are too old, and those of days that nowhere have begun: a clock that was ahead noted them.
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
