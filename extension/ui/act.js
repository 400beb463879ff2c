// Asking the worker on the user's behalf, and telling the user how it went in the page's one live region.

import { ask } from "../core/messages.js";
import { refusalWords } from "../text/words.js";
import { el } from "./dom.js";

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
    sayRefusal(error);
    return null;
  }
}

const MESSAGE_MS = 5000;

/** Words with a button stay for as long as the button may be wanted. */
const ACTION_MESSAGE_MS = 15_000;

/** @param {unknown} error What to do about it stays until something else is said. */
export const sayRefusal = (error) => say(refusalWords(error), null, true);

/**
 * Tells the user something, which goes away by itself; what to do about a refusal stays until something else is said.
 * @param {string} words
 * @param {HTMLElement | null} [action] one button that goes with them
 */
export function say(words, action = null, stays = false) {
  const live = /** @type {HTMLElement} */ (document.getElementById("live"));
  const hadFocus = live.contains(document.activeElement);
  const parts = [el("span", {}, words), ...(action ? [action] : [])];
  live.replaceChildren(...parts);
  if (hadFocus) live.focus();
  if (!stays) setTimeout(() => parts.forEach((part) => part.remove()), action ? ACTION_MESSAGE_MS : MESSAGE_MS);
}
