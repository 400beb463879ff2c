// Creates elements and updates a page to match them. Strings become text nodes only, so data cannot become markup.

const EVENTS = ["click", "submit", "change"].map((event) => /** @type {"onclick"} */ (`on${event}`));

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Props} [props]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, { on = {}, data = {}, style = {}, ...attributes } = {}, ...children) {
  const node = document.createElement(tag);
  for (const [event, listener] of Object.entries(on)) Object.assign(node, { [`on${event}`]: listener });
  for (const [key, datum] of Object.entries(data)) {
    if (datum !== null && datum !== undefined) node.dataset[key] = String(datum);
  }
  for (const [property, amount] of Object.entries(style)) node.style.setProperty(property, amount);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(
    ...children
      .flat()
      .flatMap((child) =>
        child === null || child === undefined || child === false || child === ""
          ? []
          : child instanceof Node
            ? child
            : String(child),
      ),
  );
  return node;
}

/**
 * Text with `*words*` in bold.
 * @param {string} text
 */
export const bold = (text) => text.split("*").map((part, index) => (index % 2 ? el("b", {}, part) : part));

/**
 * Updates `root` to contain exactly these parts. If the focused element is removed, `root` gets the focus, so that the
 * keyboard position is kept.
 * @param {HTMLElement} root focusable by script
 * @param {(HTMLElement | null)[]} parts
 */
export function renderInto(root, parts) {
  const fresh = document.createDocumentFragment();
  fresh.append(...parts.filter((part) => part !== null));
  const hadFocus = root.contains(document.activeElement);
  morphChildren(root, fresh);
  if (hadFocus && !root.contains(document.activeElement)) root.focus();
}

/**
 * Updates `old` to match `fresh`. Keeps existing elements if possible, and with them focus and typed text.
 * @param {Node} old
 * @param {Node} fresh
 */
function morph(old, fresh) {
  if (old instanceof HTMLElement && fresh instanceof HTMLElement) {
    const restore = defaultRestorer(old);
    for (const { name } of [...old.attributes]) {
      if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
      if (name !== "style" && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    // The content security policy allows this, but not a style attribute.
    if (old.style.cssText !== fresh.style.cssText) old.style.cssText = fresh.style.cssText;
    for (const event of EVENTS) old[event] = fresh[event];
    morphChildren(old, fresh);
    restore?.();
  } else if (old instanceof SVGElement && fresh instanceof Node) {
    old.replaceWith(fresh);
  } else if (old.nodeValue !== fresh.nodeValue) {
    old.nodeValue = fresh.nodeValue;
  }
}

/**
 * @param {Node} old
 * @param {Node} fresh
 */
function morphChildren(old, fresh) {
  const children = [...fresh.childNodes];
  // What is gone is removed first: the nodes after it then need not be moved, which would take their focus.
  const keys = new Set(children.map(keyOf));
  for (const node of /** @type {ChildNode[]} */ ([...old.childNodes])) if (!keys.has(keyOf(node))) node.remove();
  children.forEach((child, index) => {
    const current = old.childNodes[index];
    const match = [...old.childNodes].slice(index).find((node) => keyOf(node) === keyOf(child));
    if (!match) return old.insertBefore(child, current ?? null);
    if (match !== current) old.insertBefore(match, current);
    morph(match, child);
  });
  while (old.childNodes.length > children.length) old.lastChild?.remove();
}

/**
 * The key by which a node is matched with its new version.
 * @param {Node} node
 */
function keyOf(node) {
  const { id = "", dataset: { part, hook, id: about } = {} } = /** @type {Partial<HTMLElement>} */ (node);
  return [node.nodeName, id, part, hook, about].join();
}

/**
 * For an unchanged field, a function that sets it to its new default; otherwise null.
 * @param {HTMLElement} field
 */
function defaultRestorer(field) {
  if (field instanceof HTMLSelectElement && field.selectedIndex === defaultIndex(field)) {
    return () => {
      field.selectedIndex = defaultIndex(field);
    };
  }
  if (
    !(field instanceof HTMLInputElement) ||
    field.value !== field.defaultValue ||
    field.checked !== field.defaultChecked
  ) {
    return null;
  }
  return () => {
    field.value = field.defaultValue;
    field.checked = field.defaultChecked;
  };
}

/** @param {HTMLSelectElement} select */
const defaultIndex = (select) =>
  Math.max(
    0,
    [...select.options].findIndex((option) => option.defaultSelected),
  );
