// What is not on the server yet: what goes there by itself, and what the user has to decide.

import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { relative } from "../ui/format.js";
import { plural, t } from "../ui/words.js";
import { again } from "./problem.js";

const SHOWN_MAX = 3;

/** @param {PopupContext} context */
export function needsYou({ view, now }) {
  if (!view.needsYou.length) return null;
  return el("section", { class: "notices needs", "aria-label": t("needs_you"), data: { part: "needs-you" } },
    view.needsYou.map((entry) => decision(entry, now)));
}

/**
 * @param {OutboxEntry} entry
 * @param {Date} now
 */
function decision(entry, now) {
  const resolve = (/** @type {"accept" | "discard"} */ answer) => async () => {
    if (await run("resolve", { id: entry.id, answer })) say(t(`resolved_${answer}`));
  };
  const overdrawn = entry.problem?.code === "insufficient_credits";
  return el("article", { class: "notice urgent", data: { id: entry.id, problem: entry.problem?.code } },
    el("h2", {}, t("needs_you_title", entryWords(entry, now))),
    el("p", { data: { hook: "server-words" } }, entry.problem?.detail || t("problem_unexpected")),
    el("div", { class: "row answers" },
      overdrawn && el("button", { data: { hook: "accept" }, on: { click: resolve("accept") } }, t("answer_accept")),
      el("button", { data: { hook: "discard" }, on: { click: resolve("discard") } }, t("answer_discard"))));
}

/** @param {PopupContext} context */
export function waiting({ view, now }) {
  // A server that answers may have asked for a pause.
  const isPause = view.connection.state === "ok" && view.connection.retryAt !== null;
  if (!view.waiting.length || (view.connection.state === "ok" && !isPause)) return null;
  const hidden = view.waiting.length - SHOWN_MAX;
  return el("section", { class: "part", data: { part: "waiting" } },
    el("h2", {}, plural("waiting_title", view.waiting.length)),
    el("ul", { class: "list small" },
      view.waiting.slice(0, SHOWN_MAX).map((entry) => el("li", { data: { id: entry.id, kind: entry.kind } }, entryWords(entry, now))),
      hidden > 0 && el("li", { class: "mute" }, plural("and_more", hidden))),
    isPause && again(view, now));
}

/**
 * @param {OutboxEntry} entry
 * @param {Date} now
 */
export function entryWords(entry, now) {
  const at = relative(entry.createdAt, now);
  switch (entry.kind) {
    case "inmail": return t("entry_inmail", entry.body.recipient.name, at);
    case "retract": return t("entry_retract", entry.body.name, at);
    case "outcome": return t("entry_outcome", t(`outcome_${entry.body.outcome}`).toLowerCase(), at);
    case "observation": return plural("entry_observation", entry.body.balance, at);
  }
}
