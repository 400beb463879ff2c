// The server's pages, opened signed in.

import { call, SHAPE } from "./api.js";
import { openTab } from "./browser.js";
import { read } from "./settings.js";

/**
 * Opens a page of the server in a tab. A one-time secret signs the tab in; an address with a path is a proxy's, whose pages may not
 * know it, so there the user signs in.
 * @param {AppPage} page
 * @param {string | null} accountId
 */
export async function openApp(page, accountId) {
  const { server } = await read("server");
  const address = `${server.address}/${page}${accountId ? `?${new URLSearchParams({ account: accountId })}` : ""}`;
  if (new URL(server.address).pathname !== "/") return openTab(address);
  const { body } = await call(server, "/sign-ins", { method: "POST", body: {}, shape: SHAPE.signIn });
  return openTab(`${address}#signin=${body.secret}`);
}
