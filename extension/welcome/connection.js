// The connected server, and disconnecting from it.

import { plural, t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { section } from "./section.js";

/** @param {WelcomeContext} context */
export function connection(context) {
  const { view, ui, paint } = context;
  const { state } = view.connection;
  const reconnect = () => {
    ui.reconnecting = true;
    paint();
    document.getElementById("server")?.scrollIntoView();
  };
  const leave = async () => {
    if (!(await run("disconnect", {}))) return;
    ui.leaving = false;
    say(t("disconnected"));
  };
  const ask = (/** @type {boolean} */ leaving) => () => {
    ui.leaving = leaving;
    paint();
    document.getElementById("leave")?.focus();
  };
  return section(
    context,
    "connection",
    { title: t("connection_title") },
    el(
      "p",
      { data: { hook: "connection-state" } },
      state === "ok" ? t("server_answers", view.server.address) : t(`state_${state}`),
    ),
    view.waiting.length > 0 && el("p", { class: "hint" }, plural("waiting_title", view.waiting.length)),
    el(
      "div",
      { class: "row" },
      el("button", { data: { hook: "reconnect" }, on: { click: reconnect } }, t("reconnect")),
      !ui.leaving &&
        el("button", { class: "danger", data: { hook: "disconnect" }, on: { click: ask(true) } }, t("disconnect")),
    ),
    ui.leaving &&
      el(
        "div",
        { class: "notice urgent stack" },
        el("p", {}, t("disconnect_why")),
        el(
          "div",
          { class: "row" },
          el(
            "button",
            { id: "leave", class: "danger", data: { hook: "disconnect-confirm" }, on: { click: leave } },
            t("disconnect_confirm"),
          ),
          el(
            "button",
            { class: "quiet", data: { hook: "disconnect-keep" }, on: { click: ask(false) } },
            t("stay_connected"),
          ),
        ),
      ),
  );
}
