"""A page as a screen reader reads it: its accessibility tree, and what its live regions announce."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from e2e.harness.page import Page

_SILENT = {"none", "generic", "StaticText", "InlineTextBox", "LineBreak", "ListMarker", "RootWebArea", "paragraph"}
_STATES = ("expanded", "pressed", "checked", "selected", "disabled", "invalid", "required")

_WORDING = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")
_LANGUAGES = ("en", "de")

LISTEN = """() => {
    globalThis.heard = [];
    const regions = '[role=status], [role=alert], [aria-live]';
    const isLive = (one) => one?.closest?.(regions);
    const said = new Set();
    new MutationObserver((records) => {
        for (const {target, addedNodes} of records) {
            const element = target.nodeType === 1 ? target : target.parentElement;
            const inside = [...addedNodes].flatMap((one) => one.querySelectorAll
                ? [...(one.matches(regions) ? [one] : []), ...one.querySelectorAll(regions)] : []);
            for (const region of new Set([isLive(element), ...inside].filter(Boolean))) {
                const copy = region.cloneNode(true);
                for (const one of copy.querySelectorAll('[aria-label]')) one.textContent = one.ariaLabel;
                const text = [...copy.children].map((one) => one.textContent).join(' ').replace(/\\s+/g, ' ').trim()
                    || copy.textContent.trim();
                if (text && region.isConnected && region.checkVisibility()) heard.push(text);
            }
        }
    }).observe(document, {subtree: true, childList: true, characterData: true});
}"""
"""JavaScript that collects in `heard` what live regions say from now on, with the names of the buttons in them."""


def listen(page: Page) -> None:
    """Begins to collect what the live regions of the document say."""
    page.run(LISTEN)


def heard(page: Page) -> list[str]:
    """What the live regions have said since `listen`, the same words in a row once."""
    said: list[str] = page.run("() => heard")
    return [words for words, before in zip(said, [None, *said], strict=False) if words != before]


def outline(page: Page) -> list[str]:
    """The accessibility tree in reading order, a line each: role, name, states and description.

    Texts without a role are left out.
    """
    nodes = page.accessibility_tree()
    by_id = {node["nodeId"]: node for node in nodes}
    (root,) = [node for node in nodes if "parentId" not in node]
    return [line for node in _in_order(root, by_id) if (line := _line(node))]


def _in_order(node: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("childIds", ()):
        if child in by_id:
            yield from _in_order(by_id[child], by_id)


def _line(node: dict[str, Any]) -> str | None:
    role = node.get("role", {}).get("value", "")
    if node["ignored"] or role in _SILENT:
        return None
    name = " ".join(node.get("name", {}).get("value", "").split())
    given = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
    states = [f"{state}={given[state]}" for state in _STATES if given.get(state) not in (None, False, "false")]
    if given.get("expanded") is False:
        states.append("collapsed")
    if role == "heading":
        states.append(f"level={given['level']}")
    described = " ".join(node.get("description", {}).get("value", "").split())
    return " ".join([role, *([f"'{name}'"] if name else []), *states, *([f"({described})"] if described else [])])


def in_language(language: str, *lines: str) -> list[str]:
    """Lines of an outline in English ("en") or German ("de"), given with both: "button '{Save|Speichern}'"."""
    return [_WORDING.sub(lambda wordings: wordings[1 + _LANGUAGES.index(language)], line) for line in lines]


def assert_in_order(lines: list[str], wanted: list[str]) -> None:
    """Asserts that these lines are among the lines in this order, others between them."""
    rest = iter(lines)
    for line in wanted:
        assert line in rest, f"{line!r} is missing, or in another place, in:\n" + "\n".join(lines)
