// InMails that no other section shows, with a button to undo each.

import { t } from "../text/words.js";
import { el } from "../ui/dom.js";
import { undoButton } from "./undo.js";

/** @import {sentState} from "./states/sent.js" */

/** @param {StateOf<typeof sentState>} state */
export const sent = ({ accountId, items }) =>
  el(
    "section",
    { class: "part", "aria-label": t("sent_label"), data: { part: "sent", account: accountId } },
    el(
      "ul",
      { class: "list" },
      items.map(({ id, isWaiting, name, outcome, words }) =>
        el(
          "li",
          { class: "item", data: { id, outcome, waiting: isWaiting } },
          el(
            "p",
            { class: "who" },
            el("span", { class: "name", dir: "auto", title: name }, name),
            " ",
            el("span", { class: "small mute" }, words),
          ),
          undoButton(id, name, "quiet"),
        ),
      ),
    ),
  );
