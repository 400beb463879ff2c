// Comparing with the number that LinkedIn shows, and what a difference means.

import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { relative } from "../ui/format.js";
import { field, form } from "../ui/forms.js";
import { plural, t } from "../ui/words.js";

/** @param {PopupContext} context */
export function observed({ account, now, ui, paint }) {
  const projection = account?.projection;
  if (!account || !projection) return null;
  const { id } = account.account;
  const words = projection.observed
    ? t("observed", projection.observed.balance, relative(projection.observed.at, now))
    : t("never_observed");
  const toggle = () => {
    Object.assign(ui, { observing: !ui.observing, observation: null });
    paint();
    document.getElementById("observed")?.focus();
  };
  return el("section", { class: "part", "aria-label": t("observed_label"), data: { part: "observed", account: id } },
    el("div", { class: "foot" },
      el("p", { class: "small mute", data: { hook: "observed" } }, words),
      el("button", { class: "quiet", "aria-expanded": String(ui.observing), data: { hook: "observe-toggle" }, on: { click: toggle } },
        t(ui.observing ? "close" : projection.observed ? "correct" : "compare"))),
    ui.observing && observeForm(id, projection.balance, ui, paint),
    ui.observation && explanation(ui.observation));
}

/**
 * @param {string} accountId
 * @param {number} computed
 * @param {PopupUi} ui
 * @param {() => void} paint
 */
function observeForm(accountId, computed, ui, paint) {
  const submit = async (/** @type {Values} */ { observed: typed }) => {
    const observation = { balance: Number(typed), computed };
    ui.errors.observed = /^\d{1,5}$/.test(typed) ? "" : t("balance_invalid");
    if (!ui.errors.observed && (await run("observe", { accountId, balance: observation.balance, source: "person" }))) {
      Object.assign(ui, { observing: false, observation });
      say(differenceWords(observation));
    }
    paint();
  };
  return form("observe-form", submit,
    field("observed", { label: t("linkedin_shows"), error: ui.errors.observed, inputmode: "numeric", value: computed }),
    el("button", { class: "main", data: { hook: "observe-submit" } }, t("save")));
}

/** @param {{balance: number, computed: number}} observation */
export function differenceWords({ balance, computed }) {
  if (balance === computed) return plural("observed_same", balance);
  return plural(balance < computed ? "observed_fewer" : "observed_more", Math.abs(balance - computed), balance, computed);
}

/**
 * Why the numbers may differ. What it means for the rule book comes from the server, as a warning.
 * @param {{balance: number, computed: number}} observation
 */
function explanation({ balance, computed }) {
  if (balance === computed) return null;
  return el("p", { class: "notice small", data: { hook: "difference" } }, t(balance < computed ? "why_fewer" : "why_more"));
}
