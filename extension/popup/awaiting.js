// The InMails that wait for an answer: one press says what became of each, and what that brings back.

import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { when } from "../ui/format.js";
import { plural, t } from "../ui/words.js";

/** @type {Outcome[]} */
const ANSWERS = ["accepted", "declined", "replied"];
const DAY_MS = 86_400_000;
const SHOWN_MAX = 3;

/** @param {PopupContext} context */
export function awaiting(context) {
  const { account, ui, paint } = context;
  if (!account?.awaiting.length) return null;
  const all = account.awaiting;
  const shown = ui.allAwaiting ? all : all.slice(0, SHOWN_MAX);
  const returns = all.some(({ returns_credit }) => returns_credit);
  return el("section", { class: "part", data: { part: "awaiting", account: account.account.id } },
    el("h2", {}, plural("awaiting", all.length)),
    returns && el("p", { class: "small mute" }, t("awaiting_returns")),
    el("ul", { class: "list" }, shown.map((inmail) => item(context, account, inmail))),
    all.length > SHOWN_MAX && el("button", {
      class: "quiet start", "aria-expanded": String(ui.allAwaiting), data: { hook: "all-awaiting" },
      on: { click: () => { ui.allAwaiting = !ui.allAwaiting; paint(); } },
    }, ui.allAwaiting ? t("awaiting_fewer") : plural("and_more", all.length - SHOWN_MAX)));
}

/**
 * @param {PopupContext} context
 * @param {AccountView} account
 * @param {AwaitingInMail} inmail
 */
function item({ now }, { account }, { id, recipient: { name }, sent_at: sentAt, answer_by: by, returns_credit: returns }) {
  const days = Math.ceil((Date.parse(by) - now.getTime()) / DAY_MS);
  const answer = (/** @type {Outcome} */ outcome) => async () => {
    if (!(await run("outcome", { accountId: account.id, inmailId: id, outcome }))) return;
    const takeBack = async () => {
      if (await run("outcome", { accountId: account.id, inmailId: id, outcome: "pending" })) say(t("outcome_cleared", name, word(outcome)));
    };
    const words = t(returns ? "outcome_returned" : "outcome_recorded", name, word(outcome));
    say(words, el("button", { "aria-label": t("of_person", t("undo"), name), data: { hook: "outcome-undo" }, on: { click: takeBack } }, t("undo")));
  };
  return el("li", { class: "item", data: { id, days } },
    el("p", { class: "who" }, el("span", { class: "name", title: name }, name), " ",
      el("span", { class: "small mute" }, [when(sentAt, account.time_zone, now), returns && plural("days_to_answer", days)].filter(Boolean).join(" · "))),
    el("div", { class: "outcomes", role: "group", "aria-label": t("of_person", t("outcome"), name) },
      ANSWERS.map((outcome) => el("button", { data: { hook: `answer-${outcome}` }, on: { click: answer(outcome) } }, t(`outcome_${outcome}`)))));
}

/** @param {Outcome} outcome */
const word = (outcome) => t(`outcome_${outcome}`).toLowerCase();
