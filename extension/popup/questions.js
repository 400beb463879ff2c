// The questions of automatic logging.

import { t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";

/** @import {questionsState} from "./states/questions.js" */
/** @typedef {StateOf<typeof questionsState>} State */

/**
 * @param {State} state
 * @param {PopupPage} page
 */
export const questions = ({ isRevoked, questions: asked }, page) =>
  el(
    "section",
    { class: "notices", "aria-label": t("listening_title"), data: { part: "questions" } },
    isRevoked &&
      el(
        "div",
        { class: "notice warning", data: { hook: "revoked" } },
        el("span", {}, t("listening_revoked")),
        el("a", { href: "../welcome/welcome.html#listening", target: "_blank" }, t("listening_see")),
      ),
    asked.map((each) => question(each, page)),
  );

/**
 * @param {State["questions"][number]} question
 * @param {PopupPage} page
 */
function question({ cost: likely, costs, draft, id, name, title, words }, { ui, paint }) {
  const answer = (/** @type {0 | 1 | null} */ cost) => async () => {
    if (!(await run("question.answer", { id, cost }))) return;
    say(cost === null ? t("question_discarded") : t(cost ? "logged_credit" : "logged_free", name));
  };
  const fillIn = async () => {
    if (!(await run("question.answer", { id, cost: null }))) return;
    Object.assign(ui, { form: true, draft });
    paint();
  };
  return el(
    "article",
    { class: "notice warning", data: { id, question: likely } },
    el("h2", {}, title),
    el("p", {}, words),
    el(
      "div",
      { class: "row answers" },
      costs.map((cost) =>
        el(
          "button",
          { data: { hook: cost ? "sent-credit" : "sent-free" }, on: { click: answer(cost) } },
          t(cost ? "question_credit" : "question_free"),
        ),
      ),
      !costs.length && el("button", { data: { hook: "sent-fill-in" }, on: { click: fillIn } }, t("question_fill_in")),
      el("button", { data: { hook: "not-sent" }, on: { click: answer(null) } }, t("no")),
    ),
  );
}
