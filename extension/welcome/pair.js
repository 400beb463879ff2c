// Pairing: the server shows a code to its owner, who types it here.

import { commandsFor } from "../core/commands.js";
import { ask } from "../core/messages.js";
import { deviceName } from "../text/device.js";
import { relative, time } from "../text/format.js";
import { plural, refusalWords, t } from "../text/words.js";
import { run, say, sayRefusal } from "../ui/act.js";
import { commandLine } from "../ui/command.js";
import { el } from "../ui/dom.js";
import { field, form } from "../ui/forms.js";
import { section } from "./section.js";

/**
 * Starts a pairing and focuses the field for its code.
 * @param {WelcomeContext} context
 */
export async function showCode({ view, ui, paint }) {
  ui.errors.code = "";
  if (view.pairing) await run("pair.cancel", {});
  ui.isShut = false;
  try {
    await ask("pair.start", { address: ui.address, device: deviceName() });
  } catch (error) {
    ui.isShut = /** @type {any} */ (error).problem?.code === "pairing_shut";
    sayRefusal(error);
    return paint();
  }
  say(t("code_shown"));
  ui.focus = "code";
  paint();
}

/** Submits the form when all digits are entered. */
const submitWhenComplete = (/** @type {Event} */ { target }) => {
  const { value, form: sent } = /** @type {HTMLInputElement} */ (target);
  if (SIX_DIGITS.test(digitsOf(value))) sent?.requestSubmit();
};

const SIX_DIGITS = /^\d{6}$/;

/** The page that shows the code parts it in two. @param {string} typed */
const digitsOf = (typed) => typed.replace(/\s/g, "");

/** @param {WelcomeContext} context */
export function pair(context) {
  const { view, now, setup, ui, paint } = context;
  const isPaired = view.server.paired && view.connection.state !== "unauthorized";
  if (!setup && isPaired && !ui.reconnecting) return null;
  const open = view.pairing && new Date(view.pairing.expiresAt) > now ? view.pairing : null;
  const state = isPaired && !ui.reconnecting ? "done" : ui.reached === "ok" ? "open" : "later";

  const start = () => showCode(context);
  const confirm = async (/** @type {Values} */ { code: typed }) => {
    const code = digitsOf(typed);
    try {
      if (!SIX_DIGITS.test(code)) throw { problem: { code: "bad_code", detail: "" } };
      await ask("pair.confirm", { code });
      Object.assign(ui, { reconnecting: false, errors: {} });
      say(t("paired"));
    } catch (error) {
      const left = /** @type {any} */ (error).problem?.tries_left;
      ui.errors.code = left ? `${t("problem_wrong_code")} ${plural("tries_left", left)}` : refusalWords(error);
      if (left === 0 || /** @type {any} */ (error).problem?.code === "over") await run("pair.cancel", {});
    }
    paint();
    /** @type {HTMLInputElement | null} */ (document.getElementById("code"))?.select();
  };
  return section(
    context,
    "pair",
    { step: 2, state, title: t("pair_title"), done: [t("paired")] },
    el("p", {}, t("pair_why")),
    state === "later"
      ? null
      : open
        ? form(
            "pair-form",
            confirm,
            field("code", {
              label: t("code"),
              error: ui.errors.code,
              hint: t("code_until", time(new Date(open.expiresAt), zone()), zone(), relative(open.expiresAt, now)),
              inputmode: "numeric",
              autocomplete: "one-time-code",
              maxlength: 7,
              class: "code",
              on: { input: submitWhenComplete },
            }),
            el(
              "div",
              { class: "row" },
              el("button", { class: "main", data: { hook: "pair" } }, t("connect")),
              el(
                "button",
                { type: "button", class: "quiet", data: { hook: "pair-again" }, on: { click: start } },
                t("another_code"),
              ),
            ),
            pairCommand(open.installed),
          )
        : [
            (ui.errors.code || view.pairing) &&
              el(
                "p",
                { class: "error", role: "alert", data: { hook: "pair-over" } },
                ui.errors.code || t("problem_over"),
              ),
            el("button", { class: "main", data: { hook: "pair-start" }, on: { click: start } }, t("show_code")),
            ui.isShut && pairCommand(view.server.installed),
          ],
  );
}

/**
 * The command that prints a code, and lets codes be tried again after too many wrong ones.
 * @param {string | undefined} installed
 */
function pairCommand(installed) {
  const { command, words } = commandsFor(installed).pair;
  return el("div", { class: "stack" }, el("p", { class: "hint" }, t(words)), commandLine(command));
}

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
