// Logs an InMail: the page's person by one click, anyone else by a form. Doubtful cases are asked about first.

import { reasonsToAsk } from "../core/log/past.js";
import { costOf } from "../core/page/reading.js";
import { canTakeCredit } from "../core/show/view.js";
import { when } from "../text/format.js";
import { plannedWords, purposeWords, sinceWords } from "../text/phrases.js";
import { t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { outcomes } from "./awaiting.js";
import { logForm } from "./form.js";
import { putOnList } from "./listform.js";
import { actions } from "./target.js";
import { undoButton } from "./undo.js";

/** States in which logging is the main action; other states have a main action of their own. */
const PRESSING = { ok: true, server_off: true };

/** Clicks within this time are one double click. */
const DOUBLE_CLICK_MS = 3000;

/** @param {PopupContext} context */
export function log(context) {
  const { account, isReady, page, target, ui } = context;
  // The form of the list has the only main button.
  if (!account || (ui.adding && account.targets)) return null;
  const person = page && isReady && page.person;
  // The buttons of a target need the space, so the form is behind "More".
  const isFolded = person && target && ui.targetMenu !== "more" && !ui.form;
  return el(
    "section",
    { class: "log", "aria-label": t("log_label"), data: { part: "log", account: account.account.id } },
    person && card(context, person, page),
    oneClickObstacle(context),
    ui.asking?.isForm !== true && question(context),
    !isFolded &&
      el(
        "div",
        { class: "row" },
        person && addResult(context),
        person && listButton(context, account, person),
        ...toggle(context, Boolean(person), page?.person === null),
      ),
    ui.form && logForm(context, logOrAsk),
    ui.asking?.isForm === true && question(context),
  );
}

/**
 * Why one click cannot log this page, and what the user can do; null if it can.
 * @param {PopupContext} context
 */
function oneClickObstacle({ account, page, ui, view }) {
  if (ui.draft?.isNoPerson) return el("p", { class: "small", data: { hook: "no-person" } }, t("link_no_person"));
  const product = ui.draft?.product ?? page?.product;
  const isOther =
    account &&
    product &&
    (ui.draft?.product || (page?.person && !page.degree1 && !canTakeCredit(account, view.accounts, page, ui.switched)));
  if (isOther) {
    const isKnown = view.accounts.some((each) => each.account.product === product);
    const add = () => run("app.open", { page: "settings", accountId: null });
    return el(
      "div",
      { class: "notice warning", data: { hook: "other-pool", product } },
      el("p", {}, t("pool_other", t(`product_${product}`))),
      !isKnown &&
        el(
          "p",
          {},
          t("pool_no_seat", t(`product_${product}`)),
          " ",
          el("button", { class: "quiet", data: { hook: "add-seat" }, on: { click: add } }, t("pool_add")),
        ),
    );
  }
  const isUnclear = page?.person && !page.isClear;
  return isUnclear ? el("p", { class: "small", data: { hook: "unclear" } }, t("page_unclear")) : null;
}

/**
 * The page's person: earlier InMails and the button.
 * @param {PopupContext} context
 * @param {Person} person
 * @param {PageReading} page
 */
function card(context, person, page) {
  const { account, isMarked, now, past, shortcut, target, ui, view } = context;
  const accountId = account?.account.id ?? "";
  const cost = costOf(page, view.preferences);
  const other = cost ? 0 : 1;
  const isSecond = past?.outcome === "pending";
  const isQuiet = isSecond || !(view.connection.state in PRESSING);
  const facts = [
    costWords(page, cost, account?.projection?.balance === 0),
    view.connection.state === "ok" ? shortcut : t("will_sync"),
  ];
  const send = (/** @type {0 | 1} */ chosen) => () =>
    logOrAsk(
      context,
      {
        accountId,
        recipient: { ...person },
        cost: chosen,
        costRead: page.cost !== "unknown" && chosen === cost,
        target: target?.person.id ? target.id : null,
      },
      past,
      account ?? undefined,
    );
  const inmailId = past?.inmailId ?? null;
  const isOpen = inmailId !== null && ui.outcomeOf === inmailId;
  return el(
    "div",
    { class: "card" },
    el("h2", {}, person.name),
    (past !== null || (ui.found && !ui.found.last_inmail && !target)) &&
      el("p", { class: "small mute", data: { hook: "past" } }, pastWords(context, past)),
    target &&
      account &&
      el(
        "p",
        { class: "small mute facts", title: listedWords(target, account, now), data: { hook: "listed" } },
        listedWords(target, account, now),
      ),
    isMarked && el("p", { class: "notice warning small marked", data: { hook: "marked" } }, t("marked")),
    !ui.asking &&
      el(
        "div",
        { class: "duo", data: { link: person.profileUrl } },
        el(
          "button",
          { class: isQuiet ? "main again" : "main", data: { hook: "log" }, on: { click: send(cost) } },
          t(isSecond ? "log_second" : "log_submit"),
          el("span", { class: "unseen" }, ` ${t("to_person", person.name)}`),
          " ",
          el("small", {}, facts.filter(Boolean).join(" · ")),
        ),
        el(
          "button",
          {
            class: "side",
            title: other ? null : t("free_why"),
            "aria-label": t(other ? "log_credit_to" : "log_free_to", person.name),
            data: { hook: other ? "log-credit" : "log-free" },
            on: { click: send(other) },
          },
          t(other ? "cost_credit" : "cost_free"),
        ),
      ),
    target && account && actions(context, account, target),
    isOpen && past && outcomes(context, { ...past, inmailId }),
  );
}

/**
 * "On your list since 3 Nov · Introduction · “Data lead”".
 * @param {Target} target
 * @param {AccountView} account
 * @param {Date} now
 */
function listedWords(target, { account: { time_zone: zone } }, now) {
  return [sinceWords(target, zone, now), plannedWords(target, zone, now), ...purposeWords(target)]
    .filter(Boolean)
    .join(" · ");
}

/**
 * @param {PopupContext} context
 * @param {AccountView} account
 * @param {Person} person
 */
function listButton(context, account, person) {
  const { isMarked, paint, target } = context;
  if (!account.targets || isMarked || target) return null;
  const add = async () => {
    if (await putOnList(context, person)) paint();
  };
  return el(
    "button",
    { class: "quiet start", data: { hook: "write-later" }, on: { click: add } },
    `+ ${t("write_later")}`,
  );
}

/**
 * @param {PopupContext} context
 */
function addResult({ past, ui, paint }) {
  if (past?.outcome !== "pending" || past.inmailId === null || ui.asking) return null;
  const { inmailId } = past;
  const isOpen = ui.outcomeOf === inmailId;
  const toggleForm = () => {
    ui.outcomeOf = isOpen ? null : inmailId;
    paint();
  };
  return el(
    "button",
    { class: "quiet start", "aria-expanded": String(isOpen), data: { hook: "add-result" }, on: { click: toggleForm } },
    t("add_result"),
  );
}

/**
 * "You wrote to Kai on 20 Oct · no reply yet".
 * @param {PopupContext} context
 * @param {PastInMail | null} past
 */
function pastWords({ account, now, view }, past) {
  if (!past) return t("past_none");
  const zone = account?.account.time_zone ?? "UTC";
  const seat = view.accounts.find((each) => each.account.id === past.accountId);
  return [
    t("past_written", when(past.sentAt, zone, now)),
    t(`past_${past.outcome}`),
    seat && seat !== account && seat.account.name,
  ]
    .filter(Boolean)
    .join(" · ");
}

/**
 * @param {PageReading} page
 * @param {0 | 1} cost
 * @param {boolean} none left
 */
function costWords(page, cost, none) {
  if (cost && none) return t("cost_none_left");
  if (page.cost === "unknown") return t(cost ? "cost_guess_credit" : "cost_guess_free");
  return t(cost ? "costs_credit" : "costs_nothing");
}

/**
 * @param {PopupContext} context
 * @param {boolean} hasPerson
 * @param {boolean} isFirst it is the next step
 */
function toggle(context, hasPerson, isFirst) {
  const { target, ui, paint } = context;
  const isOther = !hasPerson && target !== null;
  const toggleForm = () => {
    Object.assign(ui, { form: !ui.form, asking: null, errors: {} });
    paint();
    if (ui.form) document.getElementById("name")?.focus();
  };
  return [
    isOther && !ui.form && el("p", { class: "small mute" }, t("log_somebody")),
    el(
      "button",
      {
        class: isFirst && !isOther && !ui.form ? "main" : "quiet start",
        "aria-expanded": String(ui.form),
        data: { hook: "log-form-toggle" },
        on: { click: toggleForm },
      },
      t(ui.form ? "cancel" : hasPerson ? "log_details" : "log_open"),
    ),
  ];
}

/**
 * Logs an InMail, or shows a question first. Ignores the second click of a double click.
 * @param {PopupContext} context
 * @param {Omit<LogRequest, "source">} wanted
 * @param {PastInMail | null} past
 * @param {AccountView | undefined} account
 * @param {boolean} [isForm]
 * @returns {Promise<boolean>} whether it is logged
 */
export async function logOrAsk(context, wanted, past, account, isForm = false) {
  const { now, ui, paint } = context;
  if (past && past.id === ui.logged && now.getTime() - Date.parse(past.sentAt) < DOUBLE_CLICK_MS) return false;
  const reasons = reasonsToAsk(past, wanted.cost, account);
  if (!reasons.length) return logAndShow(context, wanted);
  ui.asking = { wanted, reasons, sentAt: past?.sentAt ?? null, isForm };
  paint();
  /** @type {HTMLElement | null} */ (document.querySelector("[data-hook='ask-yes']"))?.focus();
  return false;
}

/** @param {PopupContext} context */
function question(context) {
  const { account, now, ui, paint } = context;
  if (!ui.asking) return null;
  const { isForm, reasons, sentAt, wanted } = ui.asking;
  const zone = account?.account.time_zone ?? "UTC";
  const yes = async () => {
    ui.asking = null;
    const isNone = reasons.includes("none_left");
    const isLogged = await logAndShow(context, {
      ...wanted,
      second: reasons.includes("again"),
      ...(isNone && { acceptDiscrepancy: true }),
    });
    if (isLogged && isForm) Object.assign(ui, { form: false, draft: null });
    paint();
  };
  const no = () => {
    ui.asking = null;
    paint();
  };
  const isAgain = reasons.includes("again") && sentAt !== null;
  return el(
    "div",
    { class: "notice ask", role: "group", "aria-labelledby": "asking", data: { hook: "asking" } },
    el(
      "p",
      { id: "asking" },
      isAgain &&
        el("span", { class: "line" }, el("b", {}, t("ask_again_fact", when(sentAt, zone, now))), " ", t("ask_again")),
      reasons.includes("none_left") &&
        el("span", { class: "line" }, el("b", {}, t("ask_none_fact")), " ", t("ask_none")),
    ),
    el(
      "div",
      { class: "row answers" },
      el("button", { data: { hook: "ask-yes" }, on: { click: yes } }, t("ask_yes")),
      el("button", { class: "quiet", data: { hook: "ask-no" }, on: { click: no } }, t("no")),
    ),
  );
}

/**
 * Logs an InMail and shows the result with a button to undo it. Returns whether it was logged.
 * @param {PopupContext} context
 * @param {Omit<LogRequest, "source">} wanted
 */
async function logAndShow({ ui }, wanted) {
  const reply = await run("log", { ...wanted, source: "popup" });
  if (!reply) return false;
  const {
    cost,
    recipient: { name },
  } = wanted;
  ui.logged = reply.entry?.id ?? null;
  say(
    reply.repeated ? t("log_repeated", name) : t(cost ? "logged_credit" : "logged_free", name),
    reply.entry && undoButton(reply.entry.id, name),
  );
  return true;
}
