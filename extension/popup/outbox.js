// Refused entries, each with buttons to correct, repeat or delete it.

import { profileLink } from "../core/log/people.js";
import { instantOf } from "../text/format.js";
import { t } from "../text/words.js";
import { OUTCOMES } from "../core/shapes.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { choices, field, form, option } from "../ui/forms.js";
import { purposes } from "./form.js";

/** @import {needsYouState} from "./states/outbox.js" */
/** @typedef {StateOf<typeof needsYouState>} State */
/** @typedef {NonNullable<State["entries"][number]["form"]>} Correcting */

/** @type {Outcome[]} */
const CHOICES = [...OUTCOMES.filter((outcome) => outcome !== "pending"), "pending"];

/**
 * @param {State} state
 * @param {PopupPage} page
 */
export const needsYou = ({ entries }, page) =>
  el(
    "section",
    { class: "notices needs", "aria-label": t("needs_you"), data: { part: "needs-you" } },
    entries.map((entry) => decision(entry, page)),
  );

/**
 * @param {State["entries"][number]} entry
 * @param {PopupPage} page
 */
function decision(entry, page) {
  const { canAccept, canDropLink, canEdit, canRepeat, code, id, isOpen, title, words } = entry;
  const { ui, paint } = page;
  const resolve = (/** @type {"accept" | "again" | "discard"} */ answer) => async () => {
    if (await run("resolve", { id, answer })) say(t(`resolved_${answer}`));
  };
  const edit = () => {
    Object.assign(ui, { editing: isOpen ? null : id, errors: {} });
    paint();
  };
  const withoutLink = async () => {
    if (await run("correct", { id, correction: { profileUrl: null } })) say(t("resolved_again"));
  };
  return el(
    "article",
    { class: "notice urgent", data: { id, problem: code } },
    el("h2", {}, title),
    el("p", { data: { hook: "server-words" } }, words),
    entry.form && correction(entry.form, page),
    el(
      "div",
      { class: "row answers" },
      canAccept && el("button", { data: { hook: "accept" }, on: { click: resolve("accept") } }, t("answer_accept")),
      canEdit &&
        el(
          "button",
          { "aria-expanded": String(isOpen), data: { hook: "edit" }, on: { click: edit } },
          t(isOpen ? "cancel" : "answer_edit"),
        ),
      canDropLink &&
        el("button", { data: { hook: "without-link" }, on: { click: withoutLink } }, t("answer_without_link")),
      canRepeat && el("button", { data: { hook: "again" }, on: { click: resolve("again") } }, t("answer_again")),
      el("button", { data: { hook: "discard" }, on: { click: resolve("discard") } }, t("answer_discard")),
    ),
  );
}

/**
 * A refused entry as a form; submitting sends it again.
 * @param {Correcting} correcting
 * @param {PopupPage} page
 */
function correction({ at: before, entry, errors, localAt, needsSeat, seats, zone }, { ui, paint }) {
  const submit = async (/** @type {Values} */ values) => {
    ui.errors = fieldErrors(entry, values);
    if (!Object.values(ui.errors).some(Boolean)) {
      const at = values["edit-at"] === localAt ? before : instantOf(values["edit-at"], zone);
      if (await run("correct", { id: entry.id, correction: correctionOf(entry, values, at) })) {
        ui.editing = null;
        say(t("resolved_again"));
      }
    }
    paint();
  };
  return form(
    "correct-form",
    submit,
    ...fieldsOf(entry, errors),
    field("edit-at", {
      label: t("edit_at", zone),
      error: errors["edit-at"],
      type: "datetime-local",
      value: localAt,
    }),
    seats.length > 0 &&
      field("edit-seat", {
        label: t("seat"),
        error: errors["edit-seat"],
        options: [
          needsSeat && option("", t("seat_choose"), true),
          ...seats.map(({ id, isChosen, name }) => option(id, name, isChosen)),
        ],
      }),
    el("button", { class: "main", data: { hook: "correct-submit" } }, t("edit_submit")),
  );
}

/**
 * @param {OutboxEntry} entry
 * @param {Errors} errors
 */
function fieldsOf(entry, errors) {
  if (entry.kind === "inmail") {
    const { cost, purpose, recipient } = entry.body;
    return [
      field("edit-name", { label: t("name"), error: errors["edit-name"], maxlength: 200, value: recipient.name }),
      field("edit-link", {
        label: t("link"),
        error: errors["edit-link"],
        inputmode: "url",
        value: recipient.profile_url ?? "",
      }),
      field("edit-purpose", { label: t("purpose"), options: purposes(purpose) }),
      choices("edit-cost", "radio", {
        legend: t("cost"),
        hidden: true,
        class: "two",
        choices: [1, 0].map((each) => ({
          value: each,
          words: t(each ? "cost_credit" : "cost_free"),
          checked: each === cost,
        })),
      }),
    ];
  }
  if (entry.kind === "observation") {
    return [
      field("edit-balance", {
        label: t("linkedin_shows"),
        error: errors["edit-balance"],
        inputmode: "numeric",
        value: entry.body.balance,
      }),
    ];
  }
  if (entry.kind !== "outcome") return [];
  const { outcome } = entry.body;
  return [
    field("edit-outcome", {
      label: t("outcome"),
      options: CHOICES.map((each) => option(each, t(`outcome_${each}`), each === outcome)),
    }),
  ];
}

/**
 * @param {OutboxEntry} entry
 * @param {Values} values
 * @returns {Errors}
 */
function fieldErrors({ kind }, values) {
  const link = values["edit-link"];
  return {
    "edit-name": kind === "inmail" && !values["edit-name"] ? t("name_missing") : "",
    "edit-link": link && !profileLink(link) ? t("link_not_a_person") : "",
    "edit-balance": kind === "observation" && !/^\d{1,5}$/.test(values["edit-balance"]) ? t("balance_invalid") : "",
    "edit-at": values["edit-at"] ? "" : t("at_missing"),
    "edit-seat": values["edit-seat"] === "" ? t("seat_missing") : "",
  };
}

/**
 * @param {OutboxEntry} entry
 * @param {Values} values
 * @param {string} at
 * @returns {Correction}
 */
function correctionOf({ kind }, values, at) {
  const seat = values["edit-seat"] ? { accountId: values["edit-seat"] } : {};
  if (kind === "observation") return { ...seat, at, balance: Number(values["edit-balance"]) };
  if (kind === "outcome") return { at, outcome: /** @type {Outcome} */ (values["edit-outcome"]) };
  return {
    ...seat,
    at,
    name: values["edit-name"],
    profileUrl: profileLink(values["edit-link"]),
    purpose: /** @type {Purpose} */ (values["edit-purpose"] || null),
    cost: values["edit-cost"] === "0" ? 0 : 1,
  };
}
