// Drops a click that was aimed at another control: what the server or another page changed has just moved that one away
// and this one under the pointer. Without it, "Undo" pressed at the wrong moment records a reply.

/** A click within this time of a change was aimed at what stood there before the change. */
const REACTION_MS = 350;

/** More changes than there are within that time. */
const KEPT_MAX = 10;

const CONTROLS = "a, button, input, select, summary, textarea";

/**
 * The controls of the popup before each of the last changes, and when the change was painted.
 * @type {{at: number, controls: {name: string, box: DOMRect}[]}[]}
 */
let recent = [];

/**
 * Paints what the user did not cause, and remembers where the controls were before.
 * @param {() => void} paint
 */
export function paintChange(paint) {
  const controls = [...document.querySelectorAll(CONTROLS)].map((control) => ({
    name: nameOf(control),
    box: control.getBoundingClientRect(),
  }));
  paint();
  recent = [...recent, { at: performance.now(), controls }].slice(-KEPT_MAX);
}

/** From now on drops the clicks with a pointer that were aimed at another control. */
export function dropMisaimedClicks() {
  addEventListener("click", dropIfMisaimed, { capture: true });
}

/** @param {MouseEvent} event */
function dropIfMisaimed(event) {
  const { clientX, clientY, detail, target, timeStamp } = event;
  const control = target instanceof Element && target.closest(CONTROLS);
  // The keyboard and scripts click without a count.
  if (!control || detail === 0) return;
  const name = nameOf(control);
  const isMisaimed = recent.some(({ at, controls }) => {
    if (timeStamp - at >= REACTION_MS) return false;
    const there = controls.filter(({ box }) => isWithin(box, clientX, clientY));
    return there.length > 0 && !there.some((one) => one.name === name);
  });
  if (!isMisaimed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/**
 * What a control does, and to which entry.
 * @param {Element} control
 */
function nameOf(control) {
  const { hook = control.id } = /** @type {HTMLElement} */ (control).dataset;
  const entry = /** @type {HTMLElement | null} */ (control.closest("[data-id]"));
  return `${hook} ${entry?.dataset.id ?? ""}`;
}

/**
 * @param {DOMRect} box
 * @param {number} x
 * @param {number} y
 */
const isWithin = ({ bottom, left, right, top }, x, y) => left <= x && x < right && top <= y && y < bottom;
