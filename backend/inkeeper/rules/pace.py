"""Pace: how many credits a working day use up what would be lost, and how that compares with an even pace."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple

from inkeeper.rules.periods import local_day
from inkeeper.rules.state import State
from inkeeper.rules.timeline import Change
from inkeeper.vocabulary import PaceStatus

_INSTANT = timedelta(microseconds=1)


class Pace(NamedTuple):
    """Credits a working day (rounded up to one decimal), where one stands, and how many an even pace would have used
    by today.
    """

    per_day: float
    status: PaceStatus
    expected: int


def days_until(zone: str, now: datetime, end: datetime) -> list[date]:
    """The local days on which something can still be done before `end` (UTC, exclusive), today first; empty once it
    is over.
    """
    if end <= now:
        return []
    today = local_day(zone, now)
    last = local_day(zone, end - _INSTANT)
    return [today + timedelta(days=n) for n in range((last - today).days + 1)]


def working_days(days: Collection[date], weekdays: Collection[int]) -> int:
    """How many of the days fall on the given ISO weekdays (1 Monday to 7 Sunday)."""
    return sum(day.isoweekday() in weekdays for day in days)


def pace(state: State, now: datetime, loss: Change | None, weekdays: Collection[int], reserve: int = 0) -> Pace:
    """The pace that uses up the next loss, keeping `reserve` credits in hand.

    The even pace is a straight line over the local days from the start of the period to the loss, today counted in
    full: behind is below where it stood this morning, ahead is above where it will stand tonight. Where no working
    day is left, all days count. An empty balance is done, whatever credits still to come may be lost later.
    """
    if loss is None or not state.balance or -loss.credits <= reserve:
        return Pace(0.0, "done", state.period.used)
    to_use = -loss.credits - reserve
    left = days_until(state.zone, now, loss.at)
    divisor = working_days(left, weekdays) or len(left)
    per_day = -(-to_use * 10 // divisor) / 10
    used = state.period.used
    total = used + to_use
    start = local_day(state.zone, state.period_start)
    elapsed = (left[0] - start).days
    length = elapsed + len(left)
    tonight = total * (elapsed + 1) / length
    this_morning = total * elapsed / length
    status: PaceStatus = "behind" if used < int(this_morning) else "ahead" if used > tonight else "on_pace"
    return Pace(per_day, status, int(tonight))
