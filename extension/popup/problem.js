// The connection's problem: one named state at a time, each with one button.

import { openApp } from "../core/server/openapp.js";
import { olderIn } from "../core/version.js";
import { relative } from "../text/format.js";
import { plural, refusalWords, t } from "../text/words.js";
import { run, say, sayRefusal } from "../ui/act.js";
import { commandLine } from "../ui/command.js";
import { el } from "../ui/dom.js";
import { reloadButton, UPDATE_COMMAND } from "../ui/older.js";

/** The section of the welcome page for each state; other states are resolved at the server. */
const PLACE = {
  not_paired: "pair",
  unauthorized: "pair",
  permission_missing: "server",
  other_program: "server",
  impostor: "server",
};

/** @param {PopupContext} context */
export function problem({ view, account, state, now }) {
  if (state === "ready") return null;
  const { address } = view.server;
  const words = [
    t(`state_${state}_why`, address),
    account && t("state_entries_safe"),
    account && view.waiting.length > 0 && `${plural("waiting_title", view.waiting.length)}.`,
  ]
    .filter(Boolean)
    .join(" ");
  const place = PLACE[/** @type {keyof typeof PLACE} */ (state)];
  const isOlder =
    state === "version_mismatch" && (view.connection.detail === "extension" || olderIn(view)?.which === "extension");
  const setUp = () => openApp("/welcome").catch(sayRefusal);
  const step =
    state === "no_account"
      ? el("button", { class: "main", data: { hook: "next-step" }, on: { click: setUp } }, t("state_no_account_step"))
      : place
        ? el(
            "a",
            {
              class: "button main",
              href: `../welcome/welcome.html#${place}`,
              target: "_blank",
              data: { hook: "next-step" },
            },
            t(`state_${state}_step`),
          )
        : isOlder
          ? reloadButton()
          : commandLine(state === "version_mismatch" ? UPDATE_COMMAND : "make run");
  return el(
    "section",
    { class: account ? "trouble" : "one", data: { part: "problem" } },
    el(
      "div",
      { class: account ? `notice ${state === "server_off" ? "" : "warning"}` : null },
      el("h2", {}, t(`state_${state}`, address)),
      el("p", { class: account ? "small" : "mute" }, words),
    ),
    step,
    (state === "server_off" || state === "impostor") && retryLine(view, now),
  );
}

/**
 * The problems that a running server reports, for one account or all.
 * @param {PopupContext} context
 */
export function refusals({ view }) {
  const { connection } = view;
  const failures = view.accounts.filter(({ problem: failure }) => failure !== null);
  const isBroken = connection.state === "ok" && connection.tries > 0;
  if (!failures.length && !isBroken) return null;
  return el(
    "section",
    { class: "notices", "aria-label": t("refusals"), data: { part: "refusals" } },
    isBroken && el("p", { class: "small", data: { hook: "server-refusal" } }, t("server_refusal")),
    failures.map(({ account, problem: failure }) =>
      el(
        "p",
        { class: "small", data: { hook: "account-refusal", id: account.id } },
        t("account_refusal", account.name, refusalWords({ problem: failure })),
      ),
    ),
  );
}

/**
 * When the sync is retried, and a button that retries at once.
 * @param {View} view
 * @param {Date} now
 */
export function retryLine({ connection }, now) {
  const retry = async () => {
    say(t("trying"));
    if (await run("retry", {})) say("");
  };
  return el(
    "div",
    { class: "foot" },
    el(
      "p",
      { class: "small mute", data: { hook: "retry-at" } },
      connection.retryAt
        ? t(
            "trying_again",
            relative(new Date(Math.max(Date.parse(connection.retryAt), now.getTime() + 1)).toISOString(), now),
          )
        : t("not_trying"),
    ),
    el("button", { class: "quiet", data: { hook: "retry" }, on: { click: retry } }, t("retry_now")),
  );
}
