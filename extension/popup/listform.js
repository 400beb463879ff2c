// The form that adds a person to the list whom the page does not identify for certain.

import { profileLink } from "../core/log/people.js";
import { t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { field, form } from "../ui/forms.js";

/** @param {PopupContext} context */
export function listForm(context) {
  const { account, page, ui, paint } = context;
  if (!account?.targets || !ui.adding) return null;
  const { isNoPerson, name, profileUrl } = ui.adding;
  const known = name || profileUrl ? ui.adding : page?.person;
  const submit = async (/** @type {Values} */ { "list-name": typed, "list-link": link, "list-note": note }) => {
    ui.errors = {
      "list-name": typed ? "" : t("name_missing"),
      "list-link": !link || profileLink(link) ? "" : t("link_not_a_person"),
    };
    const isRight = !Object.values(ui.errors).some(Boolean);
    if (isRight && (await putOnList(context, { name: typed, profileUrl: profileLink(link) }, note))) ui.adding = null;
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
      field("list-name", { label: t("name"), error: ui.errors["list-name"], maxlength: 200, value: known?.name ?? "" }),
      field("list-link", {
        label: t("link"),
        error: ui.errors["list-link"],
        inputmode: "url",
        placeholder: "https://www.linkedin.com/in/…",
        value: known?.profileUrl ?? "",
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
 * @param {PopupContext} context
 * @param {Person} person
 * @param {string} [note]
 */
export async function putOnList({ account, ui }, person, note) {
  const accountId = account?.account.id ?? "";
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
