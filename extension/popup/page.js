// The page's balance with a button to record it, and what prevents logging from this page.

import { t } from "../text/words.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { differenceWords } from "./observed.js";

/** @param {PopupContext} context */
export function page(context) {
  const { account, page: read } = context;
  if (!account || !read) return null;
  const parts = [
    read.composer === "strange" && el("p", { class: "small mute", data: { hook: "strange" } }, t("page_strange")),
    read.degree1 && el("p", { class: "small", data: { hook: "degree1" } }, t("page_degree1", read.person?.name ?? "")),
    ...takeOver(context, read),
  ].filter((part) => part !== false);
  return parts.length
    ? el(
        "section",
        { class: "page", "aria-label": t("page_label"), data: { part: "page", account: account.account.id } },
        parts,
      )
    : null;
}

/**
 * @param {PopupContext} context
 * @param {PageReading} read
 */
function takeOver(context, read) {
  const { offered: shown, view } = context;
  const isAlways = view.preferences.takeOver;
  if (!shown && !(isAlways && read.balance !== null)) return [];
  const setTakeOver = async (
    /** @type {Event & {currentTarget: HTMLInputElement}} */ { currentTarget: { checked } },
  ) => {
    if ((await run("preferences.set", { takeOver: checked })) && checked && shown?.sure) {
      await takeOverBalance(context, read, shown);
    }
  };
  return [
    shown && el("p", { class: "small" }, t("page_shows", shown.balance)),
    shown &&
      el(
        "button",
        { data: { hook: "take-over" }, on: { click: () => takeOverBalance(context, read, shown) } },
        t(shown.balance === shown.computed ? "page_same" : "page_use"),
      ),
    el(
      "label",
      {},
      el("input", {
        type: "checkbox",
        checked: isAlways,
        data: { hook: "take-over-always" },
        on: { change: setTakeOver },
      }),
      t(shown ? "page_always" : "page_always_on"),
    ),
  ].filter((part) => part !== null);
}

/**
 * Records the page's balance if the user has chosen that always and the reading is sure.
 * @param {PopupContext} context
 */
export async function takeOverAtOnce(context) {
  const { offered: shown, page: read, view } = context;
  if (view.preferences.takeOver && read && shown?.sure) await takeOverBalance(context, read, shown);
}

/**
 * Records the page's balance as of the time of reading: InMails logged in this popup since are subtracted from it.
 * @param {PopupContext} context
 * @param {PageReading} read
 * @param {{balance: number, computed: number}} observation
 */
async function takeOverBalance({ account, paint }, { at }, { balance, computed }) {
  if (!(await run("observe", { accountId: account?.account.id ?? "", balance, source: "page", at }))) return;
  say(differenceWords(balance, computed));
  paint();
}
