// Opens the app's pages in a tab, signed in by a one-time secret of the connected server that is valid for a minute.

import { openAddress } from "../browser.js";
import { Refusal } from "../refusal.js";
import { read } from "../store/storage.js";
import { call } from "./api.js";
import { SHAPE } from "../shapes.js";

/**
 * Opens a page of the connected server. The secret is in the fragment, which is not sent to servers or logged. An
 * address with a path belongs to a proxy whose pages may not support this: the user signs in there. Throws the
 * connection's Refusal if the server returns no secret.
 * @param {string} path of the page, such as "/settings"
 */
export async function openApp(path) {
  const { server } = await read("server");
  const secret = new URL(server.address).pathname === "/" ? await newSecret(server) : null;
  await openAddress(`${server.address}${path}${secret ? `#signin=${secret}` : ""}`);
}

/**
 * @param {Server} server
 * @returns {Promise<string | null>} null from an older server without pages
 */
async function newSecret(server) {
  try {
    return (await call(server, "/sign-ins", { method: "POST", body: {}, shape: SHAPE.signIn })).body.secret;
  } catch (error) {
    if (error instanceof Refusal && error.problem.status === 404) return null;
    throw error;
  }
}
