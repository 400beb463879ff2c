// Reads a composer: for whom it is, and what its line says about credits. What is not understood is unknown, never guessed.

"use strict";
{
  const { degree, kinds, loading, unread } = globalThis.inkeeper;
  const TEXT_LENGTH_MAX = 200;
  const BALANCE_MAX = 99_999;

  /** In any script; "1.200", "1,200" and "1 200" are one number. */
  const NUMBER = /\p{Nd}{1,3}(?:[.,'’٬\s]\p{Nd}{3})+(?!\p{Nd})|\p{Nd}+/gu;
  const DIGIT = /\p{Nd}/gu;

  /** @type {LinkedinScripts["find"]} */
  const find = (places, rule) => [...places].flatMap((place) => (rule?.css ? [...place.querySelectorAll(rule.css)] : []));

  /** @param {string} sign The digits of a script follow each other, zero first. */
  function valueOf(sign) {
    const code = /** @type {number} */ (sign.codePointAt(0));
    let value = 0;
    while (value < 9 && String.fromCodePoint(code - value - 1).match(DIGIT)) value += 1;
    return value;
  }

  /** @param {string} text */
  const integers = (text) => (text.match(NUMBER) ?? []).map((number) => Number(number.match(DIGIT)?.map(valueOf).join("")));

  /** @param {string | null | undefined} text */
  const tidy = (text) => (text ?? "").replace(/\s+/g, " ").trim().slice(0, TEXT_LENGTH_MAX);

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
   * "Use 1 of 45": in every language the larger number is the balance, but in "1 of 0" it is the other one.
   * @param {string} line
   */
  function balanceIn(line) {
    const [few, many] = integers(line).sort((a, b) => a - b);
    if (few === 1 && many <= BALANCE_MAX) return many;
    return few === 0 && many === 1 ? 0 : null;
  }

  /** @type {LinkedinScripts["read"]} */
  function read({ kind, frame, anchor }) {
    /** @param {LinkedinRule | undefined} rule */
    const head = (rule) => find([frame], rule).filter((element) => {
      const barred = element.closest(unread);
      if (barred && barred !== frame && frame.contains(barred)) return false;
      return anchor.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING;
    });
    const lines = head(kind.line).map(({ textContent }) => tidy(textContent)).filter(Boolean);
    /** @param {LinkedinRule | undefined} rule */
    const saying = (rule) => lines.filter((line) => rule?.text?.test(line.replace(NUMBER, "#")));

    const isFirst = head(degree).some(({ textContent }) => integers(textContent ?? "")[0] === 1);
    const isFree = isFirst || head(kind.free).length + saying(kind.free).length > 0;
    const balances = head(kind.none).length ? [0] : saying(kind.credit).map(balanceIn);
    const balance = balances.length === 1 && !isFree ? balances[0] : null;
    const cost = balance !== null ? "credit" : isFree && !balances.length ? "free" : "unknown";

    const [name] = head(kind.name);
    const label = kind.label?.text?.exec(tidy(frame.getAttribute("aria-label")))?.slice(1).find(Boolean);
    return {
      recognised: cost !== "unknown" || (!isFree && saying(loading).length === lines.length),
      product: kind.product,
      name: tidy(name ? name.textContent : label),
      link: name?.closest("a")?.href ?? "",
      cost,
      balance,
      degree1: isFirst && cost === "free",
    };
  }

  Object.assign(globalThis.inkeeper, { composers, find, read });
}
