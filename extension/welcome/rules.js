// The rule book and the account's own numbers, with what a change would do before it is done.

import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { choices, field, form } from "../ui/forms.js";
import { t } from "../ui/words.js";
import { bookChoices } from "./create.js";
import { section } from "./section.js";

/** @param {WelcomeContext} context */
export function rules(context) {
  const { view, account, ui, paint } = context;
  if (!account || ui.adding || (!ui.books.length && view.connection.state !== "ok")) return null;
  const { id, plan, rule_book: book, overrides, renewal_day: day, allotment, cap } = account.account;

  const look = async (/** @type {Values} */ values) => {
    const typed = { allotment: values["own-allotment"], cap: values["own-cap"], renewal_day: values["own-day"] };
    ui.errors = {};
    for (const [name, text] of Object.entries(typed)) ui.errors[name] = /^\d{0,5}$/.test(text) ? "" : t("balance_invalid");
    const before = { ...overrides, renewal_day: day };
    /** @type {AccountChanges} */
    const changes = Object.fromEntries(Object.entries(typed)
      .map(([name, text]) => [name, text ? Number(text) : null])
      .filter(([name, number]) => number !== before[/** @type {keyof typeof before} */ (name)]));
    if (values.book && values.book !== book) changes.rule_book = values.book;
    ui.rulesPreview = null;
    if (Object.values(ui.errors).some(Boolean)) return paint();
    if (!Object.keys(changes).length) return say(t("nothing_changed"));
    if (values.since === "now") changes.from = new Date().toISOString();
    const reply = await run("account.preview", { id, changes });
    if (reply) ui.rulesPreview = { changes, account: reply.account, now: reply.balance_now, then: reply.balance_then };
    paint();
    document.getElementById("rules-apply")?.focus();
  };
  return section(context, "rules", { title: t("rules_title") },
    form("rules-form", look,
      bookChoices(ui.books, book, plan),
      el("details", {},
        el("summary", {}, t("rules_of_book")),
        el("ul", { class: "dots" }, ui.books.find((one) => one.id === book)?.rules.map(({ text, source }) => el("li", {}, text, el("span", { class: "hint line" }, source))) ?? [])),
      el("div", { class: "three" },
        field("own-allotment", { label: t("allotment"), error: ui.errors.allotment, inputmode: "numeric", value: overrides.allotment ?? "", placeholder: String(allotment) }),
        field("own-cap", { label: t("cap"), error: ui.errors.cap, inputmode: "numeric", value: overrides.cap ?? "", placeholder: String(cap ?? t("none")) }),
        field("own-day", { label: t("renewal_day"), error: ui.errors.renewal_day, inputmode: "numeric", value: day ?? "", placeholder: "1–31" })),
      el("p", { class: "hint" }, t("own_numbers")),
      choices("since", "radio", {
        legend: t("since_when"),
        choices: [{ value: "always", words: t("since_always"), checked: true }, { value: "now", words: t("since_now"), checked: false }],
      }),
      el("button", { data: { hook: "preview-rules" } }, t("preview"))),
    ui.rulesPreview && preview(ui.rulesPreview, id, ui, paint));
}

/**
 * @param {NonNullable<WelcomeUi["rulesPreview"]>} shown
 * @param {string} id
 * @param {WelcomeUi} ui
 * @param {() => void} paint
 */
function preview(shown, id, ui, paint) {
  const close = () => { ui.rulesPreview = null; paint(); };
  const apply = async () => {
    if (!(await run("account.update", { id, changes: shown.changes }))) return;
    close();
    say(t("saved"));
  };
  const { allotment, cap } = shown.account;
  return el("div", { class: "notice stack", data: { hook: "rules-preview" } },
    el("p", {}, t("rules_preview", shown.now, shown.then)),
    el("p", { class: "hint" }, cap === null ? t("rules_then", allotment) : t("rules_then_capped", allotment, cap)),
    el("div", { class: "row" },
      el("button", { id: "rules-apply", class: "main", data: { hook: "apply-rules" }, on: { click: apply } }, t("apply")),
      el("button", { class: "quiet", data: { hook: "keep-rules" }, on: { click: close } }, t("keep_as_is"))));
}
