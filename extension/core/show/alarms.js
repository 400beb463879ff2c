// The worker's alarms. Browsers drop alarms at updates and restarts, so each start of the worker sets them again.

import { alarms } from "../browser.js";
import { plannedInstant } from "../log/targets.js";

const REFRESH_MINUTES = 15;

/**
 * Sets the alarms: `refresh` every 15 minutes, `retry` after a failure, `moment` at the next change of a balance or the
 * next planned time of a target.
 * @param {View} view
 * @param {Date} now
 */
export async function scheduleAlarms({ accounts, connection }, now) {
  const refresh = await alarms().get("refresh");
  // An alarm further ahead was set while the clock was ahead.
  const latest = now.getTime() + REFRESH_MINUTES * 60_000;
  if (!refresh || refresh.scheduledTime > latest) {
    await alarms().create("refresh", { periodInMinutes: REFRESH_MINUTES });
  }
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
 * Sets an alarm, unless its instant has passed: such an alarm fires at once, and after each painting again.
 * @param {string} name
 * @param {string | null} at
 * @param {Date} now
 */
async function scheduleAlarm(name, at, now) {
  if (at !== null && new Date(at) > now) await alarms().create(name, { when: Date.parse(at) });
}
