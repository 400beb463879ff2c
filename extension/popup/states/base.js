// What the user has opened in the popup, and the data of the first sections.

import { accountFor, currentAccount } from "../../core/show/view.js";

/** Room for two unanswered InMails and the notes; see `PopupUi`. */
export const ROOM_MAX = 3;

/** @returns {PopupUi} */
export const initialUi = () => ({
  adding: null,
  allAwaiting: false,
  allNotices: false,
  asking: null,
  day: "now",
  doubted: null,
  draft: null,
  editing: null,
  elsewhere: false,
  errors: {},
  form: false,
  found: undefined,
  logged: null,
  lastOpenedAt: null,
  menu: false,
  observing: false,
  outcomeOf: null,
  picking: false,
  room: ROOM_MAX,
  switched: false,
  targetMenu: null,
});

/** What the user can open that takes height. */
const TALL = /** @type {const} */ ([
  "adding",
  "allAwaiting",
  "allNotices",
  "asking",
  "editing",
  "elsewhere",
  "form",
  "observing",
  "outcomeOf",
  "targetMenu",
]);

/** @param {PopupUi} ui */
export const isAtRest = (ui) => TALL.every((key) => !ui[key]);

/**
 * The account is the page's, until the user selects one.
 * @param {View} view
 * @param {Pick<PopupBase, "page" | "shortcut">} tab
 * @param {PopupPage} popup
 * @param {Date} now
 * @returns {PopupBase}
 */
export function baseOf(view, tab, { ui, paint }, now) {
  const { accounts, connection, currentAccount: current } = view;
  const account = (ui.switched ? null : accountFor(accounts, current, tab.page)) ?? currentAccount(accounts, current);
  const state = connection.state !== "ok" ? connection.state : account ? "ready" : "no_account";
  return { view, now, account, state, ...tab, ui, paint };
}
