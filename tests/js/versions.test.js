// Server and extension of different versions: who is older, and that neither stumbles over what the other adds.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";

import { local, reloads, reset } from "./chrome.js";
const { updateExtension } = await import("../../extension/core/browser.js");
const { sync } = await import("../../extension/core/server/sync.js");
const { badge } = await import("../../extension/core/show/badge.js");
const { readView } = await import("../../extension/core/show/view.js");
const { warningWords } = await import("../../extension/core/show/warnings.js");
const { readAll } = await import("../../extension/core/store/storage.js");
const { olderIn, olderOf } = await import("../../extension/core/version.js");

const CONTRACT = new URL("../contract/", import.meta.url);
/** What the server of the latest released version answers. */
const CONVERSATION = JSON.parse(readFileSync(new URL(`${latest()}/conversation.json`, CONTRACT), "utf8"));
const OWN = chrome.runtime.getManifest().version;
const NOW = new Date("2026-11-23T09:00:00Z");
const SERVER = { address: "http://127.0.0.1:8425", token: "t", deviceId: "d", demo: false };
const WORDS = new Set(["code", "severity", "reason", "outcome", "basis", "state"]);

/** The folder of the latest version that is kept. */
function latest() {
  const kept = readdirSync(CONTRACT).filter((name) => /^\d/.test(name));
  return kept.toSorted((one, other) => one.localeCompare(other, "en", { numeric: true })).at(-1);
}

/** The recorded answer to each call, changed by `change`; `sent` has the headers of the requests. */
function serve(change = (answer) => answer) {
  const sent = [];
  globalThis.fetch = async (url, { method, headers }) => {
    sent.push(headers);
    const path = new URL(url).pathname;
    const call =
      path === "/api/v1/server"
        ? "greeting"
        : path.endsWith("/summary")
          ? "summary"
          : path.endsWith("/inmails")
            ? "logged"
            : path.split("/").at(-1);
    const found = CONVERSATION.find((each) => each.call === call);
    const status = !found ? 409 : method === "GET" ? 200 : 201;
    // The secret was issued when the browser was connected.
    const answer = found ? change(structuredClone(found.answer)) : { code: "secret_exists", detail: "" };
    return new Response(JSON.stringify(answer), { status, headers: { "X-Inkeeper-Api": "1", ETag: '"1"' } });
  };
  return sent;
}

/**
 * The value with a member more in each object, and words that this version does not know. The arguments of a warning
 * are numbers by the contract.
 */
function later(value, key) {
  if (key === "arguments") return { ...value, ofALaterVersion: 1 };
  if (Array.isArray(value)) return value.map((each) => later(each));
  if (value === null || typeof value !== "object") return value;
  const changed = Object.entries(value).map(([name, inner]) => [
    name,
    WORDS.has(name) && typeof inner === "string" ? "of_a_later_version" : later(inner, name),
  ]);
  return { ...Object.fromEntries(changed), ofALaterVersion: { deep: [1] } };
}

beforeEach(() => {
  reset();
  return local.set({ server: SERVER });
});

test("the older one is found by number, not by letter", () => {
  for (const [server, extension, older] of [
    ["0.1.0", "0.1.0", null],
    ["0.1.0", "0.2.0", "server"],
    ["0.10.0", "0.9.3", "extension"],
    ["1.0.0", "0.9.9", "extension"],
    ["0.2", "0.2.0", null],
    ["0.2.0rc1", "0.2.1", "server"],
    ["next", "0.2.0", null],
    [undefined, "0.2.0", null],
  ]) {
    assert.equal(olderOf(server, extension), older, `${server} ${extension}`);
  }
});

test("each request tells the extension's version", async () => {
  const sent = serve();

  await sync();

  assert.ok(sent.length >= 3);
  for (const headers of sent) assert.equal(headers["X-Inkeeper-Version"], OWN);
});

test("a server of the same version is not older", async () => {
  serve((answer) => (answer.app ? { ...answer, version: OWN } : answer));

  await sync();

  assert.equal(olderIn(await readView(NOW)), null);
});

test("the older one is named with both versions", async () => {
  for (const [version, which] of [
    ["0.0.9", "server"],
    ["99.0.0", "extension"],
  ]) {
    serve((answer) => (answer.app ? { ...answer, version } : answer));
    await sync();
    assert.deepEqual(olderIn(await readView(NOW)), { which, server: version, extension: OWN });
  }
});

test("a server of another contract says who is older", async () => {
  for (const [api, which] of [
    ["0", "server"],
    ["2", "extension"],
  ]) {
    globalThis.fetch = async () => new Response("{}", { headers: { "X-Inkeeper-Api": api } });
    await local.set({ connection: { ...(await readAll()).connection, retryAt: null } });
    await sync();
    const { connection } = await readView(NOW);
    assert.deepEqual([connection.state, connection.detail], ["version_mismatch", which]);
  }
});

test("reloading the extension keeps the outbox and all else in storage", async () => {
  await local.set({ "outbox/1": { id: "1", kind: "inmail", state: "waiting" } });

  await updateExtension();

  assert.deepEqual(reloads, [{ server: SERVER, "outbox/1": { id: "1", kind: "inmail", state: "waiting" } }]);
});

test("what a later server adds is ignored", async () => {
  serve((answer) => later(answer));

  await sync();

  const view = await readView(NOW);
  assert.equal(view.connection.state, "ok");
  const [account] = view.accounts;
  assert.equal(account.projection.balance, 3);
  assert.equal(account.recent.length, 2);
  assert.equal(badge(view, NOW).text.replace(/\D/g, ""), "3");
  const { summary } = (await readAll()).summaries[account.account.id];
  assert.ok(summary.warnings.length > 0);
  for (const warning of summary.warnings) assert.equal(warningWords(warning, account, NOW), null);
});
