// The unanswered InMails, the earliest deadline first, with buttons for the outcome.

import { t } from "../text/words.js";
import { OUTCOMES } from "../core/shapes.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { undoButton } from "./undo.js";

/** @import {awaitingState} from "./states/awaiting.js" */
/** @typedef {StateOf<typeof awaitingState>} State */
/** @typedef {{accountId: string, inmailId: string, name: string, returns?: boolean}} Sent */

const MORE = OUTCOMES.filter((outcome) => outcome !== "pending" && outcome !== "replied");

/**
 * @param {State} state
 * @param {PopupPage} page
 */
export function awaiting({ accountId, hasMore, isOpen, items, title }, page) {
  const { ui, paint } = page;
  const toggle = () => {
    ui.allAwaiting = !ui.allAwaiting;
    paint();
  };
  return el(
    "section",
    { class: "part", data: { part: "awaiting", account: accountId } },
    el(
      "div",
      { class: "foot" },
      el("h2", {}, title),
      hasMore &&
        el(
          "button",
          { class: "quiet", "aria-expanded": String(isOpen), data: { hook: "all-awaiting" }, on: { click: toggle } },
          t(isOpen ? "awaiting_fewer" : "awaiting_all"),
        ),
    ),
    items.length > 0 &&
      el(
        "ul",
        { class: "list" },
        items.map((each) => item(each, page)),
      ),
  );
}

/**
 * @param {State["items"][number]} sent
 * @param {PopupPage} page
 */
function item(sent, page) {
  const { days, inmailId: id, isOpen, name, returns, words } = sent;
  const { ui, paint } = page;
  const toggle = () => {
    ui.outcomeOf = isOpen ? null : id;
    paint();
  };
  return el(
    "li",
    { class: "item", data: { id, days } },
    el(
      "p",
      { class: "who" },
      el("span", { class: "name", dir: "auto", title: name }, name),
      " ",
      el("span", { class: "small mute", title: returns ? t("awaiting_returns") : null }, words),
    ),
    el(
      "span",
      { class: "acts" },
      outcomeButton(page, sent, "replied", "quiet"),
      el(
        "button",
        {
          class: "quiet",
          "aria-label": t("of_person", t("more"), name),
          "aria-expanded": String(isOpen),
          data: { hook: "more" },
          on: { click: toggle },
        },
        "⋯",
      ),
    ),
    isOpen &&
      el(
        "div",
        { class: "outcomes", role: "group", "aria-label": t("of_person", t("outcome"), name) },
        MORE.map((outcome) => outcomeButton(page, sent, outcome)),
        undoButton(id, name, "quiet", "remove"),
      ),
  );
}

/**
 * A button for each outcome.
 * @param {PopupPage} page
 * @param {Sent} sent
 */
export const outcomes = (page, sent) =>
  el(
    "div",
    { class: "outcomes", role: "group", "aria-label": t("of_person", t("outcome"), sent.name) },
    [/** @type {Outcome} */ ("replied"), ...MORE].map((outcome) => outcomeButton(page, sent, outcome)),
    undoButton(sent.inmailId, sent.name, "quiet", "remove"),
  );

/**
 * @param {PopupPage} page
 * @param {Sent} sent
 * @param {Outcome} outcome
 * @param {string} [style]
 */
function outcomeButton({ ui, paint }, { accountId, inmailId, name, returns }, outcome, style = "") {
  const word = t(`outcome_${outcome}`);
  const answer = async () => {
    if (!(await run("outcome", { accountId, inmailId, outcome }))) return;
    ui.outcomeOf = null;
    const takeBack = async () => {
      if (await run("outcome", { accountId, inmailId, outcome: "pending" })) say(t("outcome_cleared", name));
    };
    const words = t(
      returns && outcome !== "no_response" ? "outcome_returned" : "outcome_recorded",
      name,
      t(`past_${outcome}`),
    );
    say(
      words,
      el(
        "button",
        { "aria-label": t("of_person", t("undo"), name), data: { hook: "outcome-undo" }, on: { click: takeBack } },
        t("undo"),
      ),
    );
    paint();
  };
  return el(
    "button",
    {
      class: style,
      "aria-label": t("of_person", word, name),
      data: { hook: `answer-${outcome}` },
      on: { click: answer },
    },
    word,
  );
}
