// The account's name, a menu of the other accounts, and links to the server's pages.

import { number, t } from "../text/words.js";
import { run } from "../ui/act.js";
import { el } from "../ui/dom.js";

/** @import {headerState} from "./states/header.js" */
/** @typedef {StateOf<typeof headerState>} State */

/**
 * @param {State} state
 * @param {PopupPage} page
 */
export function header({ account, isDemo, isOpen, menu, pages }, { ui, paint }) {
  const toggle = () => {
    ui.menu = !ui.menu;
    paint();
  };
  const chip =
    account &&
    el(
      "button",
      {
        class: "chip",
        "aria-expanded": String(isOpen),
        "aria-controls": "accounts",
        data: { hook: "account-menu" },
        on: { click: toggle },
      },
      el("span", { class: "name", dir: "auto", title: account.name }, account.name),
      el("span", { class: "mute", "aria-hidden": "true" }, "▾"),
    );
  return el(
    "header",
    { data: { part: "header", account: account?.id } },
    el("h1", {}, chip ?? t("appName")),
    isDemo && el("span", { class: "tag", data: { hook: "demo" } }, t("demo")),
    account &&
      el(
        "nav",
        { "aria-label": t("pages") },
        pages.map((page) => appLink(page, account.id)),
      ),
    menu.length > 0 && accountMenu(menu, { ui, paint }),
  );
}

/**
 * @param {State["menu"]} menu
 * @param {PopupPage} page
 */
function accountMenu(menu, { ui, paint }) {
  const select = (/** @type {string} */ id) => () => {
    Object.assign(ui, { switched: true, menu: false, asking: null });
    paint();
    return run("account.select", { id });
  };
  return el(
    "ul",
    { class: "menu", id: "accounts" },
    menu.map(({ count, id, isCurrent, name, product }) =>
      el(
        "li",
        {},
        el(
          "button",
          {
            "aria-current": isCurrent ? "true" : null,
            data: { hook: "select-account", id },
            on: { click: select(id) },
          },
          !isCurrent && el("span", { class: "unseen" }, t("switch"), " "),
          el("span", { class: "name", dir: "auto" }, name),
          " ",
          product && el("span", { class: "small mute" }, product),
          " ",
          el("b", { class: "count" }, typeof count === "number" ? number(count) : count),
        ),
      ),
    ),
    el(
      "li",
      {},
      el(
        "a",
        { href: "../welcome/welcome.html", target: "_blank", data: { hook: "browser-settings" } },
        t("browser_settings"),
      ),
    ),
  );
}

/**
 * @param {AppPage} page
 * @param {string} accountId
 */
function appLink(page, accountId) {
  const open = async () => {
    if (await run("app.open", { page, accountId })) globalThis.close();
  };
  const name = t(`page_${page}`);
  return el(
    "button",
    // The title is the name as well. Beside an `aria-label` of the same words, a screen reader would say it twice.
    { class: `icon ${page}`, title: name, data: { hook: `open-${page}` }, on: { click: open } },
    el("i", { "aria-hidden": "true" }),
  );
}
