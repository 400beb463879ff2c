// Logging an InMail: one click for the person of the tab, a short form for anyone else.

import { profileLink } from "../core/person.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { relative } from "../ui/format.js";
import { t } from "../ui/words.js";

/** @import {Context} from "./popup.js" */
/** @import {Purpose} from "../core/types.d.ts" */

/** @type {Purpose[]} */
const PURPOSES = ["introduction", "follow_up", "article", "other"];

/** The states in which logging is the next step; in the others the trouble's own step comes first. */
const PRESSING = { ok: true, server_off: true };

/** @param {Context} context */
export function log(context) {
  const { account, person, ui } = context;
  if (!account) return null;
  return el("section", { class: "log", "aria-label": t("log_label"), data: { part: "log", account: account.account.id } },
    person && oneClick(context, person),
    toggle(context),
    ui.form && form(context));
}

/**
 * @param {Context} context
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
  return el("div", null,
    el("div", { class: "pair", data: { link: person.profileUrl } },
      el("button", { class: before || !(view.connection.state in PRESSING) ? "main again" : "main", data: { hook: "log" }, on: { click: send(1) } },
        t(before ? "log_again" : "log_to", person.name),
        el("small", null, facts.filter(Boolean).join(" · "))),
      el("button", { class: "side", title: t("free_why"), "aria-label": t("log_free_to", person.name), data: { hook: "log-free" }, on: { click: send(0) } },
        t("cost_free"))),
    before && el("p", { class: "small mute", data: { hook: "logged-before" } },
      t("logged_before", relative(before.sentAt, now))));
}

/** @param {Context} context */
function toggle({ person, ui, paint }) {
  return el("button", {
    class: person || ui.form ? "quiet start" : "main", "aria-expanded": String(ui.form), data: { hook: "log-form-toggle" },
    on: { click: () => { ui.form = !ui.form; paint(); document.getElementById("log-name")?.focus(); } },
  }, ui.form ? t("close_form") : person ? t("log_other") : t("log_open"));
}

/** @param {Context} context */
function form({ account, view, person, ui, paint }) {
  const draft = ui.draft ?? person;
  const accountId = account?.account.id ?? "";
  return el("form", {
    class: "form", novalidate: true, data: { hook: "log-form" },
    on: { submit: (/** @type {SubmitEvent} */ event) => { event.preventDefault(); submit(/** @type {HTMLFormElement} */ (event.target)); } },
  },
    el("label", null, t("name"), el("input", { id: "log-name", name: "name", required: true, maxlength: 200, autocomplete: "off", value: draft?.name ?? "", "aria-invalid": ui.errors.name ? "true" : null, "aria-describedby": ui.errors.name ? "log-name-error" : null })),
    ui.errors.name && el("p", { id: "log-name-error", class: "error" }, ui.errors.name),
    el("label", null, t("link"), " ", el("span", { class: "hint" }, t("optional")),
      el("input", { id: "log-link", name: "link", inputmode: "url", autocomplete: "off", placeholder: "https://www.linkedin.com/in/…", value: draft?.profileUrl ?? "", "aria-invalid": ui.errors.link ? "true" : null, "aria-describedby": ui.errors.link ? "log-link-error" : null })),
    ui.errors.link && el("p", { id: "log-link-error", class: "error" }, ui.errors.link),
    el("label", null, t("purpose"), " ", el("span", { class: "hint" }, t("optional")),
      el("select", { id: "log-purpose", name: "purpose" },
        el("option", { value: "" }, t("purpose_none")),
        PURPOSES.map((purpose) => el("option", { value: purpose, selected: purpose === view.preferences.lastPurpose }, t(`purpose_${purpose}`))))),
    el("fieldset", null,
      el("legend", { class: "unseen" }, t("cost")),
      el("div", { class: "two" }, [1, 0].map((cost) =>
        el("label", { class: "choice" },
          el("input", { type: "radio", name: "cost", value: cost, checked: cost === view.preferences.lastCost }),
          el("span", null, t(cost ? "cost_credit" : "cost_free_long")))))),
    el("button", { class: "main", data: { hook: "log-submit" } }, t("log_submit")));

  /** @param {HTMLFormElement} sent */
  async function submit(sent) {
    const values = new FormData(sent);
    const name = String(values.get("name")).trim();
    const link = String(values.get("link")).trim();
    ui.errors = {
      ...(name ? {} : { name: t("name_missing") }),
      ...(link && !profileLink(link) ? { link: t("link_not_a_person") } : {}),
    };
    const done = !Object.keys(ui.errors).length && await logged(
      accountId, { name, profileUrl: link ? profileLink(link) : null },
      values.get("cost") === "0" ? 0 : 1, /** @type {Purpose} */ (values.get("purpose") || null));
    if (done) Object.assign(ui, { form: false, draft: null });
    paint();
    if (!done) /** @type {HTMLElement | null} */ (document.querySelector('#popup [aria-invalid="true"]'))?.focus();
  }
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
 */
export function undoButton(id, name, style = "") {
  const undo = async () => { if (await run("undo", { id })) say(t("undone", name)); };
  return el("button", { class: style, "aria-label": t("of_person", t("undo"), name), data: { hook: "undo", id }, on: { click: undo } }, t("undo"));
}
