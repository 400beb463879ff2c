// Logging an InMail: the page's person by one click, anyone else by a form, and the question before a doubtful one.

import { costOf } from "../../core/page/reading.js";
import { canTakeCredit } from "../../core/show/view.js";
import { when } from "../../text/format.js";
import { plannedWords, purposeWords, sinceWords } from "../../text/phrases.js";
import { t } from "../../text/words.js";
import { formState } from "./form.js";
import { targetState } from "./target.js";

/** States in which logging is the main action; other states have a main action of their own. */
const PRESSING = ["ok", "server_off"];

/** @param {PopupContext} context */
export function logState(context) {
  const { account, isMarked, isReady, page, past, target, ui } = context;
  // The form of the list has the only main button.
  if (!account || (ui.adding && account.targets)) return null;
  const person = isReady ? (page?.person ?? null) : null;
  const isFirst = page?.person === null && target === null;
  const hasResult = person !== null && past?.outcome === "pending" && past.inmailId !== null && !ui.asking;
  return {
    accountId: account.account.id,
    obstacle: obstacle(context, account),
    card: person && page ? card(context, account, person, page) : null,
    question: ui.asking && questionState(ui.asking, account, context.now),
    // The buttons of a target need the space, so the form is behind "More".
    row:
      person && target && ui.targetMenu !== "more" && !ui.form
        ? null
        : {
            result: hasResult ? { inmailId: past.inmailId, isOpen: ui.outcomeOf === past.inmailId } : null,
            listed: person && account.targets && !isMarked && !target ? person : null,
            isSomebodyElse: !person && target !== null && !ui.form,
            isMain: isFirst && !ui.form,
            isOpen: ui.form,
            words: t(ui.form ? "cancel" : person ? "log_details" : "log_open"),
          },
    form: ui.form ? formState(context) : null,
  };
}

/**
 * Why one click cannot log this page, and what the user can do; null if it can.
 * @param {PopupContext} context
 * @param {AccountView} account
 * @returns {{hook: "no-person" | "unclear", words: string}
 *   | {hook: "other-pool", words: string, product: string, noSeat: string} | null}
 */
function obstacle({ page, ui, view }, account) {
  if (ui.draft?.isNoPerson) return { hook: "no-person", words: t("link_no_person") };
  const product = ui.draft?.product ?? page?.product;
  const isOther =
    ui.draft?.product || (page?.person && !page.degree1 && !canTakeCredit(account, view.accounts, page, ui.switched));
  if (product && isOther) {
    const isKnown = view.accounts.some((each) => each.account.product === product);
    return {
      hook: "other-pool",
      product,
      words: t("pool_other", t(`product_${product}`)),
      noSeat: isKnown ? "" : t("pool_no_seat", t(`product_${product}`)),
    };
  }
  return page?.person && !page.isClear ? { hook: "unclear", words: t("page_unclear") } : null;
}

/**
 * The page's person: earlier InMails and the button.
 * @param {PopupContext} context
 * @param {AccountView} account
 * @param {Person} person
 * @param {PageReading} page
 */
function card(context, account, person, page) {
  const { isMarked, now, past, shortcut, target, ui, view } = context;
  const cost = costOf(page, view.preferences);
  const isSecond = past?.outcome === "pending";
  const facts = [
    costWords(page, cost, account.projection?.balance === 0),
    view.connection.state === "ok" ? shortcut : t("will_sync"),
  ];
  const inmailId = past?.inmailId ?? null;
  return {
    person,
    past,
    pastWords: past !== null || (ui.found && !ui.found.last_inmail && !target) ? pastWords(context, past) : "",
    listed: target ? listedWords(target, account, now) : "",
    isMarked,
    button: ui.asking
      ? null
      : {
          cost,
          isCostRead: page.cost !== "unknown",
          isSecond,
          isQuiet: isSecond || !PRESSING.includes(view.connection.state),
          facts: facts.filter(Boolean).join(" · "),
        },
    account,
    targetId: target?.person.id ? target.id : null,
    target: target && targetState(context, account, target),
    outcomes: past && inmailId !== null && ui.outcomeOf === inmailId ? { ...past, inmailId } : null,
  };
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
 * The question before an InMail is logged: each line is a fact and what is asked.
 * @param {NonNullable<PopupUi["asking"]>} asking
 * @param {AccountView} account
 * @param {Date} now
 */
function questionState({ isForm, reasons, sentAt, wanted }, { account }, now) {
  const lines = [];
  if (reasons.includes("again") && sentAt !== null) {
    lines.push({ fact: t("ask_again_fact", when(sentAt, account.time_zone, now)), words: t("ask_again") });
  }
  if (reasons.includes("none_left")) lines.push({ fact: t("ask_none_fact"), words: t("ask_none") });
  return {
    isForm,
    lines,
    wanted: {
      ...wanted,
      second: reasons.includes("again"),
      ...(reasons.includes("none_left") && { acceptDiscrepancy: true }),
    },
  };
}
