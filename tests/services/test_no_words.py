"""The services say codes with arguments: what people read is in `wording`."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

import inkeeper.services
from tests.rules.test_no_words import WORDS, docstrings

FOLDER = Path(inkeeper.services.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))

NOT_READ_BY_PEOPLE = {
    "access.py": 1,  # an error of the program
    "devices/pairing.py": 1,  # a kind of resource
    "ledger/plan_changes.py": 1,  # a kind of resource
    "ledger/summary.py": 2,  # descriptions for the API's documentation
    "devices/sign_ins.py": 1,  # the name that a page is stored under where it sent none
    "imports/columns.py": 7,  # headings that are recognised
    "imports/linkedin.py": 12,  # columns and values of LinkedIn's files
    "imports/linkedin_files.py": 1,  # headings that are recognised
    "imports/months.py": 13,  # names of months that are recognised, and an error of the program
    "imports/moments.py": 2,  # patterns of dates
    "imports/rows.py": 4,  # what the errors of the module `csv` have in them
    "people/list_files.py": 10,  # headings that are recognised
    "people/adding.py": 1,  # headings that are recognised
    "reminders/calendar_text.py": 1,  # the product's name in a calendar
    "takeout/export_format.py": 6,  # the descriptions of an export's JSON schema
}
"""Texts with words that are not shown to people, or that are the same in every language."""


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text outside of docstrings, log lines, assertions and messages for translation, with its line."""
    left_out = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and node.msg:
            left_out |= {id(each) for each in ast.walk(node.msg)}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_log = isinstance(node.func.value, ast.Name) and node.func.value.id == "_log"
            if is_log or node.func.attr in ("pgettext", "npgettext"):
                left_out |= {id(each) for argument in node.args for each in ast.walk(argument)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.lineno, node.value


def sentences(source: str) -> list[tuple[int, str]]:
    return [(line, text) for line, text in texts(ast.parse(source)) if WORDS.search(text)]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_no_module_of_the_services_says_a_sentence(module: Path) -> None:
    name = module.relative_to(FOLDER).as_posix()
    allowed = NOT_READ_BY_PEOPLE.get(name, 0)

    found = sentences(module.read_text("utf-8"))

    assert len(found) == allowed, "\n".join(f"{line}: {text}" for line, text in found)


def test_a_sentence_is_found_wherever_it_stands() -> None:
    source = '''
        """A docstring of a module."""
        raise conflict("same_plan", "The account is on this plan already.")
        reason = f"{number} rows"
        _log.error("account %s cannot be read", account)
        assert found, "there is one in every database"
        message = words.pgettext("mail.subject", "%(warning)s (%(account)s)")
    '''

    assert sorted(text for _, text in sentences(inspect.cleandoc(source))) == [
        "The account is on this plan already.",
        "{} rows",
    ]
