// The shared data of the popup's sections, computed once per painting.

import { offer } from "../../core/log/observe.js";
import { lastInMailTo } from "../../core/log/past.js";
import { nextOf, targetFor, targetsOf } from "../../core/log/targets.js";
import { canTakeCredit } from "../../core/show/view.js";
import { warningWords } from "../../core/show/warnings.js";

/**
 * @param {PopupBase} base
 * @returns {PopupContext}
 */
export function contextOf(base) {
  const { account, now, page, ui, view } = base;
  const list = account && targetsOf(account, now);
  return {
    ...base,
    isMarked: isMarked(base),
    isReady: isReady(base),
    list,
    offered: offer(page, account),
    past: page?.person ? lastInMailTo(page.person, view, ui.found) : null,
    target: shownTarget(base, list),
    warnings: account ? warningsOf(account, now) : [],
  };
}

/**
 * The target of the page's person; without a person the next target, if there is a credit.
 * @param {PopupBase} base
 * @param {Targets | null} list
 */
function shownTarget({ account, now, page, ui, view }, list) {
  if (!account || !page) return null;
  if (page.person) return targetFor(page.person, account, ui.found, now);
  return account.projection?.balance ? nextOf(list?.next ?? [], view.skipped, account.account.time_zone, now) : null;
}

/**
 * Whether one click can log the page's person: they are not a contact of the first degree, name and link are of one
 * person, and this account's credit is used.
 * @param {PopupBase} base
 */
const isReady = ({ account, page, ui, view }) =>
  account !== null &&
  page !== null &&
  page.person !== null &&
  page.isClear &&
  !page.degree1 &&
  canTakeCredit(account, view.accounts, page, ui.switched);

/**
 * Whether the page's person is marked as do-not-contact, in the outbox or at the server.
 * @param {PopupBase} base
 */
const isMarked = ({ account, ui }) =>
  Boolean(
    ui.found?.person?.do_not_contact ||
    account?.ahead.some((entry) => entry.kind === "person_change" && entry.personId === ui.found?.person?.id),
  );

/**
 * The warnings that have words in the popup.
 * @param {AccountView} account
 * @param {Date} now
 */
const warningsOf = (account, now) =>
  (account.projection?.warnings ?? []).flatMap((warning) => {
    const words = warningWords(warning, account, now);
    return words ? [{ ...warning, words }] : [];
  });
