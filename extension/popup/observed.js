// Compares the balance with LinkedIn's: one click if they are equal, a form if not.

import { relative } from "../text/format.js";
import { plural, t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { field, form } from "../ui/forms.js";

/** For how long after an observation the user is not asked to compare again. */
const AGREED_MS = 24 * 3_600_000;

/** @param {PopupContext} context */
export function observed({ account, now, offered, state, ui, paint }) {
  const projection = account?.projection;
  // A balance read from the page is offered in the section above.
  if (state !== "ready" || !account || !projection || projection.tooOld || offered) return null;
  const { id } = account.account;
  const seen = projection.observed;
  const isAsked = !seen || now.getTime() - Date.parse(seen.at) > AGREED_MS;
  const toggle = () => {
    Object.assign(ui, { observing: !ui.observing, doubted: null, errors: {} });
    paint();
    document.getElementById("observed")?.focus();
  };
  const words = isAsked ? t("compare", projection.balance) : t("observed", seen.balance, relative(seen.at, now));
  const agree = () => observe(id, projection.balance, projection.balance, ui, paint);
  return el(
    "section",
    { class: "part", "aria-label": t("observed_label"), data: { part: "observed", account: id } },
    el(
      "div",
      { class: "foot" },
      el("p", { class: "small mute", data: { hook: "observed" } }, words),
      el(
        "span",
        { class: "acts" },
        isAsked &&
          !ui.observing &&
          el("button", { class: "quiet", data: { hook: "observe-same" }, on: { click: agree } }, t("yes")),
        el(
          "button",
          {
            class: "quiet",
            "aria-expanded": String(ui.observing),
            data: { hook: "observe-toggle" },
            on: { click: toggle },
          },
          t(ui.observing ? "cancel" : isAsked ? "compare_no" : "correct"),
        ),
      ),
    ),
    ui.observing && observeForm(account, projection, ui, paint),
  );
}

/**
 * @param {AccountView} account
 * @param {Projection} projection
 * @param {PopupUi} ui
 * @param {() => void} paint
 */
function observeForm({ account }, { allotment, balance }, ui, paint) {
  const submit = async (/** @type {Values} */ { observed: typed }) => {
    const number = Number(typed);
    const limit = Math.max(account.cap ?? 0, allotment);
    const isOdd = limit > 0 && number > 2 * limit && ui.doubted !== number;
    ui.errors.observed = !/^\d{1,5}$/.test(typed) ? t("balance_invalid") : isOdd ? t("balance_odd", number) : "";
    ui.doubted = isOdd ? number : null;
    if (!ui.errors.observed) await observe(account.id, number, balance, ui, paint);
    paint();
  };
  return form(
    "observe-form",
    submit,
    field("observed", {
      label: t("linkedin_shows"),
      error: ui.errors.observed,
      inputmode: "numeric",
      placeholder: balance,
    }),
    el("button", { class: "main", data: { hook: "observe-submit" } }, t(ui.doubted === null ? "save" : "save_odd")),
  );
}

/**
 * @param {string} accountId
 * @param {number} balance
 * @param {number} computed
 * @param {PopupUi} ui
 * @param {() => void} paint
 */
async function observe(accountId, balance, computed, ui, paint) {
  if (!(await run("observe", { accountId, balance, source: "person" }))) return;
  Object.assign(ui, { observing: false, doubted: null });
  say(differenceWords(balance, computed));
  paint();
}

/**
 * @param {number} balance
 * @param {number} computed
 */
export const differenceWords = (balance, computed) =>
  balance === computed ? plural("observed_same", balance) : t("observed_other", balance, computed);
