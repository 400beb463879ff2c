// InMails that no other section shows: logged by the listener since the popup was last opened, or not on the server
// yet.

import { when } from "../../text/format.js";
import { t } from "../../text/words.js";

const SHOWN_MAX = 3;

/** @param {PopupContext} context */
export function sentState({ account, now, ui, view }) {
  if (!account) return null;
  const isAway = view.connection.state !== "ok";
  const news = account.recent.filter(
    ({ noticed, sentAt, waiting }) => (noticed && sentAt > (ui.lastOpenedAt ?? "")) || (waiting && isAway),
  );
  if (!news.length) return null;
  return {
    accountId: account.account.id,
    items: news.slice(0, isAway ? 1 : SHOWN_MAX).map(({ cost, id, name, noticed, outcome, sentAt, waiting }) => ({
      id,
      name,
      outcome,
      isWaiting: waiting,
      words: [
        when(sentAt, account.account.time_zone, now),
        cost === 0 && t("costs_nothing"),
        noticed && t("noticed"),
        // While the server is away, the problem's section counts those that wait, and the name needs the room.
        waiting && !isAway && t("will_sync"),
      ]
        .filter(Boolean)
        .join(" · "),
    })),
  };
}
