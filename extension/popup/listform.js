// The form that adds a person to the list whom the page does not identify for certain.

import { profileLink } from "../core/log/people.js";
import { t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { field, form } from "../ui/forms.js";

/** @import {listFormState} from "./states/listform.js" */

/**
 * @param {StateOf<typeof listFormState>} state
 * @param {PopupPage} page
 */
export function listForm({ accountId, errors, isNoPerson, link: known, name }, { ui, paint }) {
  const submit = async (/** @type {Values} */ { "list-name": typed, "list-link": link, "list-note": note }) => {
    ui.errors = {
      "list-name": typed ? "" : t("name_missing"),
      "list-link": !link || profileLink(link) ? "" : t("link_not_a_person"),
    };
    const isRight = !Object.values(ui.errors).some(Boolean);
    const person = { name: typed, profileUrl: profileLink(link) };
    if (isRight && (await putOnList(accountId, person, ui, note))) ui.adding = null;
    paint();
  };
  const cancel = () => {
    ui.adding = null;
    paint();
  };
  return el(
    "section",
    { class: "part", "aria-label": t("write_later"), data: { part: "list-form" } },
    isNoPerson && el("p", { class: "small", data: { hook: "no-person" } }, t("link_no_person")),
    form(
      "list-form",
      submit,
      field("list-name", { label: t("name"), error: errors["list-name"], maxlength: 200, value: name }),
      field("list-link", {
        label: t("link"),
        error: errors["list-link"],
        inputmode: "url",
        placeholder: "https://www.linkedin.com/in/…",
        value: known,
      }),
      field("list-note", { label: t("note"), maxlength: 2000 }),
      el(
        "div",
        { class: "row" },
        el("button", { class: "main", data: { hook: "list-submit" } }, t("write_later")),
        el(
          "button",
          { class: "quiet", type: "button", data: { hook: "list-cancel" }, on: { click: cancel } },
          t("cancel"),
        ),
      ),
    ),
  );
}

/**
 * @param {string} accountId
 * @param {Person} person
 * @param {PopupUi} ui
 * @param {string} [note]
 * @returns {Promise<boolean>} whether the person is on the list
 */
export async function putOnList(accountId, person, ui, note) {
  const reply = await run("target.add", { accountId, person, ...(note && { note }) });
  if (!reply) return false;
  const { id, repeated } = reply;
  const drop = async () => {
    if (await run("target.change", { accountId, id, person, action: "drop" })) say(t("drop_done", person.name));
  };
  ui.logged = id;
  if (repeated) say(t("listed_before", person.name));
  else {
    say(
      t("listed", person.name),
      el(
        "button",
        { "aria-label": t("of_person", t("undo"), person.name), data: { hook: "list-undo" }, on: { click: drop } },
        t("undo"),
      ),
    );
  }
  return true;
}
