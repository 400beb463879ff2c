// What can be done about a target: copy its text, defer, close, drop, mark as do-not-contact.

import { text } from "../../core/browser.js";
import { laterDays } from "../../core/log/targets.js";
import { dayWords } from "../../text/phrases.js";
import { listWords, t } from "../../text/words.js";

/** @param {Target} target */
const personOf = ({ person: { links, name } }) => ({ name, profileUrl: links[0] ?? null });

/**
 * @param {PopupContext} context
 * @param {AccountView} account
 * @param {Target} target
 */
export function targetState({ now, ui }, { account, projection }, target) {
  const { copy, id, person, purpose } = target;
  const missing = copy?.missing ?? [];
  const zone = account.time_zone;
  const days = laterDays(account, projection, now);
  return {
    accountId: account.id,
    id,
    // The id at the server; "" while the person is only in the outbox.
    personId: person.id,
    person: personOf(target),
    copies: copy
      ? {
          text: copy.text,
          subject: missing.length ? "" : copy.subject,
          body: copy.body,
          isEnabled: missing.length === 0,
        }
      : null,
    missing: missing.length
      ? t("copy_missing", listWords(missing.map((each) => text(`variable_${each}`) || each)))
      : "",
    menu: ui.targetMenu,
    later: /** @type {const} */ (["tomorrow", "week", "credits"]).flatMap((key) => {
      const day = days[key];
      return day ? [{ key, day, words: dayWords(day, zone, now) }] : [];
    }),
    pick: { isOpen: ui.picking, first: days.tomorrow, last: days.last, error: ui.errors["later-date"], zone },
    canClose: purpose === "follow_up",
    canMark: person.id !== "",
  };
}
