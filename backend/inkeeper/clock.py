"""Instants: read from the clock, as RFC 3339 text, and as whole microseconds. Everything here is aware and in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# RFC 3339 and nothing else: `datetime.fromisoformat` alone would also take week dates, missing seconds and naive times.
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)


def utc_now() -> datetime:
    """The present instant. Only the outermost layer calls this; everything below is handed `now`."""
    return datetime.now(UTC)


def parse_instant(text: str) -> datetime:
    """The instant that an RFC 3339 text with `Z` or an offset names, in UTC, cut to whole microseconds.

    Raises ValueError for anything else, naive times and instants outside the years 1 to 9999 included.
    """
    if not _RFC3339.fullmatch(text):
        raise ValueError("not an RFC 3339 instant with Z or an offset")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("outside the years that can be stored") from error


def format_instant(instant: datetime) -> str:
    """An aware instant as RFC 3339 text with `Z`; the fraction only if there is one, without trailing zeros."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    # `isoformat` of a UTC instant ends in +00:00, of which `Z` is the short form.
    text = instant.astimezone(UTC).isoformat()[:-6]
    return (text.rstrip("0") if "." in text else text) + "Z"


def to_microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970 in UTC, exactly. Raises ValueError for a naive time."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return (instant - _EPOCH) // _MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The inverse of `to_microseconds`."""
    return _EPOCH + timedelta(microseconds=microseconds)
