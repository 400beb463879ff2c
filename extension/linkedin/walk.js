// Finds what is on a page as it is composed: through open shadow roots and frames of the same site. Closed ones stay
// closed.

"use strict";
{
  /**
   * The document or shadow root itself, then all that are open below it.
   * @param {Document | ShadowRoot} root
   * @returns {Generator<Document | ShadowRoot>}
   */
  function* roots(root) {
    yield root;
    for (const element of root.querySelectorAll("*")) {
      const below =
        element.shadowRoot ?? (element.localName === "iframe" && /** @type {any} */ (element).contentDocument);
      if (below) yield* roots(below);
    }
  }

  Object.assign(globalThis.inkeeper, { roots });
}
