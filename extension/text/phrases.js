// Phrases that badge, popup and notifications share.

import { dayNumber } from "./days.js";
import { day, instantOf, ofDay } from "./format.js";
import { plural, t } from "./words.js";

/** @param {Target} target */
export const purposeWords = ({ note, purpose }) =>
  [purpose && t(`purpose_${purpose}`), note && t("quoted", note)].filter(Boolean);

/**
 * When a target is planned, or until when it is held: "Tomorrow, 10:30", "Held until 1 Dec".
 * @param {Target} target
 * @param {string} zone
 * @param {Date} now
 */
export function plannedWords({ held_until: held, planned_at: time, planned_for: planned, state }, zone, now) {
  if (state === "held" && held) return t("held_until", dayWords(held, zone, now));
  return (
    planned &&
    t("planned_for", time ? t("day_and_time", dayWords(planned, zone, now), time) : dayWords(planned, zone, now))
  );
}

/**
 * A future day, given as "YYYY-MM-DD".
 * @param {string} date
 * @param {string} zone
 * @param {Date} now
 */
export const dayWords = (date, zone, now) => ofDay(instantOf(`${date}T12:00`, zone), zone, now);

/**
 * @param {Target} target
 * @param {string} zone
 * @param {Date} now
 */
export function sinceWords({ created_at: created }, zone, now) {
  const at = new Date(created);
  return t("listed_since", dayNumber(at, zone) === dayNumber(now, zone) ? t("today") : day(at, zone, now));
}

/**
 * A pace in whole InMails.
 * @param {number} perDay credits per working day
 * @param {number} credits
 */
export function rateWords(perDay, credits) {
  if (credits === 1) return t("rate_single");
  if (Number.isInteger(perDay)) return t("rate_whole", perDay);
  if (perDay > 1) return t("rate_between", Math.floor(perDay), Math.ceil(perDay));
  return plural("rate_every", Math.floor(1 / perDay));
}
