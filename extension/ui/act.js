// Sends the user's actions to the worker and shows results in the page's live region.

import { ask } from "../core/messages.js";
import { refusalWords } from "../text/words.js";
import { el } from "./dom.js";

/** @import {Messages} from "../core/messages.js" */

/**
 * @template {keyof Messages} Name
 * @param {Name} name
 * @param {Messages[Name]["params"]} params
 * @returns {Promise<Messages[Name]["reply"] | null>} null after a refusal, whose message is shown
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

/** Messages with a button stay longer, so that the button can be used. */
const ACTION_MESSAGE_MS = 15_000;

/** @param {unknown} error Its message stays until another one is shown. */
export const sayRefusal = (error) => say(refusalWords(error), null, true);

/**
 * Shows a message in the live region and removes it after some seconds.
 * @param {string} words
 * @param {HTMLElement | null} [action] a button after the message
 * @param {boolean} [stays] keeps the message until another one is shown
 */
export function say(words, action = null, stays = false) {
  const live = /** @type {HTMLElement} */ (document.getElementById("live"));
  const hadFocus = live.contains(document.activeElement);
  const parts = [el("span", {}, words), ...(action ? [action] : [])];
  live.replaceChildren(...parts);
  if (hadFocus) live.focus();
  if (!stays) setTimeout(() => parts.forEach((part) => part.remove()), action ? ACTION_MESSAGE_MS : MESSAGE_MS);
}
