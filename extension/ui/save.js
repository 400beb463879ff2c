// Handing a file to the user, who finds it where the browser puts downloads.

import { el } from "./dom.js";

/**
 * @param {Blob} file
 * @param {string} name
 */
export function save(file, name) {
  const href = URL.createObjectURL(file);
  el("a", { href, download: name }).click();
  // The browser has to have begun to read it.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
