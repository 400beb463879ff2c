// The content script in the connected server's pages, which reports changes made there.

import { mayCall, runInPagesOf } from "../browser.js";
import { read } from "../store/storage.js";
import { syncNow } from "./sync.js";

/**
 * Registers or unregisters the script according to the connection and the permission. Call it after either changed and
 * after an update.
 */
export async function watchApp() {
  const { server } = await read("server");
  await runInPagesOf(server.token && (await mayCall(server.address)) ? server.address : null, "/app/changed.js");
}

/**
 * @param {string} url of the reporting page; ignored unless it is below the server's address
 */
export async function handleChanged(url) {
  const { server } = await read("server");
  if (url.startsWith(`${server.address}/`)) await syncNow();
}
