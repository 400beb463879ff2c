// Earlier InMails to a person: recent ones from local storage, all from the server.

import { call } from "../server/api.js";
import { read } from "../store/storage.js";
import { isSamePerson } from "./people.js";
import { SHAPE } from "../shapes.js";

/** The longest time a click waits for the server. */
const LOOKUP_TIMEOUT_MS = 400;

/** @type {Found} */
const NOTHING_FOUND = { person: null, target: null, last_inmail: null, inmails: 0 };

/**
 * What the server has about this person, over all accounts; undefined if it cannot be reached or is too slow.
 * @param {Person} person
 * @returns {Promise<Found | undefined>}
 */
export async function lookUp({ name, profileUrl }) {
  const { connection, server } = await read("connection", "server");
  if (!server.token || connection.state !== "ok") return undefined;
  const query = new URLSearchParams({ name, ...(profileUrl && { profile_url: profileUrl }) });
  const timeout = new Promise((resolve) => {
    setTimeout(resolve, LOOKUP_TIMEOUT_MS);
  });
  const found = call(server, `/people/lookup?${query}`, { shape: SHAPE.lookup }).then(
    ({ body }) => body,
    () => undefined,
  );
  return Promise.race([found, timeout]);
}

/**
 * The latest InMail to a person, of those in the view and the one that the server found.
 * @param {Person} person
 * @param {View} view
 * @param {Found | undefined} found
 * @returns {PastInMail | null}
 */
export function lastInMailTo(person, view, { last_inmail: found } = NOTHING_FOUND) {
  const known = view.accounts.flatMap(({ account, awaiting, recent }) => [
    ...recent.map(({ id, inmailId, name, outcome, profileUrl, sentAt }) => ({
      accountId: account.id,
      id,
      inmailId,
      name,
      outcome,
      profileUrl,
      sentAt,
    })),
    ...awaiting.map(({ id, outcome, recipient: { name, profile_url: profileUrl }, sent_at: sentAt }) => ({
      accountId: account.id,
      id,
      inmailId: id,
      name,
      outcome,
      profileUrl,
      sentAt,
    })),
  ]);
  const past = known.filter((inmail) => isSamePerson(inmail, person));
  const isRemoved = view.waiting.some((entry) => entry.kind === "retract" && entry.inmailId === found?.id);
  if (found && !isRemoved && !known.some(({ inmailId }) => inmailId === found.id)) {
    const { account: accountId, id, outcome, sent_at: sentAt } = found;
    past.push({ ...person, accountId, id, inmailId: id, outcome, sentAt });
  }
  return past.sort((a, b) => Date.parse(b.sentAt) - Date.parse(a.sentAt))[0] ?? null;
}

/**
 * Why the user is asked before an InMail is logged: `again` (the last one is unanswered), `none_left` (no credit is
 * left).
 * @param {PastInMail | null} past
 * @param {0 | 1} cost
 * @param {AccountView | undefined} account
 * @returns {Reason[]}
 */
export function reasonsToAsk(past, cost, account) {
  /** @type {Reason[]} */
  const reasons = [];
  if (past?.outcome === "pending") reasons.push("again");
  if (cost && account?.projection?.balance === 0) reasons.push("none_left");
  return reasons;
}
