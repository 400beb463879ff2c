// Logs or lists the person of the tab by shortcut or menu. Opens the popup's form if the person or account is not
// clear.

import { openPopup, session } from "../browser.js";
import { costOf, readPage } from "../page/reading.js";
import { syncNow } from "../server/sync.js";
import { flash } from "../show/toolbar.js";
import { accountFor, currentAccount, readView } from "../show/view.js";
import { addToList } from "./list.js";
import { isLogged, log } from "./log.js";
import { observe, offer } from "./observe.js";
import { lastInMailTo, lookUp, reasonsToAsk } from "./past.js";
import { isSameLink, profileLink } from "./people.js";
import { isLinkedin, personOf } from "./person.js";

/**
 * @param {chrome.tabs.Tab | undefined} tab
 * @param {string} [link] the one that was clicked on
 */
export async function logPersonOf(tab, link = "") {
  const found = await personFor(tab, link, (draft) => openPopupWith(draft));
  if (!found) return;
  const { page, person, view } = found;
  const account = page.composer === "strange" ? null : accountFor(view.accounts, view.currentAccount, page);
  if (!account) return void (await openPopupWith());
  const reasons = reasonsToAsk(
    lastInMailTo(person, view, await lookUp(person)),
    costOf(page, view.preferences),
    account,
  );
  // A held key, and an InMail that the listener has logged, are the same InMail: no question.
  if (reasons.length && !(await isLogged(account.account.id, person, "shortcut", new Date()))) {
    session.set({ asks: true });
    return void (await openPopupWith());
  }
  await logFrom(page, person, account, view, "shortcut", new Date());
  await Promise.all([flash("✓"), syncNow()]);
}

/**
 * Adds the person of the tab to the list of people to write to.
 * @param {chrome.tabs.Tab | undefined} tab
 * @param {string} [link] the one that was clicked on
 */
export async function listPersonOf(tab, link = "") {
  const found = await personFor(tab, link, (draft) => openPopupWith({ ...draft, isForList: true }));
  if (!found) return;
  const { page, person, view } = found;
  const account =
    accountFor(view.accounts, view.currentAccount, page) ?? currentAccount(view.accounts, view.currentAccount);
  if (!account?.targets) return void (await openPopupWith());
  await addToList({ accountId: account.account.id, person }, new Date());
  await Promise.all([flash("+"), syncNow()]);
}

/**
 * The page, its person and the view; undefined if the person is not clear, after calling `ask`. Whatever can be decided
 * without the page is decided before the first `await`: Firefox opens a popup only within the user gesture, afterwards
 * it is a tab.
 * @param {chrome.tabs.Tab | undefined} tab
 * @param {string} link
 * @param {(draft?: Omit<Draft, "at">) => Promise<unknown>} ask
 */
async function personFor(tab, link, ask) {
  const linked = profileLink(link);
  if (link && !isSameLink(link, personOf(tab)?.profileUrl ?? "")) {
    return void (await ask({ name: "", profileUrl: linked, isNoPerson: linked === null }));
  }
  if (!isLinkedin(tab?.url)) return void (await ask());
  const [page, view] = await Promise.all([readPage(tab), readView(new Date())]);
  const { person } = page;
  const isOther = link !== "" && !isSameLink(link, person?.profileUrl ?? "");
  return !person || !page.isClear || page.degree1 || isOther ? void (await ask()) : { page, person, view };
}

/** @param {Partial<Draft>} [draft] initial values of the popup's form */
function openPopupWith(draft) {
  if (draft) session.set({ draft: { name: "", profileUrl: null, ...draft, at: new Date().toISOString() } });
  return Promise.all([openPopup(), flash("?")]);
}

/**
 * Logs the InMail of a page, and records its balance if the user has chosen that.
 * @param {PageReading} page
 * @param {Person} person
 * @param {AccountView} account
 * @param {View} view
 * @param {Source} source
 * @param {Date} at when it was sent
 */
export async function logFrom(page, person, account, { preferences }, source, at) {
  const { id } = account.account;
  const shown = offer(page, account);
  if (preferences.takeOver && shown?.sure) await observe(id, shown.balance, "page", new Date(page.at), new Date());
  const costRead = page.cost !== "unknown";
  await log({ accountId: id, recipient: person, cost: costOf(page, preferences), source, costRead }, at);
}
