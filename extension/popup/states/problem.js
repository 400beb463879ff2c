// The connection's problem: one named state at a time, each with one next step; and when the sync is retried.

import { resolvingCommand } from "../../core/commands.js";
import { olderIn } from "../../core/version.js";
import { relative } from "../../text/format.js";
import { plural, refusalWords, t } from "../../text/words.js";

/** The section of the welcome page for each state; other states are resolved at the server. */
const PLACE = {
  not_paired: "pair",
  unauthorized: "pair",
  permission_missing: "server",
  other_program: "server",
  impostor: "server",
};

/** @param {PopupContext} context */
export function problemState({ account, now, state, view }) {
  if (state === "ready") return null;
  const { address, installed } = view.server;
  const resolving = resolvingCommand(state, installed);
  const words = [
    resolving ? t(resolving.words) : t(`state_${state}_why`, address),
    account && t("state_entries_safe"),
    account && view.waiting.length > 0 && `${plural("waiting_title", view.waiting.length)}.`,
  ];
  return {
    // Without an account the problem is all that the popup shows.
    isAlone: account === null,
    isWarning: state !== "server_off",
    title: t(`state_${state}`),
    words: words.filter(Boolean).join(" "),
    step: stepOf(state, view, resolving),
    retry: state === "server_off" || state === "impostor" ? retryWords(view, now) : "",
  };
}

/**
 * The next step: a link to a section of the welcome page, the app's set-up, a command for the terminal (null if the
 * words say it all), or the button that reloads the extension.
 * @param {Exclude<PopupBase["state"], "ready">} state
 * @param {View} view
 * @param {ReturnType<typeof resolvingCommand>} resolving
 * @returns {{words: string, place: string} | {command: string | null} | {isReload: true}}
 */
function stepOf(state, view, resolving) {
  if (state === "no_account") return { words: t("state_no_account_step"), place: "" };
  if (state !== "server_off" && state !== "version_mismatch") {
    return { words: t(`state_${state}_step`), place: PLACE[state] };
  }
  const isOlder = view.connection.detail === "extension" || olderIn(view)?.which === "extension";
  if (state === "version_mismatch" && isOlder) return { isReload: true };
  return { command: resolving?.command ?? null };
}

/**
 * The problems that a running server reports, for one account or all.
 * @param {PopupContext} context
 */
export function refusalsState({ view: { accounts, connection } }) {
  const failed = accounts.flatMap(({ account: { id, name }, problem }) =>
    problem ? [{ id, words: t("account_refusal", name, refusalWords({ problem })) }] : [],
  );
  const isBroken = connection.state === "ok" && connection.tries > 0;
  return failed.length || isBroken ? { failed, isBroken } : null;
}

/**
 * The number of waiting entries, if the server responds but asked for a pause.
 * @param {PopupContext} context
 */
export function waitingState({ now, view }) {
  const { connection, waiting } = view;
  if (!waiting.length || connection.state !== "ok" || connection.retryAt === null) return null;
  return { words: plural("waiting_title", waiting.length), retry: retryWords(view, now) };
}

/**
 * When the sync is retried.
 * @param {View} view
 * @param {Date} now
 */
function retryWords({ connection: { retryAt } }, now) {
  if (!retryAt) return t("not_trying");
  const at = new Date(Math.max(Date.parse(retryAt), now.getTime() + 1));
  return t("trying_again", relative(at.toISOString(), now));
}
