// The badge and its title, as a pure function of the view and the time.

import { ofDay, until, when } from "../../text/format.js";
import { plural, t } from "../../text/words.js";
import { countForToday } from "../log/targets.js";
import { isAhead } from "../store/instants.js";

/**
 * Background colours with a contrast of at least 4.5:1 to white text. The title also says in words what the colour
 * means.
 */
const COLOUR = { plenty: "#0f6b5c", soon: "#8a5200", urgent: "#a3201d", none: "#5d646b", quiet: "#5d646b" };

/** How long a sign replaces the number. */
export const FLASH_MS = 1500;

/** Signs after the number, the fullest first. */
const URGENCY_SIGNS = { plenty: [], soon: ["!"], urgent: ["!!", "!"], none: [] };

/** Firefox shows three characters. Chromium shows about four and cuts a longer text within the number. */
const TEXT_LENGTH_MAX = 3;

/**
 * @param {View} view
 * @param {Date} now
 * @param {Flash | null} [flash]
 * @returns {Badge}
 */
export function badge(view, now, flash = null) {
  const steady = steadyBadge(view, now);
  return flash !== null && isAhead(flash.until, now, FLASH_MS)
    ? { ...steady, text: flash.sign, colour: COLOUR.plenty }
    : steady;
}

/**
 * @param {View} view
 * @param {Date} now
 * @returns {Badge}
 */
function steadyBadge(view, now) {
  if (!view.server.paired) return { text: "–", colour: COLOUR.quiet, title: t("badge_not_paired") };
  const current = view.accounts.find(({ account }) => account.id === view.currentAccount);
  if (!current?.projection) {
    return { text: "–", colour: COLOUR.quiet, title: [t("badge_no_number"), ...notes(view)].join("\n") };
  }
  return {
    text: badgeText(view, current.projection),
    colour: COLOUR[current.projection.urgency],
    title: [...view.accounts.map((each) => line(each, now)), today(current, now), ...notes(view)]
      .filter(Boolean)
      .join("\n"),
  };
}

/**
 * The number with the most important sign, if both fit; the title has everything.
 * @param {Pick<View, "needsYou" | "questions" | "elsewhere" | "waiting" | "connection">} view
 * @param {Pick<Projection, "balance" | "tooOld" | "urgency">} projection
 */
export function badgeText(view, { balance, tooOld, urgency }) {
  if (tooOld) return "?";
  const credits = short(balance);
  const asks = view.needsYou.length || view.questions.length || view.elsewhere.some(({ isKept }) => !isKept);
  if (asks) return fitting([`${credits}?`], credits);
  if (view.waiting.length) return fitting([`${credits}↑`], credits);
  if (view.connection.state !== "ok") return fitting([`~${credits}`], credits);
  return fitting(
    URGENCY_SIGNS[urgency].map((sign) => credits + sign),
    credits,
  );
}

/**
 * @param {string[]} texts the fullest first
 * @param {string} otherwise
 */
const fitting = (texts, otherwise) => texts.find(({ length }) => length <= TEXT_LENGTH_MAX) ?? otherwise;

/**
 * A number of credits in at most three characters, rounded down: 999, "1k" for 1,200, "99k", ".1M" for 100,000, "1M".
 * @param {number} credits
 */
function short(credits) {
  if (credits < 1000) return String(credits);
  if (credits < 100_000) return `${Math.floor(credits / 1000)}k`;
  if (credits < 1_000_000) return `.${Math.floor(credits / 100_000)}M`;
  return `${Math.floor(credits / 1_000_000)}M`;
}

/**
 * "My seat: 12 of 25 credits left, as of today 10:00 (Europe/Berlin). 12 expire by 30 Nov."
 * @param {AccountView} each
 * @param {Date} now
 */
function line({ account, projection }, now) {
  if (!projection) return "";
  const { allotment, asOf, balance, nextLoss, nextRenewal, tooOld, used } = projection;
  const zone = account.time_zone;
  const asOfWords = when(asOf, zone, now);
  if (tooOld) return t("badge_too_old", account.name, asOfWords, zone);
  // More than a period's credits can be left, where they carry over: then there is no total.
  const isTotal = used + balance <= allotment;
  const left = isTotal
    ? t("badge_left", account.name, balance, allotment, asOfWords, zone)
    : t("badge_alone", account.name, balance, asOfWords, zone);
  if (nextLoss && nextLoss.reason !== "forfeit") {
    return `${left} ${plural(`loss_${nextLoss.reason}`, nextLoss.credits, until(nextLoss.at, zone, now))}.`;
  }
  return nextRenewal && !balance
    ? `${left} ${plural("badge_renewal", nextRenewal.credits, ofDay(nextRenewal.at, zone, now))}`
    : left;
}

/**
 * @param {AccountView} account
 * @param {Date} now
 */
function today(account, now) {
  const count = countForToday(account, now);
  return count > 0 && plural("badge_today", count);
}

/**
 * The lines of the title below the balances: connection, waiting entries, decisions, questions.
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
