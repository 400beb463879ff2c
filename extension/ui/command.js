// A text for use outside the browser, such as a terminal command, with a button that copies it.

import { t } from "../text/words.js";
import { say } from "./act.js";
import { el } from "./dom.js";

/** @param {string} command */
export function commandLine(command) {
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
      { class: "quiet", "aria-label": t("copy_command", command), data: { hook: "copy" }, on: { click: copy } },
      t("copy"),
    ),
  );
}
