"""Days and moments in words, on the clocks of an account's zone."""

from __future__ import annotations

from datetime import date, timedelta

from inkeeper.rules.periods import Moment, day_start, time_zone

_INSTANT = timedelta(microseconds=1)


def day(which: date) -> str:
    """`30 Nov`."""
    return f"{which.day} {which:%b}"


def local_date(moment: Moment) -> str:
    """The date, zone named: `30 Nov (Europe/Berlin)`."""
    return f"{day(moment.at.astimezone(time_zone(moment.zone)))} ({moment.zone})"


def end_of_use(moment: Moment) -> str:
    """When credits are lost, zone named: `the end of 30 Nov (Europe/Berlin)`, `20 Jan 12:00 (UTC)`."""
    return f"{local_end_of_use(moment)} ({moment.zone})"


def local_end_of_use(moment: Moment) -> str:
    """When credits are lost, for a text that names the zone elsewhere: the last usable day where that is the first
    instant of a local day, else day and time.
    """
    zone = time_zone(moment.zone)
    local = moment.at.astimezone(zone)
    if moment.at == day_start(moment.zone, local.date()):
        return f"the end of {day((moment.at - _INSTANT).astimezone(zone))}"
    return f"{day(local)} {local:%H:%M}"


def in_days(days: int) -> str:
    """`today`, `tomorrow`, else the number of days, today not counted."""
    return ("today", "tomorrow")[days] if days <= 1 else f"in {days} days"
