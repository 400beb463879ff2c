"""Counts of an account's InMails by outcome, and their answer times. Retracted InMails do not count.

Spans are of sending, `[since, until]` in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from inkeeper.rules import periods
from inkeeper.rules.forecast import Returns, ReturnsBasis, capacity, returns_since
from inkeeper.rules.replay import book_of
from inkeeper.rules.report import Answers
from inkeeper.rules.state import State
from inkeeper.storage import results
from inkeeper.storage.transaction import Transaction

_MICROSECOND = timedelta(microseconds=1)

Answered = tuple[int, int, int, int]
"""An InMail that was answered: sent at (microseconds), at what cost, the answer's hour of the week, counted from
Monday's first on the zone's clocks, and how long that took (microseconds). There may be many: a plain tuple is cheap.
"""


def by_outcome(tx: Transaction, account_id: str, since: Sequence[datetime], until: datetime) -> list[Answers]:
    """The number of InMails by outcome, for each span that begins at an instant of `since`."""
    return [Answers(**counts) for counts in results.by_outcome(tx, account_id, since, until)]


def answered(tx: Transaction, account_id: str, zone: str, since: datetime, until: datetime) -> list[Answered]:
    """The InMails that were answered, in order of sending."""
    return results.answered(tx, account_id, since, until, periods.offsets(zone, since, until))


def median_wait(found: Iterable[Answered]) -> timedelta | None:
    """The median time to an answer; None without answers."""
    waits = sorted(wait for _, _, _, wait in found)
    if not waits:
        return None
    # The mean of the two middle ones if the number is even. (Importing `statistics` would slow down every start.)
    return (waits[(len(waits) - 1) // 2] + waits[len(waits) // 2]) // 2 * _MICROSECOND


def returns(tx: Transaction, account_id: str, state: State, now: datetime) -> Returns | None:
    """Returned credits of recent InMails that cost one; None if the rule book returns no credits."""
    if book_of(state).credit_back is None:
        return None
    since = returns_since(state.zone, now)
    sent = results.count_paid(tx, account_id, since, now)
    returned = [each for each in answered(tx, account_id, state.zone, since, now) if each[1]]
    return Returns(sent, len(returned), median_wait(returned))


class Capacity(NamedTuple):
    """How many InMails an allotment pays for with the credits that answers return: allotment ÷ (1 − response rate),
    rounded down.

    `until_renewal` is how many the present balance pays for up to the next renewal, where a returned credit can be
    spent again after `lag_hours`, the account's own median time to an answer.
    """

    inmails: int
    until_renewal: int
    response_rate: float
    lag_hours: float | None
    basis: ReturnsBasis


def describe_capacity(state: State, now: datetime, lately: Returns | None) -> Capacity | None:
    """How many InMails the allotment pays for with returned credits; None if no credits are returned."""
    found = lately and capacity(state, now, lately)
    return found and Capacity(
        inmails=found.inmails,
        until_renewal=found.until_renewal,
        response_rate=found.response_rate,
        lag_hours=hours(found.lag),
        basis=found.basis,
    )


def hours(time: timedelta | None) -> float | None:
    """A time in hours, to one decimal."""
    return None if time is None else round(time / timedelta(hours=1), 1)


def by_hour_of_sending(
    tx: Transaction, account_id: str, zone: str, since: datetime, until: datetime
) -> dict[int, tuple[int, int]]:
    """InMails (sent, answered) by the hour, counted from Monday's first, that the zone's clocks showed at sending."""
    return results.by_hour_of_sending(tx, account_id, since, until, periods.offsets(zone, since, until))
