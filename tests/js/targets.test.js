// The list of people to write to: what the popup shows between two summaries, and what is sent to the server.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, test } from "node:test";

import { alarms, local, notified, opened, reset, session } from "./chrome.js";
import { accountOf, summaryOf } from "./fixtures.js";
const { scheduleAlarms } = await import("../../extension/core/show/alarms.js");
const { badge } = await import("../../extension/core/show/badge.js");
const { addToList, changeTarget, markDoNotContact, skip } = await import("../../extension/core/log/list.js");
const { log } = await import("../../extension/core/log/log.js");
const { openNotified, remind } = await import("../../extension/core/show/notify.js");
const outbox = await import("../../extension/core/store/outbox.js");
const { syncNow } = await import("../../extension/core/server/sync.js");
const { laterDays, nextOf, profileOf, targetFor, targetsOf } = await import("../../extension/core/log/targets.js");
const { readView } = await import("../../extension/core/show/view.js");

const HOUR_MS = 3_600_000;
const ACCOUNT = accountOf({ working_days: [1, 2, 3, 4, 5, 6, 7] });
const TODAY = new Date().toISOString().slice(0, 10);
const NAMES = ["Kai Example", "Robin Sample", "Mika Placeholder", "Sasha Specimen"];
const linkOf = (name) => `https://www.linkedin.com/in/${name.toLowerCase().replace(" ", "-")}`;
const personOf = (name) => ({ name, profileUrl: linkOf(name) });

function target(name, fields = {}) {
  const id = `target-${NAMES.indexOf(name)}`;
  const person = {
    id: `person-${NAMES.indexOf(name)}`,
    name,
    first_name: name.split(" ")[0],
    links: [linkOf(name)],
    company: null,
    headline: null,
    do_not_contact: false,
  };
  return {
    id,
    state: "ready",
    person,
    account: null,
    purpose: null,
    note: null,
    due: null,
    text: null,
    campaign: null,
    step: 1,
    planned_for: null,
    planned_at: null,
    held_until: null,
    position: 1,
    created_at: "2026-11-03T09:00:00Z",
    told: [],
    copy: null,
    ...fields,
  };
}

/**
 * A fake server with a list; `refuse` maps "METHOD path" to a response to send instead, `heard` has the changes it
 * received.
 */
const server = { list: [], heard: [], refuse: {}, closed: 0, erasures: null };

function summary() {
  const isToday = ({ planned_for: day }) => day !== null && day <= TODAY;
  return summaryOf({
    targets: {
      next: server.list.slice(0, 3),
      names: server.list.length,
      ready: server.list.filter(({ state }) => state === "ready").length,
      held: 0,
      today: server.list.filter(isToday).length,
      sent_today: server.closed,
    },
  });
}

function answer(method, path, body) {
  if (method !== "GET") server.heard.push([method, path, body]);
  const refusal = server.refuse[`${method} ${path}`];
  if (refusal) return [refusal.status, refusal];
  if (path === "/server") return [200, { app: "inkeeper", version: "1", demo: false, id: null }];
  if (path === "/erasures" && server.erasures) return [200, server.erasures];
  if (path === "/accounts") return [200, { items: [ACCOUNT] }];
  if (path.endsWith("/summary")) return [200, summary()];
  if (path.endsWith("/inmails")) {
    const before = server.list.length;
    server.list = server.list.filter(({ person }) => person.name !== body.recipient.name);
    server.closed += before - server.list.length;
    return [201, { inmail: { id: "inmail-1" } }];
  }
  if (method === "POST" && path === "/targets") {
    const added = target(body.person.name);
    server.list.push(added);
    return [201, added];
  }
  const id = path.split("/")[2];
  if (method === "PATCH") server.list = server.list.filter((each) => each.id !== id && each.person.id !== id);
  return [path === "/erasures" ? 404 : 200, { code: "not_found", detail: "" }];
}

globalThis.fetch = async (url, { method, body }) => {
  const [status, content] = answer(method, new URL(url).pathname.replace("/api/v1", ""), body && JSON.parse(body));
  return new Response(JSON.stringify(content), {
    status,
    headers: { "X-Inkeeper-Api": "1", "Content-Type": "application/json" },
  });
};

const account = async () => (await readView(new Date())).accounts[0];
const list = async () => targetsOf(await account(), new Date());
const next = async () =>
  (await list()).next.filter(({ planned_for: day }) => day === null || day <= TODAY).map(({ person }) => person.name);
