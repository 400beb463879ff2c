// Whose credits these are, how many are left, until when, and how that compares with an even pace.

import { bold, el } from "../ui/dom.js";
import { day, lastDay, relative } from "../ui/format.js";
import { plural, t } from "../ui/words.js";

/** @param {PopupContext} context */
export function header({ view, account }) {
  // An account that is named after its product needs no second word for it.
  const product = account && account.productTitle !== account.account.name && account.productTitle;
  return el("header", { data: { part: "header", account: account?.account.id } },
    el("h1", {}, account ? account.account.name : t("appName")),
    product && el("span", { class: "mute product" }, product),
    view.server.demo && el("span", { class: "tag", data: { hook: "demo" } }, t("demo")),
    account && el("a", { class: "button quiet", href: "../welcome/welcome.html", target: "_blank", data: { hook: "settings" } }, t("settings")));
}

/** @param {PopupContext} context */
export function balance({ view, account, now }) {
  const projection = account?.projection;
  if (!account || !projection) return null;
  const zone = account.account.time_zone;
  const stale = view.connection.state !== "ok" || projection.tooOld;
  return el("section", { class: stale ? "stale" : null, "aria-label": t("balance_label"), data: { part: "balance" } },
    el("div", { class: "hero" },
      el("p", { class: "balance", data: { hook: "balance" } }, projection.balance),
      el("p", {},
        el("span", { class: "small mute", data: { hook: "of" } }, allotmentWords(account, projection)),
        !projection.tooOld && el("span", { data: { hook: "expiry" } }, bold(nextWords(projection, zone, now))))),
    !projection.tooOld && bar(projection),
    account.account.unknown_zone && el("p", { class: "small mute", data: { hook: "zone" } }, t("zone_unknown", account.account.unknown_zone)),
    stale && el("p", { class: "small mute", data: { hook: "age" } }, t(projection.tooOld ? "age_too_old" : "age_worked_out", relative(projection.asOf, now))));
}

/**
 * @param {AccountView} account
 * @param {Projection} projection
 */
export function allotmentWords({ account }, projection) {
  const days = isLosing(projection) && plural("days_left", projection.nextLoss?.daysLeft ?? 0);
  const of = account.cap === null
    ? plural("of_credits", Math.max(projection.allotment, projection.used + projection.balance))
    : t("of_at_most", account.cap);
  return [of, days].filter(Boolean).join(" · ");
}

/**
 * Whether the next loss is one of credits that are here now, not of those that are still to come.
 * @param {Projection} projection
 */
const isLosing = ({ balance, nextLoss }) => nextLoss !== null && nextLoss.credits <= balance;

/**
 * The one sentence beside the number: what to do by when, or what comes next.
 * @param {Projection} projection
 * @param {string} zone
 * @param {Date} now
 */
function nextWords(projection, zone, now) {
  const { balance, nextLoss, nextRenewal, perDay } = projection;
  if (nextLoss && isLosing(projection)) {
    const by = lastDay(nextLoss.at, zone, now);
    const all = nextLoss.credits === balance;
    if (!perDay) return plural(all ? "expire_all" : "expire_some", nextLoss.credits, by, zone);
    return t(all ? "pace_all" : "pace_some", rateWords(perDay, nextLoss.credits), by, zone, nextLoss.credits);
  }
  if (nextRenewal) return plural("renewal", nextRenewal.credits, day(new Date(nextRenewal.at), zone, now), zone);
  return t(balance ? "nothing_expires" : "nothing_comes");
}

/**
 * The same in a few words.
 * @param {Projection} projection
 * @param {string} zone
 * @param {Date} now
 */
export function shortWords(projection, zone, now) {
  if (!projection.nextLoss || !isLosing(projection)) return nextWords(projection, zone, now);
  return plural("use_by", projection.nextLoss.credits, lastDay(projection.nextLoss.at, zone, now), zone);
}

/**
 * A pace that can be kept with whole InMails.
 * @param {number} perDay credits a working day
 * @param {number} credits
 */
function rateWords(perDay, credits) {
  if (credits === 1) return t("rate_single");
  if (Number.isInteger(perDay)) return t("rate_whole", perDay);
  if (perDay > 1) return t("rate_between", Math.floor(perDay), Math.ceil(perDay));
  return plural("rate_every", Math.floor(1 / perDay));
}

/** @param {Projection} projection */
function bar({ used, freeUsed, balance, allotment, expectedUsed }) {
  const total = used + balance;
  if (!total) return null;
  const share = (/** @type {number} */ credits) => `${Math.min(100, (100 * credits) / total)}%`;
  const evenPace = balance > 0 && expectedUsed !== null;
  const free = freeUsed ? ` + ${plural("free_used", freeUsed)}` : "";
  return el("div", {},
    el("div", { class: "bar", "aria-hidden": "true" },
      el("i", { style: { "inline-size": share(used) } }),
      evenPace && el("u", { style: { "inset-inline-start": share(expectedUsed) } })),
    el("p", { class: "legend", data: { hook: "pace" } },
      el("span", {}, t("used", used) + free),
      evenPace && el("span", {}, t("even_pace", expectedUsed)),
      used >= allotment && !balance && el("span", {}, t("all_used"))));
}
