// The pages of the connected server that are open in this browser: they say when something was changed there.

import { mayCall, runInPagesOf } from "../browser.js";
import { read } from "../store/storage.js";
import { syncNow } from "./sync.js";

/**
 * Brings the script in those pages in line with the connection: after it changed, after an update, and with the
 * permission.
 */
export async function watchApp() {
  const { server } = await read("server");
  await runInPagesOf(server.token && (await mayCall(server.address)) ? server.address : null, "/app/changed.js");
}

/**
 * @param {string} url of the page that says so; other programs on this computer have pages, too
 */
export async function handleChanged(url) {
  const { server } = await read("server");
  if (url.startsWith(`${server.address}/`)) await syncNow();
}
