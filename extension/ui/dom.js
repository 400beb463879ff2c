// Building and replacing elements. Text only ever becomes text nodes, so no data can turn into markup.

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props | null} [props]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === "data") {
      for (const [key, datum] of Object.entries(value)) if (datum !== null && datum !== undefined) node.dataset[key] = String(datum);
    } else if (name === "style") {
      for (const [property, amount] of Object.entries(value)) node.style.setProperty(property, amount);
    } else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false).map((child) => (child instanceof Node ? child : String(child))));
  return node;
}

/**
 * Text in which `*words*` stand out as bold.
 * @param {string} text
 * @returns {Node[]}
 */
export function bold(text) {
  return text.split("*").map((part, index) => (index % 2 ? el("b", null, part) : document.createTextNode(part)));
}

/**
 * Puts `fresh` in the place of `old` unless they read the same; keeps what was typed and where the focus stood.
 * Listeners on elements that stay are kept, so they must find their data through data-* attributes or ids.
 * @param {Element} old
 * @param {Element} fresh
 * @returns {Element} the one that now stands in the page
 */
export function replace(old, fresh) {
  if (old.isEqualNode(fresh)) return old;
  for (const field of fields(old)) {
    const twin = fields(fresh).find((other) => other.name === field.name && other.type === field.type && (field.type !== "radio" || other.value === field.value));
    if (!twin || !changed(field)) continue;
    if (twin instanceof HTMLInputElement && field instanceof HTMLInputElement) twin.checked = field.checked;
    if (field.type !== "radio" && field.type !== "checkbox") twin.value = field.value;
  }
  const focused = old.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
  old.replaceWith(fresh);
  if (focused) twinOf(focused, fresh)?.focus();
  return fresh;
}

/**
 * @param {Element} root
 * @returns {(HTMLInputElement | HTMLSelectElement)[]}
 */
function fields(root) {
  return [...root.querySelectorAll(/** @type {"input"} */ ("input[name], select[name]"))];
}

/** @param {HTMLInputElement | HTMLSelectElement} field */
function changed(field) {
  if (field instanceof HTMLSelectElement) return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
  return field.value !== field.defaultValue || field.checked !== field.defaultChecked;
}

/**
 * @param {HTMLElement} focused
 * @param {Element} root
 * @returns {HTMLElement | null}
 */
function twinOf(focused, root) {
  const hook = focused.dataset.hook;
  const row = /** @type {HTMLElement | null} */ (focused.closest("[data-id]"))?.dataset.id;
  const within = (row && root.querySelector(`[data-id="${CSS.escape(row)}"]`)) || root;
  if (focused.id) return root.querySelector(`#${CSS.escape(focused.id)}`);
  return hook ? within.querySelector(`[data-hook="${CSS.escape(hook)}"]`) : null;
}

/**
 * Makes `root` hold exactly these parts, in this order; parts are known by `data-part`.
 * @param {Element} root
 * @param {(HTMLElement | null)[]} parts
 */
export function arrange(root, parts) {
  const shown = parts.filter((part) => part !== null).map((fresh) => {
    const old = root.querySelector(`:scope > [data-part="${fresh.dataset.part}"]`);
    return old ? replace(old, fresh) : fresh;
  });
  shown.forEach((part, index) => {
    if (root.children[index] !== part) root.insertBefore(part, root.children[index] ?? null);
  });
  while (root.children.length > shown.length) root.lastElementChild?.remove();
}
