// Logging an InMail: one click for the person of the tab, a short form for anyone else.

import { isSamePerson, profileLink } from "../core/people.js";
import { costOf } from "../core/reading.js";
import { fits } from "../core/view.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { relative } from "../ui/format.js";
import { choices, field, form, option } from "../ui/forms.js";
import { t } from "../ui/words.js";

/** @type {Purpose[]} */
const PURPOSES = ["introduction", "follow_up", "article", "other"];

/** The states in which logging is the next step; in the others the trouble's own step comes first. */
const PRESSING = { ok: true, server_off: true };

/** @param {PopupContext} context */
export function log(context) {
  const { account, page, ui } = context;
  if (!account) return null;
  const person = page && isReady(context) && page.person;
  return el("section", { class: "log", "aria-label": t("log_label"), data: { part: "log", account: account.account.id } },
    person && oneClick(context, person, page),
    doubt(context),
    toggle(context, Boolean(person), page?.person === null),
    ui.form && logForm(context));
}

/**
 * Whether one click can log the page's person: it is an InMail, name and link are of one person, and its credit is this account's.
 * @param {PopupContext} context
 */
export const isReady = ({ account, page, ui, view }) =>
  account !== null && page !== null && page.isClear && !page.degree1 && fits(account, view.accounts, page, ui.switched);

/**
 * Why one click cannot log here, where the form can.
 * @param {PopupContext} context
 */
function doubt({ account, page, ui, view }) {
  if (ui.draft?.isNoPerson) return el("p", { class: "small", data: { hook: "no-person" } }, t("link_no_person"));
  const product = ui.draft?.product ?? page?.product;
  const isOther = account && product && (ui.draft?.product || (page?.person && !page.degree1 && !fits(account, view.accounts, page, ui.switched)));
  if (isOther) {
    const isKnown = view.accounts.some((each) => each.account.product === product);
    return el("div", { class: "notice warning", data: { hook: "other-pool", product } },
      el("p", {}, t("pool_other", t(`product_${product}`))),
      !isKnown && el("p", {}, t("pool_no_seat", t(`product_${product}`)), " ",
        el("a", { href: "../welcome/welcome.html?add=account#account", target: "_blank", data: { hook: "add-seat" } }, t("pool_add"))));
  }
  const isUnclear = page?.person && !page.isClear;
  return isUnclear ? el("p", { class: "small", data: { hook: "unclear" } }, t("page_unclear")) : null;
}

/**
 * @param {PopupContext} context
 * @param {Person} person
 * @param {PageReading} page
 */
function oneClick(context, person, page) {
  const { account, view, shortcut, now } = context;
  const accountId = account?.account.id ?? "";
  const before = account?.recent.find((inmail) => isSamePerson(inmail, person));
  const cost = costOf(page, view.preferences);
  const other = cost ? 0 : 1;
  const facts = [
    costWords(page, cost, account?.projection?.balance === 0),
    view.connection.state === "ok" ? shortcut : t("saved_here_first"),
  ];
  const send = (/** @type {0 | 1} */ chosen) => () =>
    logged(context, accountId, { ...person }, chosen, null, page.cost !== "unknown" && chosen === cost);
  return el("div", {},
    el("div", { class: "duo", data: { link: person.profileUrl } },
      el("button", { class: before || !(view.connection.state in PRESSING) ? "main again" : "main", data: { hook: "log" }, on: { click: send(cost) } },
        t(before ? "log_again" : "log_to", person.name),
        el("small", {}, facts.filter(Boolean).join(" · "))),
      el("button", {
        class: "side", title: other ? null : t("free_why"), "aria-label": t(other ? "log_credit_to" : "log_free_to", person.name),
        data: { hook: other ? "log-credit" : "log-free" }, on: { click: send(other) },
      }, t(other ? "cost_credit" : "cost_free"))),
    before && el("p", { class: "small mute", data: { hook: "logged-before" } },
      t("logged_before", relative(before.sentAt, now))));
}

/**
 * @param {PageReading} page
 * @param {0 | 1} cost
 * @param {boolean} none left
 */
function costWords(page, cost, none) {
  if (cost && none) return t("cost_none_left");
  if (page.cost === "unknown") return t(cost ? "cost_guess_credit" : "cost_guess_free");
  return t(cost ? "cost_credit" : "cost_free").toLowerCase();
}

