// Opens the app's pages in a tab, signed in: the connected server gives a secret that is valid once, for a minute.

import { call, SHAPE } from "./api.js";
import { openAddress } from "./browser.js";
import { read } from "./settings.js";

/**
 * Opens a page of the connected server. The secret goes in the address's fragment, which no server or log sees. Throws the Refusal
 * of the connection where the server gives none.
 * @param {string} path of the page, such as "/settings"
 */
export async function openApp(path) {
  const { server } = await read("server");
  const { body } = await call(server, "/sign-ins", { method: "POST", body: {}, shape: SHAPE.secret });
  await openAddress(`${server.address}${path}#signin=${body.secret}`);
}
