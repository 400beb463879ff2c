// Building elements and bringing a page up to date with them. Text only ever becomes text nodes, so no data can turn
// into markup.

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
        child === null || child === undefined || child === false ? [] : child instanceof Node ? child : String(child),
      ),
  );
  return node;
}

/**
 * Text in which `*words*` stand out as bold.
 * @param {string} text
 */
export const bold = (text) => text.split("*").map((part, index) => (index % 2 ? el("b", {}, part) : part));

/**
 * Makes `root` hold these parts and nothing else. Where the focus was on what is gone, `root` takes it, so that the
 * keyboard goes on.
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
 * Makes `old` read and act like `fresh`, but keeps its elements where it can: what has the focus and what was typed
 * stay.
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
    // Unlike the attribute, this is allowed by the content security policy.
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
 * What makes a node the same one as before.
 * @param {Node} node
 */
function keyOf(node) {
  const { id = "", dataset: { part, hook, id: about } = {} } = /** @type {Partial<HTMLElement>} */ (node);
  return [node.nodeName, id, part, hook, about].join();
}

/**
 * For a field in which nothing was changed: how to let it show its new default.
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
