// Normalizing and refusing the server's address as the user types it.

import assert from "node:assert/strict";
import { test } from "node:test";

// The module imports `chrome`, but these tests do not use it.
globalThis.chrome = { runtime: {}, storage: { local: {}, session: {} } };
const { serverAddress } = await import("../../extension/core/server/address.js");

const TAKEN = [
  ["http://127.0.0.1:8425", "http://127.0.0.1:8425"],
  ["127.0.0.1:8425", "http://127.0.0.1:8425"],
  ["localhost:8425/", "http://127.0.0.1:8425"],
  [" https://example.org ", "https://example.org"],
  ["https://example.org/inkeeper", "https://example.org/inkeeper"],
  ["https://example.org/team/inkeeper//", "https://example.org/team/inkeeper"],
  ["https://example.org:8443/inkeeper/?a=b#c", "https://example.org:8443/inkeeper"],
  ["http://127.0.0.1/inkeeper/", "http://127.0.0.1/inkeeper"],
];

const REFUSED = [
  ["http://kai:secret@127.0.0.1:8425", "address_password"],
  ["https://kai@example.org", "address_password"],
  ["kai:secret@example.org", "address_password"],
  ["https://:secret@example.org/inkeeper", "address_password"],
  ["http://example.org", "bad_address"],
  ["ftp://127.0.0.1", "bad_address"],
  ["http://[::1]:8425", "bad_address"],
  ["", "bad_address"],
  ["https://", "bad_address"],
];

for (const [typed, address] of TAKEN) {
  test(`${JSON.stringify(typed)} is ${address}`, () =>
    assert.deepEqual(serverAddress(typed), { address, problem: "" }));
}

for (const [typed, problem] of REFUSED) {
  test(`${JSON.stringify(typed)} is refused: ${problem}`, () =>
    assert.deepEqual(serverAddress(typed), { address: null, problem }));
}
