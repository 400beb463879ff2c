// Proof that a server is the one this browser was paired with: an HMAC of a fresh nonce with the secret of the pairing.

const NONCE_BYTES = 32;

/** A nonce of 32 random bytes, in hexadecimal digits. Use it once. */
export const newNonce = () => hex(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));

/**
 * Whether `proof` is the HMAC-SHA256 of the nonce in hexadecimal digits; key and nonce are ASCII text. Compares in
 * constant time.
 * @param {unknown} proof
 * @param {string} secret
 * @param {string} nonce
 */
export async function isProof(proof, secret, nonce) {
  if (typeof proof !== "string" || !/^[0-9a-f]{64}$/.test(proof)) return false;
  const text = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", text.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "verify",
  ]);
  const bytes = Uint8Array.from(proof.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return crypto.subtle.verify("HMAC", key, bytes, text.encode(nonce));
}

/** @param {Uint8Array} bytes */
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
