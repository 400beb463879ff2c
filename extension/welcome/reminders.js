// The settings for notifications: on or off, and a pause of some days.

import { requestNotifying } from "../core/browser.js";
import { day, time } from "../text/format.js";
import { t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { section } from "./section.js";

const DAY_MS = 86_400_000;

/** @param {WelcomeContext} context */
export function reminders(context) {
  const { view, now } = context;
  const zone = context.account?.account.time_zone ?? "UTC";
  const { notifications: isOn, snoozedUntil } = view.reminders;
  const until = snoozedUntil && new Date(snoozedUntil) > now ? new Date(snoozedUntil) : null;

  /** The permission is requested before any `await`: the browser requires the click's own call stack. */
  const toggle = async () => {
    if (!isOn && !(await requestNotifying())) return say(t("notifications_refused"));
    await run("notifications.set", { on: !isOn });
  };
  const snooze = (/** @type {number} */ days) => () =>
    run("snooze", { until: days ? new Date(Date.now() + days * DAY_MS).toISOString() : null });
  return section(
    context,
    "reminders",
    { title: t("reminders_title") },
    el("p", {}, t("reminders_why")),
    el(
      "div",
      { class: "row" },
      el(
        "button",
        {
          class: isOn ? "" : "main",
          "aria-pressed": String(isOn),
          data: { hook: "notifications" },
          on: { click: toggle },
        },
        t(isOn ? "notifications_off" : "notifications_on"),
      ),
    ),
    isOn &&
      el(
        "div",
        { class: "row", data: { hook: "snooze-state" } },
        el("span", {}, until ? t("snoozed", day(until, zone, now), time(until, zone), zone) : t("snooze_ask")),
        until
          ? el("button", { data: { hook: "snooze-end" }, on: { click: snooze(0) } }, t("snooze_end"))
          : /** @type {const} */ ([1, 7]).map((days) =>
              el("button", { data: { hook: `snooze-${days}` }, on: { click: snooze(days) } }, t(`snooze_${days}`)),
            ),
      ),
  );
}
