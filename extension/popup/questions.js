// What automatic logging leaves to the user: sends without proof, and a permission that was taken away.

import { relative } from "../text/format.js";
import { t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";

/** @param {PopupContext} context */
export function questions(context) {
  const { view } = context;
  const isRevoked = view.listening === "revoked";
  if (!view.questions.length && !isRevoked) return null;
  return el(
    "section",
    { class: "notices", "aria-label": t("listening_title"), data: { part: "questions" } },
    isRevoked &&
      el(
        "div",
        { class: "notice warning", data: { hook: "revoked" } },
        el("span", {}, t("listening_revoked")),
        el("a", { href: "../welcome/welcome.html#listening", target: "_blank" }, t("listening_see")),
      ),
    view.questions.map((each) => question(context, each)),
  );
}

/**
 * @param {PopupContext} context
 * @param {Question} question
 */
function question({ now, ui, paint }, { id, accountId, product, name, profileUrl, cost, at }) {
  const answer = (/** @type {0 | 1 | null} */ chosen) => async () => {
    if (!(await run("question.answer", { id, cost: chosen }))) return;
    say(chosen === null ? t("question_discarded") : t(chosen ? "logged_credit" : "logged_free", name));
  };
  const fillIn = async () => {
    if (!(await run("question.answer", { id, cost: null }))) return;
    Object.assign(ui, { form: true, draft: { name, profileUrl, at, product: accountId ? null : product } });
    paint();
  };
  const yes = (/** @type {0 | 1} */ each) =>
    el(
      "button",
      { data: { hook: each ? "sent-credit" : "sent-free" }, on: { click: answer(each) } },
      t(each ? "question_credit" : "question_free"),
    );
  return el(
    "article",
    { class: "notice warning", data: { id, question: cost } },
    el("h2", {}, name ? t("question", name, relative(at, now)) : t("question_nobody", relative(at, now))),
    el("p", {}, accountId ? t("question_why") : product && t("pool_no_seat", t(`product_${product}`))),
    el(
      "div",
      { class: "row answers" },
      name && accountId
        ? [yes(cost), yes(cost ? 0 : 1)]
        : el("button", { data: { hook: "sent-fill-in" }, on: { click: fillIn } }, t("question_fill_in")),
      el("button", { data: { hook: "not-sent" }, on: { click: answer(null) } }, t("no")),
    ),
  );
}
