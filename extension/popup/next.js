// If the page has no person: the next target, and the length of the list.

import { goTo } from "../core/browser.js";
import { t } from "../text/words.js";
import { run } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { actions } from "./target.js";

/** @import {nextState} from "./states/next.js" */
/** @typedef {StateOf<typeof nextState>} State */

/**
 * @param {State} state
 * @param {PopupPage} page
 */
export function next({ accountId, card: shown, isMuted, isShort, names, none, zone }, page) {
  const add = () => run("app.open", { page: "people", accountId });
  return el(
    "section",
    { class: "next", "aria-label": t("next_label"), data: { part: "next", account: accountId } },
    shown && card(shown, zone, page),
    none && (none.isSkipped ? skipped(none.words, zone) : planned(none.words)),
    el(
      "div",
      { class: "foot names", data: { warning: isShort ? "few_targets" : null } },
      el("p", { class: `small ${isShort ? "short" : isMuted ? "mute" : ""}`, data: { hook: "names" } }, names),
      el("button", { class: "quiet", data: { hook: "add-people" }, on: { click: add } }, t("add_people")),
    ),
  );
}

/** @param {string} words */
const planned = (words) => el("p", { class: "small mute", data: { hook: "planned" } }, words);

/**
 * @param {string} words
 * @param {string} zone
 */
const skipped = (words, zone) =>
  el(
    "div",
    { class: "foot" },
    el("p", { class: "small mute", data: { hook: "skipped" } }, words),
    el(
      "button",
      { class: "quiet", data: { hook: "unskip" }, on: { click: () => run("target.skip", { id: null, zone }) } },
      t("skipped_again"),
    ),
  );

/**
 * @param {NonNullable<State["card"]>} card
 * @param {string} zone
 * @param {PopupPage} page
 */
function card({ facts, id, link, name, target, today }, zone, page) {
  const skip = () => {
    Object.assign(page.ui, { targetMenu: null, picking: false });
    return run("target.skip", { id, zone });
  };
  return el(
    "div",
    { class: "card", data: { id } },
    el("p", { class: "small mute", data: { hook: "today" } }, today),
    el("h2", {}, el("bdi", {}, name)),
    facts && el("p", { class: "small mute facts", title: facts, data: { hook: "facts" } }, facts),
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
          on: { click: skip },
        },
        t("not_now"),
      ),
    ),
    ...actions(target, page),
  );
}
