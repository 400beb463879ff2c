// The other accounts, one below the other. Their credits are never added up: the pools cannot be mixed.

import { run } from "../ui/act.js";
import { bold, el } from "../ui/dom.js";
import { t } from "../ui/words.js";
import { allotmentWords, shortWords } from "./balance.js";

/** @param {PopupContext} context */
export function seats({ view, account, now, ui }) {
  const others = view.accounts.filter((other) => other !== account);
  if (!others.length) return null;
  return el("section", { class: "part", data: { part: "seats" } },
    el("h2", {}, t("other_accounts")),
    el("ul", {}, others.map((other) => seat(other, now, ui))));
}

/**
 * @param {AccountView} other
 * @param {Date} now
 * @param {PopupUi} ui
 */
function seat(other, now, ui) {
  const { account, projection, productTitle } = other;
  const select = () => { ui.switched = true; return run("account.select", { id: account.id }); };
  return el("li", { class: "seat", data: { account: account.id } },
    el("p", { class: "count" }, projection ? projection.balance : "–"),
    el("p", {},
      el("span", {}, account.name), " ", el("span", { class: "small mute" }, productTitle),
      projection && el("span", { class: "small mute line" }, allotmentWords(other, projection)),
      projection && el("span", { class: "small mute line" }, bold(shortWords(projection, account.time_zone, now)))),
    el("button", { class: "quiet", "aria-label": t("switch_to", account.name), data: { hook: "select-account" }, on: { click: select } }, t("switch")));
}
