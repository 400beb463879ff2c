// Unsent entries of a server that this browser is no longer connected to.

import { isMovable } from "../../core/store/belonging.js";
import { plural, t } from "../../text/words.js";
import { entryWords } from "./outbox.js";

const SHOWN_MAX = 3;

/** @param {PopupContext} context */
export function elsewhereState({ view, account, now, ui }) {
  const entries = view.elsewhere;
  if (!entries.length) return null;
  const hidden = entries.length - SHOWN_MAX;
  const canSend = view.connection.state === "ok" && entries.some((entry) => isMovable(entry, entries));
  return {
    accountId: account?.account.id ?? null,
    title: plural("elsewhere_title", entries.length),
    why: t("elsewhere_why", view.server.address),
    isAsked: ui.elsewhere || entries.some(({ isKept }) => !isKept),
    entries: entries
      .slice(0, SHOWN_MAX)
      .map((entry) => ({ id: entry.id, kind: entry.kind, words: entryWords(entry, now) })),
    more: hidden > 0 ? plural("and_more", hidden) : "",
    // "" if there is nothing to send, or nowhere.
    send: account && canSend ? t("elsewhere_send", account.account.name) : "",
  };
}
