// Detects sent InMails. Pressing Send proves nothing, so the composer is then checked for up to 10 s. Loaded last,
// after wording and read.

"use strict";
{
  const { composers, find, kinds, place, read, sign } = globalThis.inkeeper;
  Reflect.deleteProperty(globalThis, "inkeeper");

  const PROOF_TIMEOUT_MS = 10_000;
  const CHECK_EVERY_MS = 250;
  const GESTURE_MS = 1000;
  const EVENTS = ["pointerdown", "click", "submit", "keydown", "pagehide"];
  const LISTENER_OPTIONS = { capture: true, passive: true };

  const watches = /** @type {Set<LinkedinWatch>} */ (new Set());
  let timer = 0;

  /**
   * The user's last press, with the event path at that moment, which the page cannot extend afterwards. One press
   * counts for one send.
   */
  let gesture = { path: /** @type {EventTarget[]} */ ([]), at: -Infinity, isUsed: true };

  /** @param {any} event Ignored unless `isTrusted`: pages can create events. */
  function handleEvent(event) {
    if (!event.isTrusted) return;
    if (event.type === "pagehide") return watches.forEach((watch) => settle(watch, false));
    const isKey = event.type === "keydown";
    if (event.type === "pointerdown" || (isKey && ["Enter", " "].includes(event.key))) {
      gesture = { path: event.composedPath(), at: performance.now(), isUsed: false };
    }
    if (event.type === "pointerdown") return;
    // A click may follow its press much later, or have none (screen readers).
    if (event.type === "click") {
      gesture = { path: gesture.isUsed ? [] : gesture.path, at: performance.now(), isUsed: false };
    }
    const isEnter = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (isKey && !isEnter && event.key !== "Escape") return;
    const pressed = event.type === "submit" ? [event.submitter] : event.composedPath();
    const composer = (!isKey || isEnter) && composerOf(pressed, isKey ? "anchor" : "send");
    // `isTrusted` is also true for a submit that a script of the page requested.
    if (composer && event.type === "submit" && !isByUser(composer)) return;
    if (composer) startWatch(composer, !isKey);
    // A composer that the user closes has not been sent.
    else if (event.type !== "submit") for (const watch of watches) watch.touched = true;
  }

  /** @type {LinkedinListener["composerOf"]} */
  function composerOf(path, part) {
    for (const node of path) {
      const kind = node instanceof Element && kinds.find((each) => node.matches(each[part].css ?? ""));
      const frame = kind && node.closest(kind.frame.css ?? "");
      if (frame) return composers([frame]).find((each) => each.frame === frame);
    }
  }

  /** @type {LinkedinListener["isByUser"]} */
  const isByUser = ({ frame }) =>
    gesture.path.includes(frame) &&
    performance.now() - gesture.at < GESTURE_MS &&
    navigator.userActivation?.isActive !== false;

  /** @type {LinkedinListener["canSend"]} */
  const canSend = ({ kind, frame }) => find([frame], kind.send).some((button) => !button.matches(":disabled"));

  /** @type {LinkedinListener["ownIn"]} */
  const ownIn = ({ kind, frame }) => find([frame], kind.own);

  /** @type {LinkedinListener["startWatch"]} Enter may also begin a new line, so it is not sure. */
  function startWatch(composer, isSure) {
    if (!chrome.runtime?.id) return stop();
    const before = [...watches].find(({ composer: { frame } }) => frame === composer.frame);
    if (!before && gesture.isUsed) return;
    const reading = read(composer);
    const isInMail = !reading.degree1 && (reading.cost !== "unknown" || find([composer.frame], sign).length);
    if (!before && !(isInMail && canSend(composer))) return;
    const isOld = gesture.path.includes(composer.frame);
    gesture.isUsed = true;
    const watch = before ?? {
      composer,
      reading,
      isOld,
      place: place(),
      own: ownIn(composer),
      root: composer.frame.getRootNode(),
    };
    watches.add(Object.assign(watch, { isSure: isSure || Boolean(before?.isSure), touched: false, at: Date.now() }));
    timer ||= window.setInterval(checkWatches, CHECK_EVERY_MS);
  }

  function checkWatches() {
    for (const watch of watches) {
      const proof = proofOf(watch);
      if (proof !== null || Date.now() - watch.at > PROOF_TIMEOUT_MS) settle(watch, proof ?? false);
    }
  }

  /** @param {LinkedinWatch} watch Returns null while it is undecided. */
  function proofOf(watch) {
    const { reading, root, own } = watch;
    if (!watch.composer.frame.isConnected) {
      // The frame was redrawn or closed. Without another action of the user it closes only after a send.
      const again = composers([root]).find((each) => read(each).name === reading.name);
      if (!again || !root.isConnected) return !watch.touched;
      watch.composer = again;
    }
    const { name, balance } = read(watch.composer);
    if (name && name !== reading.name) return false;
    const now = ownIn(watch.composer);
    const isAdded = now.length > own.length && now.at(-1) !== own.at(-1);
    return isAdded || (balance !== null && reading.balance !== null && balance < reading.balance) || null;
  }

  /** @type {LinkedinListener["settle"]} */
  function settle(watch, proven) {
    watches.delete(watch);
    if (!watches.size) timer = clearInterval(timer) ?? 0;
    const { at, composer, isOld, isSure, place, reading } = watch;
    // After Enter, only an emptied composer may have sent something.
    if (!proven && !isSure && !(composer.frame.isConnected && !canSend(composer))) return;
    report({ ...reading, balance: isOld ? reading.balance : null, place, at, proven });
  }

  /** @param {SentNotice} sent */
  async function report(sent) {
    try {
      const answer = await chrome.runtime.sendMessage({ name: "sent", sent });
      if (answer?.listening === false) stop();
    } catch {
      // The extension was removed or updated; an updated one listens in tabs loaded later.
      if (!chrome.runtime?.id) stop();
    }
  }

  function stop() {
    clearInterval(timer);
    watches.clear();
    for (const type of EVENTS) removeEventListener(type, handleEvent, LISTENER_OPTIONS);
  }

  for (const type of EVENTS) addEventListener(type, handleEvent, LISTENER_OPTIONS);
}
