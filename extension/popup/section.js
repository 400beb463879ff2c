// A section of the popup: a pure function gives its state (states/), another draws that state.

/**
 * @template State
 * @template {PopupBase} Context
 * @param {(context: Context) => State | null} stateOf null if there is nothing to show
 * @param {(state: State, page: PopupPage) => HTMLElement} draw
 * @returns {(context: Context) => HTMLElement | null}
 */
export const section = (stateOf, draw) => (context) => {
  const state = stateOf(context);
  return state && draw(state, context);
};