const entries = () =>
  Object.entries(local.content)
    .filter(([key]) => key.startsWith("outbox/"))
    .map(([, entry]) => entry);
const asked = (kind) => server.heard.filter(([method]) => method === kind).map(([, path, body]) => [path, body]);
const change = (name, action, until) =>
  changeTarget(
    { accountId: "a", id: `target-${NAMES.indexOf(name)}`, person: personOf(name), action, ...(until && { until }) },
    new Date(),
  );
const logTo = (name, fields = {}) =>
  log({ accountId: "a", recipient: personOf(name), cost: 1, source: "popup", ...fields }, new Date());
const add = (name) => addToList({ accountId: "a", person: personOf(name) }, new Date());

beforeEach(async () => {
  reset();
  Object.assign(server, {
    list: NAMES.slice(0, 3).map((name) => target(name)),
    heard: [],
    refuse: {},
    closed: 0,
    erasures: null,
  });
  await local.set({ server: { address: "http://127.0.0.1:8425", token: "t", deviceId: "d", demo: false } });
  await syncNow();
});

test("a server that keeps no list shows none", async () => {
  const { summary: kept } = local.content["summary/a"];
  delete kept.targets;
  assert.equal(await list(), null);
});

test("a person who was written to is removed from the list at once, also before the next summary", async () => {
  server.list[0] = target("Kai Example", { planned_for: TODAY, state: "planned" });
  await syncNow();
  assert.deepEqual([await next(), (await list()).today, (await list()).sent_today], [NAMES.slice(0, 3), 1, 0]);

  await logTo("Kai Example");

  const written = await list();
  assert.deepEqual([await next(), written.today, written.sent_today, written.names], [NAMES.slice(1, 3), 0, 1, 2]);
  local.writes = [];
  await syncNow();
  const last = structuredClone(local.content);
  for (const content of local.writes) {
    local.content = content;
    const meanwhile = await list();
    assert.deepEqual(
      [meanwhile.next.map(({ person }) => person.name), meanwhile.sent_today, meanwhile.names],
      [NAMES.slice(1, 3), 1, 2],
    );
  }
  local.content = last;
  assert.deepEqual(entries(), []);
});

test("a person is on the list again after their InMail is removed from the log", async () => {
  for (const attemptedAt of [null, new Date().toISOString()]) {
    const { entry } = await logTo("Kai Example", { second: true });
    await local.set({ [`outbox/${entry.id}`]: { ...entry, attemptedAt } });
    await outbox.undo(entry.id, new Date());
    assert.deepEqual([await next(), (await list()).sent_today], [NAMES.slice(0, 3), 0]);
  }
});

test("dropped and deferred targets leave the next three at once, and both changes are sent in order", async () => {
  await change("Robin Sample", "drop");
  await change("Kai Example", "later", "2030-01-07");
  assert.deepEqual(await next(), ["Mika Placeholder"]);
  assert.equal((await list()).names, 2, "who was put off is still on the list");

  await syncNow();

  assert.deepEqual(asked("PATCH"), [
    ["/targets/target-1", { action: "drop" }],
    ["/targets/target-0", { action: "later", until: "2030-01-07" }],
  ]);
  assert.deepEqual(entries(), []);
});

test("a dropped person can be put on the list again", async () => {
  await change("Robin Sample", "drop");
  await change("Robin Sample", "reopen");
  assert.deepEqual([await next(), (await list()).names], [NAMES.slice(0, 3), 3]);
});

test("a person planned for another day is not next", async () => {
  await change("Kai Example", "later", "2030-01-07");
  await change("Robin Sample", "later", "2030-01-08");
  await change("Mika Placeholder", "later", "2030-01-08");
  assert.equal(nextOf((await list()).next, {}, "UTC", new Date()), null);
  assert.equal((await list()).next[0].planned_for, "2030-01-07");
});

test("a person held for a later credit is not next, whatever the balance", async () => {
  server.list[0] = target("Kai Example", { state: "held", planned_for: TODAY, held_until: null });
  await syncNow();
  assert.equal(nextOf((await list()).next, {}, "UTC", new Date()).person.name, "Robin Sample");
  assert.equal((await list()).next.at(-1).person.name, "Kai Example");
});

