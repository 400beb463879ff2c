// The badge and the words behind it, as one pure function of what is known and of the time.

import { day, lastDay, when } from "../ui/format.js";
import { plural, t } from "../ui/words.js";

/** Each carries white text at 4.5:1 or better; the text or its sign differs with the colour. */
const COLOUR = { plenty: "#0f6b5c", soon: "#8a5200", urgent: "#a3201d", none: "#5d646b", quiet: "#5d646b" };

/** What follows the number, so that no state is told by colour alone. */
const URGENCY_SIGN = { plenty: "", soon: "!", urgent: "!!", none: "" };

/**
 * @param {View} view
 * @param {Date} now
 * @param {Flash | null} [flash]
 * @returns {Badge}
 */
export function badge(view, now, flash = null) {
  const steady = steadyBadge(view, now);
  const flashes = flash !== null && now < new Date(flash.until);
  return flashes ? { ...steady, text: flash.sign, colour: COLOUR.plenty } : steady;
}

/**
 * @param {View} view
 * @param {Date} now
 * @returns {Badge}
 */
function steadyBadge(view, now) {
  if (!view.server.paired) return { text: "–", colour: COLOUR.quiet, title: t("badge_not_paired") };
  const current = view.accounts.find(({ account }) => account.id === view.currentAccount);
  if (!current?.projection) return { text: "–", colour: COLOUR.quiet, title: [t("badge_no_number"), ...notes(view)].join("\n") };
  return {
    text: number(view, current.projection),
    colour: COLOUR[current.projection.urgency],
    title: [...view.accounts.map((each) => line(each, now)), ...notes(view)].filter(Boolean).join("\n"),
  };
}

/**
 * At most four characters: the number and the one thing to know about it.
 * @param {View} view
 * @param {Projection} projection
 */
function number(view, { balance, tooOld, urgency }) {
  if (tooOld) return "?";
  if (view.needsYou.length || view.questions.length || view.elsewhere.some(({ isKept }) => !isKept)) return `${balance}?`;
  if (view.waiting.length) return `${balance}↑`;
  if (view.connection.state !== "ok") return `~${balance}`;
  return `${balance}${URGENCY_SIGN[urgency]}`;
}

/**
 * "My seat: 12 of 25 credits left, as of today 10:00 (Europe/Berlin). 12 expire by 30 Nov."
 * @param {AccountView} each
 * @param {Date} now
 */
function line({ account, projection }, now) {
  if (!projection) return "";
  const { allotment, asOf, balance, nextLoss, nextRenewal, tooOld } = projection;
  const zone = account.time_zone;
  const asOfWords = when(asOf, zone, now);
  if (tooOld) return t("badge_too_old", account.name, asOfWords, zone);
  const left = t("badge_left", account.name, balance, allotment, asOfWords, zone);
  if (nextLoss) return `${left} ${plural("badge_loss", nextLoss.credits, lastDay(nextLoss.at, zone, now))}`;
  return nextRenewal && !balance ? `${left} ${t("badge_renewal", nextRenewal.credits, day(new Date(nextRenewal.at), zone, now))}` : left;
}

/**
 * What else the user should know before trusting or leaving the number.
 * @param {View} view
 */
function notes(view) {
  return [
    view.connection.state !== "ok" && t(`badge_${view.connection.state}`),
    view.waiting.length > 0 && plural("badge_waiting", view.waiting.length),
    view.needsYou.length > 0 && plural("badge_needs_you", view.needsYou.length),
    view.questions.length > 0 && t("badge_question"),
    view.elsewhere.length > 0 && plural("badge_elsewhere", view.elsewhere.length),
    view.listening === "revoked" && t("listening_revoked"),
  ].filter(Boolean);
}
