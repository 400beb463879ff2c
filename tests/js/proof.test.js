// The server's proof. tests/api/test_proof.py has the same known value.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isProof, newNonce } from "../../extension/core/server/proof.js";

const PROOF = "042df25f9d1981866dfcab8bce6f4e3721168616b0a02d94a879c29e9f710b58";

test("the known answer", async () => {
  assert.equal(await isProof(PROOF, "secret", "nonce"), true);
});

test("any other proof, secret or nonce", async () => {
  assert.equal(await isProof(PROOF, "secret", "nonces"), false);
  assert.equal(await isProof(PROOF, "secrets", "nonce"), false);
  for (const proof of [
    PROOF.replace("0", "1"),
    PROOF.slice(2),
    `${PROOF}00`,
    PROOF.toUpperCase(),
    "",
    null,
    undefined,
    5,
    [PROOF],
  ]) {
    assert.equal(await isProof(proof, "secret", "nonce"), false, String(proof));
  }
});

test("a nonce is 32 random bytes", () => {
  const nonces = Array.from({ length: 100 }, newNonce);
  assert.equal(new Set(nonces).size, 100);
  for (const nonce of nonces) assert.match(nonce, /^[0-9a-f]{64}$/);
});
