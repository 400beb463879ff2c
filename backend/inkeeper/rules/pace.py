"""Computes the pace: credits to use per working day before the next loss, compared with an even pace."""

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
    """The pace up to the next loss.

    `per_day` is in credits per working day, rounded up to one decimal. `expected` is how many credits an even pace
    would have used in this period by the end of today.
    """

    per_day: float
    status: PaceStatus
    expected: int


def days_until(zone: str, now: datetime, end: datetime) -> list[date]:
    """The local days from today to the last one before `end` (UTC, exclusive). Empty if `end` has passed."""
    if end <= now:
        return []
    today = local_day(zone, now)
    last = local_day(zone, end - _INSTANT)
    return [today + timedelta(days=n) for n in range((last - today).days + 1)]


def working_days(days: Collection[date], weekdays: Collection[int]) -> int:
    """How many of the days are on the given ISO weekdays (1 Monday to 7 Sunday)."""
    return sum(day.isoweekday() in weekdays for day in days)


def pace(state: State, now: datetime, loss: Change | None, weekdays: Collection[int], reserve: int = 0) -> Pace:
    """The pace that uses the credits of the next loss (None: no loss) except `reserve` credits.

    The even pace is a straight line over the local days from the start of the period to the loss.

    - `behind`: fewer credits used than the even pace had reached at the start of today.
    - `ahead`: more credits used than the even pace reaches at the end of today.
    - `done`: nothing to use; also with an empty balance, even if credits that are still to come may be lost.

    `weekdays` are the ISO numbers of the working days. If none is left before the loss, all days count.
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
