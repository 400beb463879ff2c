// Keeping the icon in sight, and the end of the first run.

import { el } from "../ui/dom.js";
import { t } from "../ui/words.js";
import { section } from "./section.js";

/** @param {WelcomeContext} context */
export function pin(context) {
  const { setup, account, ui, paint } = context;
  if (!setup && ui.pinned !== false) return null;
  const finish = () => { ui.finished = true; paint(); window.scrollTo(0, 0); };
  const state = setup && !account ? "later" : "open";
  return section(context, "pin", { step: 4, state, title: t("pin_title") },
    el("p", { data: { hook: "pinned", pinned: ui.pinned } }, t(ui.pinned ? "pin_done" : "pin_how")),
    setup && el("button", { class: "main", data: { hook: "finish" }, on: { click: finish } }, t("finish")));
}
