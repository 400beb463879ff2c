// Asking the worker on the user's behalf, and telling the user how it went in the page's one live region.

import { ask } from "../core/messages.js";
import { el } from "./dom.js";
import { refusalWords } from "./words.js";

/** @import {Messages} from "../core/messages.js" */

/**
 * @template {keyof Messages} Name
 * @param {Name} name
 * @param {Messages[Name]["params"]} params
 * @returns {Promise<Messages[Name]["reply"] | null>} null after a refusal, which the user has been told
 */
export async function run(name, params) {
  try {
    return await ask(name, params);
  } catch (error) {
    say(refusalWords(error));
    return null;
  }
}

/**
 * @param {string} words
 * @param {HTMLElement | null} [action] one button that goes with them
 */
export function say(words, action = null) {
  const live = /** @type {HTMLElement} */ (document.getElementById("live"));
  const hadFocus = live.contains(document.activeElement);
  live.replaceChildren(el("span", {}, words), ...(action ? [action] : []));
  if (hadFocus) live.focus();
}