/**
 * @param {PopupContext} context
 * @param {boolean} hasPerson
 * @param {boolean} isFirst it is the next step
 */
function toggle({ ui, paint }, hasPerson, isFirst) {
  return el("button", {
    class: isFirst && !ui.form ? "main" : "quiet start", "aria-expanded": String(ui.form), data: { hook: "log-form-toggle" },
    on: { click: () => { ui.form = !ui.form; paint(); document.getElementById("name")?.focus(); } },
  }, ui.form ? t("close_form") : hasPerson ? t("log_other") : t("log_open"));
}

/** @param {PopupContext} context */
function logForm(context) {
  const { account, view, page, ui, paint } = context;
  const { lastCost, lastPurpose } = view.preferences;
  const known = ui.draft ?? page?.person;
  const likely = page && !ui.draft ? costOf(page, view.preferences) : lastCost;
  // Whose credits it took is the user's to say where the page is of another product.
  const isOther = ui.draft?.product || (page?.person && account && !fits(account, view.accounts, page, ui.switched));
  const seats = view.accounts.map(({ account: { id, name, product } }) =>
    option(id, name === t(`product_${product}`) ? name : `${name} · ${t(`product_${product}`)}`, !isOther && id === account?.account.id));
  const submit = async (/** @type {Values} */ { name, link, seat = account?.account.id ?? "", purpose, cost }) => {
    ui.errors = {
      name: name ? "" : t("name_missing"), link: !link || profileLink(link) ? "" : t("link_not_a_person"), seat: seat ? "" : t("seat_missing"),
    };
    const isGood = !Object.values(ui.errors).some(Boolean);
    const recipient = { name, profileUrl: link ? profileLink(link) : null };
    if (isGood && (await logged(context, seat, recipient, cost === "0" ? 0 : 1, /** @type {Purpose} */ (purpose || null)))) {
      Object.assign(ui, { form: false, draft: null });
    }
    paint();
  };
  return form("log-form", submit,
    field("name", { label: t("name"), error: ui.errors.name, maxlength: 200, value: known?.name ?? "" }),
    field("link", { label: t("link"), error: ui.errors.link, inputmode: "url", placeholder: "https://www.linkedin.com/in/…", value: known?.profileUrl ?? "" }),
    (isOther || seats.length > 1) && field("seat", { label: t("seat"), error: ui.errors.seat, options: isOther ? [option("", t("seat_choose"), true), ...seats] : seats }),
    field("purpose", { label: t("purpose"), options: purposes(lastPurpose) }),
    choices("cost", "radio", {
      legend: t("cost"), hidden: true, class: "two",
      choices: [1, 0].map((cost) => ({ value: cost, words: t(cost ? "cost_credit" : "cost_free"), checked: cost === likely })),
    }),
    el("button", { class: "main", data: { hook: "log-submit" } }, t("log_submit")));
}

/** @param {Purpose | null | undefined} chosen */
export const purposes = (chosen) =>
  [option("", t("purpose_none")), ...PURPOSES.map((purpose) => option(purpose, t(`purpose_${purpose}`), purpose === chosen))];

/**
 * @param {PopupContext} context
 * @param {string} accountId
 * @param {{name: string, profileUrl: string | null}} recipient
 * @param {0 | 1} cost
 * @param {Purpose | null} purpose
 * @param {boolean} [costRead] from the page, not chosen by the user
 */
async function logged({ ui }, accountId, recipient, cost, purpose, costRead = false) {
  const reply = await run("log", { accountId, recipient, cost, purpose, source: "popup", costRead });
  if (!reply) return false;
  ui.logged = reply.entry?.id ?? null;
  const words = reply.repeated ? t("log_repeated", recipient.name) : t(cost ? "logged_credit" : "logged_free", recipient.name);
  say(words, reply.entry && undoButton(reply.entry.id, recipient.name));
  return true;
}

/**
 * @param {string} id
 * @param {string} name
 * @param {string} [style]
 * @param {string} [key]
 */
export function undoButton(id, name, style = "", key = "undo") {
  const undo = async () => { if (await run("undo", { id })) say(t("undone", name)); };
  return el("button", { class: style, "aria-label": t("of_person", t(key), name), data: { hook: "undo", id }, on: { click: undo } }, t(key));
}
