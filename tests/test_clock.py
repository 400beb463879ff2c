"""Instants as text and as numbers: exact, in UTC, and nothing that is not an instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkeeper.clock import format_instant, parse_instant
from inkeeper.instants import from_microseconds, to_microseconds

offsets = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.builds(datetime.replace, st.datetimes(), tzinfo=offsets).filter(lambda instant: 1 < instant.year < 9999)


@given(instants)
def test_text_and_number_keep_the_instant(instant: datetime) -> None:
    assert parse_instant(format_instant(instant)) == instant
    assert parse_instant(instant.isoformat()) == instant
    assert from_microseconds(to_microseconds(instant)) == instant


@given(instants)
def test_what_comes_out_is_in_utc(instant: datetime) -> None:
    assert format_instant(instant).endswith("Z")
    assert parse_instant(instant.isoformat()).tzinfo is UTC
    assert from_microseconds(to_microseconds(instant)).tzinfo is UTC


@given(instants, instants)
def test_numbers_are_in_the_order_of_time(one: datetime, other: datetime) -> None:
    assert (to_microseconds(one) < to_microseconds(other)) == (one < other)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2026-11-23T09:00:00Z", "2026-11-23T09:00:00Z"),
        ("2026-11-23t09:00:00z", "2026-11-23T09:00:00Z"),
        ("2026-11-23T10:00:00+01:00", "2026-11-23T09:00:00Z"),
        ("2026-11-23T09:00:00.500000Z", "2026-11-23T09:00:00.5Z"),
        ("2026-11-23T09:00:00.123456789Z", "2026-11-23T09:00:00.123456Z"),
        ("2026-11-23T09:00:10.000000Z", "2026-11-23T09:00:10Z"),
        ("2026-11-23T09:00:00-00:00", "2026-11-23T09:00:00Z"),
    ],
)
def test_one_form_comes_out_of_many(text: str, canonical: str) -> None:
    assert format_instant(parse_instant(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-23",
        "2026-11-23T09:00:00",
        "2026-11-23 09:00:00Z",
        "2026-11-23T09:00Z",
        "2026-W48-1T09:00:00Z",
        "20261123T090000Z",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-11-23T24:00:01Z",
        "2026-11-23T09:00:60Z",
        "2026-11-23T09:00:00+25:00",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "0000-01-01T00:00:00Z",
        "２０２６-11-23T09:00:00Z",
        " 2026-11-23T09:00:00Z",
        "2026-11-23T09:00:00Z\n",
        "2026-11-23T09:00:00.Z",
    ],
)
def test_what_is_no_instant(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (the words are for the developer; the API has its own)
        parse_instant(text)


def test_a_naive_time_is_refused() -> None:
    naive = datetime(2026, 11, 23)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        format_instant(naive)
    with pytest.raises(ValueError, match="time zone"):
        to_microseconds(naive)
