// The popup: painted at once from storage, refreshed from the server, repainted whenever storage changes.

import { activeTab, onStored, shortcut } from "../core/browser.js";
import { ask } from "../core/messages.js";
import { readPage } from "../core/reading.js";
import { accountFor, readView } from "../core/view.js";
import { arrange } from "../ui/dom.js";
import { t } from "../ui/words.js";
import { awaiting } from "./awaiting.js";
import { balance, header } from "./balance.js";
import { log } from "./log.js";
import { notices } from "./notices.js";
import { observed } from "./observed.js";
import { page, takeOverAtOnce } from "./page.js";
import { needsYou, waiting } from "./outbox.js";
import { problem, stateOf } from "./problem.js";
import { questions } from "./questions.js";
import { seats } from "./seats.js";
import { sent } from "./sent.js";

/**
 * What is open in this popup; gone when it closes.
 * @type {PopupUi}
 */
const ui = { form: false, allNotices: false, observing: false, switched: false, outcomeOf: null, draft: null, observation: null, errors: {}, allAwaiting: false, lookedAt: null };

const tab = { page: /** @type {PageReading | null} */ (null), shortcut: "" };
const sections = [header, balance, problem, notices, page, log, questions, needsYou, seats, sent, awaiting, waiting, observed];
const root = /** @type {HTMLElement} */ (document.getElementById("popup"));
let view = /** @type {View | null} */ (null);

function paint() {
  if (!view) return;
  root.dataset.state = stateOf(view);
  const context = contextOf(view);
  arrange(root, sections.map((section) => section(context)));
}

/**
 * The page picks the account, until the user does.
 * @param {View} view
 * @returns {PopupContext}
 */
function contextOf(view) {
  const account = accountFor(view.accounts, view.currentAccount, ui.switched ? null : tab.page?.product);
  return { view, now: new Date(), account, ...tab, ui, paint };
}

async function repaint() {
  view = await readView(new Date());
  ui.lookedAt ??= view.lookedAt;
  paint();
}

/** What the tab shows, and what the worker kept for this popup; neither may hold up the first number. */
async function lookAround() {
  const [read, keys, { draft }] = await Promise.all([activeTab().then(readPage), shortcut("log-inmail"), ask("draft.take", {})]);
  Object.assign(tab, { page: read, shortcut: keys });
  if (draft) Object.assign(ui, { draft, form: true });
  paint();
  if (view) await takeOverAtOnce(contextOf(view));
}

document.documentElement.lang = t("format_locale");
await repaint();
performance.mark("painted");
onStored(repaint);
await Promise.all([lookAround(), ask("refresh", {}).catch(() => null), ask("looked", {})]);
