"""The rooms of the extension: which folder may import from which, no import cycles, and what the popup preloads."""

from __future__ import annotations

import posixpath
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

EXTENSION = Path(__file__).resolve().parents[2] / "extension"
IMPORT = re.compile(r"""^(?:import|export) [^;]*?from "(\.[^"]+)";|\bimport\("(\.[^"]+)"\)""", re.MULTILINE)
STATIC_IMPORT = re.compile(r"""^(?:import|export) [^;]*?from "(\.[^"]+)";""", re.MULTILINE)

# Every module may import the one door to the browser, which imports nothing.
DOOR = "core/browser.js"

# The folders from which each folder may import, beside itself.
MAY_IMPORT = {
    "worker.js": {"core"},
    "popup": {"core", "ui", "text"},
    "welcome": {"core", "ui", "text"},
    "ui": {"core", "text"},
    "core": {"text"},
    "text": set(),
    # Scripts for web pages: the browser loads them one by one.
    "app": set(),
    "linkedin": set(),
}


def imports(module: str, pattern: re.Pattern[str] = IMPORT) -> set[str]:
    """The modules that a module imports; both are named by their path within the extension."""
    source = (EXTENSION / module).read_text(encoding="utf-8")
    found = (next(filter(None, match.groups())) for match in pattern.finditer(source))
    return {posixpath.normpath(posixpath.join(posixpath.dirname(module), path)) for path in found}


MODULES = sorted(path.relative_to(EXTENSION).as_posix() for path in EXTENSION.rglob("*.js"))
GRAPH = {module: imports(module) for module in MODULES}


def folder(module: str) -> str:
    return module.split("/")[0]


def test_every_import_was_found() -> None:
    assert sum(map(len, GRAPH.values())) > 200
    assert set().union(*GRAPH.values()) <= set(MODULES)
    assert {folder(module) for module in MODULES} == set(MAY_IMPORT)


@pytest.mark.parametrize("name", MAY_IMPORT)
def test_a_folder_imports_only_from_those_below_it(name: str) -> None:
    allowed = MAY_IMPORT[name] | {name}
    wrong = [
        f"{module} imports {imported}"
        for module in MODULES
        if folder(module) == name
        for imported in GRAPH[module]
        if folder(imported) not in allowed and imported != DOOR
    ]
    assert wrong == []


def test_the_states_of_the_popup_draw_nothing() -> None:
    states = {module for module in MODULES if module.startswith("popup/states/")}
    reached, found = set(), states
    while found:
        reached |= found
        found = {imported for module in found for imported in GRAPH[module]} - reached
    assert len(states) > 10
    assert {folder(module) for module in reached - states} == {"core", "text"}


def test_the_door_to_the_browser_imports_nothing() -> None:
    assert GRAPH[DOOR] == set()


def test_the_outbox_alone_writes_entries() -> None:
    key = re.compile(r"outboxKey\(|\bmap\(outboxKey\)|`outbox/")
    using = {module for module in MODULES if key.search((EXTENSION / module).read_text(encoding="utf-8"))}
    assert using == {"core/store/outbox.js", "core/store/storage.js"}


def test_no_module_imports_itself_through_others() -> None:
    try:
        TopologicalSorter(GRAPH).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(error.args[1]))


def test_the_popup_preloads_what_its_number_needs() -> None:
    needed, found = set(), {"popup/popup.js"}
    while found:
        needed |= found
        found = {imported for module in found for imported in imports(module, STATIC_IMPORT)} - needed
    page = (EXTENSION / "popup" / "popup.html").read_text(encoding="utf-8")
    paths = re.findall(r'<link rel="modulepreload" href="([^"]+)"', page)
    preloaded = {posixpath.normpath(posixpath.join("popup", path)) for path in paths}
    assert preloaded == needed - {"popup/popup.js"}
