// Reads a page once, at the user's click. Returns the reading of the composer that the user works in (null if there is
// none) and, in the top frame, address, title and headings of the page. Loaded last, after wording, walk and read;
// leaves no global behind.

(() => {
  const { composers, find, place: placeNow, read, roots, sign } = globalThis.inkeeper;
  Reflect.deleteProperty(globalThis, "inkeeper");
  // A parent frame of the same origin reads this frame.
  if (window.frameElement) return null;

  const place = window === window.top ? placeNow() : null;
  const places = [...roots(document)];
  /** @param {Element} element */
  const isSeen = (element) => element.checkVisibility();
  const open = composers(places).filter(({ frame }) => isSeen(frame));
  const focused = open.filter(({ frame }) => places.some(({ activeElement }) => frame.contains(activeElement)));
  const active = open.filter(({ kind, frame }) => kind.active?.css && frame.matches(kind.active.css));
  const chosen = [open, focused, active].find((some) => some.length === 1)?.[0];
  if (chosen) return { place, composer: read(chosen) };
  // Several composers of which none is active, or one in an unknown format.
  if (!open.length && !find(places, sign).some(isSeen)) return { place, composer: null };
  return {
    place,
    composer: { recognised: false, product: null, name: "", link: "", cost: "unknown", balance: null, degree1: false },
  };
})();
