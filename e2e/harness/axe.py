"""axe-core, which finds violations of WCAG in a page, for both browsers."""

from __future__ import annotations

from pathlib import Path

_FILE = Path(__file__).parents[2] / "tests" / "lint" / "node_modules" / "axe-core" / "axe.min.js"

RUN_AXE = """async () => {
    document.getAnimations().forEach((animation) => animation.finish());
    const {violations} = await axe.run(document, {resultTypes: ['violations']});
    return violations.map(
        (one) => `${one.id}: ${one.help}: ` + one.nodes.map((node) => node.html.slice(0, 200)).join(' | '));
}"""
"""JavaScript for a page in which `axe_source` has run: the violations of WCAG 2.2 AA, one line each.

It ends the transitions first: half of one colour and half of another has a contrast that is not that of the page.
"""


def axe_source() -> str:
    """The JavaScript of axe-core. AssertionError if it is not installed."""
    assert _FILE.is_file(), f"axe-core is not installed at {_FILE}; `make setup` puts it there"
    return _FILE.read_text(encoding="utf-8")
