// The next loss as a box; all other warnings as lines, of which one is shown until the user expands them.

import { isNear, isUrgent } from "../core/show/summary.js";
import { overLimit } from "../core/show/warnings.js";
import { ofDay, roundMoney, until } from "../text/format.js";
import { plural, t } from "../text/words.js";
import { run } from "../ui/act.js";
import { el } from "../ui/dom.js";

const GRAVITY = { urgent: 0, warning: 1, info: 2 };

/** @param {PopupContext} context */
export function loss({ account, now }) {
  const projection = account?.projection;
  if (!account || !projection?.nextLoss || !isNear(projection, now)) return null;
  const {
    nextLoss: { at, credits, reason, value },
    nextRenewal,
    perDay,
  } = projection;
  // Credits of the reserve are meant to be kept, so they are no loss.
  if (reason !== "forfeit" && !perDay) return null;
  const zone = account.account.time_zone;
  const urgent = isUrgent(projection, now);
  const words =
    reason === "forfeit"
      ? overLimit(credits, nextRenewal?.credits ?? credits, ofDay(at, zone, now))
      : plural(`loss_${reason}`, credits, until(at, zone, now));
  return el(
    "section",
    { class: "notices", "aria-label": t("loss_label"), data: { part: "loss" } },
    el(
      "p",
      { class: `notice loss ${urgent ? "urgent" : "warning"}`, data: { loss: reason, urgent } },
      el("b", {}, el("span", { class: "unseen" }, t(urgent ? "severity_urgent" : "severity_warning"), " "), words),
      value && el("span", {}, roundMoney(value)),
    ),
  );
}

/** @param {PopupContext} context */
export function notes({ account, now, page, ui, paint, warnings: all }) {
  if (!account) return null;
  const isBoxed = account.projection ? isNear(account.projection, now) : false;
  const warnings = all
    .filter(
      ({ code, until: end }) =>
        !(isBoxed && ["expiring", "over_cap", "cancelling"].includes(code) && end === account.projection?.nextLoss?.at),
    )
    .sort((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity])
    // The section of the next target shows the number of names.
    .filter(({ code }) => !(code === "few_targets" && page?.person === null));
  if (!warnings.length) return null;
  const shown = ui.allNotices ? warnings : warnings.slice(0, Math.min(1, ui.room));
  const open = (/** @type {AppPage} */ page) => () => run("app.open", { page, accountId: account.account.id });
  return el(
    "section",
    { class: "notes", "aria-label": t("warnings"), data: { part: "notes" } },
    shown.map(({ code, words }) =>
      el(
        "div",
        { class: "foot", data: { warning: code } },
        el("p", { class: "small", title: words.detail || null }, words.title),
        code === "wrong_book" &&
          el(
            "button",
            { class: "quiet", data: { hook: "open-rules" }, on: { click: open("settings") } },
            t("answer_rules"),
          ),
        code === "few_targets" &&
          el(
            "button",
            { class: "quiet", data: { hook: "add-people" }, on: { click: open("people") } },
            t("add_people"),
          ),
      ),
    ),
    warnings.length > shown.length &&
      el(
        "button",
        {
          class: "quiet start",
          "aria-expanded": "false",
          data: { hook: "more-notices" },
          on: {
            click: () => {
              ui.allNotices = true;
              paint();
            },
          },
        },
        plural("more_notices", warnings.length - shown.length),
      ),
  );
}
