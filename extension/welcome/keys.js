// The user's shortcuts, and where the browser changes them.

import { isFirefox } from "../core/browser.js";
import { t } from "../text/words.js";
import { el } from "../ui/dom.js";
import { section } from "./section.js";

/** The browser's page for shortcuts. In Firefox it is in the menu of the add-ons page. */
const PLACE = isFirefox ? "about:addons" : "chrome://extensions/shortcuts";

/** @param {WelcomeContext} context */
export function keys(context) {
  const { later, log, open } = context.ui.shortcuts;
  const line = (/** @type {"keys_log" | "keys_list" | "keys_open"} */ words, /** @type {string} */ pressed) =>
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
