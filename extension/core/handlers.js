// The worker's handler for each message of a page. The work is done in the imported modules.

/** @import {Handlers} from "./messages.js" */

import { local, session } from "./browser.js";
import { addToList, changeTarget, markDoNotContact, skip } from "./log/list.js";
import { log } from "./log/log.js";
import { observe } from "./log/observe.js";
import { lookUp } from "./log/past.js";
import * as listening from "./page/listening.js";
import * as connect from "./server/connect.js";
import { openApp } from "./server/openapp.js";
import { retry, syncNow } from "./server/sync.js";
import { setReminders } from "./show/notify.js";
import { readView } from "./show/view.js";
import * as outbox from "./store/outbox.js";
import { read } from "./store/storage.js";

/** @type {Handlers} */
export const handlers = {
  "state.get": () => readView(new Date()),

  log: (params) => stored(log(params, new Date())),
  "person.lookup": async ({ person }) => ({ found: await lookUp(person) }),
  "target.add": (params) => stored(addToList(params, new Date())),
  "target.change": (params) => stored(changeTarget(params, new Date())),
  "target.skip": ({ id, zone }) => done(skip(id, zone, new Date())),
  "target.copied": (copied) => done(session.set({ copied: { ...copied, at: new Date().toISOString() } })),
  "person.mark": (params) => stored(markDoNotContact(params, new Date())),
  "app.open": ({ page, accountId }) => done(openApp(`/${page}${accountId ? `?account=${accountId}` : ""}`)),
  undo: ({ id }) => stored(outbox.undo(id, new Date())),
  outcome: ({ accountId, inmailId, outcome }) => {
    const now = new Date();
    const body = outcome === "pending" ? { outcome } : { outcome, outcome_at: now.toISOString() };
    return stored(outbox.add(outbox.newEntry(accountId, { kind: "outcome", inmailId, body }, now)));
  },
  observe: ({ accountId, balance, source, at }) => {
    const now = new Date();
    return stored(observe(accountId, balance, source, at ? new Date(at) : now, now));
  },
  resolve: ({ id, answer }) => stored(outbox.resolve(id, answer, new Date())),
  correct: ({ id, correction }) => stored(outbox.correct(id, correction, new Date())),
  "elsewhere.answer": ({ answer, accountId }) => stored(outbox.answerElsewhere(answer, accountId)),

  retry: () => done(retry()),
  refresh: () => done(syncNow()),

  "server.check": ({ address }) => connect.check(address),
  "pair.start": ({ address, device }) => connect.startPairing(address, device),
  "pair.confirm": ({ code }) => done(connect.confirmPairing(code)),
  "pair.cancel": () => done(connect.cancelPairing()),
  disconnect: () => done(connect.disconnect()),

  "account.select": ({ id }) => done(local.set({ currentAccount: id })),

  "draft.take": async () => {
    const { draft = null, asks = false } = await session.get(["draft", "asks"]);
    await session.remove(["draft", "asks"]);
    return { draft, asks };
  },
  snooze: ({ until }) => done(setReminders({ snoozedUntil: until })),
  "preferences.set": async (changes) => {
    const { preferences } = await read("preferences");
    return done(local.set({ preferences: { ...preferences, ...changes } }));
  },
  "notifications.set": ({ on }) => done(setReminders({ notifications: on })),
  "listening.set": ({ on }) => done(listening.setListening(on)),
  "question.answer": ({ id, cost }) => stored(listening.answerQuestion(id, cost)),
  looked: () => done(local.set({ lookedAt: new Date().toISOString() })),
};

/**
 * Answers as soon as it is stored; the server hears of it meanwhile.
 * @template T
 * @param {Promise<T>} writing
 * @returns {Promise<T extends object ? T : {}>}
 */
async function stored(writing) {
  const answer = await writing;
  syncNow();
  return /** @type {any} */ (answer ?? {});
}

/** @param {Promise<unknown>} work */
async function done(work) {
  await work;
  return {};
}
