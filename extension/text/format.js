// Formats instants, days and money in the reader's language. The zone and the present time are parameters.

import { dayNumber, lastDayLeft } from "./days.js";
import { t } from "./words.js";

const HOUR_MS = 3_600_000;

const locale = () => t("format_locale");

/**
 * Formatters by zone and options; creating one is slow.
 * @type {Map<string, Intl.DateTimeFormat>}
 */
const formatters = new Map();

/**
 * @param {string} zone
 * @param {Intl.DateTimeFormatOptions} options
 */
function formatter(zone, options) {
  const key = JSON.stringify([zone, options]);
  let known = formatters.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(locale(), { ...options, timeZone: zone, hourCycle: "h23" });
    formatters.set(key, known);
  }
  return known;
}

/**
 * "30 Nov", with the year if the day is more than 180 days away.
 * @param {Date} instant
 * @param {string} zone
 * @param {Date} now
 */
export function day(instant, zone, now) {
  const isFar = Math.abs(instant.getTime() - now.getTime()) > 180 * 24 * HOUR_MS;
  return dayWith(instant, zone, isFar ? { year: "numeric" } : {});
}

/**
 * A day of a month on one line. Without the periods of abbreviations, so that no sentence ends in two.
 * @param {Date} instant
 * @param {string} zone
 * @param {Intl.DateTimeFormatOptions} more than day and month
 */
function dayWith(instant, zone, more) {
  const words = formatter(zone, { day: "numeric", month: "short", ...more }).format(instant);
  return words.replace(/(?<=\p{L})\.(?=[\s,]|$)/gu, "").replaceAll(" ", "\u00a0");
}

/**
 * @param {Date} instant
 * @param {string} zone
 */
export function time(instant, zone) {
  return formatter(zone, { hour: "2-digit", minute: "2-digit" }).format(instant);
}

/**
 * A future day: "today", "tomorrow", "Mon 30 Nov" within a week, else "30 Nov".
 * @param {Date} at
 * @param {string} zone
 * @param {Date} now
 * @param {(words: string) => string} dated puts the word before a date that a sentence needs there
 */
function comingDay(at, zone, now, dated = (words) => words) {
  const days = dayNumber(at, zone) - dayNumber(now, zone);
  if (days === 0) return t("today");
  if (days === 1) return t("tomorrow");
  return dated(days > 1 && days < 7 ? dayWith(at, zone, { weekday: "short" }) : day(at, zone, now));
}

/**
 * The day of a future instant, in the form of `comingDay`.
 * @param {string} instant
 * @param {string} zone
 * @param {Date} now
 */
export const ofDay = (instant, zone, now) => comingDay(new Date(instant), zone, now);

/**
 * Like `ofDay`, as a part of a sentence: "tomorrow", "on Mon 30 Nov".
 * @param {string} instant
 * @param {string} zone
 * @param {Date} now
 */
export const onDay = (instant, zone, now) => comingDay(new Date(instant), zone, now, (words) => t("on_day", words));

/**
 * The last day before something ends at `instant` (`lastDayLeft`), near the end with the time.
 * @param {string} instant
 * @param {string} zone
 * @param {Date} now
 */
export const until = (instant, zone, now) => lastDay(new Date(instant), zone, now, (words) => words);

/**
 * Like `until`, as a part of a sentence that says when something ends: "Mon 30 Nov", in German "am Mo, 30. Nov".
 * @param {string} instant
 * @param {string} zone
 * @param {Date} now
 */
export const ending = (instant, zone, now) => lastDay(new Date(instant), zone, now, (words) => t("ending_day", words));

/**
 * @param {Date} end
 * @param {string} zone
 * @param {Date} now
 * @param {(words: string) => string} dated as in `comingDay`
 */
function lastDay(end, zone, now, dated) {
  const { at, isTimed } = lastDayLeft(now, end, zone);
  const words = comingDay(at, zone, now, dated);
  return isTimed ? t("day_and_time", words, time(end, zone)) : words;
}

/**
 * The city of a zone whose clock differs from the browser's, now or at `then`; "" if it does not.
 * @param {string} zone
 * @param {Date} now
 * @param {string | null} then
 */
export function otherZone(zone, now, then) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone === own) return "";
  const isSame = [now.toISOString(), then ?? now.toISOString()].every(
    (at) => localTime(at, zone) === localTime(at, own),
  );
  return isSame ? "" : (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

/**
 * "today 14:02", "yesterday 14:02", "Fri" within a week, else "3 Nov".
 * @param {string} instant
 * @param {string} zone
 * @param {Date} now
 */
export function when(instant, zone, now) {
  const at = new Date(instant);
  const days = dayNumber(now, zone) - dayNumber(at, zone);
  if (days === 0) return t("today_at", time(at, zone));
  if (days === 1) return t("yesterday_at", time(at, zone));
  if (days > 1 && days < 7) return formatter(zone, { weekday: "short" }).format(at);
  return day(at, zone, now);
}

/**
 * "just now", "in 4 minutes", "2 hours ago".
 * @param {string} instant
 * @param {Date} now
 */
export function relative(instant, now) {
  const seconds = (new Date(instant).getTime() - now.getTime()) / 1000;
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  const size = Math.abs(seconds);
  if (size < 45) return seconds > 0 ? t("in_a_moment") : t("just_now");
  if (size < 3600) return words.format(Math.trunc(seconds / 60) || Math.sign(seconds), "minute");
  if (size < 86400) return words.format(Math.trunc(seconds / 3600), "hour");
  return words.format(Math.trunc(seconds / 86400), "day");
}

/**
 * An instant as the value of a datetime-local field: "YYYY-MM-DDTHH:MM".
 * @param {string} instant
 * @param {string} zone
 */
export function localTime(instant, zone) {
  const at = new Date(instant);
  return `${new Date(dayNumber(at, zone) * 24 * HOUR_MS).toISOString().slice(0, 10)}T${time(at, zone)}`;
}

/**
 * The instant of a local time "YYYY-MM-DDTHH:MM". A time skipped by a clock change gives the time as much later.
 * @param {string} text
 * @param {string} zone
 */
export function instantOf(text, zone) {
  const wanted = Date.parse(`${text}Z`);
  let at = wanted;
  // The second round uses the offset of the first result, which a clock change may have altered.
  for (let round = 0; round < 2; round += 1) {
    at = wanted - (Date.parse(`${localTime(new Date(at).toISOString(), zone)}Z`) - at);
  }
  return new Date(at).toISOString();
}

/**
 * @param {{amount_minor: number, currency: string}} value
 */
export function money(value) {
  const format = new Intl.NumberFormat(locale(), { style: "currency", currency: value.currency });
  return format.format(value.amount_minor / 10 ** digits(value.currency));
}

/**
 * Money without minor units, from ten units on.
 * @param {{amount_minor: number, currency: string}} value
 */
export function roundMoney(value) {
  const amount = value.amount_minor / 10 ** digits(value.currency);
  if (amount < 10) return money(value);
  return new Intl.NumberFormat(locale(), {
    style: "currency",
    currency: value.currency,
    maximumFractionDigits: 0,
  }).format(amount);
}

/**
 * The number of decimal digits of a currency.
 * @param {string} currency
 */
function digits(currency) {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}
