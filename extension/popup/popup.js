// The popup: painted at once from storage, refreshed from the server, repainted whenever storage changes.

import { activeTab, onStored, shortcut } from "../core/browser.js";
import { ask } from "../core/messages.js";
import { personOf } from "../core/person.js";
import { readView } from "../core/view.js";
import { arrange } from "../ui/dom.js";
import { t } from "../ui/words.js";
import { balance, header } from "./balance.js";
import { log } from "./log.js";
import { notices } from "./notices.js";
import { observed } from "./observed.js";
import { needsYou, waiting } from "./outbox.js";
import { problem, stateOf } from "./problem.js";
import { seats } from "./seats.js";
import { sent } from "./sent.js";
import { lookBack, usage } from "./usage.js";

/**
 * What is open in this popup; gone when it closes.
 * @type {PopupUi}
 */
const ui = { form: false, allNotices: false, observing: false, outcomeOf: null, draft: null, observation: null, errors: {} };

const tab = { person: /** @type {Person | null} */ (null), shortcut: "" };
const sections = [header, balance, problem, notices, log, lookBack, needsYou, seats, sent, waiting, observed, usage];
const root = /** @type {HTMLElement} */ (document.getElementById("popup"));
let view = /** @type {View | null} */ (null);

function paint() {
  if (!view) return;
  const current = view.currentAccount;
  const account = view.accounts.find((one) => one.account.id === current) ?? view.accounts[0] ?? null;
  const context = { view, now: new Date(), account, ...tab, ui, paint };
  root.dataset.state = stateOf(view);
  arrange(root, sections.map((section) => section(context)));
}

async function repaint() {
  view = await readView(new Date());
  paint();
}

/** Who the tab shows, and what the worker kept for this popup; neither may hold up the first number. */
async function lookAround() {
  const [shown, keys, { draft }] = await Promise.all([activeTab(), shortcut("log-inmail"), ask("draft.take", {})]);
  Object.assign(tab, { person: personOf(shown), shortcut: keys });
  if (draft) Object.assign(ui, { draft, form: true });
  paint();
}

document.documentElement.lang = t("format_locale");
await repaint();
performance.mark("painted");
onStored(repaint);
await Promise.all([lookAround(), ask("refresh", {}).catch(() => null)]);
