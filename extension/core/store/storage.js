// Local storage: its keys, default values, and functions that read it.

import { knownZone } from "../../text/days.js";
import { local, onStored } from "../browser.js";

// Upper bounds for instants in storage; see instants.js.
export const BACKOFF_MAX_MS = 30 * 60_000;
export const SNOOZE_MAX_MS = 7 * 86_400_000;
/** A code is valid for five minutes by the server's clock, which may differ from this one. */
export const PAIRING_MAX_MS = 60 * 60_000;

/** @param {string} accountId */
export const summaryKey = (accountId) => `summary/${accountId}`;

/**
 * The key of an outbox entry. core/store/outbox.js alone writes entries.
 * @param {string} id
 */
export const outboxKey = (id) => `outbox/${id}`;

/** @returns {Omit<Stored, "summaries" | "entries">} */
const defaults = () => ({
  // Not "localhost": that may resolve to ::1, where the server does not listen.
  server: { address: "http://127.0.0.1:8425", token: null, deviceId: null, demo: false, id: null, secret: null },
  pairing: null,
  accounts: [],
  problems: {},
  currentAccount: null,
  connection: { state: "not_paired", since: new Date(0).toISOString(), detail: "", retryAt: null, tries: 0 },
  reminders: { notifications: false, snoozedUntil: null, shown: {} },
  preferences: { lastCost: 1, lastPurpose: null, takeOver: false },
  recentLogs: [],
  listening: "off",
  questions: [],
  skipped: {},
  added: [],
  erasuresSince: 0,
  lookedAt: new Date(0).toISOString(),
});

/** Renames keys of earlier versions: the recent logs were stored as `undo`. */
export async function upgradeStorage() {
  const { undo } = await local.get("undo");
  if (!undo) return;
  await local.set({ recentLogs: undo });
  await local.remove("undo");
}

/**
 * Everything in storage, read from the browser. For decisions and for writes that depend on it.
 * @returns {Promise<Stored>}
 */
export const readAll = async () => storedIn(await local.get(null));

/**
 * The content of storage as cached by this page or worker: read once, then updated from the browser's change events.
 * Null before the first read.
 * @type {Record<string, any> | null}
 */
let cached = null;

/** @type {Promise<void> | null} */
let reading = null;

/** @type {StorageChanges[]} */
let pendingChanges = [];

onStored((changes) => {
  if (cached) applyChanges(cached, changes);
  else pendingChanges.push(changes);
});

/**
 * Everything in storage, from the cache. For painting: right after a write by this page or worker it may be stale until
 * the change event arrives, which repaints.
 * @returns {Promise<Stored>}
 */
export async function readCached() {
  if (!cached) await (reading ??= loadCache().finally(() => (reading = null)));
  return storedIn(cached ?? {});
}

// Every page and the worker need it at once, so it is read while the other modules are still evaluated.
readCached().catch(() => null);

async function loadCache() {
  pendingChanges = [];
  const items = await local.get(null);
  for (const changes of pendingChanges) applyChanges(items, changes);
  cached = items;
}

/**
 * @param {Record<string, any>} items
 * @param {StorageChanges} changes
 */
function applyChanges(items, changes) {
  for (const [key, { newValue }] of Object.entries(changes)) {
    if (newValue === undefined) delete items[key];
    else items[key] = newValue;
  }
}

/**
 * @param {Record<string, any>} items everything in storage
 * @returns {Stored}
 */
function storedIn(items) {
  /** @type {Stored} */
  const stored = { ...defaults(), summaries: {}, entries: [] };
  for (const [key, value] of Object.entries(items)) {
    if (key.startsWith("outbox/")) stored.entries.push(value);
    else if (key.startsWith("summary/")) stored.summaries[key.slice("summary/".length)] = value;
    else if (key in stored) Object.assign(stored, { [key]: value });
  }
  stored.entries.sort(byId);
  stored.accounts = stored.accounts.map(inKnownZone);
  return stored;
}

/**
 * The values of these keys only, which is faster than `readAll`.
 * @template {keyof ReturnType<typeof defaults>} Name
 * @param {...Name} names
 * @returns {Promise<Pick<Stored, Name>>}
 */
export const read = async (...names) => /** @type {any} */ ({ ...defaults(), ...(await local.get(names)) });

/**
 * @param {Account} account
 * @returns {Account}
 */
function inKnownZone(account) {
  const zone = knownZone(account.time_zone);
  return zone === account.time_zone ? account : { ...account, time_zone: zone, unknown_zone: account.time_zone };
}

/**
 * @param {OutboxEntry} a
 * @param {OutboxEntry} b
 */
const byId = (a, b) => (a.id < b.id ? -1 : 1);
