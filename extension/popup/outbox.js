// Entries that are not on the server: waiting ones, and refused ones that the user decides about.

import { profileLink } from "../core/log/people.js";
import { instantOf, localTime, relative } from "../text/format.js";
import { plural, refusalWords, t } from "../text/words.js";
import { OUTCOMES } from "../core/shapes.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { choices, field, form, option } from "../ui/forms.js";
import { purposes } from "./form.js";
import { retryLine } from "./problem.js";

/** @type {Outcome[]} */
const CHOICES = [...OUTCOMES.filter((outcome) => outcome !== "pending"), "pending"];

/** @param {PopupContext} context */
export function needsYou(context) {
  const { view } = context;
  if (!view.needsYou.length) return null;
  return el(
    "section",
    { class: "notices needs", "aria-label": t("needs_you"), data: { part: "needs-you" } },
    view.needsYou.map((entry) => decision(context, entry)),
  );
}

/**
 * @param {PopupContext} context
 * @param {OutboxEntry} entry
 */
function decision({ view, now, ui, paint }, entry) {
  const { id, kind, problem } = entry;
  const resolve = (/** @type {"accept" | "again" | "discard"} */ answer) => async () => {
    if (await run("resolve", { id, answer })) say(t(`resolved_${answer}`));
  };
  const edit = () => {
    Object.assign(ui, { editing: ui.editing === id ? null : id, errors: {} });
    paint();
  };
  const withoutLink = async () => {
    if (await run("correct", { id, correction: { profileUrl: null } })) say(t("resolved_again"));
  };
  const isOverdrawn = problem?.code === "insufficient_credits";
  const hasLink = kind === "inmail" && !isOverdrawn && entry.body.recipient.profile_url !== undefined;
  const isEditable = kind === "inmail" || kind === "outcome" || kind === "observation";
  const isOpen = ui.editing === id;
  return el(
    "article",
    { class: "notice urgent", data: { id, problem: problem?.code } },
    el("h2", {}, t("needs_you_title", entryWords(entry, now))),
    el("p", { data: { hook: "server-words" } }, refusalWords({ problem })),
    isOpen && correction(entry, { view, ui, paint }),
    el(
      "div",
      { class: "row answers" },
      isOverdrawn && el("button", { data: { hook: "accept" }, on: { click: resolve("accept") } }, t("answer_accept")),
      isEditable &&
        el(
          "button",
          { "aria-expanded": String(isOpen), data: { hook: "edit" }, on: { click: edit } },
          t(isOpen ? "cancel" : "answer_edit"),
        ),
      hasLink && el("button", { data: { hook: "without-link" }, on: { click: withoutLink } }, t("answer_without_link")),
      (!isEditable || (problem?.status ?? 0) >= 500) &&
        el("button", { data: { hook: "again" }, on: { click: resolve("again") } }, t("answer_again")),
      el("button", { data: { hook: "discard" }, on: { click: resolve("discard") } }, t("answer_discard")),
    ),
  );
}

/**
 * A refused entry as a form; submitting sends it again.
 * @param {OutboxEntry} entry
 * @param {Pick<PopupContext, "view" | "ui" | "paint">} context
 */
function correction(entry, { view, ui, paint }) {
  const { id, accountId } = entry;
  const zone = view.accounts.find(({ account }) => account.id === accountId)?.account.time_zone ?? "UTC";
  const before = timeOf(entry);
  const submit = async (/** @type {Values} */ values) => {
    ui.errors = fieldErrors(entry, values);
    if (!Object.values(ui.errors).some(Boolean)) {
      const at = values["edit-at"] === localTime(before, zone) ? before : instantOf(values["edit-at"], zone);
      if (await run("correct", { id, correction: correctionOf(entry, values, at) })) {
        ui.editing = null;
        say(t("resolved_again"));
      }
    }
    paint();
  };
  const seats = view.accounts.map(({ account }) => option(account.id, account.name, account.id === accountId));
  const isKnown = view.accounts.some(({ account }) => account.id === accountId);
  return form(
    "correct-form",
    submit,
    ...fieldsOf(entry, ui.errors),
    field("edit-at", {
      label: t("edit_at", zone),
      error: ui.errors["edit-at"],
      type: "datetime-local",
      value: localTime(before, zone),
    }),
    entry.kind !== "outcome" &&
      (seats.length > 1 || !isKnown) &&
      field("edit-seat", {
        label: t("seat"),
        error: ui.errors["edit-seat"],
        options: isKnown ? seats : [option("", t("seat_choose"), true), ...seats],
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

/** @param {OutboxEntry} entry */
function timeOf({ body, createdAt }) {
  if ("sent_at" in body) return body.sent_at;
  if ("observed_at" in body) return body.observed_at;
  return ("outcome_at" in body && body.outcome_at) || createdAt;
}

/**
 * The waiting entries, if the server responds but asked for a pause.
 * @param {PopupContext} context
 */
export function waiting({ view, now }) {
  if (!view.waiting.length || view.connection.state !== "ok" || view.connection.retryAt === null) return null;
  return el(
    "section",
    { class: "part", data: { part: "waiting" } },
    el("p", { class: "small mute" }, plural("waiting_title", view.waiting.length)),
    retryLine(view, now),
  );
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