test("do not contact takes a person off the list", async () => {
  await markDoNotContact({ accountId: "a", id: "person-2", person: personOf("Mika Placeholder") }, new Date());
  assert.deepEqual(await next(), NAMES.slice(0, 2));
  await syncNow();
  assert.deepEqual(asked("PATCH"), [["/people/person-2", { do_not_contact: true }]]);
});

test("a person added offline is shown, deferred and dropped like any other", async () => {
  server.list = [];
  await syncNow();
  server.refuse = { "POST /targets": { status: 500, code: "internal_error", detail: "" } };
  const { id } = await add("Sasha Specimen");
  await syncNow();
  assert.deepEqual([await next(), (await list()).names], [["Sasha Specimen"], 1]);
  await changeTarget(
    { accountId: "a", id, person: personOf("Sasha Specimen"), action: "later", until: "2030-01-07" },
    new Date(),
  );
  assert.deepEqual(await next(), []);

  server.refuse = {};
  server.heard = [];
  await syncNow();

  assert.deepEqual(
    server.heard.map(([method, path]) => `${method} ${path}`),
    ["POST /targets", "PATCH /targets/target-3"],
  );
  assert.deepEqual(entries(), []);
});

test("an addition undone before it was sent is not sent", async () => {
  const { id } = await add("Sasha Specimen");
  await changeTarget({ accountId: "a", id, person: personOf("Sasha Specimen"), action: "drop" }, new Date());
  await syncNow();
  assert.deepEqual([server.heard, entries()], [[], []]);
});

test("an addition undone after its entry was removed is dropped at the server", async () => {
  const { id } = await add("Sasha Specimen");
  await syncNow();
  assert.deepEqual(entries(), []);
  await changeTarget({ accountId: "a", id, person: personOf("Sasha Specimen"), action: "drop" }, new Date());
  await syncNow();
  assert.deepEqual(asked("PATCH"), [["/targets/target-3", { action: "drop" }]]);
});

test("an InMail closes no target that was added long after it was sent", async () => {
  server.refuse = { "POST /accounts/a/inmails": { status: 500, code: "internal_error", detail: "" } };
  await logTo("Sasha Specimen");
  await add("Sasha Specimen");
  server.list[0].created_at = new Date().toISOString();
  server.list = server.list.slice(0, 2);
  await syncNow();
  await logTo("Kai Example", { sentAt: new Date(Date.now() - 48 * HOUR_MS).toISOString() });
  assert.deepEqual(await next(), ["Kai Example", "Robin Sample", "Sasha Specimen"]);
  await logTo("Robin Sample", { sentAt: new Date(Date.now() - 2 * HOUR_MS).toISOString() });
  assert.deepEqual(await next(), ["Kai Example", "Sasha Specimen"]);
});

test("two clicks add one person once", async () => {
  const first = await add("Sasha Specimen");
  const second = await addToList({ accountId: "a", person: { name: "sasha  SPECIMEN", profileUrl: null } }, new Date());
  assert.deepEqual([second.repeated, second.id], [true, first.id]);
  assert.equal(entries().length, 1);

  await local.set({ [`outbox/${first.id}`]: { ...entries()[0], attemptedAt: new Date().toISOString() } });
  await changeTarget({ accountId: "a", id: first.id, person: personOf("Sasha Specimen"), action: "drop" }, new Date());
  assert.equal((await add("Sasha Specimen")).repeated, false, "after it was dropped");
  await logTo("Sasha Specimen");
  assert.equal((await add("Sasha Specimen")).repeated, false, "after an InMail");
});

test("adding a listed person needs no decision, and a late undo does not remove them", async () => {
  server.refuse = {
    "POST /targets": { status: 409, code: "already_on_list", detail: "", target: target("Kai Example") },
  };
  const { id } = await add("Kai Example");
  await local.set({ [`outbox/${id}`]: { ...entries()[0], attemptedAt: new Date().toISOString() } });
  await changeTarget({ accountId: "a", id, person: personOf("Kai Example"), action: "drop" }, new Date());
  local.writes = [];

  await syncNow();

  assert.deepEqual([entries(), asked("PATCH"), await next()], [[], [], NAMES.slice(0, 3)]);
  const last = structuredClone(local.content);
  const told = local.writes.filter((content) => content[`outbox/${id}`]?.problem?.code === "already_on_list");
  assert.ok(told.length, "for a moment the popup can tell");
  for (const content of told) {
    local.content = content;
    assert.equal((await list()).names, 3, "counted once");
  }
  local.content = last;
});

