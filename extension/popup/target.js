// Actions for a target: copy the text, defer, close, drop, mark as do-not-contact.

import { text } from "../core/browser.js";
import { laterDays } from "../core/log/targets.js";
import { dayWords } from "../text/phrases.js";
import { listWords, t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { field, form } from "../ui/forms.js";

/** @param {Target} target */
export const personOf = ({ person: { links, name } }) => ({ name, profileUrl: links[0] ?? null });

/**
 * A row of buttons, the reason why the text cannot be copied, and the open menu.
 * @param {PopupContext} context
 * @param {AccountView} account
 * @param {Target} target
 */
export function actions(context, account, target) {
  const { ui, paint } = context;
  const { copy, person } = target;
  const missing = copy?.missing ?? [];
  const toggleMenu = (/** @type {PopupUi["targetMenu"]} */ menu) => () => {
    Object.assign(ui, { targetMenu: ui.targetMenu === menu ? null : menu, picking: false, errors: {} });
    paint();
  };
  const menus = /** @type {const} */ (["later", "more"]);
  const lacking = t("copy_missing", listWords(missing.map((each) => text(`variable_${each}`) || each)));
  const fill = () => run("app.open", { page: "people", accountId: account.account.id });
  return [
    el(
      "div",
      { class: "row target" },
      !missing.length && copyButton("subject", target),
      copyButton("body", target),
      missing.length > 0 &&
        el(
          "button",
          { class: "quiet missing", title: lacking, data: { hook: "missing" }, on: { click: fill } },
          lacking,
        ),
      menus.map((menu) =>
        el(
          "button",
          {
            class: "quiet",
            "aria-label": t("of_person", t(menu), person.name),
            "aria-expanded": String(ui.targetMenu === menu),
            data: { hook: `target-${menu}` },
            on: { click: toggleMenu(menu) },
          },
          menu === "later" ? `${t("later")} ▾` : "⋯",
        ),
      ),
    ),
    ui.targetMenu === "later" && laterMenu(context, account, target),
    ui.targetMenu === "more" && moreMenu(context, account, target),
  ];
}

/**
 * @param {"subject" | "body"} part
 * @param {Target} target
 */
function copyButton(part, target) {
  const { copy } = target;
  if (!copy?.[part]) return null;
  const take = async () => {
    await navigator.clipboard.writeText(copy[part]);
    // The InMail's log will name the copied text.
    if (part === "body") await run("target.copied", { ...personOf(target), target: target.id, text: copy.text });
    say(t(`copied_${part}`));
  };
  return el(
    "button",
    { class: "quiet", disabled: copy.missing.length > 0, data: { hook: `copy-${part}` }, on: { click: take } },
    t(`copy_${part}`),
  );
}

/**
 * @param {PopupContext} context
 * @param {AccountView} account
 * @param {Target} target
 */
function laterMenu(context, { account, projection }, target) {
  const { now, ui, paint } = context;
  const zone = account.time_zone;
  const days = laterDays(account, projection, now);
  const put = (/** @type {string} */ until) =>
    change(
      context,
      account.id,
      target,
      { action: "later", until },
      t("later_done", target.person.name, dayWords(until, zone, now)),
    );
  const pick = () => {
    ui.picking = !ui.picking;
    paint();
    document.getElementById("later-date")?.focus();
  };
  const submit = async (/** @type {Values} */ { "later-date": date }) => {
    ui.errors = { "later-date": date >= days.tomorrow && date <= days.last ? "" : t("later_invalid") };
    if (!ui.errors["later-date"]) await put(date);
    paint();
  };
  return el(
    "div",
    {
      class: "outcomes",
      role: "group",
      "aria-label": t("of_person", t("later"), target.person.name),
      data: { hook: "later-menu" },
    },
    /** @type {const} */ (["tomorrow", "week", "credits"]).map((key) => {
      const until = days[key];
      return (
        until && el("button", { data: { hook: `later-${key}` }, on: { click: () => put(until) } }, t(`later_${key}`))
      );
    }),
    el(
      "button",
      { "aria-expanded": String(ui.picking), data: { hook: "later-pick" }, on: { click: pick } },
      t("day_pick"),
    ),
    ui.picking &&
      form(
        "later-form",
        submit,
        field("later-date", {
          label: t("date"),
          error: ui.errors["later-date"],
          type: "date",
          min: days.tomorrow,
          max: days.last,
          value: days.tomorrow,
        }),
        el("button", { class: "main", data: { hook: "later-submit" } }, t("save")),
      ),
  );
}

/**
 * @param {PopupContext} context
 * @param {AccountView} account
 * @param {Target} target
 */
function moreMenu(context, { account: { id } }, target) {
  const { name } = target.person;
  const person = personOf(target);
  const mark = async () => {
    if (await run("person.mark", { accountId: id, id: target.person.id, person })) {
      closeMenu(context, t("marked_done", name));
    }
  };
  return el(
    "div",
    { class: "outcomes", role: "group", "aria-label": t("of_person", t("more"), name), data: { hook: "more-menu" } },
    target.purpose === "follow_up" &&
      el(
        "button",
        {
          data: { hook: "close" },
          on: { click: () => change(context, id, target, { action: "close" }, t("close_done", name)) },
        },
        t("target_close"),
      ),
    el(
      "button",
      {
        data: { hook: "drop" },
        on: { click: () => change(context, id, target, { action: "drop" }, t("drop_done", name)) },
      },
      t("target_drop"),
    ),
    target.person.id && el("button", { class: "danger", data: { hook: "mark" }, on: { click: mark } }, t("mark")),
  );
}

/**
 * @param {PopupContext} context
 * @param {string} accountId
 * @param {Target} target
 * @param {{action: TargetAction, until?: string}} what
 * @param {string} words
 */
async function change(context, accountId, target, what, words) {
  const asked = { accountId, id: target.id, person: personOf(target) };
  if (!(await run("target.change", { ...asked, ...what }))) return;
  const { name } = target.person;
  const reopen = async () => {
    if (await run("target.change", { ...asked, action: "reopen" })) say(t("listed", name));
  };
  const canReopen = what.action === "drop" && target.person.id !== "";
  closeMenu(
    context,
    words,
    canReopen
      ? el(
          "button",
          { "aria-label": t("of_person", t("undo"), name), data: { hook: "drop-undo" }, on: { click: reopen } },
          t("undo"),
        )
      : null,
  );
}

/**
 * @param {PopupContext} context
 * @param {string} words
 * @param {HTMLElement | null} [action]
 */
function closeMenu({ ui, paint }, words, action = null) {
  Object.assign(ui, { targetMenu: null, picking: false });
  say(words, action);
  paint();
}
