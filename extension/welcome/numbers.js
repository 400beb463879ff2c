// The setting to record LinkedIn's balance without asking.

import { t } from "../text/words.js";
import { run } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { section } from "./section.js";

/** @param {WelcomeContext} context */
export function numbers(context) {
  const { takeOver } = context.view.preferences;
  const toggle = () => run("preferences.set", { takeOver: !takeOver });
  return section(
    context,
    "numbers",
    { title: t("numbers_title") },
    el("p", {}, t("numbers_why")),
    el(
      "div",
      { class: "row" },
      el(
        "button",
        { "aria-pressed": String(takeOver), data: { hook: "take-over" }, on: { click: toggle } },
        t(takeOver ? "numbers_off" : "numbers_on"),
      ),
    ),
  );
}
