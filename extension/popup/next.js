// Where no person is on the page: who is to be written to next, and how long the list is.

import { goTo } from "../core/browser.js";
import { dayName } from "../core/days.js";
import { isForLater, profileOf, targetsOf } from "../core/targets.js";
import { run } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { ofDay } from "../ui/format.js";
import { dayWords, plannedWords, purposeWords } from "../ui/listwords.js";
import { plural, t } from "../ui/words.js";
import { actions, targetShown } from "./target.js";

/** @param {PopupContext} context */
export function next(context) {
  const { account, now, page } = context;
  const list = account && targetsOf(account, now);
  if (!account?.projection || !list || !page || page.person) return null;
  const zone = account.account.time_zone;
  const isEmpty = account.projection.balance === 0;
  const target = targetShown(context);
  const add = () => run("app.open", { page: "people", accountId: account.account.id });
  return el("section", { class: "next", "aria-label": t("next_label"), data: { part: "next", account: account.account.id } },
    target && card(context, account, list, target),
    !target && !isEmpty && list.next.length > 0 && rest(list.next, zone, now),
    el("div", { class: "foot names" },
      el("p", { class: isEmpty ? "small" : "small mute", data: { hook: "names" } }, namesWords(list, account.projection, zone, now)),
      el("button", { class: "quiet", data: { hook: "add-people" }, on: { click: add } }, t("add_people"))));
}

/**
 * What comes where nobody is left to write to now.
 * @param {Target[]} next
 * @param {string} zone
 * @param {Date} now
 */
function rest(next, zone, now) {
  const [{ person, planned_for: planned }] = next;
  // Those planned for another day come last: the first one was passed over.
  if (planned && isForLater(next[0], dayName(now, zone))) return el("p", { class: "small mute", data: { hook: "planned" } }, t("next_planned", person.name, dayWords(planned, zone, now)));
  return el("div", { class: "foot" },
    el("p", { class: "small mute", data: { hook: "skipped" } }, t("skipped_all")),
    el("button", { class: "quiet", data: { hook: "unskip" }, on: { click: () => run("target.skip", { id: null, zone }) } }, t("skipped_again")));
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
  const pass = () => {
    Object.assign(ui, { targetMenu: null, picking: false });
    return run("target.skip", { id: target.id, zone });
  };
  return el("div", { class: "card", data: { id: target.id } },
    el("p", { class: "small mute", data: { hook: "today" } }, today ? t("today_written", list.sent_today, today) : t("next_label")),
    el("h2", {}, name),
    facts.length > 0 && el("p", { class: "small mute facts", title: facts.join(" · "), data: { hook: "facts" } }, facts.join(" · ")),
    el("div", { class: "duo" },
      link ? el("button", { class: "main", data: { hook: "open-profile" }, on: { click: () => goTo(link) } }, t("open_profile"), el("span", { class: "unseen" }, ` ${t("of", name)}`))
        : el("p", { class: "small mute", data: { hook: "no-link" } }, t("no_link")),
      el("button", { class: "side", "aria-label": t("of_person", t("not_now"), name), data: { hook: "not-now" }, on: { click: pass } }, t("not_now"))),
    ...actions(context, account, target));
}

/**
 * How the credits compare with the names, or when there will be credits for them.
 * @param {Targets} list
 * @param {Projection} projection
 * @param {string} zone
 * @param {Date} now
 */
function namesWords({ names }, { balance, nextRenewal }, zone, now) {
  if (balance === 0 && names) return nextRenewal ? plural("ready_on", names, ofDay(nextRenewal.at, zone, now)) : plural("ready", names);
  return t("credits_and_names", plural("credits", balance), names ? plural("names", names) : t("names_none"));
}
