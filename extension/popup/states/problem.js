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
  const isOlder = state === "version_mismatch" && isExtensionOlder(view);
  const words = [
    isOlder ? t("state_older_why") : resolving ? t(resolving.words) : t(`state_${state}_why`, address),
    account && (view.waiting.length ? `${plural("waiting_title", view.waiting.length)}.` : t("state_entries_safe")),
  ];
  return {
    // Without an account the problem is all that the popup shows.
    isAlone: account === null,
    isWarning: state !== "server_off",
    title: t(`state_${state}`),
    words: words.filter(Boolean).join(" "),
    step: isOlder ? { isReload: true } : stepOf(state, resolving),
    retry: state === "server_off" || state === "impostor" ? retryWords(view, now) : "",
  };
}

/**
 * The next step: a link to a section of the welcome page, the app's set-up, or a command for the terminal (null if the
 * words say it all).
 * @param {Exclude<PopupBase["state"], "ready">} state
 * @param {ReturnType<typeof resolvingCommand>} resolving
 * @returns {{words: string, place: string} | {command: string | null}}
 */
function stepOf(state, resolving) {
  if (state === "no_account") return { words: t("state_no_account_step"), place: "" };
  if (state !== "server_off" && state !== "version_mismatch") {
    return { words: t(`state_${state}_step`), place: PLACE[state] };
  }
  return { command: resolving?.command ?? null };
}

/** @param {View} view */
const isExtensionOlder = (view) => view.connection.detail === "extension" || olderIn(view)?.which === "extension";

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
