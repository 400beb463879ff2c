"""Reads the clock and converts instants from and to RFC 3339 text. All are aware and in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime

# Checked first, since `datetime.fromisoformat` also accepts week dates, missing seconds and naive times.
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)


def utc_now() -> datetime:
    """The present instant. Called by the outermost layer only; all other functions take `now` as a parameter."""
    return datetime.now(UTC)


def parse_instant(text: str) -> datetime:
    """Parse an RFC 3339 text with `Z` or an offset. The result is in UTC, truncated to whole microseconds.

    Raises ValueError for any other text, including naive times and instants outside the years 1 to 9999.
    """
    if not _RFC3339.fullmatch(text):
        raise ValueError("not an RFC 3339 instant with Z or an offset")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("outside the years that can be stored") from error


def format_instant(instant: datetime) -> str:
    """An aware instant as RFC 3339 text with `Z`. A zero fraction and trailing zeros are left out.

    Raises ValueError for a naive time.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    # `isoformat` of a UTC instant ends in +00:00.
    text = instant.astimezone(UTC).isoformat()[:-6]
    return (text.rstrip("0") if "." in text else text) + "Z"
