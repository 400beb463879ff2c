// The page's balance with a button to record it, and what prevents logging from this page.

import { t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { differenceWords } from "./states/observed.js";

/** @import {pageState} from "./states/page.js" */
/** @typedef {StateOf<typeof pageState>} State */

/**
 * @param {State} state
 * @param {PopupPage} page
 */
export function page({ accountId, always, degree1, isStrange, offered }, { paint }) {
  const record = async () => {
    if (offered && (await takeOver(accountId, offered))) paint();
  };
  const setAlways = async (/** @type {Event & {currentTarget: HTMLInputElement}} */ { currentTarget: { checked } }) => {
    if ((await run("preferences.set", { takeOver: checked })) && checked && offered?.sure) await record();
  };
  return el(
    "section",
    { class: "page", "aria-label": t("page_label"), data: { part: "page", account: accountId } },
    isStrange && el("p", { class: "small mute", data: { hook: "strange" } }, t("page_strange")),
    degree1 && el("p", { class: "small", data: { hook: "degree1" } }, degree1),
    offered && [
      el("p", { class: "small" }, t("page_shows", offered.balance)),
      el(
        "button",
        { data: { hook: "take-over" }, on: { click: record } },
        t(offered.isSame ? "page_same" : "page_use"),
      ),
    ],
    always &&
      el(
        "label",
        {},
        el("input", {
          type: "checkbox",
          checked: always.isOn,
          data: { hook: "take-over-always" },
          on: { change: setAlways },
        }),
        always.words,
      ),
  );
}

/**
 * Records the page's balance if the user has chosen that always and the reading is sure.
 * @param {State | null} state
 */
export async function takeOverAtOnce(state) {
  if (state?.always?.isOn && state.offered?.sure) await takeOver(state.accountId, state.offered);
}

/**
 * Records the page's balance as of the time of reading: InMails logged in this popup since are subtracted from it.
 * @param {string} accountId
 * @param {NonNullable<State["offered"]>} observation
 * @returns {Promise<boolean>} whether it is recorded
 */
async function takeOver(accountId, { at, balance, computed }) {
  if (!(await run("observe", { accountId, balance, source: "page", at }))) return false;
  say(differenceWords(balance, computed));
  return true;
}
