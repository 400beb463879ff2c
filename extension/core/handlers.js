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

  log: (params) => replyAndSync(log(params, new Date())),
  "person.lookup": async ({ person }) => ({ found: await lookUp(person) }),
  "target.add": (params) => replyAndSync(addToList(params, new Date())),
  "target.change": (params) => replyAndSync(changeTarget(params, new Date())),
  "target.skip": ({ id, zone }) => replyEmpty(skip(id, zone, new Date())),
  "target.copied": (copied) => replyEmpty(session.set({ copied: { ...copied, at: new Date().toISOString() } })),
  "person.mark": (params) => replyAndSync(markDoNotContact(params, new Date())),
  "app.open": ({ page, accountId }) => replyEmpty(openApp(`/${page}${accountId ? `?account=${accountId}` : ""}`)),
  undo: ({ id }) => replyAndSync(outbox.undo(id, new Date())),
  outcome: ({ accountId, inmailId, outcome }) => {
    const now = new Date();
    const body = outcome === "pending" ? { outcome } : { outcome, outcome_at: now.toISOString() };
    return replyAndSync(outbox.add(outbox.newEntry(accountId, { kind: "outcome", inmailId, body }, now)));
  },
  observe: ({ accountId, balance, source, at }) => {
    const now = new Date();
    return replyAndSync(observe(accountId, balance, source, at ? new Date(at) : now, now));
  },
  resolve: ({ id, answer }) => replyAndSync(outbox.resolve(id, answer, new Date())),
  correct: ({ id, correction }) => replyAndSync(outbox.correct(id, correction, new Date())),
  "elsewhere.answer": ({ answer, accountId }) => replyAndSync(outbox.answerElsewhere(answer, accountId)),

  retry: () => replyEmpty(retry()),
  refresh: () => replyEmpty(syncNow()),

  "server.check": ({ address }) => connect.check(address),
  "pair.start": ({ address, device }) => connect.startPairing(address, device),
  "pair.confirm": ({ code }) => replyEmpty(connect.confirmPairing(code)),
  "pair.cancel": () => replyEmpty(connect.cancelPairing()),
  disconnect: () => replyEmpty(connect.disconnect()),

  "account.select": ({ id }) => replyEmpty(local.set({ currentAccount: id })),

  "draft.take": async () => {
    const { draft = null, asks = false } = await session.get(["draft", "asks"]);
    await session.remove(["draft", "asks"]);
    return { draft, asks };
  },
  snooze: ({ until }) => replyEmpty(setReminders({ snoozedUntil: until })),
  "preferences.set": async (changes) => {
    const { preferences } = await read("preferences");
    return replyEmpty(local.set({ preferences: { ...preferences, ...changes } }));
  },
  "notifications.set": ({ on }) => replyEmpty(setReminders({ notifications: on })),
  "listening.set": ({ on }) => replyEmpty(listening.setListening(on)),
  "question.answer": ({ id, cost }) => replyAndSync(listening.answerQuestion(id, cost)),
  looked: () => replyEmpty(local.set({ lookedAt: new Date().toISOString() })),
};

/**
 * Replies as soon as the change is stored; the sync runs afterwards.
 * @template T
 * @param {Promise<T>} writing
 * @returns {Promise<T extends object ? T : {}>}
 */
async function replyAndSync(writing) {
  const answer = await writing;
  setTimeout(syncNow);
  return /** @type {any} */ (answer ?? {});
}

/**
 * Replies with an empty object once `work` is done.
 * @param {Promise<unknown>} work
 */
async function replyEmpty(work) {
  await work;
  return {};
}
