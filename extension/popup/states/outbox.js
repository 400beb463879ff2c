// Refused entries that the user decides about.

import { localTime, relative } from "../../text/format.js";
import { plural, refusalWords, t } from "../../text/words.js";

/** @param {PopupContext} context */
export function needsYouState({ now, ui, view }) {
  if (!view.needsYou.length) return null;
  return { entries: view.needsYou.map((entry) => decisionState(entry, view, ui, now)) };
}

/**
 * @param {OutboxEntry} entry
 * @param {View} view
 * @param {PopupUi} ui
 * @param {Date} now
 */
function decisionState(entry, view, ui, now) {
  const { id, kind, problem } = entry;
  const isOverdrawn = problem?.code === "insufficient_credits";
  const isEditable = kind === "inmail" || kind === "outcome" || kind === "observation";
  const isOpen = ui.editing === id;
  return {
    id,
    code: problem?.code,
    title: t("needs_you_title", entryWords(entry, now)),
    words: refusalWords({ problem }),
    canAccept: isOverdrawn,
    canEdit: isEditable,
    canDropLink: kind === "inmail" && !isOverdrawn && entry.body.recipient.profile_url !== undefined,
    canRepeat: !isEditable || (problem?.status ?? 0) >= 500,
    isOpen,
    form: isOpen ? correctionState(entry, view, ui.errors) : null,
  };
}

/**
 * A refused entry as a form.
 * @param {OutboxEntry} entry
 * @param {View} view
 * @param {Errors} errors
 */
function correctionState(entry, view, errors) {
  const seats = view.accounts.map(({ account: { id, name } }) => ({ id, name, isChosen: id === entry.accountId }));
  const isKnown = seats.some(({ isChosen }) => isChosen);
  const zone = view.accounts.find(({ account }) => account.id === entry.accountId)?.account.time_zone ?? "UTC";
  const at = timeOf(entry);
  return {
    entry,
    errors,
    zone,
    at,
    localAt: localTime(at, zone),
    // Empty if there is nothing to choose.
    seats: entry.kind !== "outcome" && (seats.length > 1 || !isKnown) ? seats : [],
    needsSeat: !isKnown,
  };
}

/** @param {OutboxEntry} entry */
function timeOf({ body, createdAt }) {
  if ("sent_at" in body) return body.sent_at;
  if ("observed_at" in body) return body.observed_at;
  return ("outcome_at" in body && body.outcome_at) || createdAt;
}

/**
 * @param {OutboxEntry} entry
 * @param {Date} now
 */
export function entryWords(entry, now) {
  const at = relative(entry.createdAt, now);
  switch (entry.kind) {
    case "inmail":
      return t("entry_inmail", entry.body.recipient.name, at);
    case "retract":
      return t("entry_retract", entry.body.name, at);
    case "outcome":
      return t("entry_outcome", t(`past_${entry.body.outcome}`), at);
    case "observation":
      return plural("entry_observation", entry.body.balance, at);
    case "target_add":
      return t("entry_target_add", entry.body.person.name, at);
    case "target_change":
      return t("entry_target_change", entry.person.name, at);
    case "person_change":
      return t("entry_person_change", entry.person.name, at);
  }
}
