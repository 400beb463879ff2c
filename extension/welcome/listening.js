// Logging InMails as they are sent: off until the user asks for it, and off again with the permission.

import { requestListening } from "../core/browser.js";
import { t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { section } from "./section.js";

/** @param {WelcomeContext} context */
export function listening(context) {
  const { listening: state } = context.view;
  const isOn = state === "on";

  /** The browser's question belongs to the click itself: nothing is awaited before it. */
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
