"""Dates as files write them. What can be read in two ways is not guessed at."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from inkeeper.clock import parse_instant
from inkeeper.rules import periods

ORDERS = ("dmy", "mdy")
"""How a date such as 07/10/2026 may be meant: day first or month first."""

_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_TIME = r"(?:(?:,?\s+|T)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?\s*(?P<half>[AaPp][Mm])?)?"
_ZONE = r"(?P<utc>\s*(?:UTC|GMT|Z))?"
_FORMS = [
    re.compile(date + _TIME + _ZONE, re.ASCII)
    for date in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d\d)",
        r"(?P<day>\d{1,2})[ -](?P<name>[A-Za-z]{3})[a-z]*\.?[ -](?P<year>\d{4})",
        r"(?P<name>[A-Za-z]{3})[a-z]*\.? (?P<day>\d{1,2}),? (?P<year>\d{4})",
        r"(?P<first>\d{1,2})[/-](?P<second_number>\d{1,2})[/-](?P<year>\d{4}|\d\d)",
    )
]
_NOON = 12


def read_moment(text: str, zone: str, order: str | None = None) -> datetime:
    """The instant (UTC) that a date in a file names: local to `zone` if it names no zone, at noon if it names no time.

    `order` says how to read 07/10/2026 (one of ORDERS). Raises ValueError with the reason, for people.
    """
    text = text.strip()
    try:
        return parse_instant(text.replace(" ", "T", 1))
    except ValueError:
        pass
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            return _instant(found.groupdict(), zone, order, text)
    raise ValueError(f"{text[:40]!r} is not a date that can be read; write 2026-07-10 09:00" if text else "has no date")


def _instant(parts: dict[str, str | None], zone: str, order: str | None, text: str) -> datetime:
    month, day = _month_and_day(parts, order, text)
    year = parts["year"] or ""
    try:
        local = datetime(  # noqa: DTZ001 - the zone comes below
            int(f"20{year}" if len(year) == 2 else year),
            month,
            day,
            _hour(parts),
            int(parts["minute"] or 0),
            int(parts["second"] or 0),
        )
        tz = UTC if parts["utc"] else periods.time_zone(zone)
        return local.replace(tzinfo=tz).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"there is no date {text[:40]!r}") from None


def _month_and_day(parts: dict[str, str | None], order: str | None, text: str) -> tuple[int, int]:
    name = parts.get("name")
    if name:
        return _MONTHS.get(name.lower(), 0), int(parts["day"] or 0)
    if "first" not in parts:
        return int(parts["month"] or 0), int(parts["day"] or 0)
    first, second = int(parts["first"] or 0), int(parts["second_number"] or 0)
    if order == "dmy" or (order is None and first > 12):
        return second, first
    if order == "mdy" or first == second or second > 12:
        return first, second
    raise ValueError(f"{text[:40]!r} can be read in two ways: say whether its day (dmy) or its month (mdy) comes first")


def _hour(parts: dict[str, str | None]) -> int:
    if parts["hour"] is None:
        return _NOON
    hour, half = int(parts["hour"]), (parts["half"] or "").lower()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half == "pm" else 0)
