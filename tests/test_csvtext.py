"""CSV as Inkeeper writes it: no cell is a formula, and everything can be read back."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inkeeper.csvtext import original, safe, write_table

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LIKE_FORMULAS = st.builds(
    lambda marks, begin, rest: marks + begin + rest,
    st.sampled_from(["", "'", "''", " ", "\n", "' "]),
    st.sampled_from(list("=+-@\t\r＝＋－＠")),
    TEXTS,
)


PIECES = st.text(st.sampled_from("=+-@＝;,\t\r\n\"' x\u00a0\u2028\x85"), max_size=8)
FORMULA_BEGINS = tuple("=+-@＝＋－＠")


def written(*rows: list[object], columns: tuple[str, ...] = ("a", "b")) -> str:
    file = io.StringIO(newline="")
    write_table(file, columns, rows)
    return file.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://evil.example")',
        "+1",
        "-1",
        "@SUM(A1)",
        " =1",
        "\u00a0=1",
        "＝1",
        "=cmd|' /C calc'!A0",
    ],
)
def test_what_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("x;=cmd|' /C calc'!A0", "x;'=cmd|' /C calc'!A0"),
        ("x; +1", "x;' +1"),
        ('x;"=1"', 'x;\'"=1"'),
        ("x\t=1", "x\t'=1"),
        ("x\n-1", "x\n'-1"),
        ("x\r\n@A1", "x\r\n'@A1"),
        ("x\u2028＝1", "x\u2028'＝1"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("\n=1", "'\n'=1"),
        ("=1;=2", "'=1;'=2"),
        ("x;'=1", "x;''=1"),
    ],
)
def test_so_it_does_where_another_reader_begins_a_cell(text: str, harmless: str) -> None:
    assert safe(text) == harmless
    assert original(harmless) == text


@pytest.mark.parametrize(
    "text", ["", "Robin Sample", "it's", "'quoted'", "1=1", "a-b", "2026-07-10", "Zoë @ work", "a; b", "a\nb"]
)
def test_what_does_not_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


@given(TEXTS | LIKE_FORMULAS | PIECES)
@example("'=1")
@example("''")
def test_the_original_comes_back(text: str) -> None:
    assert original(safe(text)) == text


@given(st.lists(st.lists(PIECES, min_size=2, max_size=2), min_size=1, max_size=3), st.sampled_from(",;\t"))
@example([["a", 'x;"'], ["=1", ""]], ";")
@example([["a", 'x;"=1'], ["", ""]], ";")
def test_no_reader_finds_a_formula(rows: list[list[str]], delimiter: str) -> None:
    text = written(*rows).removeprefix("\ufeff")
    cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) for cell in row]
    if delimiter != ",":
        # Quotes inside of what such a program takes for a cell do not keep lines together.
        cells += [cell for line in text.splitlines() for cell in line.split(delimiter)]

    assert [cell for cell in cells if cell.lstrip()[:1] in FORMULA_BEGINS] == []


def test_a_table_begins_with_the_mark_that_spreadsheet_programs_look_for() -> None:
    assert written(["Jürgens Konto", ""]).startswith("\ufeffa,b\r\n")


@given(TEXTS | LIKE_FORMULAS)
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    assert safe(text).lstrip()[:1] not in tuple("=+-@＝＋－＠")


@given(st.lists(st.lists(TEXTS | LIKE_FORMULAS, min_size=2, max_size=2), max_size=5))
def test_a_table_can_be_read_back(rows: list[list[str]]) -> None:
    heading, *read = csv.reader(io.StringIO(written(*rows).removeprefix("\ufeff"), newline=""), strict=True)

    assert heading == ["a", "b"]
    assert [[original(cell) for cell in row] for row in read] == rows


def test_other_values_in_their_usual_forms() -> None:
    assert written([None, 3], [datetime(2026, 7, 10, 9, tzinfo=UTC), date(2026, 7, 10)]) == (
        "\ufeffa,b\r\n,3\r\n2026-07-10T09:00:00Z,2026-07-10\r\n"
    )


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(TypeError):
        written([1.5, "a"])
