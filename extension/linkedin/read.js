// Reads a composer: its recipient, and its line about credits. Text in an unknown format gives "unknown", never a
// guess.

"use strict";
{
  const { degree, kinds, list, loading, message, unread } = globalThis.inkeeper;
  const TEXT_LENGTH_MAX = 200;
  const BALANCE_MAX = 99_999;
  const TEXTS_MAX = 50;

  /** Numbers in any script; "1.200", "1,200" and "1 200" are one number. */
  const NUMBER = /\p{Nd}{1,3}(?:[.,'’٬\s]\p{Nd}{3})+(?!\p{Nd})|\p{Nd}+/gu;
  const DIGIT = /\p{Nd}/gu;

  /** @type {LinkedinScripts["find"]} */
  const find = (places, rule) =>
    [...places].flatMap((place) => (rule?.css ? [...place.querySelectorAll(rule.css)] : []));

  /** @param {string} sign A digit of any script; the digits of a script are consecutive code points, from zero. */
  function digitValue(sign) {
    const code = /** @type {number} */ (sign.codePointAt(0));
    let value = 0;
    while (value < 9 && String.fromCodePoint(code - value - 1).match(DIGIT)) value += 1;
    return value;
  }

  /** @param {string} text */
  const integers = (text) =>
    (text.match(NUMBER) ?? []).map((number) => Number(number.match(DIGIT)?.map(digitValue).join("")));

  /** @param {string | null | undefined} text */
  const collapsed = (text) => (text ?? "").replace(/\s+/g, " ").trim().slice(0, TEXT_LENGTH_MAX);

  /** @type {LinkedinScripts["composers"]} */
  function composers(places) {
    const found = new Map();
    for (const kind of kinds) {
      for (const anchor of find(places, kind.anchor)) {
        const frame = anchor.closest(kind.frame.css ?? "");
        if (frame && !found.has(frame)) found.set(frame, { kind, frame, anchor });
      }
    }
    return [...found.values()];
  }

  /**
   * The balance in "Use 1 of 45": in every language the larger number, except "1 of 0", which is 0. Null for any other
   * pair.
   * @param {string} line
   */
  function balanceIn(line) {
    const [few, many] = integers(line).sort((a, b) => a - b);
    if (few === 1 && many <= BALANCE_MAX) return many;
    return few === 0 && many === 1 ? 0 : null;
  }

  /**
   * The nearest ancestor within the composer whose content is never read; null if there is none.
   * @param {Element} element
   * @param {Element} frame
   */
  function unreadAncestor(element, frame) {
    const ancestor = element.closest(unread);
    return ancestor && ancestor !== frame && frame.contains(ancestor) ? ancestor : null;
  }

  /**
   * Whether an element is part of the person's card, which is above the first message in the thread's list.
   * @param {Element} element
   * @param {Element} frame
   */
  function isInCard(element, frame) {
    const around = unreadAncestor(element, frame);
    if (!around?.matches(list) || unreadAncestor(/** @type {Element} */ (around.parentElement), frame)) return false;
    const first = around.querySelector(message);
    if (!first) return Boolean(around.firstElementChild?.contains(element));
    return Boolean(first.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING);
  }

  /** @type {LinkedinScripts["read"]} */
  function read({ kind, frame, anchor }) {
    /** @param {Element} element */
    const isBefore = (element) => anchor.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING;
    /** @param {LinkedinRule | undefined} rule */
    const aboveMessage = (rule) =>
      find([frame], rule).filter((element) => isBefore(element) && !unreadAncestor(element, frame));
    /** @param {LinkedinRule | undefined} rule */
    const aboveMessageOrCard = (rule) =>
      find([frame], rule).filter(
        (element) => isBefore(element) && (!unreadAncestor(element, frame) || isInCard(element, frame)),
      );
    const lines = aboveMessage(kind.line)
      .map(({ textContent }) => collapsed(textContent))
      .filter(Boolean);
    /** @param {LinkedinRule | undefined} rule */
    const matchingLines = (rule) => lines.filter((line) => rule?.text?.test(line.replace(NUMBER, "#")));

    const isFirst = aboveMessageOrCard(degree).some(({ textContent }) => integers(textContent ?? "")[0] === 1);
    const isFree = isFirst || aboveMessage(kind.free).length + matchingLines(kind.free).length > 0;
    const balances = aboveMessage(kind.none).length ? [0] : matchingLines(kind.credit).map(balanceIn);
    const balance = balances.length === 1 && !isFree ? balances[0] : null;
    const cost = balance !== null ? "credit" : isFree && !balances.length ? "free" : "unknown";

    const [name] = aboveMessageOrCard(kind.name);
    const label = kind.label?.text
      ?.exec(collapsed(frame.getAttribute("aria-label")))
      ?.slice(1)
      .find(Boolean);
    return {
      recognised: cost !== "unknown" || (!isFree && matchingLines(loading).length === lines.length),
      product: kind.product,
      name: collapsed(name ? name.textContent : label),
      link: name?.closest("a")?.href ?? "",
      cost,
      balance,
      degree1: isFirst && cost === "free",
    };
  }

  /** The segment of a path that identifies a person. */
  const PERSON = /\/(?:in|lead|people|profile)\/([^/,]+)/;

  /** @param {Iterable<Element>} elements */
  const textsOf = (elements) =>
    [...new Set(Array.from(elements, ({ textContent }) => collapsed(textContent)).filter(Boolean))].slice(0, TEXTS_MAX);

  /** @type {LinkedinScripts["place"]} */
  function place() {
    const { document, location, navigation, performance } = topView();
    const person = PERSON.exec(location.pathname)?.[1];
    const links = person ? [...document.links].filter(({ pathname }) => PERSON.exec(pathname)?.[1] === person) : [];
    const entry = navigation?.currentEntry;
    return {
      address: location.href,
      title: document.title,
      loadedAt: performance.getEntriesByType("navigation")[0]?.name ?? "",
      // After navigation to another address and back, that address is still a later history entry.
      isUntouched:
        !entry ||
        (entry.key === (navigation.activation?.entry ?? entry).key && entry.key === navigation.entries().at(-1).key),
      headings: textsOf(document.querySelectorAll("h1, h2, [data-anonymize=person-name]")),
      named: textsOf(links),
    };
  }

  /** @returns {any} the top window, or this one if the top is of another site */
  function topView() {
    try {
      return window.top?.document ? window.top : window;
    } catch {
      return window;
    }
  }

  Object.assign(globalThis.inkeeper, { composers, find, place, read });
}
