// Logging without the popup: the person of the tab, by keyboard or menu, with the popup's form where that is not enough.

import { openPopup, session } from "./browser.js";
import { log } from "./log.js";
import { personOf, profileLink } from "./person.js";
import { readAll } from "./settings.js";
import { syncNow } from "./sync.js";
import { flash } from "./toolbar.js";

/**
 * Until the first `await` this runs in the user's own keystroke or click: Firefox opens a popup only there.
 * @param {chrome.tabs.Tab | undefined} tab
 * @param {string} [link] the one that was clicked on
 */
export async function logPersonOf(tab, link = "") {
  const person = personOf(tab);
  const linked = profileLink(link);
  if (!person || (linked && linked !== person.profileUrl)) {
    if (linked) session.set({ draft: { name: "", profileUrl: linked, at: new Date().toISOString() } });
    await Promise.all([openPopup(), flash("?")]);
    return;
  }
  const { currentAccount, preferences } = await readAll();
  if (!currentAccount) {
    await openPopup();
    return;
  }
  const { lastCost: cost } = preferences;
  await log({ accountId: currentAccount, recipient: person, cost, source: "shortcut" }, new Date());
  await Promise.all([flash("✓"), syncNow()]);
}
