// If the page has no person: the next target, and the length of the list.

import { goTo } from "../core/browser.js";
import { isForLater, profileOf } from "../core/log/targets.js";
import { dayName } from "../text/days.js";
import { ofDay } from "../text/format.js";
import { dayWords, plannedWords, purposeWords } from "../text/phrases.js";
import { plural, t } from "../text/words.js";
import { run } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { actions } from "./target.js";

/** @param {PopupContext} context */
export function next(context) {
  const { account, list, now, page, target, ui, warnings } = context;
  if (!account?.projection || !list || !page || page.person || ui.adding) return null;
  const zone = account.account.time_zone;
  const isEmpty = account.projection.balance === 0;
  const isShort = warnings.some(({ code }) => code === "few_targets");
  const add = () => run("app.open", { page: "people", accountId: account.account.id });
  return el(
    "section",
    { class: "next", "aria-label": t("next_label"), data: { part: "next", account: account.account.id } },
    target && card(context, account, list, target),
    !target && !isEmpty && list.next.length > 0 && emptyListWords(list.next, zone, now),
    el(
      "div",
      { class: "foot names", data: { warning: isShort ? "few_targets" : null } },
      el(
        "p",
        { class: `small ${isShort ? "short" : isEmpty ? "" : "mute"}`, data: { hook: "names" } },
        namesWords(list, account.projection, isShort, zone, now),
      ),
      el("button", { class: "quiet", data: { hook: "add-people" }, on: { click: add } }, t("add_people")),
    ),
  );
}

/**
 * The text for a list without a target for now: when the next one is planned.
 * @param {Target[]} next
 * @param {string} zone
 * @param {Date} now
 */
function emptyListWords(next, zone, now) {
  const [first] = next;
  const day = first.state === "held" ? first.held_until : first.planned_for;
  // Targets for later days come last, so an earlier one that is left was skipped.
  if (isForLater(first, dayName(now, zone))) {
    const { name } = first.person;
    const words = day ? t("next_planned", name, dayWords(day, zone, now)) : t("next_with_credits", name);
    return el("p", { class: "small mute", data: { hook: "planned" } }, words);
  }
  return el(
    "div",
    { class: "foot" },
    el("p", { class: "small mute", data: { hook: "skipped" } }, t("skipped_all")),
    el(
      "button",
      { class: "quiet", data: { hook: "unskip" }, on: { click: () => run("target.skip", { id: null, zone }) } },
      t("skipped_again"),
    ),
  );
}

/**
 * @param {PopupContext} context
 * @param {AccountView} account
 * @param {Targets} list
 * @param {Target} target
 */
function card(context, account, list, target) {
  const { now, ui } = context;
  const zone = account.account.time_zone;
  const { headline, company, name } = target.person;
  const link = profileOf(target.person);
  const today = list.today + list.sent_today;
  const facts = [plannedWords(target, zone, now), ...purposeWords(target), headline ?? company].filter(Boolean);
  const skipTarget = () => {
    Object.assign(ui, { targetMenu: null, picking: false });
    return run("target.skip", { id: target.id, zone });
  };
  return el(
    "div",
    { class: "card", data: { id: target.id } },
    el(
      "p",
      { class: "small mute", data: { hook: "today" } },
      today ? t("today_written", list.sent_today, today) : t("next_label"),
    ),
    el("h2", {}, name),
    facts.length > 0 &&
      el("p", { class: "small mute facts", title: facts.join(" · "), data: { hook: "facts" } }, facts.join(" · ")),
    el(
      "div",
      { class: "duo" },
      link
        ? el(
            "button",
            { class: "main", data: { hook: "open-profile" }, on: { click: () => goTo(link) } },
            t("open_profile"),
            el("span", { class: "unseen" }, ` ${t("of", name)}`),
          )
        : el("p", { class: "small mute", data: { hook: "no-link" } }, t("no_link")),
      el(
        "button",
        {
          class: "side",
          "aria-label": t("of_person", t("not_now"), name),
          data: { hook: "not-now" },
          on: { click: skipTarget },
        },
        t("not_now"),
      ),
    ),
    ...actions(context, account, target),
  );
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
    return nextRenewal ? plural("ready_on", names, ofDay(nextRenewal.at, zone, now)) : plural("ready", names);
  }
  const credits = isShort && nextLoss ? plural("credits_expire", nextLoss.credits) : plural("credits", balance);
  return t("credits_and_names", credits, names ? plural("names", names) : t("names_none"));
}