test("adding a person marked do-not-contact is refused, and the user decides", async () => {
  server.refuse = { "POST /targets": { status: 409, code: "do_not_contact", detail: "" } };
  const { id } = await add("Sasha Specimen");
  await changeTarget(
    { accountId: "a", id, person: personOf("Sasha Specimen"), action: "later", until: "2030-01-07" },
    new Date(),
  );
  await syncNow();
  assert.deepEqual([entries()[0].state, asked("PATCH")], ["needs_you", []]);
  await outbox.resolve(id, "discard", new Date());
  assert.deepEqual(entries(), []);
});

for (const [status, code] of [
  [404, "not_found"],
  [409, "conflict"],
  [422, "invalid"],
]) {
  test(`a change that is out of date is dropped: ${code}`, async () => {
    const gone = { status, code, detail: "" };
    server.refuse = { "PATCH /targets/target-0": gone, "PATCH /people/person-1": gone };
    await change("Kai Example", "later", "2030-01-07");
    await markDoNotContact({ accountId: "a", id: "person-1", person: personOf("Robin Sample") }, new Date());
    await syncNow();
    assert.deepEqual(entries(), []);
  });
}

test("the InMail says which text was copied for its target, however it is logged", async () => {
  const copied = { ...personOf("Kai Example"), target: "target-0", text: "text-1", at: new Date().toISOString() };
  await session.set({ copied });
  assert.deepEqual((await logTo("Robin Sample", { target: "target-1" })).entry.body.text, undefined);
  const { body } = (await logTo("Kai Example", { source: "shortcut" })).entry;
  assert.deepEqual([body.target, body.text], ["target-0", "text-1"]);

  await session.set({ copied: { ...copied, at: new Date(Date.now() - 13 * HOUR_MS).toISOString() } });
  assert.equal(
    (await logTo("Kai Example", { second: true })).entry.body.text,
    undefined,
    "half a day later it is another InMail",
  );
});

test("a skip lasts until the local day ends", async () => {
  const zone = "Pacific/Auckland";
  const now = new Date("2026-11-26T10:30:00Z");
  await skip("target-0", zone, now);
  await skip("target-1", zone, now);
  const shown = (at) => nextOf(server.list, local.content.skipped, zone, new Date(at))?.id;
  assert.equal(shown("2026-11-26T10:59:00Z"), "target-2");
  assert.equal(shown("2026-11-26T11:00:00Z"), "target-0", "midnight in Auckland");
  assert.equal(shown("2026-11-25T10:30:00Z"), "target-0", "a clock that was ahead");
  await skip("target-2", zone, new Date("2026-11-27T10:00:00Z"));
  assert.deepEqual(Object.keys(local.content.skipped), ["target-2"], "the day before is forgotten");
  await skip(null, zone, now);
  assert.deepEqual(local.content.skipped, {});
});

test("an open target is found on the person's page by the server, or by any link", async () => {
  const found = { person: null, last_inmail: null, target: target("Sasha Specimen", { note: "Data lead" }) };
  const now = new Date();
  assert.equal(targetFor(personOf("Sasha Specimen"), await account(), found, now).note, "Data lead");
  assert.equal(
    targetFor(
      personOf("Sasha Specimen"),
      await account(),
      { ...found, target: { ...found.target, state: "waiting" } },
      now,
    ),
    null,
  );
  await change("Sasha Specimen", "later", "2030-01-07");
  assert.equal(targetFor(personOf("Sasha Specimen"), await account(), found, now).planned_for, "2030-01-07");
  await logTo("Sasha Specimen", { target: "target-3" });
  assert.equal(targetFor(personOf("Sasha Specimen"), await account(), found, now), null);

  server.list[0].person.links.push("https://www.linkedin.com/sales/lead/ACwAAAKaiExample");
  await syncNow();
  const lead = { name: "K. Example", profileUrl: "https://www.linkedin.com/sales/lead/ACwAAAKaiExample,NAME_SEARCH" };
  assert.equal(targetFor(lead, await account(), undefined, now).id, "target-0");
});

