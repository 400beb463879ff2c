// The last sends: what became of each, and taking one back.

import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { when } from "../ui/format.js";
import { t } from "../ui/words.js";
import { undoButton } from "./log.js";

/** @type {Outcome[]} */
const OUTCOMES = ["accepted", "declined", "replied", "no_response"];
const SHOWN_MAX = 4;

/** Nobody has answered yet, but the user may still see that the click was wrong. */
const FRESH_MS = 10 * 60_000;

/** @param {PopupContext} context */
export function sent(context) {
  const { account } = context;
  if (!account?.recent.length) return null;
  const zone = account.account.time_zone;
  return el("section", { class: "part", data: { part: "sent", account: account.account.id } },
    el("h2", {}, t("last_sent", zone)),
    el("ul", { class: "list" }, account.recent.slice(0, SHOWN_MAX).map((inmail) => item(context, inmail, zone))));
}

/**
 * @param {PopupContext} context
 * @param {RecentInMail} inmail
 * @param {string} zone
 */
function item({ now, ui, paint, account }, inmail, zone) {
  const isNews = inmail.noticed && inmail.sentAt > (ui.lookedAt ?? "");
  const fresh = inmail.waiting || isNews || now.getTime() - new Date(inmail.sentAt).getTime() < FRESH_MS;
  const open = ui.outcomeOf === inmail.id && !inmail.waiting;
  const facts = [
    when(inmail.sentAt, zone, now),
    inmail.cost === 0 && t("cost_free").toLowerCase(),
    inmail.noticed && t("noticed"),
    inmail.waiting && t("waits"),
    inmail.outcome !== "pending" && t(`outcome_${inmail.outcome}`).toLowerCase(),
  ];
  const word = t(inmail.outcome === "pending" ? "outcome" : "change");
  const toggle = () => { ui.outcomeOf = open ? null : inmail.id; paint(); };
  return el("li", { class: "item", data: { id: inmail.id, outcome: inmail.outcome, waiting: inmail.waiting } },
    el("p", { class: "who" }, el("span", { class: "name", title: inmail.name }, inmail.name), " ", el("span", { class: "small mute" }, facts.filter(Boolean).join(" · "))),
    fresh
      ? undoButton(inmail.id, inmail.name, "quiet")
      : el("button", { class: "quiet", "aria-expanded": String(open), "aria-label": t("of_person", word, inmail.name), data: { hook: "outcome" }, on: { click: toggle } }, word),
    open && el("div", { class: "outcomes", role: "group", "aria-label": t("of_person", t("outcome"), inmail.name) },
      OUTCOMES.map((outcome) => outcomeButton(account?.account.id ?? "", inmail, outcome)),
      undoButton(inmail.id, inmail.name, "quiet", "undo_send")));
}

/**
 * Pressing the outcome that stands takes it back.
 * @param {string} accountId
 * @param {RecentInMail} inmail
 * @param {Outcome} outcome
 */
function outcomeButton(accountId, inmail, outcome) {
  const stands = inmail.outcome === outcome;
  const record = async () => {
    if (!inmail.inmailId) return;
    const done = await run("outcome", { accountId, inmailId: inmail.inmailId, outcome: stands ? "pending" : outcome });
    if (done) say(t(stands ? "outcome_cleared" : "outcome_recorded", inmail.name, t(`outcome_${outcome}`).toLowerCase()));
  };
  return el("button", { "aria-pressed": String(stands), data: { hook: `outcome-${outcome}` }, on: { click: record } }, t(`outcome_${outcome}`));
}
