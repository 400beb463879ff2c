// What a page can ask of the worker: one table of names, parameters and replies, and the two ends of it.

import { isOwnPage, isOwnScript, runtime, sendMessage } from "./browser.js";
import { Refusal } from "./refusal.js";

/**
 * Everything that changes data waits in the outbox first and is answered at once. What cannot wait (pairing, accounts,
 * plan changes) is answered by the server, or refused with the connection's state as the code. `log` answers a double
 * click with `repeated`, and with the first click's entry while that is still here, unless it says that it is a
 * `second` one; `sentAt` is for what was sent before; `costRead` says that the page named the cost, not the user.
 * `draft.take` gives what the popup is opened for: a form filled in as far as it is known, or (`asks`) the question
 * that stands before the log of this page's person.
 * @typedef {{
 *   "state.get": {params: {}, reply: View},
 *   "log": {params: LogRequest, reply: {entry: InMailEntry | null, repeated: boolean}},
 *   "person.lookup": {params: {person: Person}, reply: {found?: Found}},
 *   "target.add": {params: {accountId: string, person: Person, note?: string}, reply: {id: string, repeated: boolean}},
 *   "target.change": {
 *     params: {accountId: string, id: string, person: Person, action: TargetAction, until?: string},
 *     reply: {},
 *   },
 *   "target.skip": {params: {id: string | null, zone: string}, reply: {}},
 *   "target.copied": {params: Omit<Copied, "at">, reply: {}},
 *   "person.mark": {params: {accountId: string, id: string, person: Person}, reply: {}},
 *   "app.open": {params: {page: AppPage, accountId: string | null}, reply: {}},
 *   "undo": {params: {id: string}, reply: {}},
 *   "outcome": {params: {accountId: string, inmailId: string, outcome: Outcome}, reply: {}},
 *   "observe": {params: {accountId: string, balance: number, source: "person" | "page", at?: string}, reply: {}},
 *   "retry": {params: {}, reply: {}},
 *   "resolve": {params: {id: string, answer: "accept" | "again" | "discard"}, reply: {}},
 *   "elsewhere.answer": {params: {answer: "send" | "keep" | "delete", accountId: string | null}, reply: {}},
 *   "correct": {params: {id: string, correction: Correction}, reply: {}},
 *   "refresh": {params: {}, reply: {}},
 *   "server.check": {params: {address: string}, reply: {version: string, demo: boolean}},
 *   "pair.start": {params: {address: string, device: string}, reply: {expiresAt: string}},
 *   "pair.confirm": {params: {code: string}, reply: {}},
 *   "pair.cancel": {params: {}, reply: {}},
 *   "disconnect": {params: {}, reply: {}},
 *   "account.select": {params: {id: string}, reply: {}},
 *   "draft.take": {params: {}, reply: {draft: Draft | null, asks: boolean}},
 *   "snooze": {params: {until: string | null}, reply: {}},
 *   "preferences.set": {params: {takeOver: boolean}, reply: {}},
 *   "notifications.set": {params: {on: boolean}, reply: {}},
 *   "listening.set": {params: {on: boolean}, reply: {}},
 *   "question.answer": {params: {id: string, cost: 0 | 1 | null}, reply: {}},
 *   "looked": {params: {}, reply: {}},
 * }} Messages
 */

/**
 * One function for each name.
 * @typedef {{
 *   [Name in keyof Messages]: (params: Messages[Name]["params"]) => Promise<Messages[Name]["reply"]>
 * }} Handlers
 */

/**
 * Asks the worker. A refusal is thrown as a `Refusal`, whose `problem` says what to do.
 * @template {keyof Messages} Name
 * @param {Name} name
 * @param {Messages[Name]["params"]} params
 * @returns {Promise<Messages[Name]["reply"]>}
 */
export async function ask(name, params) {
  const answer = await sendMessage({ name, params });
  if (answer.problem) throw new Refusal(answer.problem);
  return answer.reply;
}

/**
 * Answers the pages from a table of handlers. Only the extension's own pages are heard.
 * @param {Handlers} handlers
 */
export function serve(handlers) {
  runtime.onMessage.addListener((message, sender, respond) => {
    const handler = isOwnPage(sender) && handlers[/** @type {keyof Messages} */ (message?.name)];
    if (!handler) return false;
    answer(/** @type {(params: any) => Promise<any>} */ (handler), message.params).then(respond);
    // Keeps the channel open for the answer: Chromium before 146 takes no promise here.
    return true;
  });
}

/**
 * Answers the listener in LinkedIn's pages, which has one thing to say.
 * @param {(sent: unknown, tab: chrome.tabs.Tab | undefined) => Promise<object>} handler
 */
export function serveListener(handler) {
  runtime.onMessage.addListener((message, sender, respond) => {
    if (!isOwnScript(sender) || message?.name !== "sent") return false;
    handler(message.sent, sender.tab).then(respond);
    return true;
  });
}

/**
 * Hears the script in the server's pages, which has one thing to say and gets no answer.
 * @param {(url: string) => void} handler
 */
export function serveApp(handler) {
  runtime.onMessage.addListener((message, { id, url = "" }) => {
    if (id === runtime.id && message?.name === "changed") handler(url);
    return false;
  });
}

/**
 * @param {(params: any) => Promise<any>} handler
 * @param {any} params
 */
async function answer(handler, params) {
  try {
    return { reply: await handler(params) };
  } catch (error) {
    if (error instanceof Refusal) return { problem: error.problem };
    console.error(error);
    return { problem: new Refusal({ code: "unexpected", detail: String(error) }).problem };
  }
}
