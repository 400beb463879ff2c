// The account's name, a menu of the other accounts, and links to the server's pages.

import { number, t } from "../text/words.js";
import { run } from "../ui/act.js";
import { el } from "../ui/dom.js";

/** @type {AppPage[]} */
const PAGES = ["people", "history", "report", "settings"];

/** @param {PopupBase} context */
export function header(context) {
  const { view, account, ui } = context;
  return el(
    "header",
    { data: { part: "header", account: account?.account.id } },
    el("h1", {}, account ? chip(context, account) : t("appName")),
    view.server.demo && el("span", { class: "tag", data: { hook: "demo" } }, t("demo")),
    account &&
      el(
        "nav",
        { "aria-label": t("pages") },
        PAGES.map((page) => (page === "people" && !account.targets ? null : appLink(page, account))),
      ),
    account && ui.menu && menu(context, account),
  );
}

/**
 * @param {PopupBase} context
 * @param {AccountView} account
 */
function chip({ ui, paint }, { account }) {
  const toggle = () => {
    ui.menu = !ui.menu;
    paint();
  };
  return el(
    "button",
    {
      class: "chip",
      title: account.name,
      "aria-expanded": String(ui.menu),
      "aria-controls": "accounts",
      data: { hook: "account-menu" },
      on: { click: toggle },
    },
    el("span", { class: "name" }, account.name),
    el("span", { class: "mute", "aria-hidden": "true" }, "▾"),
  );
}

/**
 * The menu of accounts, each with its own balance. Balances are not added up: credits of two accounts cannot be
 * combined.
 * @param {PopupBase} context
 * @param {AccountView} current
 */
function menu({ view, ui, paint }, current) {
  const select = (/** @type {string} */ id) => () => {
    Object.assign(ui, { switched: true, menu: false, asking: null });
    paint();
    return run("account.select", { id });
  };
  return el(
    "ul",
    { class: "menu", id: "accounts" },
    view.accounts.map(({ account: { id, name }, productTitle, projection }) =>
      el(
        "li",
        {},
        el(
          "button",
          {
            "aria-current": id === current.account.id ? "true" : null,
            data: { hook: "select-account", id },
            on: { click: select(id) },
          },
          id !== current.account.id && el("span", { class: "unseen" }, t("switch"), " "),
          el("span", { class: "name" }, name),
          " ",
          productTitle !== name && el("span", { class: "small mute" }, productTitle),
          " ",
          el("b", { class: "count" }, projection ? number(projection.balance) : "–"),
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
 * @param {AccountView} account
 */
function appLink(page, { account }) {
  const open = async () => {
    if (await run("app.open", { page, accountId: account.id })) globalThis.close();
  };
  const name = t(`page_${page}`);
  return el(
    "button",
    { class: `icon ${page}`, "aria-label": name, title: name, data: { hook: `open-${page}` }, on: { click: open } },
    el("i", { "aria-hidden": "true" }),
  );
}
