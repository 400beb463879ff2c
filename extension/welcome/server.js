// The server's address, the permission to call it, and whether it responds.

import { resolvingCommand } from "../core/commands.js";
import { mayCall, requestCalling } from "../core/browser.js";
import { ask } from "../core/messages.js";
import { serverAddress } from "../core/server/address.js";
import { refusalWords, t } from "../text/words.js";
import { say } from "../ui/act.js";
import { commandLine } from "../ui/command.js";
import { el } from "../ui/dom.js";
import { field, form } from "../ui/forms.js";
import { showCode } from "./pair.js";
import { section } from "./section.js";

/** States of the connection that this section resolves. */
const OURS = /** @type {const} */ ([
  "permission_missing",
  "server_off",
  "other_program",
  "impostor",
  "version_mismatch",
  "wrong_path",
]);

/**
 * @param {string} state
 * @returns {state is typeof OURS[number]}
 */
const isOurs = (state) => OURS.some((each) => each === state);

/** @param {WelcomeUi} ui */
export async function checkServer(ui) {
  if (!(await mayCall(ui.address))) {
    ui.reached = "permission_missing";
    return;
  }
  try {
    await ask("server.check", { address: ui.address });
    ui.reached = "ok";
  } catch (error) {
    const { code = "server_off" } = /** @type {{problem?: Problem}} */ (error).problem ?? {};
    ui.reached = isOurs(code) ? code : "refused";
    ui.refusal = refusalWords(error);
  }
}

/** @param {WelcomeContext} context */
export function server(context) {
  const { view, setup, ui, paint } = context;
  if (!setup && !ui.reconnecting && !isOurs(view.connection.state)) return null;
  // Without a token the greeting only looks like Inkeeper; the proof decides.
  const reached = view.connection.state === "impostor" && !ui.reconnecting ? "impostor" : ui.reached;
  const resolving = resolvingCommand(reached, view.server.installed);
  const where = reached === "wrong_path" ? new URL(ui.address).origin : ui.address;
  const isDone =
    !ui.reconnecting &&
    reached !== "impostor" &&
    (ui.reached === "ok" || (view.server.paired && view.connection.state === "ok"));
  const other =
    !view.server.paired &&
    el(
      "button",
      {
        class: "quiet",
        data: { hook: "other-address" },
        on: {
          click: () => {
            ui.reconnecting = true;
            paint();
          },
        },
      },
      t("other_address"),
    );

  /** Requests the permission before any `await`: the browser shows the prompt only in the click's own call stack. */
  const allow = async (/** @type {Values} */ { address }) => {
    const { address: found, problem } = serverAddress(address);
    ui.errors.address = problem && t(`problem_${problem}`);
    if (found === null) return paint();
    const asked = requestCalling(found);
    ui.address = found;
    if (!(await asked)) say(t("permission_refused"));
    await checkServer(ui);
    if (ui.reached === "ok") {
      ui.reconnecting &&= view.server.paired;
      if (!view.server.paired || ui.reconnecting || view.connection.state === "unauthorized") await showCode(context);
    }
    paint();
  };
  return section(
    context,
    "server",
    {
      step: 1,
      state: isDone ? "done" : "open",
      title: t("server_title"),
      done: [t("server_answers", ui.address), " ", other],
    },
    el("p", {}, t("server_why")),
    form(
      "server-form",
      allow,
      field("address", {
        label: t("server_address"),
        hint: t("server_address_hint"),
        error: ui.errors.address,
        inputmode: "url",
        value: ui.address,
      }),
      el("button", { class: "main", data: { hook: "allow" } }, t("allow")),
    ),
    isOurs(reached) &&
      reached !== "permission_missing" &&
      el(
        "div",
        { class: "stack", data: { hook: "server-problem", problem: reached } },
        el(
          "p",
          {},
          el("b", {}, t(`state_${reached}`)),
          " ",
          resolving ? t(resolving.words) : t(`state_${reached}_why`, where),
        ),
        reached === "impostor" && el("p", {}, t("impostor_anew")),
        resolving?.command && commandLine(resolving.command),
        el("p", { class: "hint" }, t("checked_again")),
      ),
    reached === "refused" && el("p", { data: { hook: "server-problem", problem: reached } }, ui.refusal),
    reached === "ok" && el("p", {}, t("server_answers", ui.address)),
  );
}
