// Everything out: the command that writes it, for it is the server's terminal that can read all of it.

import { commandLine } from "../ui/command.js";
import { el } from "../ui/dom.js";
import { t } from "../ui/words.js";
import { section } from "./section.js";

/** @param {WelcomeContext} context */
export const takeout = (context) => section(context, "takeout", { title: t("takeout_title") },
  el("p", {}, t("takeout_why")),
  commandLine(".venv/bin/inkeeper export inkeeper.zip"));
