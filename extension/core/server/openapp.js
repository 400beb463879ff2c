// Opens the app's pages in a tab, signed in: the connected server gives a secret that is valid once, for a minute.

import { openAddress } from "../browser.js";
import { Refusal } from "../refusal.js";
import { read } from "../store/storage.js";
import { call, SHAPE } from "./api.js";

/**
 * Opens a page of the connected server. The secret goes in the address's fragment, which no server or log sees. An
 * address with a path is a proxy's, whose pages may not know it: there the user signs in. Throws the Refusal of the
 * connection where the server gives none.
 * @param {string} path of the page, such as "/settings"
 */
export async function openApp(path) {
  const { server } = await read("server");
  const secret = new URL(server.address).pathname === "/" ? await newSecret(server) : null;
  await openAddress(`${server.address}${path}${secret ? `#signin=${secret}` : ""}`);
}

/**
 * @param {Server} server
 * @returns {Promise<string | null>} null from a server of before there were pages to sign in to
 */
async function newSecret(server) {
  try {
    return (await call(server, "/sign-ins", { method: "POST", body: {}, shape: SHAPE.secret })).body.secret;
  } catch (error) {
    if (error instanceof Refusal && error.problem.status === 404) return null;
    throw error;
  }
}
