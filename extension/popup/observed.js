// Compares the balance with LinkedIn's: one click if they are equal, a form if not.

import { t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { field, form } from "../ui/forms.js";
import { differenceWords } from "./states/observed.js";

/** @import {observedState} from "./states/observed.js" */
/** @typedef {StateOf<typeof observedState>} State */

/**
 * @param {State} state
 * @param {PopupPage} page
 */
export function observed(state, page) {
  const { accountId, balance, isAsked, isOpen, words } = state;
  const { ui, paint } = page;
  const toggle = () => {
    Object.assign(ui, { observing: !ui.observing, doubted: null, errors: {} });
    paint();
    document.getElementById("observed")?.focus();
  };
  return el(
    "section",
    { class: "part", "aria-label": t("observed_label"), data: { part: "observed", account: accountId } },
    el(
      "div",
      { class: "foot" },
      el("p", { class: "small mute", data: { hook: "observed" } }, words),
      el(
        "span",
        { class: "acts" },
        isAsked &&
          !isOpen &&
          el(
            "button",
            { class: "quiet", data: { hook: "observe-same" }, on: { click: () => observe(state, balance, page) } },
            t("yes"),
          ),
        el(
          "button",
          { class: "quiet", "aria-expanded": String(isOpen), data: { hook: "observe-toggle" }, on: { click: toggle } },
          t(isOpen ? "cancel" : isAsked ? "compare_no" : "correct"),
        ),
      ),
    ),
    isOpen && observeForm(state, page),
  );
}

/**
 * @param {State} state
 * @param {PopupPage} page
 */
function observeForm(state, page) {
  const { balance, error, isDoubted, oddAbove } = state;
  const { ui, paint } = page;
  const submit = async (/** @type {Values} */ { observed: typed }) => {
    const number = Number(typed);
    const isOdd = oddAbove > 0 && number > oddAbove && ui.doubted !== number;
    ui.errors.observed = !/^\d{1,5}$/.test(typed) ? t("balance_invalid") : isOdd ? t("balance_odd", number) : "";
    ui.doubted = isOdd ? number : null;
    if (!ui.errors.observed) await observe(state, number, page);
    paint();
  };
  return form(
    "observe-form",
    submit,
    field("observed", { label: t("linkedin_shows"), error, inputmode: "numeric", placeholder: balance }),
    el("button", { class: "main", data: { hook: "observe-submit" } }, t(isDoubted ? "save_odd" : "save")),
  );
}

/**
 * @param {State} state
 * @param {number} balance
 * @param {PopupPage} page
 */
async function observe({ accountId, balance: computed }, balance, { ui, paint }) {
  if (!(await run("observe", { accountId, balance, source: "person" }))) return;
  Object.assign(ui, { observing: false, doubted: null });
  say(differenceWords(balance, computed));
  paint();
}
