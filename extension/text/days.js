// Days of an account's time zone, counted. Months are the server's business: their turns come from its timeline.

const DAY_MS = 86_400_000;

/**
 * Formatters by zone: making one takes longer than all else here.
 * @type {Map<string, Intl.DateTimeFormat>}
 */
const formats = new Map();

/**
 * A zone's name, or UTC for one that this browser does not know. The server may know more names.
 * @param {string} zone
 */
export function knownZone(zone) {
  try {
    Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
}

/**
 * The number of the local day: days that follow one another have numbers that do.
 * @param {Date} instant
 * @param {string} zone
 */
export function dayNumber(instant, zone) {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
    formats.set(zone, format);
  }
  return Date.parse(format.format(instant)) / DAY_MS;
}

/**
 * The local day as "YYYY-MM-DD".
 * @param {Date} instant
 * @param {string} zone
 */
export const dayName = (instant, zone) => nameOfDay(dayNumber(instant, zone));

/** @param {number} day */
export const nameOfDay = (day) => new Date(day * DAY_MS).toISOString().slice(0, 10);

/**
 * The numbers of the local days on which something can still be done before `end`, today first; none once it is over.
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
 * The ISO weekday of a day's number; day 0 was a Thursday.
 * @param {number} day
 */
export const weekday = (day) => ((day + 3) % 7) + 1;
