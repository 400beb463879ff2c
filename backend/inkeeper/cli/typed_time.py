"""Reads the time that a person types after `--at`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from inkeeper.clock import parse_instant
from inkeeper.rules.periods import day_start, local_day, time_zone
from inkeeper.wording.terminal import gettext

_DAY = timedelta(days=1)
_TYPED = re.compile(r"(?:(?P<day>\d{4}-\d\d-\d\d|[^\W\d_]+)(?:[ ,T]+|$))?(?P<time>\d{1,2}:\d\d)?", re.IGNORECASE)


def read_time(text: str, zone: str, now: datetime) -> datetime | None:
    """The instant (UTC) that the text names on the clocks of `zone`; None if it names none. `now` is UTC.

    - `14:30`, `today 14:30`, `yesterday 14:30`, `2026-11-26 09:00`. The names of days are English, or in the
      language of the terminal.
    - A day alone is the middle of that day. For today it is `now`.
    - An RFC 3339 instant with `Z` or an offset names its own zone.
    - A time that clocks skip is as much later as they skip; of a time that occurs twice, it is the first.
    """
    text = " ".join(text.split())
    try:
        return parse_instant(text)
    except ValueError:
        pass
    found = _TYPED.fullmatch(text)
    if not text or not found:
        return None
    today = local_day(zone, now)
    try:
        day = _day(found["day"], today)
        clock = time.fromisoformat(found["time"].zfill(5)) if found["time"] else None
    except ValueError:
        return None
    if day is None:
        return None
    if clock is not None:
        return datetime.combine(day, clock, time_zone(zone)).astimezone(UTC)
    return now if day == today else day_start(zone, day) + (day_start(zone, day + _DAY) - day_start(zone, day)) / 2


def _day(name: str | None, today: date) -> date | None:
    """The named day; today without a name; None for an unknown name. Raises ValueError for a date that is none."""
    if name is None:
        return today
    if name[0].isdigit():
        return date.fromisoformat(name)
    names = {"today": 0, gettext("today"): 0, "yesterday": 1, gettext("yesterday"): 1}
    back = {each.casefold(): days for each, days in names.items()}.get(name.casefold())
    return None if back is None else today - back * _DAY
