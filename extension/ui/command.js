// What the user takes elsewhere, such as a command for the terminal, and a button that copies it.

import { t } from "../text/words.js";
import { say } from "./act.js";
import { el } from "./dom.js";

/**
 * @param {string} command
 * @param {string} [label] the string that names the button
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
