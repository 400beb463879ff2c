// The unanswered InMails, the earliest deadline first, with buttons for the outcome.

import { when } from "../text/format.js";
import { plural, t } from "../text/words.js";
import { OUTCOMES } from "../core/shapes.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { undoButton } from "./undo.js";

const MORE = OUTCOMES.filter((outcome) => outcome !== "pending" && outcome !== "replied");
const DAY_MS = 86_400_000;
const SHOWN_MAX = 2;

/** The server lists at most this many. */
const LISTED_MAX = 50;

/** @param {PopupContext} context */
export function awaiting(context) {
  const { account, state, ui, paint } = context;
  // An error state needs the space.
  if (state !== "ready" || !account?.awaiting.length) return null;
  const all = account.awaiting;
  const shownMax = shownCount(context, account);
  const count = all.length < LISTED_MAX ? all.length : `${LISTED_MAX}+`;
  const toggle = () => {
    ui.allAwaiting = !ui.allAwaiting;
    paint();
  };
  return el(
    "section",
    { class: "part", data: { part: "awaiting", account: account.account.id } },
    el(
      "div",
      { class: "foot" },
      el("h2", {}, t("awaiting", count)),
      all.length > shownMax &&
        el(
          "button",
          {
            class: "quiet",
            "aria-expanded": String(ui.allAwaiting),
            data: { hook: "all-awaiting" },
            on: { click: toggle },
          },
          t(ui.allAwaiting ? "awaiting_fewer" : "awaiting_all"),
        ),
    ),
    el(
      "ul",
      { class: "list" },
      (ui.allAwaiting ? all : all.slice(0, shownMax)).map((inmail) => item(context, account, inmail)),
    ),
  );
}

/**
 * The number of InMails shown while collapsed. A target and warnings need the space too.
 * @param {PopupContext} context
 * @param {AccountView} account
 */
function shownCount(context, { projection }) {
  if (!context.target && !context.ui.found?.person?.do_not_contact) return SHOWN_MAX;
  return projection?.warnings.length ? 0 : 1;
}

/**
 * @param {PopupContext} context
 * @param {AccountView} account
 * @param {AwaitingInMail} inmail
 */
function item(
  context,
  { account },
  { id, recipient: { name }, sent_at: sentAt, answer_by: by, returns_credit: returns },
) {
  const { now, ui, paint } = context;
  const days = Math.ceil((Date.parse(by) - now.getTime()) / DAY_MS);
  const isOpen = ui.outcomeOf === id;
  const past = { accountId: account.id, inmailId: id, name, returns };
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
      el("span", { class: "name", title: name }, name),
      " ",
      // A reply within that time returns the credit; without a return only the day is shown.
      el(
        "span",
        { class: "small mute", title: returns ? t("awaiting_returns") : null },
        returns ? plural("days_to_answer", days) : when(sentAt, account.time_zone, now),
      ),
    ),
    el(
      "span",
      { class: "acts" },
      outcomeButton(context, past, "replied", "quiet"),
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
        MORE.map((outcome) => outcomeButton(context, past, outcome)),
        undoButton(id, name, "quiet", "remove"),
      ),
  );
}

/**
 * A button for each outcome.
 * @param {PopupContext} context
 * @param {{accountId: string, inmailId: string, name: string, returns?: boolean}} past
 */
export const outcomes = (context, past) =>
  el(
    "div",
    { class: "outcomes", role: "group", "aria-label": t("of_person", t("outcome"), past.name) },
    [/** @type {Outcome} */ ("replied"), ...MORE].map((outcome) => outcomeButton(context, past, outcome)),
    undoButton(past.inmailId, past.name, "quiet", "remove"),
  );

/**
 * @param {PopupContext} context
 * @param {{accountId: string, inmailId: string, name: string, returns?: boolean}} past
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
