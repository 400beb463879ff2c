// What this is, and whose settings are shown.

import { run } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { t } from "../ui/words.js";

/** @param {WelcomeContext} context */
export function intro({ view, account, setup, ui, paint }) {
  const show = (/** @type {string} */ id) => () => { Object.assign(ui, { account: id, adding: false, rulesPreview: null, planPreview: null }); paint(); };
  const add = () => { ui.adding = true; paint(); document.getElementById("plan-id")?.focus(); };
  return el("header", { data: { part: "intro" } },
    el("h1", {}, t(setup ? "welcome_title" : "settings_title"), " ", view.server.demo && el("span", { class: "tag", data: { hook: "demo" } }, t("demo"))),
    el("p", { class: "mute" }, view.server.demo ? t("demo_why") : t("appDescription")),
    !setup && el("nav", { class: "row", "aria-label": t("accounts") },
      view.accounts.map(({ account: { id, name } }) =>
        el("button", { "aria-current": !ui.adding && id === account?.account.id ? "true" : null, data: { hook: "account", id }, on: { click: show(id) } }, name)),
      el("button", { class: "quiet", "aria-expanded": String(ui.adding), data: { hook: "add-account" }, on: { click: add } }, t("add_account"))),
    ui.wrongBook && wrongBook(ui.wrongBook, ui, paint));
}

/**
 * LinkedIn's number does not fit the rule book that was chosen.
 * @param {NonNullable<WelcomeUi["wrongBook"]>} wrong
 * @param {WelcomeUi} ui
 * @param {() => void} paint
 */
function wrongBook(wrong, ui, paint) {
  const close = () => { ui.wrongBook = null; paint(); };
  const change = async () => { if (await run("account.update", { id: wrong.accountId, changes: { rule_book: wrong.rule_book } })) close(); };
  return el("div", { class: "notice warning", role: "alert", data: { hook: "wrong-book" } },
    el("b", {}, t("wrong_book")),
    el("p", {}, wrong.detail),
    el("div", { class: "row answers" },
      el("button", { class: "main", data: { hook: "wrong-book-switch" }, on: { click: change } }, t("wrong_book_switch", wrong.title)),
      el("button", { data: { hook: "wrong-book-keep" }, on: { click: close } }, t("wrong_book_keep"))));
}
