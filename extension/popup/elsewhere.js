// Unsent entries of a server that this browser is no longer connected to: the user decides whether to send them to the
// present one.

import { t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";

/** @import {elsewhereState} from "./states/elsewhere.js" */
/** @typedef {StateOf<typeof elsewhereState>} State */

/**
 * @param {State} state
 * @param {PopupPage} page
 */
export const elsewhere = (state, page) => (state.isAsked ? decision(state, page) : reminder(state, page));

/**
 * @param {State} state
 * @param {PopupPage} page
 */
function reminder({ title }, { ui, paint }) {
  const open = () => {
    ui.elsewhere = true;
    paint();
  };
  return el(
    "section",
    { class: "part", data: { part: "elsewhere" } },
    el(
      "div",
      { class: "foot" },
      el("p", { class: "small mute" }, title),
      el("button", { class: "quiet", data: { hook: "elsewhere-decide" }, on: { click: open } }, t("elsewhere_decide")),
    ),
  );
}

/**
 * @param {State} state
 * @param {PopupPage} page
 */
function decision({ accountId, entries, more, send, title, why }, { ui, paint }) {
  const answer = (/** @type {"send" | "keep" | "delete"} */ chosen) => async () => {
    ui.elsewhere = false;
    if (await run("elsewhere.answer", { answer: chosen, accountId })) say(t(`elsewhere_done_${chosen}`));
    paint();
  };
  return el(
    "section",
    { class: "notices", "aria-label": title, data: { part: "elsewhere" } },
    el(
      "article",
      { class: "notice warning" },
      el("h2", {}, title),
      el("p", {}, why),
      el(
        "ul",
        { class: "list small" },
        entries.map(({ id, kind, words }) => el("li", { data: { id, kind } }, words)),
        more && el("li", { class: "mute" }, more),
      ),
      el(
        "div",
        { class: "row answers" },
        el("button", { data: { hook: "elsewhere-keep" }, on: { click: answer("keep") } }, t("elsewhere_keep")),
        send && el("button", { data: { hook: "elsewhere-send" }, on: { click: answer("send") } }, send),
        el(
          "button",
          { class: "danger", data: { hook: "elsewhere-delete" }, on: { click: answer("delete") } },
          t("elsewhere_delete"),
        ),
      ),
    ),
  );
}
