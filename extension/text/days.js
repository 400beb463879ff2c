// Day arithmetic in an account's time zone. Month boundaries come from the server's timeline.

const DAY_MS = 86_400_000;

const NEAR_MS = 2 * DAY_MS;

/** From midnight to the evening. */
const EVENING_MS = 18 * 3_600_000;

/**
 * Formatters by zone; creating one is the slowest step here.
 * @type {Map<string, Intl.DateTimeFormat>}
 */
const formats = new Map();

/**
 * A zone's name, or UTC if this browser does not know the zone. The server may know more zones.
 * @param {string} zone
 */
export function knownZone(zone) {
  try {
    formatOf(zone);
    return zone;
  } catch {
    return "UTC";
  }
}

/**
 * Throws a RangeError if this browser does not know the zone.
 * @param {string} zone
 */
function formatOf(zone) {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
    formats.set(zone, format);
  }
  return format;
}

/**
 * The number of the local day; consecutive days have consecutive numbers. Day 0 is 1970-01-01.
 * @param {Date} instant
 * @param {string} zone
 */
export const dayNumber = (instant, zone) => Date.parse(formatOf(zone).format(instant)) / DAY_MS;

/**
 * The local day as "YYYY-MM-DD".
 * @param {Date} instant
 * @param {string} zone
 */
export const dayName = (instant, zone) => nameOfDay(dayNumber(instant, zone));

/** @param {number} day */
export const nameOfDay = (day) => new Date(day * DAY_MS).toISOString().slice(0, 10);

/**
 * The numbers of the local days from today until `end` (exclusive instant), today first; empty once `end` has passed.
 * @param {Date} now
 * @param {Date} end
 * @param {string} zone
 */
export function daysUntil(now, end, zone) {
  if (end <= now) return [];
  const today = dayNumber(now, zone);
  const last = dayNumber(new Date(end.getTime() - 1), zone);
  return Array.from({ length: last - today + 1 }, (_, index) => today + index);
}

/**
 * The last day that is left before `end`, as an instant of it: the last one that lasts until the evening. With an end
 * within 48 hours that is not at midnight, the day of `end`, which is to be named with the time (`isTimed`).
 * @param {Date} now
 * @param {Date} end
 * @param {string} zone
 */
export function lastDayLeft(now, end, zone) {
  const last = new Date(end.getTime() - 1);
  const isAtMidnight = dayNumber(last, zone) !== dayNumber(end, zone);
  const isTimed = !isAtMidnight && end.getTime() - now.getTime() <= NEAR_MS;
  return { at: isTimed ? last : new Date(end.getTime() - EVENING_MS), isTimed };
}

/**
 * The ISO weekday of a day's number; day 0 was a Thursday.
 * @param {number} day
 */
export const weekday = (day) => ((day + 3) % 7) + 1;
