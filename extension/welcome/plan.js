// Upgrading, downgrading and cancelling: what each would grant, void and leave, before it is done.

import { ask } from "../core/messages.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { day, money, startOfDay } from "../ui/format.js";
import { field, form, option } from "../ui/forms.js";
import { plural, t } from "../ui/words.js";
import { section } from "./section.js";

const BASIC = "basic";

/** @param {WelcomeContext} context */
export function plan(context) {
  const { view, account, ui, paint } = context;
  if (!account || ui.adding || (!ui.books.length && view.connection.state !== "ok")) return null;
  const { id, plan: current, rule_book: bookId, time_zone: zone } = account.account;
  const plans = ui.books.find((book) => book.id === bookId)?.plans ?? [];
  const title = (/** @type {string | null} */ planId) => plans.find((one) => one.id === planId)?.title ?? planId ?? "";
  loadChanges(id, ui, paint);

  const others = plans.filter((one) => one.id !== current && one.id !== BASIC);
  const chosen = others.find((one) => one.id === ui.chosenTo) ?? others[0];
  const isOpen = ui.chosenTo !== BASIC && Boolean(chosen?.allotment_required);

  const choose = (/** @type {Event} */ { target }) => {
    ui.chosenTo = /** @type {HTMLSelectElement} */ (target).value;
    ui.planPreview = null;
    paint();
  };
  const look = async (/** @type {Values} */ { to, at, granted = "" }) => {
    ui.errors.granted = isOpen && !/^\d{1,5}$/.test(granted) ? t("balance_invalid") : "";
    if (ui.errors.granted) return paint();
    /** @type {PlanRequest} */
    const request = {
      accountId: id,
      ...(to === BASIC ? { cancel: true } : { plan: to }),
      ...(isOpen && { allotment: Number(granted) }),
      ...(at && { at: startOfDay(at, zone) }),
    };
    const change = await run("plan.preview", request);
    ui.planPreview = change && { request, change };
    paint();
    document.getElementById("plan-apply")?.focus();
  };
  return section(context, "plan", { title: t("plan_title") },
    el("p", {}, t("plan_is", title(current))),
    form("plan-form", look,
      field("to", { label: t("plan_to"), options: [
        ...others.map((one) => option(one.id, `${one.title}, ${one.allotment_required ? t("plan_by_contract") : plural("plan_monthly", one.allotment)}`)),
        current !== BASIC && option(BASIC, t("plan_cancel")),
      ], on: { change: choose } }),
      isOpen && field("granted", { label: t("allotment"), error: ui.errors.granted, inputmode: "numeric", class: "number" }),
      field("at", { label: t("plan_at"), hint: t("plan_at_hint", zone), type: "date" }),
      el("button", { data: { hook: "preview-plan" } }, t("preview"))),
    ui.planPreview && preview(context, title),
    changes(context, title));
}

/**
 * @param {WelcomeContext} context
 * @param {(planId: string | null) => string} title
 */
function preview({ account, now, ui, paint }, title) {
  const shown = ui.planPreview;
  const zone = account?.account.time_zone ?? "UTC";
  if (!shown) return null;
  const { change, request } = shown;
  const { granted, voided, value_voided: value, next_renewal: next } = change;
  const close = () => { ui.planPreview = null; paint(); };
  const confirm = async () => {
    if (!(await run("plan.change", request))) return;
    ui.planChanges = null;
    close();
    say(t("plan_changed"));
  };
  const rows = [
    [t("granted"), String(granted)],
    [t("voided"), value ? t("voided_worth", voided, money(value)) : String(voided)],
    [t("left"), String(change.balance_after)],
    next && [t("next_renewal"), t("next_renewal_is", next.credits, day(new Date(next.at), zone, now), zone)],
  ];
  return el("div", { class: `notice stack ${voided ? "warning" : ""}`, data: { hook: "plan-preview", direction: change.direction } },
    el("b", {}, t(`direction_${change.direction}`, title(change.to_plan), day(new Date(change.effective_at), zone, now), zone)),
    el("dl", { class: "facts" }, rows.flatMap((row) => row ? [el("dt", {}, row[0]), el("dd", {}, row[1])] : [])),
    el("p", {}, change.detail),
    el("div", { class: "row" },
      el("button", { id: "plan-apply", class: change.direction === "upgrade" ? "main" : "danger", data: { hook: "apply-plan" }, on: { click: confirm } }, t(`confirm_${change.direction}`)),
      el("button", { class: "quiet", data: { hook: "keep-plan" }, on: { click: close } }, t("keep_as_is"))));
}

/**
 * @param {WelcomeContext} context
 * @param {(planId: string | null) => string} title
 */
function changes({ account, now, ui }, title) {
  if (!account || ui.planChanges?.accountId !== account.account.id || !ui.planChanges.items.length) return null;
  const { id: accountId, time_zone: zone } = account.account;
  const withdraw = (/** @type {string} */ changeId) => async () => {
    if (!(await run("plan.withdraw", { accountId, changeId }))) return;
    ui.planChanges = null;
    say(t("plan_withdrawn"));
  };
  return [
    el("h3", {}, t("plan_history", zone)),
    el("ul", { class: "list" }, ui.planChanges.items.map(({ id, at, plan: to, cancel }) => {
      const words = `${day(new Date(at), zone, now)}: ${cancel ? t("plan_cancelled") : title(to)}`;
      return el("li", { class: "foot", data: { id } },
        el("span", {}, words),
        el("button", { class: "quiet", "aria-label": t("of_person", t("undo"), words), data: { hook: "undo-plan" }, on: { click: withdraw(id) } }, t("undo")));
    })),
  ];
}

/**
 * @param {string} accountId
 * @param {WelcomeUi} ui
 * @param {() => void} paint
 */
async function loadChanges(accountId, ui, paint) {
  if (ui.planChanges?.accountId === accountId) return;
  ui.planChanges = { accountId, items: [] };
  const { items } = await ask("plan.list", { accountId }).catch(() => ({ items: [] }));
  if (!items.length) return;
  ui.planChanges = { accountId, items };
  paint();
}
