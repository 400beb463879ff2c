// The usage report: what became of the credits of the last twelve months, what they were worth, and what to do about the plan.

import { onStored } from "../core/browser.js";
import { knownZone } from "../core/days.js";
import { ask } from "../core/messages.js";
import { Refusal } from "../core/refusal.js";
import { readView } from "../core/view.js";
import { problem } from "../popup/problem.js";
import { arrange, el } from "../ui/dom.js";
import { refusalWords, t } from "../ui/words.js";
import { advice } from "./advice.js";
import { balance } from "./balance.js";
import { hatching } from "./chart.js";
import { figures } from "./figures.js";
import { head } from "./head.js";
import { hours } from "./hours.js";
import { usage } from "./usage.js";

const MONTHS = 12;

/** What can be put right only outside of this page, by the steps that the popup names. */
const STATES = new Set(["not_paired", "server_off", "other_program", "permission_missing", "version_mismatch", "unauthorized"]);

/** @type {ReportUi} */
const ui = { account: new URLSearchParams(location.search).get("account"), report: null, advice: null, refusal: null };
const root = /** @type {HTMLElement} */ (document.getElementById("report"));
let view = await readView(new Date());

const chosen = () => view.accounts.find(({ account: { id } }) => id === (ui.account ?? view.currentAccount)) ?? view.accounts[0] ?? null;

/** @param {string} id */
function show(id) {
  Object.assign(ui, { account: id, report: null, advice: null });
  load();
}

function paint() {
  const account = chosen();
  const context = { view, now: new Date(), account, show, report: ui.report, advice: ui.advice };
  const state = ui.refusal ? "refused" : ui.report ? (isEmpty(ui.report) ? "empty" : "ready") : "loading";
  document.title = t("report_title");
  root.dataset.state = state;
  arrange(root, [head(context), ...body(state, context)]);
}

/**
 * @param {string} state
 * @param {Omit<ReportContext, "report"> & {report: Report | null}} context
 */
function body(state, { report, ...context }) {
  if (ui.refusal) return [refusal(context.now)];
  if (!report) return [el("p", { class: "mute", role: "status" }, t("report_loading"))];
  const sections = state === "empty" ? [empty, advice] : [figures, usage, balance, hours, advice];
  return [el("div", { class: "hatching" }, hatching()), ...sections.map((section) => section({ ...context, report }))];
}

/** @param {Report} report */
const isEmpty = ({ months, totals }) => months.length < 2 && totals.used + totals.free + totals.lost === 0;

/** @param {ReportContext} context */
const empty = ({ report }) => el("section", { class: "stack", data: { part: "empty" } },
  el("h2", {}, t("report_empty")),
  el("p", {}, t("report_empty_why")),
  el("a", { class: "button main", href: `../welcome/welcome.html?account=${report.account.id}#imports` }, t("report_empty_step")));

/**
 * One named state with one next step, the popup's where it has one.
 * @param {Date} now
 */
function refusal(now) {
  const code = /** @type {any} */ (ui.refusal)?.problem?.code;
  const state = chosen() || STATES.has(code) ? code : "no_account";
  if (state === "no_account" || STATES.has(state)) {
    const connection = { ...view.connection, state };
    // The section of the popup needs nothing else of a popup.
    const context = /** @type {any} */ ({ view: state === "no_account" ? view : { ...view, connection }, account: null, state, now });
    const shown = problem(context);
    if (shown) return shown;
  }
  return el("div", { class: "notice warning stack", role: "alert", data: { part: "problem" } },
    el("p", {}, refusalWords(ui.refusal)),
    el("button", { class: "main", data: { hook: "again" }, on: { click: load } }, t("report_again")));
}

async function load() {
  view = await readView(new Date());
  const asked = chosen()?.account.id;
  paint();
  try {
    if (!view.server.paired) throw new Refusal({ code: "not_paired" });
    if (!asked) throw new Refusal({ code: "no_account" });
    const [report, found] = await Promise.all([ask("report.get", { accountId: asked, months: MONTHS }), ask("advice.get", { accountId: asked })]);
    // Another account may have been chosen meanwhile.
    if (asked !== chosen()?.account.id) return;
    const zone = knownZone(report.account.time_zone);
    Object.assign(ui, { report: { ...report, account: { ...report.account, time_zone: zone } }, advice: { ...found, time_zone: knownZone(found.time_zone) }, refusal: null });
  } catch (error) {
    ui.refusal = error;
    // Lets the worker see how the connection stands; once that changes, this page looks again.
    ask("refresh", {}).catch(() => null);
  }
  paint();
}

/** Looks again where the server may answer by now, or may have more to say. */
async function stored() {
  const before = JSON.stringify([view.connection.state, view.currentAccount, chosen()?.projection?.balance, chosen()?.recent[0]]);
  view = await readView(new Date());
  if (before !== JSON.stringify([view.connection.state, view.currentAccount, chosen()?.projection?.balance, chosen()?.recent[0]])) load();
}

document.documentElement.lang = t("format_locale");
onStored(stored);
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
await load();
