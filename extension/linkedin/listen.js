// Where the user asked for it, notices that an InMail is sent. Runs only when Send is pressed, and then looks at that one composer until there is
// proof that it was sent, for 10 s at most: a press alone proves nothing. The last of the scripts after wording, walk and read.

"use strict";
{
  const { composers, find, kinds, read, sign } = globalThis.inkeeper;
  Reflect.deleteProperty(globalThis, "inkeeper");

  const PATIENCE_MS = 10_000;
  const LOOK_EVERY_MS = 250;
  const EVENTS = ["click", "submit", "keydown", "pagehide"];
  const QUIETLY = { capture: true, passive: true };

  /** @type {Set<LinkedinWatch>} */
  const watches = new Set();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let looking;

  /** @param {Event} event What the page makes up itself is not heard. */
  function hear(event) {
    if (!event.isTrusted) return;
    if (event.type === "pagehide") return watches.forEach((watch) => settle(watch, false));
    const { key, shiftKey, isComposing } = /** @type {KeyboardEvent} */ (event);
    const isKey = event.type === "keydown";
    const isEnter = key === "Enter" && !shiftKey && !isComposing;
    if (isKey && !isEnter && key !== "Escape") return;
    const pressed = event.type === "submit" ? [/** @type {SubmitEvent} */ (event).submitter] : event.composedPath();
    const composer = (!isKey || isEnter) && composerOf(pressed, isKey ? "anchor" : "send");
    if (composer) notice(composer, !isKey);
    // Whoever closes a composer by hand has not sent it.
    else if (event.type !== "submit") for (const watch of watches) watch.touched = true;
  }

  /**
   * @param {(EventTarget | null)[]} path
   * @param {"anchor" | "send"} part
   */
  function composerOf(path, part) {
    for (const node of path) {
      const kind = node instanceof Element && kinds.find((each) => node.matches(each[part].css ?? ""));
      const frame = kind && node.closest(kind.frame.css ?? "");
      if (frame) return composers([frame]).find((each) => each.frame === frame);
    }
  }

  /** @param {LinkedinComposer} composer */
  const canSend = ({ kind, frame }) => find([frame], kind.send).some((button) => !button.matches(":disabled"));

  /** @param {LinkedinComposer} composer */
  const ownIn = ({ kind, frame }) => find([frame], kind.own);

  /**
   * @param {LinkedinComposer} composer
   * @param {boolean} isSure Enter may as well begin a new line.
   */
  function notice(composer, isSure) {
    if (!chrome.runtime?.id) return stop();
    const before = [...watches].find(({ composer: { frame } }) => frame === composer.frame);
    const reading = read(composer);
    const isInMail = reading.cost !== "unknown" || find([composer.frame], sign).length > 0;
    if (!before && (reading.degree1 || !isInMail || !canSend(composer))) return;
    const watch = before ?? { composer, reading, own: ownIn(composer), root: composer.frame.getRootNode(), isSure, touched: false, at: 0 };
    Object.assign(watch, { isSure: isSure || watch.isSure, touched: false, at: Date.now() });
    watches.add(watch);
    looking ??= setInterval(() => watches.forEach(look), LOOK_EVERY_MS);
  }

  /** @param {LinkedinWatch} watch */
  function look(watch) {
    const proof = proofOf(watch);
    if (proof !== null || Date.now() - watch.at > PATIENCE_MS) settle(watch, proof ?? false);
  }

  /**
   * Null as long as nothing is clear.
   * @param {LinkedinWatch} watch
   */
  function proofOf(watch) {
    const { reading, root, own } = watch;
    if (!watch.composer.frame.isConnected) {
      // Drawn anew, or closed: by itself only after a send.
      const again = composers([/** @type {ParentNode & Node} */ (root)]).find((each) => read(each).name === reading.name);
      if (!again || !root.isConnected) return !watch.touched;
      watch.composer = again;
    }
    const { name, balance } = read(watch.composer);
    if (name && name !== reading.name) return false;
    const now = ownIn(watch.composer);
    const isAdded = now.length > own.length && now.at(-1) !== own.at(-1);
    return isAdded || (balance !== null && reading.balance !== null && balance < reading.balance) || null;
  }

  /**
   * @param {LinkedinWatch} watch
   * @param {boolean} proven
   */
  function settle(watch, proven) {
    watches.delete(watch);
    if (!watches.size) looking = void clearInterval(looking);
    const { at, composer, isSure, reading } = watch;
    // After Enter, only a composer that was emptied may have sent something.
    if (proven || isSure || (composer.frame.isConnected && !canSend(composer))) tell({ ...reading, at, proven });
  }

  /** @param {SentNotice} sent */
  async function tell(sent) {
    try {
      const answer = await chrome.runtime.sendMessage({ name: "sent", sent });
      if (answer?.listening === false) stop();
    } catch {
      // The extension is gone, or a newer one has come: it listens in newer tabs.
      if (!chrome.runtime?.id) stop();
    }
  }

  function stop() {
    clearInterval(looking);
    watches.clear();
    for (const type of EVENTS) removeEventListener(type, hear, QUIETLY);
  }

  for (const type of EVENTS) addEventListener(type, hear, QUIETLY);
}
