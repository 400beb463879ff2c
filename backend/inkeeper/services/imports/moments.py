"""Parses dates in files. Ambiguous dates are refused, not guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

from inkeeper.clock import parse_instant
from inkeeper.reasons import Reason, reason
from inkeeper.rules import periods
from inkeeper.services.imports.blanks import single_spaced
from inkeeper.services.imports.months import LONGEST_NAME, month_of
from inkeeper.wording.reasons import english

ORDERS = ("dmy", "mdy")
"""How a date such as 07/10/2026 may be meant: day first or month first."""

LONGEST_DATE = 60
"""Characters. A longer text is refused before any pattern is run on it."""

# The text has single spaces by then: a pattern that can match blanks in two ways takes quadratic time.
_TIME = (
    r"(?:(?:,? |T)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d{1,9})?)?"
    r"(?: ?(?P<half>[AaPp])\.? ?[Mm]\.?)?)?"
)
_ZONE = r"(?P<utc> ?(?:UTC|GMT|Z))?"
_NAME = rf"(?P<name>[^\W\d_]{{3,{LONGEST_NAME}}})"
_FORMS = [
    re.compile((date + _TIME + _ZONE).replace(r"\d", "[0-9]").replace("NAME", _NAME))
    for date in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\. ?(?P<year>\d{4}|\d\d)",
        r"(?P<day>\d{1,2})(?:\. ?|er | de |[ -])NAME\.?(?: de |[ -])(?P<year>\d{4})",
        r"NAME\.? (?P<day>\d{1,2}),? (?P<year>\d{4})",
        r"(?P<first>\d{1,2})[/-](?P<second_number>\d{1,2})[/-](?P<year>\d{4}|\d\d)",
    )
]
_NOON = 12


class NotAMoment(ValueError):
    """A text that names no instant, and why."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return english(self.why)


def read_moment(text: str, zone: str, order: str | None = None) -> datetime:
    """The instant (UTC) that a date in a file names: local to `zone` if it names no zone, at noon if it names no time.

    `order` says how to read 07/10/2026 (one of ORDERS). Raises NotAMoment.
    """
    if len(text) > LONGEST_DATE:
        text = text.strip()
    if len(text) > LONGEST_DATE:
        raise NotAMoment(reason("import.date_too_long", most=LONGEST_DATE))
    text = unicodedata.normalize("NFC", single_spaced(text))
    try:
        return parse_instant(text.replace(" ", "T", 1))
    except ValueError:
        pass
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            return _instant(found.groupdict(), zone, order, text)
    raise _no_date(text) if text else NotAMoment(reason("import.no_date"))


def _no_date(text: str) -> NotAMoment:
    return NotAMoment(reason("import.date_unreadable", text=repr(text[:40])))


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
        raise NotAMoment(reason("import.date_impossible", text=repr(text[:40]))) from None


def _month_and_day(parts: dict[str, str | None], order: str | None, text: str) -> tuple[int, int]:
    name = parts.get("name")
    if name:
        month = month_of(name)
        if month is None:
            raise _no_date(text)
        return month, int(parts["day"] or 0)
    if "first" not in parts:
        return int(parts["month"] or 0), int(parts["day"] or 0)
    first, second = int(parts["first"] or 0), int(parts["second_number"] or 0)
    if order == "dmy" or (order is None and first > 12):
        return second, first
    if order == "mdy" or first == second or second > 12:
        return first, second
    raise NotAMoment(reason("import.date_ambiguous", text=repr(text[:40])))


def _hour(parts: dict[str, str | None]) -> int:
    if parts["hour"] is None:
        return _NOON
    hour, half = int(parts["hour"]), (parts["half"] or "").lower()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half == "p" else 0)
