// Applies the server's erasures of people to local storage, at each sync. The server sends no names: only ids of
// InMails and salted hashes of the person's link and name.

import { local, session } from "../browser.js";
import { ERASED_NAME, normalName, profileLink } from "../log/people.js";
import { Refusal } from "../refusal.js";
import { withOutboxLock, forgetWhatServerHas, rewrite } from "../store/outbox.js";
import { read, readAll, summaryKey } from "../store/storage.js";
import { call } from "./api.js";
import { SHAPE } from "../shapes.js";

/** @typedef {{name: string, profileUrl: string | null}} Identity */

/**
 * Applies the erasures since the last sync. An older server without this route returns 404.
 * @param {Server} server
 */
export async function followErasures(server) {
  for (let more = true; more;) {
    const { erasuresSince } = await read("erasuresSince");
    const answer = await call(server, `/erasures?since=${erasuresSince}`, { shape: SHAPE.erasures }).catch(
      nullIfNotFound,
    );
    if (answer === null) return;
    const { complete, erasures, last } = answer.body;
    if (!complete) await forgetAllPeople();
    for (const erasure of erasures) await forget(erasure);
    await local.set({ erasuresSince: last });
    more = answer.body.more;
  }
}

/** @param {unknown} error */
function nullIfNotFound(error) {
  if (error instanceof Refusal && error.problem.status === 404) return null;
  throw error;
}

/** Removes every person that the server has: it no longer lists all erasures since the last sync. */
async function forgetAllPeople() {
  const { summaries } = await readAll();
  await local.set({ questions: [] });
  await session.remove("copied");
  await forgetWhatServerHas();
  await local.remove(Object.keys(summaries).map(summaryKey));
}

/**
 * Removes one person. An InMail that the server does not have yet still costs a credit, so it stays without its
 * recipient.
 * @param {Erasure} erasure
 */
function forget(erasure) {
  return withOutboxLock(async () => {
    const { entries, questions, recentLogs, skipped, summaries } = await readAll();
    const { copied } = await session.get("copied");
    const targets = Object.values(summaries).flatMap(({ summary }) => summary.targets?.next ?? []);
    const isErased = await matcherOf(erasure, [
      ...recentLogs,
      ...questions,
      ...entries.map(personOf),
      ...targets.flatMap(identitiesOf),
      ...(copied ? [copied] : []),
    ]);
    const gone = targets.filter((target) => identitiesOf(target).some(isErased)).map(({ id }) => id);
    const isGone = (/** @type {string | null} */ id) => id !== null && erasure.inmails.includes(id);
    await rewrite(entries, (entry) => (isErased(personOf(entry)) ? anonymized(entry) : entry), {
      questions: questions.filter((question) => !isErased(question)),
      recentLogs: recentLogs.filter((item) => !isGone(item.inmailId) && !isErased(item)),
      skipped: Object.fromEntries(Object.entries(skipped).filter(([id]) => !gone.includes(id))),
      ...Object.fromEntries(
        Object.entries(summaries).map(([id, stored]) => [summaryKey(id), withoutErased(stored, isGone, gone)]),
      ),
    });
    if (copied && isErased(copied)) await session.remove("copied");
  });
}

/**
 * Returns a predicate for the erased person: by link, or by name if there is no link.
 * @param {Erasure} erasure
 * @param {Identity[]} known
 * @returns {Promise<(one: Identity) => boolean>}
 */
async function matcherOf({ links, names, salt }, known) {
  const theirs = new Set();
  for (const { name, profileUrl } of known) {
    const link = profileUrl && profileLink(profileUrl);
    const isTheirs = link
      ? links.includes(await saltedHash(salt, link))
      : names.includes(await saltedHash(salt, normalName(name)));
    if (isTheirs) theirs.add(`${link ?? ""}\n${name}`);
  }
  return ({ name, profileUrl }) => theirs.has(`${(profileUrl && profileLink(profileUrl)) ?? ""}\n${name}`);
}

/**
 * Hexadecimal SHA-256 over salt, line break and text, as the server makes it.
 * @param {string} salt
 * @param {string} text
 */
async function saltedHash(salt, text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${salt}\n${text}`));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {OutboxEntry} entry */
const isAboutList = ({ kind }) => kind === "target_add" || kind === "target_change" || kind === "person_change";

/**
 * A listed person's name with each of their links.
 * @param {Target} target
 * @returns {Identity[]}
 */
const identitiesOf = ({ person: { links, name } }) =>
  (links.length ? links : [null]).map((profileUrl) => ({ name, profileUrl }));

/**
 * @param {OutboxEntry} entry
 * @returns {Identity}
 */
function personOf(entry) {
  if ("person" in entry) return entry.person;
  const known = entry.kind === "target_add" ? entry.body.person : entry.kind === "inmail" ? entry.body.recipient : null;
  if (known) return { name: known.name, profileUrl: known.profile_url ?? null };
  return { name: entry.kind === "retract" ? entry.body.name : "", profileUrl: null };
}

/**
 * An entry without the person; null if it is to be removed.
 * @param {OutboxEntry} entry
 * @returns {OutboxEntry | null}
 */
function anonymized(entry) {
  if (entry.state === "saved" || isAboutList(entry)) return null;
  if (entry.kind === "retract") return { ...entry, body: { ...entry.body, name: ERASED_NAME } };
  // The server may have it already and refuses other content under the same key.
  if (entry.kind !== "inmail" || (entry.state === "waiting" && entry.attemptedAt)) return entry;
  const { cost, sent_at, source } = entry.body;
  return { ...entry, body: { recipient: { name: ERASED_NAME }, cost, sent_at, source } };
}

/**
 * A stored summary without the erased InMails and targets, until the next sync replaces it.
 * @param {StoredSummary} stored
 * @param {(id: string) => boolean} isGone
 * @param {string[]} gone the ids of targets
 * @returns {StoredSummary}
 */
function withoutErased({ summary, ...rest }, isGone, gone) {
  const [recent, awaiting] = [summary.recent, summary.awaiting].map((rows) => rows.filter(({ id }) => !isGone(id)));
  const targets = summary.targets && {
    ...summary.targets,
    next: summary.targets.next.filter(({ id }) => !gone.includes(id)),
  };
  return {
    ...rest,
    summary: { ...summary, recent, awaiting: /** @type {AwaitingInMail[]} */ (awaiting), ...(targets && { targets }) },
  };
}
