"""Converts local days and renewal cycles of a time zone to UTC instants.

Local time is computed only here. Every instant passed in or returned is an aware UTC datetime.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class UnknownTimeZone(ValueError):
    """The name is not a time zone of the IANA database, or not one that browsers know (`unknown_to_browsers`)."""

    def __init__(self, name: str, *, unknown_to_browsers: bool = False) -> None:
        super().__init__(name, unknown_to_browsers)
        self.name = name
        self.unknown_to_browsers = unknown_to_browsers


class Moment(NamedTuple):
    """An instant (UTC), to be shown in the time zone `zone`."""

    at: datetime
    zone: str


class Cycle(NamedTuple):
    """The renewals of an account: on `day` of every month, or of every `months`th month, local to `zone`.

    `month` is the `month_number` of any month with a renewal. A renewal day of 29, 30 or 31 is the last day of a
    shorter month, and the original day again in the months after it.
    """

    zone: str
    day: int
    months: int = 1
    month: int = 0


@lru_cache(maxsize=1024)
def time_zone(name: str) -> ZoneInfo:
    """The time zone of this IANA name. Raises UnknownTimeZone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownTimeZone(name) from None


def shared_time_zone(name: str) -> str:
    """Return the name if both Python and browsers know the time zone. Raises UnknownTimeZone otherwise.

    Python also finds zones in the system's files that no browser knows: `localtime`, `posixrules`, those below `posix/`
    and `right/`. Accounts that were opened with one of these keep it; see `name_for_browsers`.
    """
    if name not in _shared_names():
        raise UnknownTimeZone(name, unknown_to_browsers=True)
    time_zone(name)
    return name


@lru_cache(maxsize=1024)
def name_for_browsers(name: str) -> str:
    """The name of an account's time zone in API responses: a name that browsers know.

    The first of these that exists:

    1. The name itself, if browsers know it.
    2. The name without `posix/` or `right/`.
    3. UTC, else the first other zone, whose offset is the same on the 15th of each month from 2020 to 2029.
    4. UTC.
    """
    shared = _shared_names()
    for known in (name, name.partition("/")[2]):
        if known in shared:
            return known
    wanted = _clocks(name)
    return next((zone for zone in ("UTC", *sorted(shared)) if _clocks(zone) == wanted), "UTC")


@cache
def _shared_names() -> frozenset[str]:
    """The names of the IANA database that the package tzdata lists, without `Factory`, which browsers lack."""
    listed = (resources.files("tzdata") / "zones").read_text(encoding="utf-8").split()
    return frozenset(listed) - {"Factory"}


def _clocks(zone: str) -> list[timedelta]:
    tz = time_zone(zone)
    return [_offset(tz, datetime(year, month, 15, tzinfo=UTC)) for year in range(2020, 2030) for month in range(1, 13)]


@lru_cache(maxsize=65536)
def day_start(zone: str, day: date) -> datetime:
    """The first instant (UTC) of a local day.

    If midnight occurs twice, the earlier one. If clocks skip midnight, the instant of that change of the clocks.
    """
    tz = time_zone(zone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=tz, fold=0)
    instant = midnight.astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return instant
    # Midnight was skipped, so the day begins when the clocks change: search that instant to the second.
    before, after = instant - timedelta(days=2), instant + timedelta(days=2)
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(tz).date() < day:
            before = middle
        else:
            after = middle
    return after


def local_day(zone: str, instant: datetime) -> date:
    """The local date in `zone` at `instant`."""
    return instant.astimezone(time_zone(zone)).date()


def month_number(day: date) -> int:
    """The number of months from January of the year 0 to the day's month."""
    return day.year * 12 + day.month - 1


@lru_cache(maxsize=65536)
def renewal_in(cycle: Cycle, year: int, month: int) -> datetime:
    """The renewal instant (UTC) in this month, local to the cycle's zone. The month must be one with a renewal."""
    return day_start(cycle.zone, date(year, month, min(cycle.day, monthrange(year, month)[1])))


def next_renewal(cycle: Cycle, after: datetime) -> datetime:
    """The first renewal instant (UTC) strictly after `after`."""
    month = month_number(local_day(cycle.zone, after))
    month += (cycle.month - month) % cycle.months
    while (renewal := renewal_in(cycle, month // 12, month % 12 + 1)) <= after:
        month += cycle.months
    return renewal


def period_start(cycle: Cycle, at: datetime) -> datetime:
    """The last renewal instant (UTC) at or before `at`: the start of the period that contains `at`."""
    month = month_number(local_day(cycle.zone, at))
    month -= (month - cycle.month) % cycle.months
    while (renewal := renewal_in(cycle, month // 12, month % 12 + 1)) > at:
        month -= cycle.months
    return renewal


def offsets(zone: str, start: datetime, end: datetime) -> list[tuple[datetime, timedelta]]:
    """The UTC offsets of the zone in `[start, end)`: pairs of the instant (UTC) from which an offset holds, and it."""
    tz = time_zone(zone)
    found = [(start, _offset(tz, start))]
    before = start
    while before < end:
        after = min(before + _DAY, end)
        if _offset(tz, after) != found[-1][1]:
            changed_at = _offset_change(tz, before, after)
            found.append((changed_at, _offset(tz, changed_at)))
        before = after
    return [(at, offset) for at, offset in found if at < end or at == start]


def _offset(tz: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(tz).utcoffset()
    assert offset is not None
    return offset


def _offset_change(tz: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first instant after `before` (to the second) with another offset. `after` must have another offset."""
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        if _offset(tz, middle) == _offset(tz, before):
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
