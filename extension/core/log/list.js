// The user's changes of the list of people to write to. Each is stored in the outbox first.

import { dayNumber } from "../../text/days.js";
import { local } from "../browser.js";
import { add, withOutboxLock, newEntry, removeWithDependents } from "../store/outbox.js";
import { read, readAll } from "../store/storage.js";
import { cleanName, profileLink } from "./people.js";
import { matchesPerson, openAdditions } from "./targets.js";

/**
 * Adds a person to the list. A person whose addition is still unsent is not added twice; the server detects everybody
 * else.
 * @param {{accountId: string, person: Person, note?: string}} params
 * @param {Date} now
 * @returns {Promise<{id: string, repeated: boolean}>} the id of its entry
 */
export function addToList({ accountId, person, note }, now) {
  return withOutboxLock(async () => {
    const { entries } = await readAll();
    const first = openAdditions(entries).find((target) => matchesPerson(target.person, person));
    if (first) return { id: first.id, repeated: true };
    const link = profileLink(person.profileUrl ?? "");
    const body = {
      person: { name: cleanName(person.name), ...(link && { profile_url: link }) },
      ...(note && { note }),
    };
    const entry = newEntry(accountId, { kind: /** @type {const} */ ("target_add"), body }, now);
    await add(entry);
    return { id: entry.id, repeated: false };
  });
}

/**
 * Changes a target, identified by its id or by the id of the entry that added it. Dropping one that the server cannot
 * have removes its entry.
 * @param {{accountId: string, id: string, person: Person, action: TargetAction, until?: string}} params
 * @param {Date} now
 */
export function changeTarget({ accountId, id, person, action, until }, now) {
  return withOutboxLock(async () => {
    const { added, entries } = await readAll();
    const entry = entries.find((each) => each.id === id);
    if (entry && action === "drop" && entry.state !== "saved" && entry.attemptedAt === null) {
      await removeWithDependents(entry, entries);
      return;
    }
    const known = added.find(([entryId]) => entryId === id)?.[1];
    const ids = { target: entry ? id : null, targetId: known ?? (entry ? null : id) };
    await add(
      newEntry(accountId, { kind: "target_change", ...ids, person, body: { action, ...(until && { until }) } }, now),
    );
  });
}

/**
 * @param {{accountId: string, id: string, person: Person}} params
 * @param {Date} now
 */
export const markDoNotContact = ({ accountId, id, person }, now) =>
  withOutboxLock(() =>
    add(newEntry(accountId, { kind: "person_change", personId: id, person, body: { do_not_contact: true } }, now)),
  );

/**
 * Skips a target until the local day ends; null clears all skips.
 * @param {string | null} id
 * @param {string} zone
 * @param {Date} now
 */
export function skip(id, zone, now) {
  return withOutboxLock(async () => {
    const { skipped } = await read("skipped");
    const today = dayNumber(now, zone);
    const kept = Object.entries(skipped).filter(([, day]) => id !== null && day === today);
    await local.set({ skipped: { ...Object.fromEntries(kept), ...(id !== null && { [id]: today }) } });
  });
}
