"""Reasons of the services: every code has a message, and every place of it is filled in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import inkeeper
from inkeeper.reasons import Bound, reason
from inkeeper.wording.language import ENGLISH, PLAIN_ENGLISH, words
from inkeeper.wording.reasons import CODES, english, render

PACKAGE = Path(inkeeper.__file__).parent
PLACES = re.compile(r"%\((\w+)\)s")
GERMAN = words("de")


def calls() -> Iterator[tuple[str, str, set[str] | None]]:
    """The place, the code (with `*` for what is computed), and the arguments of each reason that the code gives."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "reason":
                names = {each.arg for each in node.keywords}
                known = None if None in names else {str(name) for name in names}
                yield f"{path.name}:{node.lineno}", pattern_of(node.args[0]), known


def pattern_of(code: ast.expr) -> str:
    if isinstance(code, ast.Constant):
        return re.escape(str(code.value))
    assert isinstance(code, ast.JoinedStr), ast.unparse(code)
    return "".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in code.values)


def test_every_code_has_a_message_whose_places_are_filled_in() -> None:
    for place, pattern, arguments in calls():
        found = [code for code in CODES if re.fullmatch(pattern, code)]
        assert found, f"{place}: {pattern} has no message"
        for code in found:
            message = CODES[code]
            if isinstance(message, str) and arguments is not None:
                places = set(PLACES.findall(message))
                # Reasons whose code is computed have the arguments of all its codes.
                assert places == arguments or (".+" in pattern and places < arguments), f"{place}: {code}"


def test_every_message_is_used() -> None:
    patterns = [pattern for _, pattern, _ in calls()]

    assert [code for code in CODES if not any(re.fullmatch(pattern, code) for pattern in patterns)] == []


def test_arguments_are_written_in_the_readers_language_and_for_the_api_as_before() -> None:
    opened = reason("import.opened_at", at=datetime(2026, 8, 10, 14, 30, tzinfo=UTC))
    assert english(opened) == "the account opened at 2026-08-10T14:30:00Z"
    assert render(opened, ENGLISH, "Europe/Berlin") == "the account opened at 10 Aug 2026 16:30"
    assert render(opened, GERMAN, "UTC").endswith("10. Aug 2026 14:30 (UTC)")

    free = reason("import.first_degree", why=reason("import.first_message"), since=date(2026, 7, 10))
    assert english(free).endswith("; 1st degree since 2026-07-10, so it cost nothing")
    assert render(free, ENGLISH, "UTC").endswith("; 1st degree since 10 Jul 2026, so it cost nothing")

    many = reason("import.too_many_rows", most=Bound(1_000_000))
    assert english(many) == "The file has more than 1,000,000 rows. Split it."

    rows = reason("import.nothing.nothing_understood", rows=1234)
    assert english(rows) == "None of the 1234 rows is understood."
    assert render(rows, ENGLISH, "UTC") == "None of the 1,234 rows is understood."


@pytest.mark.parametrize("value", ["100% sure", "%(place)s", "%s"])
def test_a_percent_sign_in_an_argument_is_kept(value: str) -> None:
    said = reason("import.no_csv", error=value)

    assert render(said, PLAIN_ENGLISH) == f"This is not CSV: {value}."
