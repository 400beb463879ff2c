// The note that the server or the extension is older than the other, with what to do.

import { updateExtension } from "../core/browser.js";
import { commandsFor } from "../core/commands.js";
import { olderIn } from "../core/version.js";
import { t } from "../text/words.js";
import { commandLine } from "./command.js";
import { el } from "./dom.js";

/** The button that loads the newest files of the extension. */
export const reloadButton = () =>
  el(
    "button",
    { class: "main", data: { hook: "reload-extension" }, on: { click: updateExtension } },
    t("reload_extension"),
  );

/** @param {{view: View}} context */
export function older({ view }) {
  const found = olderIn(view);
  // The state `version_mismatch` says it, with the same step.
  if (!found || view.connection.state === "version_mismatch") return null;
  const isServer = found.which === "server";
  const { command } = commandsFor(view.server.installed).update;
  return el(
    "section",
    { class: "notes stack", data: { part: "older", which: found.which } },
    el("p", { class: "small" }, t(`older_${found.which}`, found.server, found.extension)),
    isServer ? command && commandLine(command) : reloadButton(),
  );
}
