// The shortcuts that the user has, and where the browser lets them be changed.

import { t } from "../text/words.js";
import { el } from "../ui/dom.js";
import { section } from "./section.js";

/** Where the browser keeps them; Firefox has them in the menu of its page of add-ons. */
const PLACE = navigator.userAgent.includes("Firefox") ? "about:addons" : "chrome://extensions/shortcuts";

/** @param {WelcomeContext} context */
export function keys(context) {
  const { later, log, open } = context.ui.shortcuts;
  const line = (/** @type {string} */ words, /** @type {string} */ pressed) =>
    el("p", {}, t(words), " ", el("b", {}, pressed || t("keys_none")));
  return section(
    context,
    "keys",
    { title: t("keys_title") },
    line("keys_log", log),
    line("keys_list", later),
    line("keys_open", open),
    el("p", { class: "hint" }, t("keys_change", PLACE)),
  );
}
