// If the page has no person: the next target, and the number of names compared with the credits.

import { isForLater, profileOf } from "../../core/log/targets.js";
import { dayName } from "../../text/days.js";
import { onDay } from "../../text/format.js";
import { dayWords, plannedWords, purposeWords } from "../../text/phrases.js";
import { plural, t } from "../../text/words.js";
import { targetState } from "./target.js";

/** @param {PopupContext} context */
export function nextState(context) {
  const { account, list, now, page, target, ui, warnings } = context;
  if (!account?.projection || !list || !page || page.person || ui.adding) return null;
  const zone = account.account.time_zone;
  const isEmpty = account.projection.balance === 0;
  const isShort = warnings.some(({ code }) => code === "few_targets");
  return {
    accountId: account.account.id,
    zone,
    card: target && card(context, account, list, target),
    // There are people on the list, but none for now.
    none: !target && !isEmpty && list.next.length > 0 ? noneForNow(list.next, zone, now) : null,
    isShort,
    isMuted: !isShort && !isEmpty,
    names: namesWords(list, account.projection, isShort, zone, now),
  };
}

/**
 * When the next target is planned, or that the user skipped it.
 * @param {Target[]} next
 * @param {string} zone
 * @param {Date} now
 */
function noneForNow([first], zone, now) {
  // Targets for later days come last, so an earlier one that is left was skipped.
  if (!isForLater(first, dayName(now, zone))) return { isSkipped: true, words: t("skipped_all") };
  const day = first.state === "held" ? first.held_until : first.planned_for;
  const { name } = first.person;
  const words = day ? t("next_planned", name, dayWords(day, zone, now)) : t("next_with_credits", name);
  return { isSkipped: false, words };
}

/**
 * @param {PopupContext} context
 * @param {AccountView} account
 * @param {Targets} list
 * @param {Target} target
 */
function card(context, account, list, target) {
  const { headline, company, name } = target.person;
  const planned = plannedWords(target, account.account.time_zone, context.now);
  const today = list.today + list.sent_today;
  return {
    id: target.id,
    name,
    today: today ? t("today_written", list.sent_today, today) : t("next_label"),
    facts: [planned, ...purposeWords(target), headline ?? company].filter(Boolean).join(" · "),
    link: profileOf(target.person),
    target: targetState(context, account, target),
  };
}

/**
 * The number of names compared with the credits, or when credits arrive.
 * @param {Targets} list
 * @param {Projection} projection
 * @param {boolean} isShort more credits expire soon than there are names
 * @param {string} zone
 * @param {Date} now
 */
function namesWords({ names }, { balance, nextLoss, nextRenewal }, isShort, zone, now) {
  if (balance === 0 && names) {
    return nextRenewal ? plural("ready_on", names, onDay(nextRenewal.at, zone, now)) : plural("ready", names);
  }
  const credits = isShort && nextLoss ? plural("credits_expire", nextLoss.credits) : plural("credits", balance);
  return t("credits_and_names", credits, names ? plural("names", names) : t("names_none"));
}
