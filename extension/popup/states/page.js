// What the tab's page says beside its person: a balance to record, and what prevents logging from it.

import { t } from "../../text/words.js";

/** @param {PopupContext} context */
export function pageState({ account, offered, page, view }) {
  if (!account || !page) return null;
  const isAlways = view.preferences.takeOver;
  const hasSwitch = offered !== null || (isAlways && page.balance !== null);
  const isStrange = page.composer === "strange";
  if (!isStrange && !page.degree1 && !hasSwitch) return null;
  return {
    accountId: account.account.id,
    isStrange,
    degree1: page.degree1 ? t("page_degree1", page.person?.name ?? "") : "",
    offered: offered && { ...offered, at: page.at, isSame: offered.balance === offered.computed },
    always: hasSwitch ? { isOn: isAlways, words: t(offered ? "page_always" : "page_always_on") } : null,
  };
}
