// The balance, when credits expire, and the comparison with an even pace.

import { number, t } from "../text/words.js";
import { bold, el } from "../ui/dom.js";

/** @import {balanceState} from "./states/balance.js" */
/** @typedef {StateOf<typeof balanceState>} State */

/** @param {State} state */
export const balance = ({ age, balance: left, bar, facts, isStale, next, zone }) =>
  el(
    "section",
    { class: isStale ? "stale" : null, "aria-label": t("balance_label"), data: { part: "balance" } },
    el(
      "div",
      { class: "hero" },
      el("p", { class: "balance", data: { hook: "balance" } }, number(left)),
      el(
        "p",
        {},
        el("span", { class: "small mute line", data: { hook: "of" } }, facts),
        next && el("span", { data: { hook: "expiry" } }, bold(next)),
      ),
    ),
    bar && paceBar(bar),
    zone && el("p", { class: "small mute", data: { hook: "zone" } }, zone),
    age && el("p", { class: "small mute", data: { hook: "age" } }, age),
  );

/** @param {NonNullable<State["bar"]>} bar */
const paceBar = ({ pace, used, words }) =>
  el(
    "div",
    {},
    el(
      "div",
      { class: "bar", "aria-hidden": "true" },
      el("i", { style: { "inline-size": `${used}%` } }),
      pace && el("u", { style: { "inset-inline-start": `${pace.at}%` } }),
    ),
    el("p", { class: "legend", data: { hook: "pace" } }, el("span", {}, words), pace && el("span", {}, pace.words)),
  );
