// The setting for logging InMails as they are sent: off by default, and off without its permission.

import { requestListening } from "../core/browser.js";
import { t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { section } from "./section.js";

/** @param {WelcomeContext} context */
export function listening(context) {
  const { listening: state } = context.view;
  const isOn = state === "on";

  /** The permission is requested before any `await`: the browser requires the click's own call stack. */
  const setListening = (/** @type {boolean} */ on) => async () => {
    if (on && !(await requestListening())) return say(t("listening_refused"));
    if (await run("listening.set", { on })) say(t(on ? "listening_is_on" : "listening_is_off"));
  };
  return section(
    context,
    "listening",
    { title: t("listening_title") },
    el("p", {}, t("listening_why")),
    el("p", { class: "hint" }, t("listening_reads")),
    state === "revoked" && el("p", { class: "notice warning", data: { hook: "revoked" } }, t("listening_revoked")),
    el(
      "div",
      { class: "row" },
      el(
        "button",
        {
          class: isOn ? "" : "main",
          "aria-pressed": String(isOn),
          data: { hook: "listening" },
          on: { click: setListening(!isOn) },
        },
        t(isOn ? "listening_off" : "listening_on"),
      ),
      state === "revoked" &&
        el(
          "button",
          { class: "quiet", data: { hook: "listening-forgo" }, on: { click: setListening(false) } },
          t("listening_off"),
        ),
    ),
  );
}
