// Opening an account: product and plan, the rule book in plain words, the zone, and what LinkedIn shows now.

import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { choices, field, form, option } from "../ui/forms.js";
import { plural, t } from "../ui/words.js";
import { priceFields, priceOf } from "./price.js";
import { section } from "./section.js";

const PRODUCTS = ["premium", "sales_navigator", "recruiter"];

/** @param {WelcomeContext} context */
export function create(context) {
  const { view, setup, account, ui, paint } = context;
  if (!setup && !ui.adding) return null;
  const isReady = view.server.paired && ui.books.length > 0;
  const state = setup && account ? "done" : isReady ? "open" : "later";
  return section(context, "account", { step: 3, state, title: t(setup ? "account_title" : "add_account"), done: account ? [t("account_done", account.account.name)] : [] },
    state === "open" && accountForm(view.accounts.length, ui, paint));
}

/**
 * @param {number} others
 * @param {WelcomeUi} ui
 * @param {() => void} paint
 */
function accountForm(others, ui, paint) {
  const planId = ui.chosenPlan || "sales_navigator";
  const knowing = ui.books.filter(({ plans }) => plans.some(({ id }) => id === planId));
  const book = knowing.find(({ id }) => id === ui.chosenBook) ?? knowing.find((one) => one.default) ?? knowing[0];
  const plan = book.plans.find(({ id }) => id === planId);
  const choose = (/** @type {Event} */ event) => {
    const { name, value } = /** @type {HTMLInputElement} */ (event.target);
    Object.assign(ui, name === "plan-id" ? { chosenPlan: value } : { chosenBook: value });
    paint();
  };
  const submit = async (/** @type {Values} */ values) => {
    ui.errors = {};
    const price = priceOf(values, ui);
    for (const name of ["observed", "day", "allotment"]) ui.errors[name] = /^\d{0,5}$/.test(values[name] ?? "") ? "" : t("balance_invalid");
    if (plan?.allotment_required && !values.allotment) ui.errors.allotment = t("balance_invalid");
    ui.errors.name = values.name ? "" : t("account_name_missing");
    if (Object.values(ui.errors).some(Boolean)) return paint();
    const reply = await run("account.create", {
      name: values.name, plan: planId, rule_book: book.id, time_zone: values.zone,
      ...(values.observed && { observed_balance: Number(values.observed) }),
      ...(values.day && { renewal_day: Number(values.day) }),
      ...(values.allotment && { allotment: Number(values.allotment) }),
      ...(price && { price }),
    });
    if (!reply) return;
    Object.assign(ui, { adding: false, account: reply.account.id, wrongBook: reply.wrongBook && { ...reply.wrongBook, accountId: reply.account.id } });
    say(t("account_done", reply.account.name));
    paint();
    document.querySelector('[data-part="intro"]')?.scrollIntoView();
  };
  return form("account-form", submit,
    field("plan-id", { label: t("plan"), options: planOptions(ui.books, planId), hint: plan && planWords(plan), on: { change: choose } }),
    plan?.allotment_required && field("allotment", { label: t("allotment"), error: ui.errors.allotment, inputmode: "numeric", class: "number" }),
    bookChoices(ui.books, book.id, planId, choose),
    book.id === "rolling" && plan?.product === "premium" && field("day", { label: t("renewal_day"), hint: t("renewal_day_hint"), error: ui.errors.day, inputmode: "numeric", class: "number" }),
    field("zone", { label: t("time_zone"), options: zones() }),
    field("observed", { label: t("observed_now"), hint: t("observed_now_hint"), error: ui.errors.observed, inputmode: "numeric", class: "number" }),
    priceFields(null, ui.errors.amount),
    field("name", { label: t("account_name"), hint: t("account_name_hint"), error: ui.errors.name, maxlength: 100, value: others ? "" : t("account_name_first") }),
    el("button", { class: "main", data: { hook: "create-account" } }, t("account_create")));
}

/** @param {RuleBook["plans"][number]} plan */
function planWords({ allotment, cap, allotment_required: isOpen }) {
  if (isOpen) return t("plan_open");
  return cap ? t("plan_capped", allotment, cap) : plural("plan_monthly", allotment);
}

/**
 * The plans of all books under their products, each once.
 * @param {RuleBook[]} books
 * @param {string} chosen
 */
function planOptions(books, chosen) {
  const plans = [...new Map(books.flatMap((book) => book.plans).map((plan) => [plan.id, plan])).values()];
  return PRODUCTS.map((product) => el("optgroup", { label: t(`product_${product}`) },
    plans.filter((plan) => plan.product === product).map(({ id, title }) => option(id, title, id === chosen))));
}

/**
 * @param {RuleBook[]} books
 * @param {string} chosen
 * @param {string} planId
 * @param {(event: Event) => void} [change]
 */
export function bookChoices(books, chosen, planId, change) {
  const group = choices("book", "radio", {
    legend: t("book_question"),
    choices: books.map(({ id, question_answer: words, summary: hint, plans }) =>
      ({ value: id, words, hint, checked: id === chosen, disabled: !plans.some((plan) => plan.id === planId) })),
  });
  if (change) group.addEventListener("change", change);
  return el("div", { class: "field" }, group, el("p", { class: "hint" }, t("book_unsure")));
}

function zones() {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return [...new Set([own, "UTC", ...Intl.supportedValuesOf("timeZone")])].map((zone) => option(zone, zone, zone === own));
}
