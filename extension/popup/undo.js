// A button that removes an InMail from the log.

import { t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";

/**
 * @param {string} id
 * @param {string} name
 * @param {string} [style]
 * @param {MessageKey} [key]
 */
export function undoButton(id, name, style = "", key = "undo") {
  const undo = async () => {
    if (await run("undo", { id })) say(t("undone", name));
  };
  return el(
    "button",
    { class: style, "aria-label": t("of_person", t(key), name), data: { hook: "undo", id }, on: { click: undo } },
    t(key),
  );
}
