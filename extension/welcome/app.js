// Links to the connected server's pages, which have everything that does not need the browser.

import { openApp } from "../core/server/openapp.js";
import { t } from "../text/words.js";
import { sayRefusal } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { section } from "./section.js";

/** @param {WelcomeContext} context */
export function app(context) {
  const { account } = context;
  const open = (/** @type {string} */ path) => () => openApp(path).catch(sayRefusal);
  return section(
    context,
    "app",
    { title: t("app_title") },
    el("p", {}, t("app_why")),
    el(
      "div",
      { class: "row" },
      el(
        "button",
        { class: "main", data: { hook: "open-app" }, on: { click: open(account ? "/" : "/welcome") } },
        t(account ? "app_open" : "app_setup"),
      ),
      account && el("button", { data: { hook: "open-settings" }, on: { click: open("/settings") } }, t("app_settings")),
    ),
  );
}
