// The messages between the extension's pages and its worker: names, parameters and replies, and both ends of the
// channel.

import { isOwnPage, isOwnScript, runtime, sendMessage } from "./browser.js";
import { Refusal } from "./refusal.js";

/**
 * Changes of data are stored in the outbox and replied to at once. Pairing and `app.open` call the server; if it cannot
 * be reached, they are refused with the connection's state as the code.
 * - `log`: a double click is replied to with `repeated` and the first click's entry (null if that is gone), unless
 * `second` is true. `sentAt` is for an InMail sent earlier. `costRead` is true if the cost was read from the page, not
 * chosen by the user.
 * - `draft.take` replies with the form that the popup opens with (`draft`), or with `asks`: the question to show before
 * the page's person is logged.
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
 * Sends a message to the worker. Throws the worker's `Refusal`; its `problem` says what the user can do.
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
 * Replies to messages from a table of handlers. Ignores senders other than the extension's own pages.
 * @param {Handlers} handlers
 */
export function serve(handlers) {
  runtime.onMessage.addListener((message, sender, respond) => {
    const handler = isOwnPage(sender) && handlers[/** @type {keyof Messages} */ (message?.name)];
    if (!handler) return false;
    answer(/** @type {(params: any) => Promise<any>} */ (handler), message.params).then(respond);
    // `true` keeps the channel open for an asynchronous reply. Chromium before 146 does not accept a promise.
    return true;
  });
}

/**
 * Replies to the listener in LinkedIn's pages, which sends one message: `sent`.
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
 * Receives the one message of the script in the server's pages: `changed`. It gets no reply.
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
