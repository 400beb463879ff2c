// Logs InMails as they are sent: the setting, the content script's registration, and the notices of the listener in
// LinkedIn's pages.

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

/** The listener reports within seconds; an older or future time is replaced by now. */
const NOTICE_AGE_MAX_MS = MINUTE_MS;

/** More sends than this may be simulated by the page, and become questions. */
const SENDS_A_MINUTE_MAX = 3;

/** The number of latest questions that are kept. */
const QUESTIONS_MAX = 20;

/** @param {boolean} on The page requests the permission, within the user's click; it is removed here. */
export async function setListening(on) {
  await local.set({ listening: on ? "on" : "off" });
  await syncListener();
  if (!on) await removeListening();
}

/**
 * Registers or unregisters the listener according to the setting and the permission. Call it after an update and after
 * either changed.
 */
export const syncListener = () =>
  navigator.locks.request("listening", async () => {
    const { listening } = await read("listening");
    const state = listening === "off" ? "off" : (await mayListen()) ? "on" : "revoked";
    await registerListener(state === "on" ? SCRIPTS : []);
    if (state !== listening) await local.set({ listening: state });
  });

/**
 * Logs a reported send if it is proven and understood, otherwise stores a question. The reply says whether the listener
 * stays active.
 * @param {unknown} said
 * @param {chrome.tabs.Tab | undefined} tab
 */
export async function handleSent(said, tab) {
  const now = new Date();
  const { listening } = await read("listening");
  if (listening !== "on") return { listening: false };
  const { place, reading, proven, at } = validNotice(said, now);
  // The composer's line shows the balance before this send.
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
 * Whether fewer sends than SENDS_A_MINUTE_MAX were logged from pages in the last minute.
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
 * Validates a notice: everything in it comes from a page and is not trusted.
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
 * Stores a question whether an InMail was sent. Returns false if it is logged or asked already.
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
 * Applies the user's answer to a question: the cost, or null if nothing was sent.
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
