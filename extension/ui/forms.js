// Forms whose fields have a label, a hint and an error message of their own.

import { el } from "./dom.js";

/**
 * @param {string} id also the name of the control
 * @param {Field} field
 */
export function field(id, { label, hint, error, options, ...attributes }) {
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  const props = {
    id,
    name: id,
    autocomplete: "off",
    "aria-describedby": described || null,
    "aria-invalid": error ? "true" : null,
    ...attributes,
  };
  return el(
    "div",
    { class: "field" },
    el("label", { for: id }, label),
    options ? el("select", props, options) : el("input", props),
    hint && el("p", { class: "hint", id: `${id}-hint` }, hint),
    error && el("p", { class: "error", id: `${id}-error` }, error),
  );
}

/**
 * @param {string} value
 * @param {string} words
 * @param {boolean} [selected]
 */
export const option = (value, words, selected) => el("option", { value, selected }, words);

/**
 * @param {string} name
 * @param {string} type
 * @param {Choices} group
 */
export function choices(name, type, { legend, hidden, class: style, choices: all }) {
  return el(
    "fieldset",
    {},
    el("legend", { class: hidden ? "unseen" : null }, legend),
    el(
      "div",
      { class: style ?? "stack" },
      all.map(({ value, words, hint, checked, disabled }) =>
        el(
          "label",
          { class: "choice" },
          el("input", { type, name, value, checked, disabled }),
          el("span", {}, words, hint && el("span", { class: "hint line" }, hint)),
        ),
      ),
    ),
  );
}

/**
 * @param {string} hook
 * @param {(values: Values, form: HTMLFormElement) => unknown} submit
 * @param {...(Child | Child[])} children
 */
export function form(hook, submit, ...children) {
  return el(
    "form",
    {
      class: "form",
      novalidate: true,
      data: { hook },
      on: {
        submit: async (event) => {
          event.preventDefault();
          const sent = event.currentTarget;
          await submit(
            Object.fromEntries([...new FormData(sent)].map(([name, value]) => [name, String(value).trim()])),
            sent,
          );
          /** @type {HTMLElement | null} */ (
            document.querySelector(`[data-hook="${hook}"] [aria-invalid="true"]`)
          )?.focus();
        },
      },
    },
    ...children,
  );
}
