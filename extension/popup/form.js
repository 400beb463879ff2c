// The form for an InMail that one click cannot log: any person, any past day, purpose, subject and note.

import { lastInMailTo } from "../core/log/past.js";
import { profileLink } from "../core/log/people.js";
import { cachedView } from "../core/show/view.js";
import { instantOf, localTime } from "../text/format.js";
import { t } from "../text/words.js";
import { PURPOSES } from "../core/shapes.js";
import { run } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { choices, field, form, option } from "../ui/forms.js";

/** @import {formState} from "./states/form.js" */
/** @import {logOrAsk} from "./log.js" */

const DAYS = /** @type {const} */ (["now", "yesterday", "pick"]);
const DAY_MS = 86_400_000;

/** The local time used for a day that the user picks. */
const NOON = "12:00";

/**
 * @param {StateOf<typeof formState>} state
 * @param {PopupPage} page
 * @param {typeof logOrAsk} log
 */
export function logForm(state, page, log) {
  const { errors, today } = state;
  const { ui, paint } = page;
  const submit = async (
    /** @type {Values} */ { name, link, seat = state.accountId, day, date, purpose, subject, note, cost },
  ) => {
    const now = new Date();
    const sentAt = instantOfDay(day, date ?? "", state.zone, now);
    ui.errors = {
      name: name ? "" : t("name_missing"),
      link: !link || profileLink(link) ? "" : t("link_not_a_person"),
      seat: seat ? "" : t("seat_missing"),
      date: sentAt === "" ? t("day_invalid") : "",
    };
    if (!Object.values(ui.errors).some(Boolean)) {
      const recipient = { name, profileUrl: link ? profileLink(link) : null };
      const wanted = {
        accountId: seat,
        recipient,
        cost: /** @type {0 | 1} */ (cost === "0" ? 0 : 1),
        purpose: /** @type {Purpose} */ (purpose || null),
        subject,
        note,
        ...(sentAt && { sentAt }),
      };
      const { found } = (await run("person.lookup", { person: recipient })) ?? {};
      const view = await cachedView(now);
      const paying = view.accounts.find(({ account }) => account.id === seat);
      if (await log(page, wanted, lastInMailTo(recipient, view, found), paying, true)) {
        Object.assign(ui, { form: false, draft: null });
      }
    }
    paint();
  };
  const pickDay = (/** @type {Event & {currentTarget: HTMLSelectElement}} */ { currentTarget }) => {
    ui.day = currentTarget.value;
    paint();
  };
  return form(
    "log-form",
    submit,
    field("name", { label: t("name"), error: errors.name, maxlength: 200, value: state.name }),
    field("link", {
      label: t("link"),
      error: errors.link,
      inputmode: "url",
      placeholder: "https://www.linkedin.com/in/…",
      value: state.link,
    }),
    state.seats.length > 0 &&
      field("seat", {
        label: t("seat"),
        error: errors.seat,
        options: [
          state.needsSeat && option("", t("seat_choose"), true),
          ...state.seats.map(({ id, isChosen, words }) => option(id, words, isChosen)),
        ],
      }),
    el(
      "div",
      { class: "two" },
      field("day", {
        label: t("day"),
        options: DAYS.map((each) => option(each, t(`day_${each}`), each === state.day)),
        on: { change: pickDay },
      }),
      field("purpose", { label: t("purpose"), options: purposes(state.purpose) }),
    ),
    state.day === "pick" &&
      field("date", { label: t("date"), error: errors.date, type: "date", max: today, value: today }),
    field("subject", { label: t("subject"), maxlength: 200 }),
    field("note", { label: t("note"), maxlength: 2000 }),
    choices("cost", "radio", {
      legend: t("cost"),
      hidden: true,
      class: "two",
      choices: [1, 0].map((cost) => ({
        value: cost,
        words: t(cost ? "cost_credit" : "cost_free"),
        checked: cost === state.cost,
      })),
    }),
    el("button", { class: "main", data: { hook: "log-submit" } }, t("log_submit")),
  );
}

/**
 * The instant of sending: null for now, "" for a day that is missing or not in the past.
 * @param {string} day
 * @param {string} date "YYYY-MM-DD"
 * @param {string} zone
 * @param {Date} now
 */
function instantOfDay(day, date, zone, now) {
  if (day === "now") return null;
  const local = localTime(now.toISOString(), zone);
  const time = local.slice(11);
  if (day === "yesterday") return instantOf(`${dayBefore(local.slice(0, 10))}T${time}`, zone);
  if (!date || date > local.slice(0, 10)) return "";
  return date === local.slice(0, 10) ? null : instantOf(`${date}T${NOON}`, zone);
}

/** @param {string} date "YYYY-MM-DD" */
const dayBefore = (date) => new Date(Date.parse(date) - DAY_MS).toISOString().slice(0, 10);

/** @param {Purpose | null | undefined} chosen */
export const purposes = (chosen) => [
  option("", t("purpose_none")),
  ...PURPOSES.map((purpose) => option(purpose, t(`purpose_${purpose}`), purpose === chosen)),
];
