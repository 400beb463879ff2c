// One look at a page, at the user's click: the reading of the composer in which the user writes, or null where there is
// none, and from the page around all frames what it is about. The last of the scripts after wording, walk and read.
// Nothing stays behind.

(() => {
  const { composers, find, place: placeNow, read, roots, sign } = globalThis.inkeeper;
  Reflect.deleteProperty(globalThis, "inkeeper");
  // The page around this frame can look into it, and does.
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
  // Several of which none stands out, or one that is not understood.
  if (!open.length && !find(places, sign).some(isSeen)) return { place, composer: null };
  return {
    place,
    composer: { recognised: false, product: null, name: "", link: "", cost: "unknown", balance: null, degree1: false },
  };
})();
