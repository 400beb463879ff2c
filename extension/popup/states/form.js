// The form for an InMail that one click cannot log: what it is filled with, and which accounts it offers.

import { costOf } from "../../core/page/reading.js";
import { canTakeCredit } from "../../core/show/view.js";
import { localTime } from "../../text/format.js";
import { t } from "../../text/words.js";

/** @param {PopupContext} context */
export function formState({ account, now, page, ui, view }) {
  const { lastCost, lastPurpose } = view.preferences;
  const known = ui.draft ?? page?.person;
  const zone = account?.account.time_zone ?? "UTC";
  // If the page is of another product, the user chooses the account.
  const isOther = Boolean(
    ui.draft?.product || (page?.person && account && !canTakeCredit(account, view.accounts, page, ui.switched)),
  );
  const seats = view.accounts.map(({ account: { id, name, product } }) => ({
    id,
    words: name === t(`product_${product}`) ? name : `${name} · ${t(`product_${product}`)}`,
    isChosen: !isOther && id === account?.account.id,
  }));
  return {
    accountId: account?.account.id ?? "",
    name: known?.name ?? "",
    link: known?.profileUrl ?? "",
    // Empty if there is nothing to choose.
    seats: isOther || seats.length > 1 ? seats : [],
    needsSeat: isOther,
    day: ui.day,
    today: localTime(now.toISOString(), zone).slice(0, 10),
    zone,
    purpose: lastPurpose,
    cost: page && !ui.draft ? costOf(page, view.preferences) : lastCost,
    errors: ui.errors,
  };
}