test("only a profile on LinkedIn is opened", () => {
  const of = (...links) => profileOf({ ...target("Kai Example").person, links });
  assert.equal(
    of("https://www.linkedin.com/sales/lead/ACwAAAKaiExample", "http://de.linkedin.com/in/Kai-Example?x=1"),
    "https://www.linkedin.com/in/kai-example",
  );
  for (const link of [
    "https://www.example.com/in/kai",
    "javascript:alert(1)",
    "https://www.linkedin.com/feed",
    "https://linkedin.com.example.com/in/kai",
  ]) {
    assert.equal(of(link), null);
  }
});

test("later: tomorrow, the first working day of the next week, the day of the new credits", () => {
  const zone = "America/New_York";
  const now = new Date("2026-11-27T03:00:00Z"); // Thursday evening there
  const projection = { nextRenewal: { at: "2026-12-01T05:00:00Z", credits: 25 } };
  assert.deepEqual(laterDays({ ...ACCOUNT, time_zone: zone, working_days: [2, 3] }, projection, now), {
    tomorrow: "2026-11-27",
    week: "2026-12-01",
    credits: "2026-12-01",
    last: "2027-11-27",
  });
  assert.deepEqual(laterDays({ ...ACCOUNT, working_days: [] }, null, new Date("2026-11-29T12:00:00Z")), {
    tomorrow: "2026-11-30",
    week: "2026-11-30",
    credits: null,
    last: "2027-11-30",
  });
});

test("on a working day the badge's title says how many are to be written to", async () => {
  server.list = NAMES.slice(0, 2).map((name) => target(name, { planned_for: TODAY, state: "planned" }));
  await syncNow();
  assert.match(badge(await readView(new Date()), new Date()).title, /^2 to write to today$/m);
  const view = await readView(new Date());
  view.accounts[0].account.working_days = [];
  assert.doesNotMatch(badge(view, new Date()).title, /to write to/);
});

test("the planned time shows one notification, also after repeated checks, and sets an alarm for the next", async () => {
  const at = (ms) => new Date(Date.now() + ms).toISOString();
  const planned = (ms) => ({ state: "planned", planned_for: at(ms).slice(0, 10), planned_at: at(ms).slice(11, 16) });
  server.list = [
    target("Kai Example", planned(-60_000)),
    target("Robin Sample", planned(2 * HOUR_MS)),
    target("Mika Placeholder", planned(-24 * HOUR_MS)),
  ];
  await syncNow();
  await local.set({ reminders: { notifications: true, snoozedUntil: null, shown: {} } });
  const isYesterday = at(-60_000).slice(0, 10) !== TODAY;
  await remind();
  await remind();
  assert.equal(notified.length, isYesterday ? 0 : 1);
  await scheduleAlarms(await readView(new Date()), new Date());
  assert.equal(alarms.get("moment").scheduledTime, Date.parse(`${at(2 * HOUR_MS).slice(0, 16)}:00Z`));

  await openNotified("target/target-0/2026-11-26T09:00:00.000Z");
  await openNotified("a/expiring/2026-11-30T00:00:00Z/urgent");
  await openNotified("target/gone/2026-11-26T09:00:00.000Z");
  assert.deepEqual(opened, [linkOf("Kai Example"), "popup", "popup"]);
});

test("an erased person is removed from list, outbox, skips and copied text", async () => {
  const mark = (text) => createHash("sha256").update(`salt\n${text}`).digest("hex");
  server.refuse = Object.fromEntries(
    ["PATCH /targets/target-0", "POST /targets", "PATCH /people/person-0"].map((key) => [
      key,
      { status: 403, code: "no", detail: "" },
    ]),
  );
  await skip("target-0", "UTC", new Date());
  await session.set({
    copied: { ...personOf("Kai Example"), target: "target-0", text: "text-1", at: new Date().toISOString() },
  });
  await change("Kai Example", "later", "2030-01-07");
  await markDoNotContact({ accountId: "a", id: "person-0", person: personOf("Kai Example") }, new Date());
  await add("Kai Example");
  await add("Sasha Specimen");
  server.erasures = {
    erasures: [{ inmails: [], salt: "salt", links: [mark(linkOf("Kai Example"))], names: [mark("kai example")] }],
    last: 1,
    more: false,
    complete: true,
  };
  server.list.shift();

  await syncNow();

  assert.deepEqual([entries().map(({ body }) => body.person.name), local.content.skipped], [["Sasha Specimen"], {}]);
  assert.doesNotMatch(JSON.stringify([local.content, session.content]), /kai/i);
});
