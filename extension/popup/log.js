// Logs an InMail: the page's person by one click, anyone else by a form. Doubtful cases are asked about first.

import { reasonsToAsk } from "../core/log/past.js";
import { t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { outcomes } from "./awaiting.js";
import { logForm } from "./form.js";
import { putOnList } from "./listform.js";
import { actions } from "./target.js";
import { undoButton } from "./undo.js";

/** @import {logState} from "./states/log.js" */
/** @typedef {StateOf<typeof logState>} State */

/** Clicks within this time are one double click. */
const DOUBLE_CLICK_MS = 3000;

/**
 * @param {State} state
 * @param {PopupPage} page
 */
export const log = ({ accountId, card: person, form, obstacle, question: asked, row: buttons }, page) =>
  el(
    "section",
    { class: "log", "aria-label": t("log_label"), data: { part: "log", account: accountId } },
    person && card(person, page),
    obstacle && explanation(obstacle),
    asked && !asked.isForm && question(asked, page),
    buttons && row(accountId, buttons, page),
    form && logForm(form, page, logOrAsk),
    asked?.isForm && question(asked, page),
  );

/** @param {NonNullable<State["obstacle"]>} obstacle */
function explanation(obstacle) {
  const { hook, words } = obstacle;
  if (hook !== "other-pool") return el("p", { class: "small", data: { hook } }, words);
  const add = () => run("app.open", { page: "settings", accountId: null });
  return el(
    "div",
    { class: "notice warning", data: { hook, product: obstacle.product } },
    el("p", {}, words),
    obstacle.noSeat &&
      el(
        "p",
        {},
        obstacle.noSeat,
        " ",
        el("button", { class: "quiet", data: { hook: "add-seat" }, on: { click: add } }, t("pool_add")),
      ),
  );
}

/**
 * @param {NonNullable<State["card"]>} card
 * @param {PopupPage} page
 */
const card = (card, page) =>
  el(
    "div",
    { class: "card" },
    el("h2", {}, el("bdi", {}, card.person.name)),
    card.pastWords && el("p", { class: "small mute", data: { hook: "past" } }, card.pastWords),
    card.listed && el("p", { class: "small mute facts", title: card.listed, data: { hook: "listed" } }, card.listed),
    card.isMarked && el("p", { class: "notice warning small marked", data: { hook: "marked" } }, t("marked")),
    card.button && oneClick(card, card.button, page),
    card.target && actions(card.target, page),
    card.outcomes && outcomes(page, card.outcomes),
  );

/**
 * The button that logs with the likely cost, and one for the other cost.
 * @param {NonNullable<State["card"]>} card
 * @param {NonNullable<NonNullable<State["card"]>["button"]>} button
 * @param {PopupPage} page
 */
function oneClick({ account, past, person, targetId }, { cost, facts, isCostRead, isQuiet, isSecond }, page) {
  const other = cost ? 0 : 1;
  const send = (/** @type {0 | 1} */ chosen) => () =>
    logOrAsk(
      page,
      {
        accountId: account.account.id,
        recipient: { ...person },
        cost: chosen,
        costRead: isCostRead && chosen === cost,
        target: targetId,
      },
      past,
      account,
    );
  return el(
    "div",
    { class: "duo", data: { link: person.profileUrl } },
    el(
      "button",
      { class: isQuiet ? "main again" : "main", data: { hook: "log" }, on: { click: send(cost) } },
      t(isSecond ? "log_second" : "log_submit"),
      el("span", { class: "unseen" }, ` ${t("to_person", person.name)}`),
      " ",
      el("small", {}, facts),
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
  );
}

/**
 * The buttons below: add a result, put on the list, open the form.
 * @param {string} accountId
 * @param {NonNullable<State["row"]>} row
 * @param {PopupPage} page
 */
function row(accountId, { isMain, isOpen, isSomebodyElse, listed, result, words }, { ui, paint }) {
  const toggleResult = () => {
    ui.outcomeOf = result?.isOpen ? null : (result?.inmailId ?? null);
    paint();
  };
  const toggleForm = () => {
    Object.assign(ui, { form: !isOpen, asking: null, errors: {} });
    paint();
    if (ui.form) document.getElementById("name")?.focus();
  };
  const add = async () => {
    if (listed && (await putOnList(accountId, listed, ui))) paint();
  };
  return el(
    "div",
    { class: "row" },
    result &&
      el(
        "button",
        {
          class: "quiet start",
          "aria-expanded": String(result.isOpen),
          data: { hook: "add-result" },
          on: { click: toggleResult },
        },
        t("add_result"),
      ),
    listed &&
      el(
        "button",
        { class: "quiet start", data: { hook: "write-later" }, on: { click: add } },
        `+ ${t("write_later")}`,
      ),
    isSomebodyElse && el("p", { class: "small mute" }, t("log_somebody")),
    el(
      "button",
      {
        class: isMain ? "main" : "quiet start",
        "aria-expanded": String(isOpen),
        data: { hook: "log-form-toggle" },
        on: { click: toggleForm },
      },
      words,
    ),
  );
}

/**
 * Logs an InMail, or shows a question first. Ignores the second click of a double click.
 * @param {PopupPage} page
 * @param {Omit<LogRequest, "source">} wanted
 * @param {PastInMail | null} past
 * @param {AccountView | undefined} account
 * @param {boolean} [isForm]
 * @returns {Promise<boolean>} whether it is logged
 */
export async function logOrAsk({ ui, paint }, wanted, past, account, isForm = false) {
  if (past && past.id === ui.logged && Date.now() - Date.parse(past.sentAt) < DOUBLE_CLICK_MS) return false;
  const reasons = reasonsToAsk(past, wanted.cost, account);
  if (!reasons.length) return logAndShow(wanted, ui);
  ui.asking = { wanted, reasons, sentAt: past?.sentAt ?? null, isForm };
  paint();
  /** @type {HTMLElement | null} */ (document.querySelector("[data-hook='ask-yes']"))?.focus();
  return false;
}

/**
 * @param {NonNullable<State["question"]>} question
 * @param {PopupPage} page
 */
function question({ isForm, lines, wanted }, { ui, paint }) {
  const yes = async () => {
    ui.asking = null;
    const isLogged = await logAndShow(wanted, ui);
    if (isLogged && isForm) Object.assign(ui, { form: false, draft: null });
    paint();
  };
  const no = () => {
    ui.asking = null;
    paint();
  };
  return el(
    "div",
    { class: "notice ask", role: "group", "aria-labelledby": "asking", data: { hook: "asking" } },
    el(
      "p",
      { id: "asking" },
      lines.map(({ fact, words }) => el("span", { class: "line" }, el("b", {}, fact), " ", words)),
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
 * @param {Omit<LogRequest, "source">} wanted
 * @param {PopupUi} ui
 */
async function logAndShow(wanted, ui) {
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
