// Logging as it is sent: whether the user wants it, whether the browser lets us, and what the listener in the page says.

import { forgoListening, listenWith, local, mayListen } from "./browser.js";
import { newId } from "./ids.js";
import { bounded } from "./instants.js";
import { log, ONE_SEND_MS } from "./log.js";
import { changing } from "./outbox.js";
import { isSamePerson, tidy } from "./person.js";
import { logFrom } from "./quicklog.js";
import { costOf, understood } from "./reading.js";
import { read } from "./settings.js";
import { syncNow } from "./sync.js";
import { flash } from "./toolbar.js";
import { accountFor, readView } from "./view.js";

const SCRIPTS = ["wording", "read", "listen"].map((name) => `/linkedin/${name}.js`);

const PRODUCTS = ["premium", "sales_navigator", "recruiter"];
const COSTS = /** @type {const} */ (["credit", "free"]);
const LINK_LENGTH_MAX = 2000;
const BALANCE_MAX = 99_999;

/** The listener speaks up within seconds; another time is none that can be trusted. */
const LATE_MS = 60_000;

/** How many questions are kept, the latest. */
const QUESTIONS_MAX = 20;

/** @param {boolean} on The permission is asked for by the page, in the user's click, and given back here. */
export async function setListening(on) {
  await local.set({ listening: on ? "on" : "off" });
  await keepListening();
  if (!on) await forgoListening();
}

/** Brings the script in line with the user's wish and the browser's permission: after an update, and when that is given or taken away. */
export const keepListening = () => navigator.locks.request("listening", async () => {
  const { listening } = await read("listening");
  const state = listening === "off" ? "off" : (await mayListen()) ? "on" : "revoked";
  await listenWith(state === "on" ? SCRIPTS : []);
  if (state !== listening) await local.set({ listening: state });
});

/**
 * What the listener tells: logged if it is proven and understood, else kept to be asked about. The answer says whether to go on listening.
 * @param {unknown} said
 * @param {chrome.tabs.Tab | undefined} tab
 */
export async function hearSent(said, tab) {
  const now = new Date();
  const { listening } = await read("listening");
  if (listening !== "on") return { listening: false };
  const { reading, proven, at } = checked(said, now);
  // A composer's line shows the balance before its own send.
  const page = { ...understood(tab, reading), at: new Date(at.getTime() - 1).toISOString() };
  const view = await readView(now);
  const account = accountFor(view.accounts, view.currentAccount, page.product);
  if (!account || page.degree1) return { listening: true };
  const { person } = page;
  const isNamed = person !== null && (reading.name !== "" || page.product === "recruiter");
  const isSure = proven && page.composer === "read" && isNamed;
  if (isSure) await logFrom(page, person, account, view, "page", at);
  else if (!(await askLater(page, account, view, at))) return { listening: true };
  await Promise.all([flash(isSure ? "✓" : "?"), syncNow()]);
  return { listening: true };
}

/**
 * Takes nothing from a page as it comes.
 * @param {any} said
 * @param {Date} now
 * @returns {{reading: ComposerReading, proven: boolean, at: Date}}
 */
function checked(said, now) {
  const { recognised, product, name, link, cost, balance, degree1, at, proven } = said ?? {};
  const isInTime = Number.isInteger(at) && at <= now.getTime() && now.getTime() - at < LATE_MS;
  /** @type {ComposerReading} */
  const reading = {
    recognised: recognised === true,
    product: PRODUCTS.find((known) => known === product) ?? null,
    name: typeof name === "string" ? tidy(name) : "",
    link: typeof link === "string" && link.length <= LINK_LENGTH_MAX ? link : "",
    cost: COSTS.find((known) => known === cost) ?? "unknown",
    balance: Number.isInteger(balance) && balance >= 0 && balance <= BALANCE_MAX ? balance : null,
    degree1: degree1 === true,
  };
  return { reading, proven: proven === true, at: isInTime ? new Date(at) : now };
}

/**
 * Keeps the question whether it was sent, unless that is known or asked already.
 * @param {PageReading} page
 * @param {AccountView} account
 * @param {View} view
 * @param {Date} at
 */
function askLater({ person, cost }, { account }, { preferences }, at) {
  return changing(async () => {
    const { questions, undo } = await read("questions", "undo");
    const { name = "", profileUrl = null } = person ?? {};
    const isSame = (/** @type {{name: string, profileUrl: string | null, at: string}} */ other) =>
      isSamePerson(other, { name, profileUrl }) && Math.abs(at.getTime() - Date.parse(other.at)) <= ONE_SEND_MS;
    if (name && [...questions, ...undo].some(isSame)) return false;
    const likely = costOf({ cost }, preferences);
    const question = { id: newId(at), accountId: account.id, name, profileUrl, cost: likely, at: at.toISOString() };
    await local.set({ questions: [...questions, question].slice(-QUESTIONS_MAX) });
    return true;
  });
}

/**
 * The user's answer: what it cost, or that nothing was sent.
 * @param {string} id
 * @param {0 | 1 | null} cost
 */
export async function answer(id, cost) {
  const question = await changing(async () => {
    const { questions } = await read("questions");
    await local.set({ questions: questions.filter((each) => each.id !== id) });
    return questions.find((each) => each.id === id);
  });
  if (!question || cost === null) return;
  const { accountId, name, profileUrl, at } = question;
  await log({ accountId, recipient: { name, profileUrl }, cost, source: "page", costRead: true }, new Date(bounded(at, new Date())));
}
