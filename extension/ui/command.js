// A text for use outside the browser, such as a terminal command, with a button that copies it.

import { t } from "../text/words.js";
import { say } from "./act.js";
import { el } from "./dom.js";

/**
 * @param {string} command
 * @param {string} [label] message key of the button's accessible name
 */
export function commandLine(command, label = "copy_command") {
  const copy = async () => {
    await navigator.clipboard.writeText(command);
    say(t("copied", command));
  };
  return el(
    "div",
    { class: "command", data: { hook: "next-step" } },
    el("code", {}, command),
    el(
      "button",
      { class: "quiet", "aria-label": t(label, command), data: { hook: "copy" }, on: { click: copy } },
      t("copy"),
    ),
  );
}
