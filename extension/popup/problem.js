// The connection's problem: one named state at a time, each with one button.

import { openApp } from "../core/server/openapp.js";
import { t } from "../text/words.js";
import { run, say, sayRefusal } from "../ui/act.js";
import { commandLine } from "../ui/command.js";
import { el } from "../ui/dom.js";
import { reloadButton } from "../ui/older.js";

/** @import {problemState, refusalsState, waitingState} from "./states/problem.js" */
/** @typedef {StateOf<typeof problemState>} State */

/** @param {State} state */
export const problem = ({ isAlone, isWarning, retry, step, title, words }) =>
  el(
    "section",
    { class: isAlone ? "one" : "trouble", data: { part: "problem" } },
    el(
      "div",
      { class: isAlone ? null : `notice ${isWarning ? "warning" : ""}` },
      el("h2", {}, title),
      el("p", { class: isAlone ? "mute" : "small" }, words),
    ),
    nextStep(step),
    retry && retryLine(retry),
  );

/** @param {State["step"]} step */
function nextStep(step) {
  if ("isReload" in step) return reloadButton();
  if ("command" in step) return step.command && commandLine(step.command);
  const props = { class: "button main", data: { hook: "next-step" } };
  const setUp = () => openApp("/welcome").catch(sayRefusal);
  return step.place
    ? el("a", { ...props, href: `../welcome/welcome.html#${step.place}`, target: "_blank" }, step.words)
    : el("button", { ...props, on: { click: setUp } }, step.words);
}

/** @param {StateOf<typeof refusalsState>} state */
export const refusals = ({ failed, isBroken }) =>
  el(
    "section",
    { class: "notices", "aria-label": t("refusals"), data: { part: "refusals" } },
    isBroken && el("p", { class: "small", data: { hook: "server-refusal" } }, t("server_refusal")),
    failed.map(({ id, words }) => el("p", { class: "small", data: { hook: "account-refusal", id } }, words)),
  );

/** @param {StateOf<typeof waitingState>} state */
export const waiting = ({ retry, words }) =>
  el(
    "section",
    { class: "part", data: { part: "waiting" } },
    el("p", { class: "small mute" }, words),
    retryLine(retry),
  );

/**
 * When the sync is retried, and a button that retries at once.
 * @param {string} words
 */
function retryLine(words) {
  const retry = async () => {
    say(t("trying"));
    if (await run("retry", {})) say("");
  };
  return el(
    "div",
    { class: "foot" },
    el("p", { class: "small mute", data: { hook: "retry-at" } }, words),
    el("button", { class: "quiet", data: { hook: "retry" }, on: { click: retry } }, t("retry_now")),
  );
}
