// Unsent entries of a server that this browser is no longer connected to: the user decides whether to send them to the
// present one.

import { isMovable } from "../core/store/belonging.js";
import { plural, t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { entryWords } from "./outbox.js";

const SHOWN_MAX = 3;

/** @param {PopupContext} context */
export function elsewhere({ view, account, now, ui, paint }) {
  const entries = view.elsewhere;
  if (!entries.length) return null;
  const isAsked = ui.elsewhere || entries.some(({ isKept }) => !isKept);
  const title = plural("elsewhere_title", entries.length);
  if (!isAsked) {
    const open = () => {
      ui.elsewhere = true;
      paint();
    };
    return el(
      "section",
      { class: "part", data: { part: "elsewhere" } },
      el(
        "div",
        { class: "foot" },
        el("p", { class: "small mute" }, title),
        el(
          "button",
          { class: "quiet", data: { hook: "elsewhere-decide" }, on: { click: open } },
          t("elsewhere_decide"),
        ),
      ),
    );
  }
  const answer = (/** @type {"send" | "keep" | "delete"} */ chosen) => async () => {
    ui.elsewhere = false;
    if (await run("elsewhere.answer", { answer: chosen, accountId: account?.account.id ?? null })) {
      say(t(`elsewhere_done_${chosen}`));
    }
    paint();
  };
  const canSend =
    account !== null && view.connection.state === "ok" && entries.some((entry) => isMovable(entry, entries));
  const hidden = entries.length - SHOWN_MAX;
  return el(
    "section",
    { class: "notices", "aria-label": title, data: { part: "elsewhere" } },
    el(
      "article",
      { class: "notice warning" },
      el("h2", {}, title),
      el("p", {}, t("elsewhere_why", view.server.address)),
      el(
        "ul",
        { class: "list small" },
        entries
          .slice(0, SHOWN_MAX)
          .map((entry) => el("li", { data: { id: entry.id, kind: entry.kind } }, entryWords(entry, now))),
        hidden > 0 && el("li", { class: "mute" }, plural("and_more", hidden)),
      ),
      el(
        "div",
        { class: "row answers" },
        el("button", { data: { hook: "elsewhere-keep" }, on: { click: answer("keep") } }, t("elsewhere_keep")),
        canSend &&
          el(
            "button",
            { data: { hook: "elsewhere-send" }, on: { click: answer("send") } },
            t("elsewhere_send", account.account.name),
          ),
        el(
          "button",
          { class: "danger", data: { hook: "elsewhere-delete" }, on: { click: answer("delete") } },
          t("elsewhere_delete"),
        ),
      ),
    ),
  );
}
