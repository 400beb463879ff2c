"""Strict fields take exactly what they say, and pages come back to where they were."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError

from inkeeper.api.schemas_base import Boolean, CleanText, Cursor, Flag, Instant, Integer, Text, page_of, paged


def load(field: Any, value: Any) -> Any:
    return Schema.from_dict({"field": field})().load({"field": value})["field"]


@pytest.mark.parametrize("value", [True, False, 1.0, 1.5, "1", None, [1], {}, 11, -1, 2**70])
def test_what_is_no_integer_from_0_to_10(value: object) -> None:
    with pytest.raises(ValidationError):
        load(Integer(minimum=0, maximum=10), value)


@pytest.mark.parametrize("value", [0, 10])
def test_an_integer(value: int) -> None:
    assert load(Integer(minimum=0, maximum=10), value) == value


def test_integers_stay_within_what_a_database_can_hold() -> None:
    assert load(Integer(), 2**53 - 1) == 2**53 - 1
    with pytest.raises(ValidationError):
        load(Integer(), 2**53)


@pytest.mark.parametrize("value", [0, 1, "true", "yes", None, []])
def test_what_is_no_boolean(value: object) -> None:
    with pytest.raises(ValidationError):
        load(Boolean(), value)


@pytest.mark.parametrize("value", ["1", "True", "yes", "", "true "])
def test_what_is_no_flag(value: str) -> None:
    with pytest.raises(ValidationError):
        load(Flag(), value)


def test_booleans_and_flags() -> None:
    assert [load(Boolean(), True), load(Boolean(), False)] == [True, False]
    assert [load(Flag(), "true"), load(Flag(), "false")] == [True, False]


def test_text_is_trimmed() -> None:
    assert load(Text(), " \u3000Kai Example\u00a0 ") == "Kai Example"


@pytest.mark.parametrize("value", ["Zażółć", "李小龍", "👩‍💻", "O’Neill-Sample", "x" * 200])
def test_text_of_all_kinds(value: str) -> None:
    assert load(Text(), value) == value


@pytest.mark.parametrize(
    "value", ["", "  ", "\u2003", "a\nb", "a\tb", "\u0000", "\u0085", "\x1b[2J", "\ud800", "x" * 201, 5]
)
def test_what_is_no_line_of_text(value: object) -> None:
    with pytest.raises(ValidationError):
        load(Text(), value)


def test_text_of_several_lines() -> None:
    assert load(Text(lines=True), "one\n\ttwo") == "one\n\ttwo"
    for value in ("\n", "a\u0000", "a\x1bb"):
        with pytest.raises(ValidationError):
            load(Text(lines=True), value)


@pytest.mark.parametrize(
    "value", ["2026-11-23T09:00:00", "2026-11-23", "tomorrow", 5, None, True, ["2026-11-23T09:00:00Z"]]
)
def test_what_is_no_instant(value: object) -> None:
    with pytest.raises(ValidationError):
        load(Instant(), value)


@given(st.lists(st.tuples(st.integers(-(2**53 - 1), 2**53 - 1), st.text(max_size=20)), max_size=12), st.integers(1, 5))
def test_pages_follow_each_other_without_gap_or_overlap(rows: list[tuple[int, str]], limit: int) -> None:
    rows = sorted(set(rows))
    seen: list[tuple[int, str]] = []
    after: tuple[int, str] | None = None
    while True:
        rest = [row for row in rows if after is None or row > after]
        page = paged(rest[: limit + 1], limit, list)
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        after = load(Cursor(int, str), page["next_cursor"])

    assert seen == rows


def test_a_cursor_of_another_list() -> None:
    cursor = paged([1, 2], 1, lambda number: [number])["next_cursor"]

    assert load(Cursor(int), cursor) == (1,)
    for other in (Cursor(str), Cursor(int, str), Cursor()):
        with pytest.raises(ValidationError):
            load(other, cursor)


def test_a_cursor_loads_to_what_the_list_is_sorted_by() -> None:
    at = datetime(2026, 11, 23, 9, 0, 0, 5, tzinfo=UTC)
    cursor = paged([1, 2], 1, lambda _: [at, "id"])["next_cursor"]

    assert load(Cursor(datetime, str), cursor) == (at, "id")


def test_clean_text_leaves_out_what_text_refuses() -> None:
    assert load(CleanText(), "\u202eKai\u200b\nExample\x00 ") == "Kai Example"
    assert load(CleanText(lines=True), "one\r\ntwo\u200b") == "one\ntwo"
    for value in ("\u200b", "", "x" * 201, 5):
        with pytest.raises(ValidationError):
            load(CleanText(), value)


def test_a_page_is_described_by_its_items() -> None:
    class Song(Schema):
        title = Text()

    assert set(page_of(Song)().fields) == {"items", "next_cursor"}
