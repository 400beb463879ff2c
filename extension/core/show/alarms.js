// The worker's appointments. Browsers lose alarms at updates and restarts, so every wake-up sees to it that they stand.

import { alarms } from "../browser.js";
import { plannedInstant } from "../log/targets.js";

const REFRESH_MINUTES = 15;

/**
 * The three: `refresh` every now and then, `retry` after a failure, `moment` when the balance next changes by itself or
 * the time comes that somebody is planned for.
 * @param {View} view
 * @param {Date} now
 */
export async function scheduleAlarms({ accounts, connection }, now) {
  const refresh = await alarms.get("refresh");
  // One further ahead was set by a clock that has been put right since.
  const latest = now.getTime() + REFRESH_MINUTES * 60_000;
  if (!refresh || refresh.scheduledTime > latest) await alarms.create("refresh", { periodInMinutes: REFRESH_MINUTES });
  await scheduleAlarm("retry", connection.retryAt, now);
  const planned = accounts.flatMap(({ account, targets }) =>
    (targets?.next ?? []).map((target) => plannedInstant(target, account.time_zone)),
  );
  const moments = [...accounts.map(({ projection }) => projection?.nextMoment), ...planned].flatMap((at) =>
    at && new Date(at) > now ? [at] : [],
  );
  await scheduleAlarm("moment", moments.sort((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null, now);
}

/**
 * An instant that has passed is left alone: an alarm for it would go off at once, and again after that.
 * @param {string} name
 * @param {string | null} at
 * @param {Date} now
 */
async function scheduleAlarm(name, at, now) {
  if (at !== null && new Date(at) > now) await alarms.create(name, { when: Date.parse(at) });
}
