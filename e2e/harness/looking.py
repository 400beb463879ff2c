"""Looking at a practice page as the extension does at a click, without the popup: tests of the popup are elsewhere."""

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
"""Where the composer of a practice page is."""

DEEP = """const below = (root) => [...root.querySelectorAll('*')]
    .map((element) => element.shadowRoot ?? element.contentDocument).filter(Boolean);
const deep = (css, root = document) => [...root.querySelectorAll(css), ...below(root).flatMap((one) => deep(css, one))];
"""
"""Defines `deep(css)`: all elements that match, in open shadow roots and frames too."""

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
            // Device sensors speak up by themselves as soon as someone listens.
            if (key.startsWith('on') && !key.startsWith('ondevice')) place.addEventListener(key.slice(2), record, true);
        }}
    }}
}}"""


def read(browser: Browser, url: str) -> dict[str, Any]:
    """What the extension reads at `url`, opened in the first tab."""
    browser.visit(url)
    return read_again(browser)


def read_again(browser: Browser) -> dict[str, Any]:
    """What it reads where the first tab is now; the time of reading is left out."""
    reading = dict(browser.control.run(READ))
    del reading["at"]
    return reading


def matches(browser: Browser) -> list[tuple[str, str, int]]:
    """Each rule of wording.js with the practice pages that it names, and how often it matches in the first tab."""
    sources = [(SOURCE / "linkedin" / f"{name}.js").read_text(encoding="utf-8") for name in ("wording", "walk", "read")]
    return [(str(name), str(on), int(count)) for name, on, count in browser.tab.run(COUNT, sources)]
