"""Reads a practice page as the extension does at a click, without the popup."""

from __future__ import annotations

from typing import Any

from e2e.harness.browser import Browser
from e2e.harness.extension import SOURCE

READ = """async () => {
    const {readPage} = await import(chrome.runtime.getURL('core/page/reading.js'));
    const [tab] = await chrome.tabs.query({url: 'https://www.linkedin.com/*', active: true});
    return readPage(tab);
}"""

COUNT = """(sources) => {
    for (const source of sources) (0, eval)(source);
    const {composers, find, kinds, read, roots, ...rules} = inkeeper;
    delete globalThis.inkeeper;
    const places = [...roots(document)];
    const words = (element) => element.textContent.replace(/\\s+/g, ' ').trim().replace(/\\d+/g, '#');
    const linesOf = (kind) => find(places, kind.line).map(words);
    const labelsOf = (kind) => find(places, kind.frame).map((frame) => frame.getAttribute('aria-label') ?? '');
    const matching = ({text}, texts) => texts.filter((one) => text.test(one)).length;
    const count = (rule, texts) => rule.css ? find(places, rule).length : matching(rule, texts);
    const all = Object.entries(rules).filter(([, rule]) => rule?.on)
        .map(([key, rule]) => [key, rule.on, count(rule, kinds.flatMap(linesOf))]);
    for (const {product, ...parts} of kinds) {
        for (const [key, rule] of Object.entries(parts)) {
            all.push([`${product} ${key}`, rule.on, count(rule, key === 'label' ? labelsOf(parts) : linesOf(parts))]);
        }
    }
    return all;
}"""


ROOT = "(document.getElementById('interop-outlet')?.shadowRoot ?? document)"
"""JavaScript: the document or shadow root with the composer of a practice page."""

DEEP = """const below = (root) => [...root.querySelectorAll('*')]
    .map((element) => element.shadowRoot ?? element.contentDocument).filter(Boolean);
const deep = (css, root = document) => [...root.querySelectorAll(css), ...below(root).flatMap((one) => deep(css, one))];
"""
"""JavaScript that defines `deep(css)`: all matching elements, also in open shadow roots and frames."""

PAGE_STATE = f"""async () => {{
    const shadow = [{ROOT}].filter((root) => root !== document);
    return {{
        html: document.documentElement.getHTML({{shadowRoots: shadow}}),
        globals: Object.getOwnPropertyNames(globalThis).sort(),
        onDocument: Object.getOwnPropertyNames(document).sort(),
        resources: performance.getEntriesByType('resource').length,
        focus: document.activeElement.tagName,
    }};
}}"""
WATCH = f"""() => {{
    globalThis.noticed = [];
    const notice = (records) => noticed.push(...records.map(String));
    const all = {{subtree: true, childList: true, attributes: true, characterData: true}};
    for (const root of [document, {ROOT}]) new MutationObserver(notice).observe(root, all);
    const record = ({{type}}) => noticed.push(type);
    for (const place of [window, document]) {{
        for (const key in place) {{
            // Device sensors fire events as soon as they have a listener.
            if (key.startsWith('on') && !key.startsWith('ondevice')) place.addEventListener(key.slice(2), record, true);
        }}
    }}
}}"""


def read(browser: Browser, url: str) -> dict[str, Any]:
    """Opens `url` in the first tab; returns what the extension reads there."""
    browser.visit(url)
    return read_again(browser)


def read_again(browser: Browser) -> dict[str, Any]:
    """What the extension reads in the first tab now, without the time of reading."""
    reading = dict(browser.control.run(READ))
    del reading["at"]
    return reading


def matches(browser: Browser) -> list[tuple[str, str, int]]:
    """Each rule of wording.js with the practice pages it lists, and the number of its matches in the first tab."""
    sources = [(SOURCE / "linkedin" / f"{name}.js").read_text(encoding="utf-8") for name in ("wording", "walk", "read")]
    return [(str(name), str(on), int(count)) for name, on, count in browser.tab.run(COUNT, sources)]
