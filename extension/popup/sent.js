// InMails that no other section shows: logged by the listener since the popup was last opened, or not on the server
// yet.

import { when } from "../text/format.js";
import { t } from "../text/words.js";
import { el } from "../ui/dom.js";
import { undoButton } from "./undo.js";

const SHOWN_MAX = 3;

/** @param {PopupContext} context */
export function sent({ account, now, ui, view }) {
  const zone = account?.account.time_zone ?? "UTC";
  const isAway = view.connection.state !== "ok";
  const news = (account?.recent ?? []).filter(
    ({ noticed, sentAt, waiting }) => (noticed && sentAt > (ui.lastOpenedAt ?? "")) || (waiting && isAway),
  );
  if (!news.length) return null;
  return el(
    "section",
    { class: "part", "aria-label": t("sent_label"), data: { part: "sent", account: account?.account.id } },
    el(
      "ul",
      { class: "list" },
      news.slice(0, isAway ? 1 : SHOWN_MAX).map(({ id, name, sentAt, cost, noticed, waiting, outcome }) => {
        const facts = [
          when(sentAt, zone, now),
          cost === 0 && t("costs_nothing"),
          noticed && t("noticed"),
          waiting && t("will_sync"),
        ];
        return el(
          "li",
          { class: "item", data: { id, outcome, waiting } },
          el(
            "p",
            { class: "who" },
            el("span", { class: "name", title: name }, name),
            " ",
            el("span", { class: "small mute" }, facts.filter(Boolean).join(" · ")),
          ),
          undoButton(id, name, "quiet"),
        );
      }),
    ),
  );
}
