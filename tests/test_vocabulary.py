"""Each list of words is declared once, in `vocabulary.py`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_origin

import pytest

import inkeeper
from inkeeper import errors, vocabulary
from inkeeper.api import imports, target_files
from inkeeper.web import people_words, planning, settings_words, warning_words, words
from inkeeper.web import texts as text_pages
from inkeeper.wording import plans
from inkeeper.wording import warnings as warnings_in_words
from inkeeper.wording.reasons import CODES

PACKAGE = Path(inkeeper.__file__).parent
FROZEN = PACKAGE / "storage" / "migrations"
"""A migration keeps the words that held when it was written."""

COLUMN_NAMES = {"VARIABLES", "LINE_PROBLEMS"}
"""Lists whose words are names of columns as well, which other modules list for reasons of their own."""

LISTS: dict[str, tuple[str, ...]] = {
    name: value for name, value in vars(vocabulary).items() if name.isupper() and isinstance(value, tuple)
}
TYPES = {name: value for name, value in vars(vocabulary).items() if name[0].isupper() and not name.isupper()}


def reasons_of(prefix: str) -> dict[str, object]:
    """The messages of the reasons whose codes begin so, by the code without that beginning."""
    return {code.removeprefix(prefix): message for code, message in CODES.items() if code.startswith(prefix)}


def words_of(node: ast.AST) -> list[str] | None:
    """The words of a tuple, list or set, also inside `Literal[...]`; of a text that is split into words."""
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return [item.value for item in node.elts if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "split":
        text = node.func.value
        return text.value.split() if isinstance(text, ast.Constant) and isinstance(text.value, str) else None
    return None


def copies(source: str) -> Iterator[tuple[int, str]]:
    """The line of each list of at least three words that are all of one list of the vocabulary, with that list's
    name.
    """
    for node in ast.walk(ast.parse(source)):
        found = set(words_of(node) or ())
        if len(found) >= 3:
            for name, known in LISTS.items():
                if name not in COLUMN_NAMES and len(found & set(known)) >= 3 and found <= set(known):
                    yield node.lineno, name  # type: ignore[attr-defined]


def test_no_other_module_repeats_a_list() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line} repeats words of {name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != Path(vocabulary.__file__) and FROZEN not in path.parents
        for line, name in copies(path.read_text(encoding="utf-8"))
    ]

    assert not found


@pytest.mark.parametrize(
    "source",
    [
        'PURPOSES = ("introduction", "follow_up", "article")',
        'x = OneOf(["replied", "accepted", "declined"])',
        'Outcome = Literal["pending", "accepted", "declined", "replied", "no_response"]',
        'LOSSES = {"expire", "forfeit", "void"}',
        'CURRENCIES = "EUR USD GBP".split()',
    ],
)
def test_a_repeated_list_is_found(source: str) -> None:
    assert list(copies(source))


def test_every_type_has_the_tuple_of_its_words() -> None:
    literals = {name: set(get_args(value)) for name, value in TYPES.items() if get_origin(value) is not None}

    assert len(literals) > 25
    for name, known in literals.items():
        assert [tuple_name for tuple_name, listed in LISTS.items() if set(listed) == known], name


def test_no_list_has_a_word_twice() -> None:
    assert LISTS
    for name, known in LISTS.items():
        assert len(known) == len(set(known)), name


@pytest.mark.parametrize(
    ("said", "known"),
    [
        (errors.TITLES, vocabulary.PROBLEM_CODES),
        (plans.PRODUCT_TITLES, vocabulary.PRODUCTS),
        (warnings_in_words._RENDERERS, vocabulary.REMINDER_CODES),
        (reasons_of("history."), vocabulary.HISTORY_FAULTS),
        (reasons_of("import.by."), vocabulary.SOURCES),
        (words.OUTCOMES, vocabulary.OUTCOMES),
        (words.PURPOSES, vocabulary.PURPOSES),
        (people_words.SHOWS, vocabulary.TARGET_FILTERS),
        (people_words.UNREAD, vocabulary.LINE_PROBLEMS),
        (planning.REASONS, vocabulary.NOT_PLACED),
        (settings_words.IMPORT_KINDS, vocabulary.IMPORT_KINDS),
        (settings_words.ACTIONS, vocabulary.IMPORT_ACTIONS),
        (imports.ACTIONS, vocabulary.IMPORT_ACTIONS),
        (imports.KINDS, vocabulary.ROW_KINDS),
        (target_files.ACTIONS, vocabulary.PERSON_ACTIONS),
        (target_files.REASONS, vocabulary.LINE_PROBLEMS),
        (reasons_of("template."), vocabulary.TEXT_PROBLEM_CODES),
        (text_pages.VARIABLES, vocabulary.VARIABLES),
    ],
)
def test_there_are_words_for_each(said: dict[str, str], known: tuple[str, ...]) -> None:
    assert said.keys() == set(known)


def test_words_for_warnings_are_of_codes_that_there_are() -> None:
    assert warning_words.WORDS.keys() <= set(vocabulary.WARNING_CODES)
