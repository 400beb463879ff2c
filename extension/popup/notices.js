// The next loss as a box; all other warnings as lines.

import { plural, t } from "../text/words.js";
import { run } from "../ui/act.js";
import { el } from "../ui/dom.js";

/** @import {lossState, notesState} from "./states/notices.js" */

/** @param {StateOf<typeof lossState>} state */
export const loss = ({ isUrgent, reason, value, words }) =>
  el(
    "section",
    { class: "notices", "aria-label": t("loss_label"), data: { part: "loss" } },
    el(
      "p",
      { class: `notice loss ${isUrgent ? "urgent" : "warning"}`, data: { loss: reason, urgent: isUrgent } },
      el("b", {}, el("span", { class: "unseen" }, t(isUrgent ? "severity_urgent" : "severity_warning"), " "), words),
      value && el("span", {}, value),
    ),
  );

/**
 * @param {StateOf<typeof notesState>} state
 * @param {PopupPage} page
 */
export function notes({ accountId, hidden, notes: shown }, { ui, paint }) {
  const showAll = () => {
    ui.allNotices = true;
    paint();
  };
  return el(
    "section",
    { class: "notes", "aria-label": t("warnings"), data: { part: "notes" } },
    shown.map(({ answer, code, detail, title }) =>
      el(
        "div",
        { class: "foot", data: { warning: code } },
        el("p", { class: "small", title: detail || null }, title),
        answer &&
          el(
            "button",
            {
              class: "quiet",
              data: { hook: answer.hook },
              on: { click: () => run("app.open", { page: answer.page, accountId }) },
            },
            t(answer.words),
          ),
      ),
    ),
    hidden > 0 &&
      el(
        "button",
        { class: "quiet start", "aria-expanded": "false", data: { hook: "more-notices" }, on: { click: showAll } },
        plural("more_notices", hidden),
      ),
  );
}
