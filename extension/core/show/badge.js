// The badge and its title, as a pure function of the view and the time.

import { ending, onDay, when } from "../../text/format.js";
import { plural, t } from "../../text/words.js";
import { countForToday } from "../log/targets.js";
import { isAhead } from "../store/instants.js";

/**
 * The colours of each state: those of the popup (ui/tokens.css), the background as dark or as bright as its colour
 * allows, so that the text has a contrast of at least 7:1. The title also says in words what the colour means.
 */
const LOOK = {
  plenty: { colour: "#0b5347", ink: "#ffffff" },
  soon: { colour: "#f0b45c", ink: "#16181a" },
  urgent: { colour: "#a3201d", ink: "#ffffff" },
  none: { colour: "#16181a", ink: "#ffffff" },
};

/** How long a sign replaces the number. */
export const FLASH_MS = 1500;

/** Signs after the number, the fullest first. */
const URGENCY_SIGNS = { plenty: [], soon: ["!"], urgent: ["!!", "!"], none: [] };

/**
 * The widths of characters in DejaVu Sans, which is wider than other systems' fonts, in em: a digit, others, and the
 * widest of those that a badge uses.
 */
const DIGIT_EM = 0.636;
const SIGN_EM = /** @type {Record<string, number>} */ ({ "!": 0.401, ".": 0.318, k: 0.579 });
const WIDEST_EM = 0.863;

/** Firefox's badge has 16 px for a text of 10 px; the blank on the right of a "!" may be cut off. */
const FIREFOX_EM_MAX = 1.68;

const CHROMIUM_LENGTH_MAX = 3;

/**
 * Whether each browser shows a text whole.
 * @type {Record<"chromium" | "firefox", (text: string) => boolean>}
 */
export const SHOWS = {
  chromium: (text) => text.length <= CHROMIUM_LENGTH_MAX,
  firefox: (text) => Array.from(text).reduce((sum, sign) => sum + widthOf(sign), 0) <= FIREFOX_EM_MAX,
};

/** @param {string} sign */
const widthOf = (sign) => (/\d/.test(sign) ? DIGIT_EM : (SIGN_EM[sign] ?? WIDEST_EM));

/**
 * @param {View} view
 * @param {Date} now
 * @param {Flash | null} [flash]
 * @param {keyof typeof SHOWS} [browser]
 * @returns {Badge}
 */
export function badge(view, now, flash = null, browser = "chromium") {
  const steady = steadyBadge(view, now, SHOWS[browser]);
  return flash !== null && isAhead(flash.until, now, FLASH_MS)
    ? { ...steady, text: flash.sign, ...LOOK.plenty }
    : steady;
}

/**
 * @param {View} view
 * @param {Date} now
 * @param {(text: string) => boolean} shows
 * @returns {Badge}
 */
function steadyBadge(view, now, shows) {
  if (!view.server.paired) return { text: "–", ...LOOK.none, title: t("badge_not_paired") };
  const current = view.accounts.find(({ account }) => account.id === view.currentAccount);
  if (!current?.projection) {
    return { text: "–", ...LOOK.none, title: [t("badge_no_number"), ...notes(view)].join("\n") };
  }
  return {
    text: badgeText(view, current.projection, shows),
    ...LOOK[current.projection.urgency],
    get title() {
      return [...view.accounts.map((each) => line(each, now)), today(current, now), ...notes(view)]
        .filter(Boolean)
        .join("\n");
    },
  };
}

/**
 * The number with the most important sign, if the browser shows both whole; the title has everything.
 * @param {Pick<View, "needsYou" | "questions" | "elsewhere" | "waiting" | "connection">} view
 * @param {Pick<Projection, "balance" | "tooOld" | "urgency">} projection
 * @param {(text: string) => boolean} shows
 */
export function badgeText(view, { balance, tooOld, urgency }, shows) {
  if (tooOld) return "?";
  const names = namesOf(balance);
  const credits = names.find(shows) ?? names[names.length - 1];
  const urgent = URGENCY_SIGNS[urgency].map((sign) => credits + sign);
  const asks = view.needsYou.length || view.questions.length || view.elsewhere.some(({ isKept }) => !isKept);
  const texts = asks
    ? [`${credits}?`, `${credits}!`]
    : view.waiting.length
      ? [`${credits}↑`, ...urgent]
      : view.connection.state !== "ok"
        ? [`~${credits}`, ...urgent]
        : urgent;
  return texts.find(shows) ?? credits;
}

/**
 * The texts for a number of credits, the most exact first: "99", "150" and ".1k", "1k" for 1,200, "99k", ".1M" for
 * 100,000, "1M". All but the first are rounded down.
 * @param {number} credits
 */
function namesOf(credits) {
  if (credits < 100) return [String(credits)];
  if (credits < 1000) return [String(credits), `.${Math.floor(credits / 100)}k`];
  if (credits < 100_000) return [`${Math.floor(credits / 1000)}k`];
  if (credits < 1_000_000) return [`.${Math.floor(credits / 100_000)}M`];
  return [`${Math.floor(credits / 1_000_000)}M`];
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
    return `${left} ${plural(`loss_${nextLoss.reason}`, nextLoss.credits, ending(nextLoss.at, zone, now))}.`;
  }
  return nextRenewal && !balance
    ? `${left} ${plural("badge_renewal", nextRenewal.credits, onDay(nextRenewal.at, zone, now))}`
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
