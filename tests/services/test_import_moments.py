"""Dates as files write them; what can be read in two ways is not guessed at."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkeeper.services.imports.moments import read_moment


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-07-10 09:00:00 UTC", at(2026, 7, 10, 9)),
        ("2026-07-10T09:00:00Z", at(2026, 7, 10, 9)),
        ("2026-07-10 11:00:00+02:00", at(2026, 7, 10, 9)),
        ("2026-07-10 11:00", at(2026, 7, 10, 9)),
        ("2026-07-10T11:00:30", at(2026, 7, 10, 9, 0, 30)),
        ("2026-07-10", at(2026, 7, 10, 10)),
        ("2026/7/10", at(2026, 7, 10, 10)),
        ("10.7.2026", at(2026, 7, 10, 10)),
        ("10.07.26 11:00", at(2026, 7, 10, 9)),
        ("10 Jul 2026", at(2026, 7, 10, 10)),
        ("10-Jul-2026", at(2026, 7, 10, 10)),
        ("July 10, 2026, 11:00 AM", at(2026, 7, 10, 9)),
        ("Jul 10, 2026 12:30 am", at(2026, 7, 9, 22, 30)),
        ("7/13/2026", at(2026, 7, 13, 10)),
        ("13/7/2026", at(2026, 7, 13, 10)),
        ("7/7/26, 12:30 PM", at(2026, 7, 7, 10, 30)),
        ("  2026-12-10  ", at(2026, 12, 10, 11)),
    ],
)
def test_dates_in_their_many_forms(text: str, instant: datetime) -> None:
    assert read_moment(text, "Europe/Berlin") == instant


@pytest.mark.parametrize(("order", "instant"), [("dmy", at(2026, 7, 10, 12)), ("mdy", at(2026, 10, 7, 12))])
def test_which_comes_first_can_be_said(order: str, instant: datetime) -> None:
    assert read_moment("10/07/2026", "UTC", order) == instant


def test_what_can_be_read_in_two_ways() -> None:
    with pytest.raises(ValueError, match="two ways"):
        read_moment("10/07/2026", "UTC")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no date"),
        ("   ", "no date"),
        ("yesterday", "not a date"),
        ("46213.375", "not a date"),
        ("2026-W28-5", "not a date"),
        ("١٠.٠٧.٢٠٢٦", "not a date"),
        ("2026-02-30", "there is no"),
        ("2026-13-01", "there is no"),
        ("31.11.2026", "there is no"),
        ("10 Foo 2026", "not a date"),
        ("2026-07-10 25:00", "there is no"),
        ("Jul 10, 2026 13:00 PM", "there is no"),
        ("0000-01-01", "there is no"),
    ],
)
def test_what_is_no_date(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_moment(text, "UTC")


@given(st.text(max_size=30), st.sampled_from([None, "dmy", "mdy"]))
def test_anything_else_is_refused_in_words(text: str, order: str | None) -> None:
    found = None
    with suppress(ValueError):
        found = read_moment(text, "Europe/Berlin", order)

    assert found is None or found.tzinfo is UTC
