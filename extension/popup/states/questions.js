// What automatic logging leaves to the user: sends without proof, and a permission that was taken away.

import { relative } from "../../text/format.js";
import { t } from "../../text/words.js";

/** @param {PopupContext} context */
export function questionsState({ now, view }) {
  const isRevoked = view.listening === "revoked";
  if (!view.questions.length && !isRevoked) return null;
  return { isRevoked, questions: view.questions.map((question) => questionState(question, now)) };
}

/**
 * @param {Question} question
 * @param {Date} now
 */
function questionState({ id, accountId, product, name, profileUrl, cost, at }, now) {
  const age = relative(at, now);
  return {
    id,
    cost,
    name,
    title: name ? t("question", name, age) : t("question_nobody", age),
    words: accountId ? t("question_why") : product && t("pool_no_seat", t(`product_${product}`)),
    // The costs to choose from, the likely one first; none if the user has to fill in more.
    costs: name && accountId ? [cost, /** @type {0 | 1} */ (cost ? 0 : 1)] : [],
    draft: { name, profileUrl, at, product: accountId ? null : product },
  };
}
