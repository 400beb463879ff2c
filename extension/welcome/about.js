// What Inkeeper reads, stores and never does.

import { t } from "../text/words.js";
import { el } from "../ui/dom.js";
import { section } from "./section.js";

/** @type {MessageKey[]} */
const NEVER = ["about_sends", "about_inserts", "about_opens", "about_bodies", "about_sharing"];

/** @param {WelcomeContext} context */
export function about(context) {
  return section(
    context,
    "about",
    { title: t("about_title") },
    el("p", {}, t("about_reads")),
    el("p", {}, t("about_listens")),
    el("p", {}, t("about_keeps")),
    el("p", {}, el("b", {}, t("about_never"))),
    el(
      "ul",
      { class: "dots" },
      NEVER.map((key) => el("li", {}, t(key))),
    ),
    el("p", { class: "mute" }, t("about_not_affiliated")),
  );
}
