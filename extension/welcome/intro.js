// The title of the page and the description of the product.

import { t } from "../text/words.js";
import { el } from "../ui/dom.js";

/** @param {WelcomeContext} context */
export const intro = ({ view, setup }) =>
  el(
    "header",
    { data: { part: "intro" } },
    el(
      "h1",
      {},
      t(setup ? "welcome_title" : "settings_title"),
      " ",
      view.server.demo && el("span", { class: "tag", data: { hook: "demo" } }, t("demo")),
    ),
    el("p", { class: "mute" }, view.server.demo ? t("demo_why") : t("appDescription")),
  );
