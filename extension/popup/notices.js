// What the server warns of, the gravest first; what is not grave waits behind one line.

import { openApp } from "../core/openapp.js";
import { warningText } from "../core/summary.js";
import { sayRefusal } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { money } from "../ui/format.js";
import { plural, t } from "../ui/words.js";

const GRAVITY = { urgent: 0, warning: 1, info: 2 };

/** What answers a warning on the app's page of plan and rules. */
const ANSWER = { wrong_book: "rules", cancelling: "plan", empty: "plan" };

/** @param {PopupContext} context */
export function notices({ account, ui, paint }) {
  const warnings = [...(account?.projection?.warnings ?? [])].sort((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]);
  if (!account || !warnings.length) return null;
  const first = warnings.filter((warning, index) => index === 0 || warning.severity === "urgent");
  const rest = warnings.slice(first.length);
  const shown = ui.allNotices ? warnings : first;
  return el("section", { class: "notices", "aria-label": t("warnings"), data: { part: "notices" } },
    shown.map((warning) => notice(warning, account)),
    rest.length > 0 && el("button", {
      class: "quiet start", "aria-expanded": String(ui.allNotices), data: { hook: "more-notices" },
      on: { click: () => { ui.allNotices = !ui.allNotices; paint(); } },
    }, ui.allNotices ? t("fewer_notices") : plural("more_notices", rest.length)));
}

/**
 * @param {Projection["warnings"][number]} warning
 * @param {AccountView} account
 */
function notice(warning, { account, projection }) {
  const { title, detail } = warning.code === "expiring" ? { ...warningText(warning), detail: lossWords(projection) } : warningText(warning);
  const place = ANSWER[/** @type {keyof typeof ANSWER} */ (warning.code)];
  return el("div", { class: `notice ${warning.severity}`, data: { warning: warning.code, severity: warning.severity } },
    el("b", {}, el("span", { class: "unseen" }, t(`severity_${warning.severity}`), " "), title),
    detail && el("span", {}, detail),
    place && el("button", {
      class: "quiet start", data: { hook: "answer" }, on: { click: () => openApp(`/settings/plan?account=${account.id}`).catch(sayRefusal) },
    }, t(`answer_${place}`)));
}

/**
 * What the loss would mean; the pace against it stands beside the number already.
 * @param {Projection | null} projection
 */
function lossWords(projection) {
  const lost = projection?.forecast?.lost ?? 0;
  const value = projection?.nextLoss?.value;
  return [lost > 0 && plural("forecast_lost", lost), value && t("worth", money(value))].filter(Boolean).join(" ");
}
