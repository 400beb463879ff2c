// Logging as it is sent: whether the user wants it, whether the browser lets us, and what the listener in the page
// says.

import { removeListening, registerListener, local, mayListen } from "../browser.js";
import { log, SAME_SEND_MS } from "../log/log.js";
import { cleanName, isSamePerson } from "../log/people.js";
import { isLinkedin } from "../log/person.js";
import { logFrom } from "../log/quicklog.js";
import { syncNow } from "../server/sync.js";
import { flash } from "../show/toolbar.js";
import { accountFor, readView } from "../show/view.js";
import { newId } from "../store/ids.js";
import { bounded } from "../store/instants.js";
import { withOutboxLock } from "../store/outbox.js";
import { read } from "../store/storage.js";
import { costOf, placeOf, interpret } from "./reading.js";
import { PRODUCTS } from "../shapes.js";

const SCRIPTS = ["wording", "read", "listen"].map((name) => `/linkedin/${name}.js`);

const COSTS = /** @type {const} */ (["credit", "free"]);
const LINK_LENGTH_MAX = 2000;
const BALANCE_MAX = 99_999;

const TEXTS_MAX = 50;
const MINUTE_MS = 60_000;

/** The listener speaks up within seconds; another time is none that can be trusted. */
const NOTICE_AGE_MAX_MS = MINUTE_MS;

/** What goes beyond may be a page that plays the user, and becomes a question. */
const SENDS_A_MINUTE_MAX = 3;

/** How many questions are kept, the latest. */
const QUESTIONS_MAX = 20;

/** @param {boolean} on The permission is asked for by the page, in the user's click, and given back here. */
export async function setListening(on) {
  await local.set({ listening: on ? "on" : "off" });
  await syncListener();
  if (!on) await removeListening();
}

/**
 * Brings the script in line with the user's wish and the browser's permission: after an update, and when that is given
 * or taken away.
 */
export const syncListener = () =>
  navigator.locks.request("listening", async () => {
    const { listening } = await read("listening");
    const state = listening === "off" ? "off" : (await mayListen()) ? "on" : "revoked";
    await registerListener(state === "on" ? SCRIPTS : []);
    if (state !== listening) await local.set({ listening: state });
  });

/**
 * What the listener tells: logged if it is proven and understood, else kept to be asked about. The answer says whether
 * to go on listening.
 * @param {unknown} said
 * @param {chrome.tabs.Tab | undefined} tab
 */
export async function handleSent(said, tab) {
  const now = new Date();
  const { listening } = await read("listening");
  if (listening !== "on") return { listening: false };
  const { place, reading, proven, at } = validNotice(said, now);
  // A composer's line shows the balance before its own send.
  const page = { ...interpret(place ?? placeOf(tab), reading), at: new Date(at.getTime() - 1).toISOString() };
  const view = await readView(now);
  if (!view.accounts.length || page.degree1) return { listening: true };
  const account = accountFor(view.accounts, view.currentAccount, page);
  const { person } = page;
  const isNamed = person !== null && page.isClear && (reading.name !== "" || page.product === "recruiter");
  const isSure = proven && page.composer === "read" && isNamed && account !== null && (await isBelowRateLimit(now));
  if (isSure) await logFrom(page, person, account, view, "page", at);
  else if (!(await storeQuestion(page, account, view, at))) return { listening: true };
  await Promise.all([flash(isSure ? "✓" : "?"), syncNow()]);
  return { listening: true };
}

/**
 * Whether no more was logged as it was sent in the last minute than a person sends.
 * @param {Date} now
 */
async function isBelowRateLimit(now) {
  const { recentLogs } = await read("recentLogs");
  return (
    recentLogs.filter(({ at, source }) => source === "page" && Math.abs(now.getTime() - Date.parse(at)) < MINUTE_MS)
      .length < SENDS_A_MINUTE_MAX
  );
}

/**
 * Takes nothing from a page as it comes.
 * @param {any} said
 * @param {Date} now
 * @returns {{place: PagePlace | null, reading: ComposerReading, proven: boolean, at: Date}}
 */
function validNotice(said, now) {
  const { recognised, product, name, link, cost, balance, degree1, at, proven } = said ?? {};
  const isInTime = Number.isInteger(at) && at <= now.getTime() && now.getTime() - at < NOTICE_AGE_MAX_MS;
  /** @type {ComposerReading} */
  const reading = {
    recognised: recognised === true,
    product: PRODUCTS.find((known) => known === product) ?? null,
    name: typeof name === "string" ? cleanName(name) : "",
    link: typeof link === "string" && link.length <= LINK_LENGTH_MAX ? link : "",
    cost: COSTS.find((known) => known === cost) ?? "unknown",
    balance: Number.isInteger(balance) && balance >= 0 && balance <= BALANCE_MAX ? balance : null,
    degree1: degree1 === true,
  };
  return { place: validPlace(said?.place), reading, proven: proven === true, at: isInTime ? new Date(at) : now };
}

/**
 * @param {any} said
 * @returns {PagePlace | null}
 */
function validPlace(said) {
  const text = (/** @type {unknown} */ given) => (typeof given === "string" ? given.slice(0, LINK_LENGTH_MAX) : "");
  const texts = (/** @type {unknown} */ given) => (Array.isArray(given) ? given.slice(0, TEXTS_MAX).map(text) : []);
  const { address, headings, isUntouched, loadedAt, named, title } = said ?? {};
  if (!isLinkedin(text(address))) return null;
  return {
    address: text(address),
    title: text(title),
    loadedAt: text(loadedAt),
    isUntouched: isUntouched === true,
    headings: texts(headings),
    named: texts(named),
  };
}

/**
 * Keeps the question whether it was sent, unless that is known or asked already.
 * @param {PageReading} page
 * @param {AccountView | null} account null where none is of the page's product
 * @param {View} view
 * @param {Date} at
 */
function storeQuestion({ person, cost, product, isClear }, account, { preferences }, at) {
  return withOutboxLock(async () => {
    const { questions, recentLogs } = await read("questions", "recentLogs");
    const { name = "", profileUrl = null } = (isClear && person) || {};
    const isSame = (/** @type {{name: string, profileUrl: string | null, at: string}} */ other) =>
      isSamePerson(other, { name, profileUrl }) && Math.abs(at.getTime() - Date.parse(other.at)) <= SAME_SEND_MS;
    if (name && [...questions, ...recentLogs].some(isSame)) return false;
    const likely = costOf({ cost }, preferences);
    const question = {
      id: newId(at),
      accountId: account?.account.id ?? null,
      product,
      name,
      profileUrl,
      cost: likely,
      at: at.toISOString(),
    };
    await local.set({ questions: [...questions, question].slice(-QUESTIONS_MAX) });
    return true;
  });
}

/**
 * The user's answer: what it cost, or that nothing was sent.
 * @param {string} id
 * @param {0 | 1 | null} cost
 */
export async function answerQuestion(id, cost) {
  const question = await withOutboxLock(async () => {
    const { questions } = await read("questions");
    await local.set({ questions: questions.filter((each) => each.id !== id) });
    return questions.find((each) => each.id === id);
  });
  if (!question?.accountId || cost === null) return;
  const { accountId, name, profileUrl, at } = question;
  await log(
    { accountId, recipient: { name, profileUrl }, cost, source: "page", costRead: true },
    new Date(bounded(at, new Date())),
  );
}
