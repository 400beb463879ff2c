// The calendar: a private address for calendar programs, shown once, or a file to take in once.

import { ask } from "../core/messages.js";
import { receive } from "../core/transfer.js";
import { run, say, sayRefusal } from "../ui/act.js";
import { commandLine } from "../ui/command.js";
import { el } from "../ui/dom.js";
import { day, relative } from "../ui/format.js";
import { save } from "../ui/save.js";
import { t } from "../ui/words.js";
import { section } from "./section.js";

/** @param {WelcomeContext} context */
export function calendar(context) {
  const { account, now, ui, paint, view } = context;
  if (!account || ui.adding) return null;
  const { id: accountId, time_zone: zone } = account.account;
  if (ui.calendar?.accountId !== accountId) {
    ui.calendar = { accountId, state: null, address: null, ending: false };
    look(ui.calendar, paint);
  }
  const { state, address, ending } = ui.calendar;
  const one = ui.calendar;
  const make = (/** @type {boolean} */ renew) => async () => {
    const made = await run("calendar.make", { accountId, renew });
    if (made) Object.assign(one, { address: `${view.server.address}${made.path}`, ending: false });
    await look(one, paint);
  };
  const revoke = async () => {
    if (await run("calendar.revoke", { accountId })) {
      Object.assign(one, { address: null, ending: false });
      say(t("calendar_revoked"));
    }
    await look(one, paint);
  };
  const download = async () => {
    try {
      save(await receive(`/accounts/${accountId}/calendar.ics`), "inkeeper.ics");
    } catch (error) {
      sayRefusal(error);
    }
  };
  const offer = (/** @type {boolean} */ open) => () => { one.ending = open; paint(); document.getElementById("revoke")?.focus(); };
  const isActive = Boolean(state?.active);
  return section(context, "calendar", { title: t("calendar_title") },
    el("p", {}, t("calendar_why")),
    address && el("div", { class: "stack", data: { hook: "calendar-address" } }, commandLine(address, "calendar_copy"), el("p", { class: "hint" }, t("calendar_once"))),
    isActive && !address && state?.created_at && el("p", { data: { hook: "calendar-state" } },
      t("calendar_since", day(new Date(state.created_at), zone, now), zone), " ",
      state.last_read_at ? t("calendar_read", relative(state.last_read_at, now)) : t("calendar_unread")),
    el("div", { class: "row" },
      state && !isActive && el("button", { class: "main", data: { hook: "calendar-make" }, on: { click: make(false) } }, t("calendar_make")),
      isActive && !ending && el("button", { data: { hook: "calendar-end" }, on: { click: offer(true) } }, t("calendar_change")),
      el("button", { class: "quiet", data: { hook: "calendar-download" }, on: { click: download } }, t("calendar_download"))),
    ending && el("div", { class: "notice stack" },
      el("p", {}, t("calendar_change_why")),
      el("div", { class: "row" },
        el("button", { id: "revoke", data: { hook: "calendar-renew" }, on: { click: make(true) } }, t("calendar_renew")),
        el("button", { class: "danger", data: { hook: "calendar-revoke" }, on: { click: revoke } }, t("calendar_revoke")),
        el("button", { class: "quiet", on: { click: offer(false) } }, t("keep_as_is")))),
    view.server.address.startsWith("http:") && el("p", { class: "hint" }, t("calendar_local")));
}

/**
 * @param {NonNullable<WelcomeUi["calendar"]>} one
 * @param {() => void} paint
 */
async function look(one, paint) {
  one.state = await ask("calendar.get", { accountId: one.accountId }).catch(() => null);
  paint();
}
