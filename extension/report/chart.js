// What the charts share: SVG elements built like those of `el`, a scale of credits, and the frame around each chart.

import { el } from "../ui/dom.js";
import { t } from "../ui/words.js";

export const WIDTH = 800;
export const LEFT = 32;
export const TOP = 20;
const STEPS_MAX = 5;

/**
 * @param {string} tag
 * @param {Record<string, string | number | null>} [attributes]
 * @param {...(Node | string | number | null | (Node | null)[])} children
 */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(name, String(value));
  node.append(...children.flat().flatMap((child) => (child === null ? [] : child instanceof Node ? child : String(child))));
  return node;
}

/**
 * Where credits from 0 up to at least `most` stand, and the round numbers to mark.
 * @param {number} most
 * @param {number} height
 */
export function scale(most, height) {
  const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000].find((size) => size * STEPS_MAX >= most) ?? Math.ceil(most / STEPS_MAX);
  const ticks = Array.from({ length: Math.max(1, Math.ceil(most / step)) + 1 }, (_, index) => index * step);
  const top = ticks[ticks.length - 1];
  return { ticks, y: (/** @type {number} */ credits) => TOP + height * (1 - credits / top) };
}

/** @param {ReturnType<typeof scale>} axis */
export const grid = ({ ticks, y }) => ticks.flatMap((tick) => [
  svg("line", { class: tick ? "grid" : "base", x1: LEFT, x2: WIDTH, y1: y(tick), y2: y(tick) }),
  svg("text", { class: "label end", x: LEFT - 8, y: y(tick) + 4 }, tick),
]);

/**
 * A chart for the eye; its table, beside it, says the same to everybody.
 * @param {string} words what it shows, in a sentence
 * @param {number} height
 * @param {...(Node | null | (Node | null)[])} children
 */
export const chart = (words, height, ...children) =>
  svg("svg", { class: "chart", role: "img", "aria-label": words, viewBox: `0 0 ${WIDTH} ${height}` }, ...children);

/**
 * What the marks of a chart mean.
 * @param {[string, string][]} marks class of the mark, its meaning
 */
export const legend = (marks) => el("ul", { class: "row legend" }, marks.map(([mark, words]) =>
  el("li", {}, svg("svg", { class: "swatch", viewBox: "0 0 16 12", "aria-hidden": "true" },
    mark === "line" ? svg("path", { class: mark, d: "M0 6H16" }) : svg("rect", { class: mark, x: .5, y: .5, width: 15, height: 11 })), words)));

/** The hatching of what was lost. A pattern is found by its id from every drawing of the page. */
export const hatching = () => svg("svg", { class: "unseen", "aria-hidden": "true" },
  svg("pattern", { id: "hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("rect", { class: "hatch", width: 1.5, height: 5 })));

/**
 * @param {string} caption
 * @param {string[]} heads
 * @param {Child[][]} rows each begins with its own heading
 * @param {Child[]} [foot]
 */
export const table = (caption, heads, rows, foot) => el("div", { class: "wide", tabindex: 0, role: "group", "aria-label": caption },
  el("table", {},
    el("caption", { class: "unseen" }, caption),
    el("thead", {}, el("tr", {}, heads.map((words) => el("th", { scope: "col" }, words)))),
    el("tbody", {}, rows.map(line)),
    foot && el("tfoot", {}, line(foot))));

/** @param {Child[]} cells */
const line = ([head, ...cells]) => el("tr", {}, el("th", { scope: "row" }, head),
  cells.map((cell) => el("td", { class: cell === 0 ? "mute" : null }, cell)));

/**
 * @param {string} id
 * @param {...(Child | Child[])} children
 */
export const part = (id, ...children) => el("section", { id, "aria-labelledby": `${id}-title`, data: { part: id } },
  el("h2", { id: `${id}-title` }, t(`report_${id}`)), ...children);
