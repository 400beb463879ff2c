// HTTP calls to the server: responses are checked, failures are Refusals with a code. If the connection has a secret,
// the server proves itself before a token or data are sent.

import { mayCall, ownVersion } from "../browser.js";
import { Refusal } from "../refusal.js";
import { isProof, newNonce } from "./proof.js";
import { REFUSAL, SHAPE } from "../shapes.js";

const API_VERSION = "1";
const TIMEOUT_MS = 5000;

/** Statuses of a gateway while the server behind it is down. */
const GATEWAY = new Set([502, 503, 504]);

/** For how long a proof is reused, for a burst of calls. */
const PROVEN_MS = 1000;

/** The secret of the last proof, and until when it is reused (`performance.now()`). */
const proven = { secret: "", until: 0 };

/**
 * Calls the server. Throws a `Refusal` if it refuses, or if the response is not one of Inkeeper's. The codes
 * `server_off`, `permission_missing`, `other_program`, `impostor`, `version_mismatch` and `unexpected` are the
 * extension's own; all others are the server's.
 * @param {Pick<Server, "address" | "token"> & Partial<Server>} server checked by its proof first, if it has a `secret`
 * @param {string} path
 * @param {ApiRequest} [request]
 * @returns {Promise<{status: number, etag: string | null, body: any}>}
 */
export async function call(server, path, { method = "GET", body, key, etag, shape } = {}) {
  /** @type {Record<string, string>} */
  const headers = {};
  if (server.token && server.secret && !isProven(server.secret)) await verifyServer(server);
  // A server that is older ignores what it does not know of a newer extension.
  headers["X-Inkeeper-Version"] = ownVersion();
  if (server.token) headers.Authorization = `Bearer ${server.token}`;
  if (body) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  if (etag) headers["If-None-Match"] = etag;
  const response = await send(`${server.address}/api/v1${path}`, {
    method,
    headers,
    body: body && JSON.stringify(body),
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status === 304) return { status: 304, etag: etag ?? null, body: null };
  const content = response.status === 204 ? null : await json(response);
  if (!response.ok) throw new Refusal(problem(response, content));
  if (shape && !hasShape(content, shape)) throw new Refusal({ code: "version_mismatch" });
  return { status: response.status, etag: response.headers.get("ETag"), body: content };
}

/**
 * Greets the server without a token, so that another program on the port receives nothing.
 * @param {string} address
 * @param {string} [query]
 * @returns {Promise<Greeting>} `id` is null from an older server without ids
 */
export async function greet(address, query = "") {
  return greetingOf(await askWho(address, query));
}

/** @param {any} body */
function greetingOf(body) {
  if (!hasShape(body, SHAPE.greeting)) throw new Refusal({ code: "version_mismatch" });
  return { ...body, id: body.id ?? null };
}

/**
 * What answers there, as it says itself.
 * @param {string} address
 * @param {string} query
 */
async function askWho(address, query) {
  try {
    return (await call({ address, token: null }, `/server${query}`)).body;
  } catch (error) {
    // Inkeeper responds, but the address has a path that it does not serve.
    if (error instanceof Refusal && error.problem.status === 404) throw new Refusal({ code: "wrong_path" });
    throw error;
  }
}

/**
 * Greets the server and checks its proof. Throws the Refusal `impostor` if the proof is missing or wrong. A connection
 * made before there were secrets has none and is not checked.
 * @param {Pick<Server, "address"> & Partial<Server>} server
 */
export async function verifyServer({ address, deviceId, secret }) {
  if (!secret) return greet(address);
  const nonce = newNonce();
  const body = await askWho(address, `?${new URLSearchParams({ nonce, device: deviceId ?? "" })}`);
  // The proof first: what another program says in any form is no other version's answer.
  if (!(await isProof(body?.proof, secret, nonce))) {
    proven.until = 0;
    throw new Refusal({ code: "impostor" });
  }
  Object.assign(proven, { secret, until: performance.now() + PROVEN_MS });
  return greetingOf(body);
}

/** @param {string} secret */
const isProven = (secret) => proven.secret === secret && performance.now() < proven.until;

/**
 * @param {string} url
 * @param {RequestInit} request
 */
async function send(url, request) {
  // The server allows extensions by CORS without this permission; a permission that the user did not grant, or removed,
  // is respected anyway.
  if (!(await mayCall(url))) throw new Refusal({ code: "permission_missing" });
  let response;
  try {
    response = await fetch(url, request);
  } catch {
    // Another program may respond at this address next.
    proven.until = 0;
    throw new Refusal({ code: "server_off" });
  }
  const version = response.headers.get("X-Inkeeper-Api");
  if (version === API_VERSION) return response;
  if (version !== null) {
    throw new Refusal({ code: "version_mismatch", detail: version > API_VERSION ? "extension" : "server" });
  }
  throw new Refusal({ code: GATEWAY.has(response.status) ? "server_off" : "other_program" });
}

/** @param {Response} response */
async function json(response) {
  try {
    return await response.json();
  } catch {
    // The response was cut off, so it is not known whether the request was stored.
    throw new Refusal({ code: "server_off" });
  }
}

/**
 * @param {Response} response
 * @param {any} content
 * @returns {Problem}
 */
function problem(response, content) {
  const words = hasShape(content, REFUSAL) ? content : { code: "unexpected", detail: response.statusText };
  const retryAfterS = Number(response.headers.get("Retry-After")) || undefined;
  return { ...words, status: response.status, retryAfterS };
}

/**
 * Whether a value has the shape; see shapes.js.
 * @param {any} value
 * @param {any} shape
 * @returns {boolean}
 */
function hasShape(value, shape) {
  if (typeof shape === "string") return typeof value === shape;
  if (Array.isArray(shape)) {
    if (shape[0] === null) return value === null || hasShape(value, shape[1]);
    return Array.isArray(value) && value.every((item) => hasShape(item, shape[0]));
  }
  if (value === null || typeof value !== "object") return false;
  if ("*" in shape) return Object.values(value).every((item) => hasShape(item, shape["*"]));
  return Object.entries(shape).every(([key, inner]) => {
    if (!key.endsWith("?")) return hasShape(value[key], inner);
    const found = value[key.slice(0, -1)];
    return found === null || found === undefined || hasShape(found, inner);
  });
}
