// Logging an InMail: one click for the person of the tab, a short form for anyone else.

import { profileLink } from "../core/person.js";
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
  const { account, person, ui } = context;
  if (!account) return null;
  return el("section", { class: "log", "aria-label": t("log_label"), data: { part: "log", account: account.account.id } },
    person && oneClick(context, person),
    toggle(context),
    ui.form && logForm(context));
}

/**
 * @param {PopupContext} context
 * @param {{name: string, profileUrl: string | null}} person
 */
function oneClick(context, person) {
  const { account, view, shortcut, now } = context;
  const accountId = account?.account.id ?? "";
  const before = account?.recent.find(({ profileUrl }) => profileUrl && profileUrl === person.profileUrl);
  const none = account?.projection?.balance === 0;
  const facts = [
    none ? t("cost_none_left") : t("cost_credit"),
    view.connection.state === "ok" ? shortcut : t("saved_here_first"),
  ];
  const send = (/** @type {0 | 1} */ cost) => () => logged(accountId, { name: person.name, profileUrl: person.profileUrl }, cost, null);
  return el("div", {},
    el("div", { class: "duo", data: { link: person.profileUrl } },
      el("button", { class: before || !(view.connection.state in PRESSING) ? "main again" : "main", data: { hook: "log" }, on: { click: send(1) } },
        t(before ? "log_again" : "log_to", person.name),
        el("small", {}, facts.filter(Boolean).join(" · "))),
      el("button", { class: "side", title: t("free_why"), "aria-label": t("log_free_to", person.name), data: { hook: "log-free" }, on: { click: send(0) } },
        t("cost_free"))),
    before && el("p", { class: "small mute", data: { hook: "logged-before" } },
      t("logged_before", relative(before.sentAt, now))));
}

/** @param {PopupContext} context */
function toggle({ person, ui, paint }) {
  return el("button", {
    class: person || ui.form ? "quiet start" : "main", "aria-expanded": String(ui.form), data: { hook: "log-form-toggle" },
    on: { click: () => { ui.form = !ui.form; paint(); document.getElementById("name")?.focus(); } },
  }, ui.form ? t("close_form") : person ? t("log_other") : t("log_open"));
}

/** @param {PopupContext} context */
function logForm({ account, view, person, ui, paint }) {
  const { lastCost, lastPurpose } = view.preferences;
  const known = ui.draft ?? person;
  const submit = async (/** @type {Values} */ { name, link, purpose, cost }) => {
    ui.errors = { name: name ? "" : t("name_missing"), link: !link || profileLink(link) ? "" : t("link_not_a_person") };
    const isGood = !ui.errors.name && !ui.errors.link;
    const recipient = { name, profileUrl: link ? profileLink(link) : null };
    if (isGood && (await logged(account?.account.id ?? "", recipient, cost === "0" ? 0 : 1, /** @type {Purpose} */ (purpose || null)))) {
      Object.assign(ui, { form: false, draft: null });
    }
    paint();
  };
  return form("log-form", submit,
    field("name", { label: t("name"), error: ui.errors.name, maxlength: 200, value: known?.name ?? "" }),
    field("link", { label: t("link"), error: ui.errors.link, inputmode: "url", placeholder: "https://www.linkedin.com/in/…", value: known?.profileUrl ?? "" }),
    field("purpose", { label: t("purpose"), options: [option("", t("purpose_none")), ...PURPOSES.map((purpose) => option(purpose, t(`purpose_${purpose}`), purpose === lastPurpose))] }),
    choices("cost", "radio", {
      legend: t("cost"), hidden: true, class: "two",
      choices: [1, 0].map((cost) => ({ value: cost, words: t(cost ? "cost_credit" : "cost_free"), checked: cost === lastCost })),
    }),
    el("button", { class: "main", data: { hook: "log-submit" } }, t("log_submit")));
}

/**
 * @param {string} accountId
 * @param {{name: string, profileUrl: string | null}} recipient
 * @param {0 | 1} cost
 * @param {Purpose | null} purpose
 */
async function logged(accountId, recipient, cost, purpose) {
  const reply = await run("log", { accountId, recipient, cost, purpose, source: "popup" });
  if (!reply) return false;
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
