// Actions for a target: copy the text, defer, close, drop, mark as do-not-contact.

import { dayWords } from "../text/phrases.js";
import { t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { field, form } from "../ui/forms.js";

/** @import {targetState} from "./states/target.js" */
/** @typedef {StateOf<typeof targetState>} State */

/**
 * A row of buttons, the reason why the text cannot be copied, and the open menu.
 * @param {State} state
 * @param {PopupPage} page
 */
export function actions(state, page) {
  const { accountId, menu: open, missing, person } = state;
  const { ui, paint } = page;
  const toggleMenu = (/** @type {PopupUi["targetMenu"]} */ menu) => () => {
    Object.assign(ui, { targetMenu: ui.targetMenu === menu ? null : menu, picking: false, errors: {} });
    paint();
  };
  const menus = /** @type {const} */ (["later", "more"]);
  const fill = () => run("app.open", { page: "people", accountId });
  return [
    el(
      "div",
      { class: "row target" },
      copyButton("subject", state),
      copyButton("body", state),
      missing &&
        el(
          "button",
          { class: "quiet missing", title: missing, data: { hook: "missing" }, on: { click: fill } },
          missing,
        ),
      menus.map((menu) =>
        el(
          "button",
          {
            class: "quiet",
            "aria-label": t("of_person", t(menu), person.name),
            "aria-expanded": String(open === menu),
            data: { hook: `target-${menu}` },
            on: { click: toggleMenu(menu) },
          },
          menu === "later" ? `${t("later")} ▾` : "⋯",
        ),
      ),
    ),
    open === "later" && laterMenu(state, page),
    open === "more" && moreMenu(state, page),
  ];
}

/**
 * @param {"subject" | "body"} part
 * @param {State} state
 */
function copyButton(part, { copies, id, person }) {
  if (!copies?.[part]) return null;
  const take = async () => {
    await navigator.clipboard.writeText(copies[part]);
    // The InMail's log will name the copied text.
    if (part === "body") await run("target.copied", { ...person, target: id, text: copies.text });
    say(t(`copied_${part}`));
  };
  return el(
    "button",
    { class: "quiet", disabled: !copies.isEnabled, data: { hook: `copy-${part}` }, on: { click: take } },
    t(`copy_${part}`),
  );
}

/**
 * @param {State} state
 * @param {PopupPage} page
 */
function laterMenu(state, page) {
  const {
    later,
    person: { name },
    pick,
  } = state;
  const { ui, paint } = page;
  const put = (/** @type {string} */ until, /** @type {string} */ words) =>
    change(state, page, { action: "later", until }, t("later_done", name, words));
  const togglePick = () => {
    ui.picking = !ui.picking;
    paint();
    document.getElementById("later-date")?.focus();
  };
  const submit = async (/** @type {Values} */ { "later-date": date }) => {
    ui.errors = { "later-date": date >= pick.first && date <= pick.last ? "" : t("later_invalid") };
    if (!ui.errors["later-date"]) await put(date, dayWords(date, pick.zone, new Date()));
    paint();
  };
  return el(
    "div",
    {
      class: "outcomes",
      role: "group",
      "aria-label": t("of_person", t("later"), name),
      data: { hook: "later-menu" },
    },
    later.map(({ key, day, words }) =>
      el("button", { data: { hook: `later-${key}` }, on: { click: () => put(day, words) } }, t(`later_${key}`)),
    ),
    el(
      "button",
      { "aria-expanded": String(pick.isOpen), data: { hook: "later-pick" }, on: { click: togglePick } },
      t("day_pick"),
    ),
    pick.isOpen &&
      form(
        "later-form",
        submit,
        field("later-date", {
          label: t("date"),
          error: pick.error,
          type: "date",
          min: pick.first,
          max: pick.last,
          value: pick.first,
        }),
        el("button", { class: "main", data: { hook: "later-submit" } }, t("save")),
      ),
  );
}

/**
 * @param {State} state
 * @param {PopupPage} page
 */
function moreMenu(state, page) {
  const { accountId, canClose, canMark, person, personId } = state;
  const { name } = person;
  const mark = async () => {
    if (await run("person.mark", { accountId, id: personId, person })) closeMenu(page, t("marked_done", name));
  };
  const end = (/** @type {"close" | "drop"} */ action) => () =>
    change(state, page, { action }, t(`${action}_done`, name));
  return el(
    "div",
    { class: "outcomes", role: "group", "aria-label": t("of_person", t("more"), name), data: { hook: "more-menu" } },
    canClose && el("button", { data: { hook: "close" }, on: { click: end("close") } }, t("target_close")),
    el("button", { data: { hook: "drop" }, on: { click: end("drop") } }, t("target_drop")),
    canMark && el("button", { class: "danger", data: { hook: "mark" }, on: { click: mark } }, t("mark")),
  );
}

/**
 * @param {State} state
 * @param {PopupPage} page
 * @param {{action: TargetAction, until?: string}} what
 * @param {string} words
 */
async function change({ accountId, id, person, personId }, page, what, words) {
  const asked = { accountId, id, person };
  if (!(await run("target.change", { ...asked, ...what }))) return;
  const { name } = person;
  const reopen = async () => {
    if (await run("target.change", { ...asked, action: "reopen" })) say(t("listed", name));
  };
  const canReopen = what.action === "drop" && personId !== "";
  closeMenu(
    page,
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
 * @param {PopupPage} page
 * @param {string} words
 * @param {HTMLElement | null} [action]
 */
function closeMenu({ ui, paint }, words, action = null) {
  Object.assign(ui, { targetMenu: null, picking: false });
  say(words, action);
  paint();
}
