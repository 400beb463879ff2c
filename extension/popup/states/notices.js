// The next loss, and all other warnings. One warning is shown until the user expands them, none without room for it.

import { isNear, isUrgent } from "../../core/show/summary.js";
import { overLimit } from "../../core/show/warnings.js";
import { ending, onDay, roundMoney } from "../../text/format.js";
import { plural } from "../../text/words.js";

const GRAVITY = { urgent: 0, warning: 1, info: 2 };

/** Warnings about the loss that has a box of its own. */
const OF_LOSS = ["expiring", "over_cap", "cancelling"];

/** @type {Record<string, {page: AppPage, words: "answer_rules" | "add_people", hook: string}>} */
const ANSWERS = {
  wrong_book: { page: "settings", words: "answer_rules", hook: "open-rules" },
  few_targets: { page: "people", words: "add_people", hook: "add-people" },
};

/** @param {PopupContext} context */
export function lossState({ account, now }) {
  const projection = account?.projection;
  if (!account || !projection?.nextLoss || !isNear(projection, now)) return null;
  const {
    nextLoss: { at, credits, reason, value },
    nextRenewal,
    perDay,
  } = projection;
  // Credits of the reserve are meant to be kept, so they are no loss.
  if (reason !== "forfeit" && !perDay) return null;
  const zone = account.account.time_zone;
  return {
    reason,
    isUrgent: isUrgent(projection, now),
    words:
      reason === "forfeit"
        ? overLimit(credits, nextRenewal?.credits ?? credits, onDay(at, zone, now))
        : plural(`loss_${reason}`, credits, ending(at, zone, now)),
    value: value ? roundMoney(value) : "",
  };
}

/** @param {PopupContext} context */
export function notesState({ account, now, page, ui, warnings }) {
  if (!account) return null;
  const { projection } = account;
  const isBoxed = projection !== null && isNear(projection, now);
  const notes = warnings
    .filter(({ code, until: end }) => !(isBoxed && OF_LOSS.includes(code) && end === projection.nextLoss?.at))
    .sort((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity])
    // The section of the next target shows the number of names.
    .filter(({ code }) => !(code === "few_targets" && page?.person === null));
  if (!notes.length) return null;
  const shown = ui.allNotices ? notes : notes.slice(0, Math.min(1, ui.room));
  return {
    accountId: account.account.id,
    notes: shown.map(({ code, words }) => ({ code, ...words, answer: ANSWERS[code] ?? null })),
    hidden: notes.length - shown.length,
  };
}
