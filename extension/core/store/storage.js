// What local storage holds: its keys, what stands for one that is not written yet, and all of it read at once.

import { knownZone } from "../../text/days.js";
import { local } from "../browser.js";

// How far ahead an instant in storage can be meant; see instants.js.
export const BACKOFF_MAX_MS = 30 * 60_000;
export const SNOOZE_MAX_MS = 7 * 86_400_000;
/** A code is good for five minutes, by the server's clock, which may be another one. */
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
  // The number, never "localhost": that name may lead to ::1, where nobody listens.
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

/** Brings what an earlier version stored under its present keys: the recent logs were called `undo`. */
export async function upgradeStorage() {
  const { undo } = await local.get("undo");
  if (!undo) return;
  await local.set({ recentLogs: undo });
  await local.remove("undo");
}

/** @returns {Promise<Stored>} */
export async function readAll() {
  const kept = await local.get(null);
  /** @type {Stored} */
  const stored = { ...defaults(), summaries: {}, entries: [] };
  for (const [key, value] of Object.entries(kept)) {
    if (key.startsWith("outbox/")) stored.entries.push(value);
    else if (key.startsWith("summary/")) stored.summaries[key.slice("summary/".length)] = value;
    else if (key in stored) Object.assign(stored, { [key]: value });
  }
  stored.entries.sort(byId);
  stored.accounts = stored.accounts.map(inKnownZone);
  return stored;
}

/**
 * What stands under these keys alone, which is quicker.
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
