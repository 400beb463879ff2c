// Walks a page's documents and shadow roots: open shadow roots and frames of the same origin. Closed roots are not
// entered.

"use strict";
{
  /**
   * Yields the root itself, then all open roots below it.
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
