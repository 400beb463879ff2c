// The step to pin the icon to the toolbar.

import { t } from "../text/words.js";
import { el } from "../ui/dom.js";
import { section } from "./section.js";

/** @param {WelcomeContext} context */
export function pin(context) {
  const { setup, ui } = context;
  if (!setup && ui.pinned !== false) return null;
  return section(
    context,
    "pin",
    { step: 3, state: setup ? "later" : "open", title: t("pin_title") },
    el("p", { data: { hook: "pinned", pinned: ui.pinned } }, t(ui.pinned ? "pin_done" : "pin_how")),
  );
}
