// What the worker does for each message of a page. Each handler is a line or two; the work is done in the modules named here.

/** @import {Handlers} from "./messages.js" */

import { call, SHAPE } from "./api.js";
import { openApp } from "./app.js";
import { local, session } from "./browser.js";
import * as connect from "./connect.js";
import { answerElsewhere } from "./elsewhere.js";
import { newId } from "./ids.js";
import * as listening from "./listening.js";
import { log } from "./log.js";
import { setReminders } from "./notify.js";
import { observe } from "./observe.js";
import * as outbox from "./outbox.js";
import { lookUp } from "./past.js";
import { read } from "./settings.js";
import { retry, syncNow } from "./sync.js";
import { readView } from "./view.js";

/** @type {Handlers} */
export const handlers = {
  "state.get": () => readView(new Date()),

  log: async (params) => {
    const answer = await log(params, new Date());
    syncNow();
    return answer;
  },
  "person.lookup": async ({ person }) => ({ found: await lookUp(person) }),
  "app.open": ({ page, accountId }) => done(openApp(page, accountId)),
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
  "elsewhere.answer": ({ answer, accountId }) => stored(answerElsewhere(answer, accountId)),

  retry: () => done(retry()),
  refresh: () => done(syncNow()),

  "server.check": ({ address }) => connect.check(address),
  "pair.start": ({ address, device }) => connect.startPairing(address, device),
  "pair.confirm": ({ code }) => done(connect.confirmPairing(code)),
  "pair.cancel": () => done(connect.cancelPairing()),
  disconnect: () => done(connect.disconnect()),

  "rulebooks.get": () => fetched("/rule-books"),
  "account.select": ({ id }) => done(local.set({ currentAccount: id })),
  "account.create": async (account) => {
    const { wrong_book: wrongBook, ...created } = await changed("POST", "/accounts", account, SHAPE.account);
    return { account: created, wrongBook };
  },
  "account.update": async ({ id, changes }) => ({ account: await changed("PATCH", `/accounts/${id}`, changes, SHAPE.account) }),
  "account.preview": ({ id, changes }) => preview("PATCH", `/accounts/${id}`, changes),

  "plan.list": ({ accountId }) => fetched(`/accounts/${accountId}/plan-changes`),
  "plan.preview": (request) => preview("POST", planPath(request), planBody(request)),
  "plan.change": (request) => changed("POST", planPath(request), planBody(request)),
  "plan.withdraw": ({ accountId, changeId }) => done(changed("DELETE", `/accounts/${accountId}/plan-changes/${changeId}`)),

  "report.get": ({ accountId, months }) => fetched(`/accounts/${accountId}/report?months=${months}`, SHAPE.report),
  "advice.get": ({ accountId }) => fetched(`/accounts/${accountId}/advice`, SHAPE.advice),

  "imports.list": ({ accountId }) => fetched(`/accounts/${accountId}/imports`),
  "imports.undo": ({ accountId, importId }) => done(changed("DELETE", `/accounts/${accountId}/imports/${importId}`)),

  "calendar.get": ({ accountId }) => fetched(calendarPath(accountId)),
  "calendar.make": ({ accountId, renew }) => changed("POST", calendarPath(accountId), { renew }),
  "calendar.revoke": ({ accountId }) => done(changed("DELETE", calendarPath(accountId))),

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
  "question.answer": ({ id, cost }) => stored(listening.answer(id, cost)),
  looked: () => done(local.set({ lookedAt: new Date().toISOString() })),
};

/**
 * Answers as soon as it is stored; the server hears of it meanwhile.
 * @param {Promise<unknown>} writing
 */
async function stored(writing) {
  await writing;
  syncNow();
  return {};
}

/** @param {Promise<unknown>} work */
async function done(work) {
  await work;
  return {};
}

const server = async () => (await read("server")).server;

/**
 * @param {string} path
 * @param {unknown} [shape]
 */
const fetched = async (path, shape) => (await call(await server(), path, { shape })).body;

/** @param {string} accountId */
const calendarPath = (accountId) => `/accounts/${accountId}/calendar`;

/**
 * Changes something that cannot wait in the outbox, and fetches the numbers that follow from it before it answers.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {unknown} [shape]
 */
async function changed(method, path, body, shape) {
  const answer = await call(await server(), path, { method, body, key: newId(new Date()), shape });
  await syncNow();
  return answer.body;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} body
 */
const preview = async (method, path, body) => (await call(await server(), `${path}?preview=true`, { method, body })).body;

/** @param {PlanRequest} request */
const planPath = ({ accountId }) => `/accounts/${accountId}/plan-changes`;

/** @param {PlanRequest} request */
const planBody = ({ accountId: _, ...body }) => body;
