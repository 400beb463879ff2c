"""Converts instants from and to whole microseconds, their stored form. All are aware and in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(instant: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z, exact. Raises ValueError for a naive time."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return (instant - _EPOCH) // _MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The aware UTC instant of so many microseconds since 1970-01-01T00:00Z: the inverse of `to_microseconds`."""
    return _EPOCH + timedelta(microseconds=microseconds)
