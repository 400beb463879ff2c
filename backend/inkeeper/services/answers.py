"""What became of an account's InMails, counted in the database. Those taken back do not count.

Every function runs inside a transaction of the store. Spans are of sending, `[since, until]` in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple

from inkeeper.clock import to_microseconds
from inkeeper.rules import periods
from inkeeper.rules.forecast import Returns, capacity, returns_since
from inkeeper.rules.replay import book_of
from inkeeper.rules.report import Answers
from inkeeper.rules.state import State
from inkeeper.storage.results import hour_of_week
from inkeeper.storage.transaction import execute

_SENT = " FROM inmail WHERE account_id = ? AND sent_at >= ? AND sent_at <= ? AND retracted_at IS NULL"
_MICROSECOND = timedelta(microseconds=1)

Answered = tuple[int, int, int, int]
"""An InMail that was answered: sent at (microseconds), at what cost, the answer's hour of the week, counted from
Monday's first on the zone's clocks, and how long that took (microseconds). There may be many: a plain tuple is cheap.
"""


def by_outcome(account_id: str, since: Sequence[datetime], until: datetime) -> list[Answers]:
    """The InMails by what became of them, over each of the spans that begin at `since`."""
    counts = ", ".join(f"sum(sent_at >= {to_microseconds(each)})" for each in since)
    rows = execute(f"SELECT outcome, {counts}{_SENT} GROUP BY outcome", _span(account_id, min(since), until)).fetchall()
    return [Answers(**{row[0]: row[number] for row in rows}) for number in range(1, len(since) + 1)]


def answered(account_id: str, zone: str, since: datetime, until: datetime) -> list[Answered]:
    """The InMails that were answered, in order of sending."""
    rows = execute(
        f"SELECT sent_at, cost, {_hour_of_week('answered_at', zone, since, until)}, answered_at - sent_at{_SENT}"
        " AND answered_at IS NOT NULL ORDER BY sent_at",
        _span(account_id, since, until),
    )
    found: list[Answered] = rows.fetchall()
    return found


def median_wait(found: Iterable[Answered]) -> timedelta | None:
    """How long it took until half of these answers had come; None where there are none."""
    waits = sorted(wait for _, _, _, wait in found)
    if not waits:
        return None
    # Of an even number the two in the middle. (`statistics` would take its time at every start.)
    return (waits[(len(waits) - 1) // 2] + waits[len(waits) // 2]) // 2 * _MICROSECOND


def returns(account_id: str, state: State, now: datetime) -> Returns | None:
    """How credits came back lately, by the InMails that cost one; None where the rule book returns none."""
    if book_of(state).credit_back is None:
        return None
    since = returns_since(state.zone, now)
    (sent,) = execute(f"SELECT count(*){_SENT} AND cost = 1", _span(account_id, since, now)).fetchone()
    returned = [each for each in answered(account_id, state.zone, since, now) if each[1]]
    return Returns(sent, len(returned), median_wait(returned))


class Capacity(NamedTuple):
    """How many InMails an allotment carries with the credits that answers return: allotment ÷ (1 − response
    rate), rounded down.

    `until_renewal` is how many the present balance carries up to the next renewal, where a returned credit can be spent
    again after `lag_hours`, the account's own median time to an answer.
    """

    inmails: int
    until_renewal: int
    response_rate: float
    lag_hours: float | None
    basis: Annotated[str, "On how much history it rests."]


def describe_capacity(state: State, now: datetime, lately: Returns | None) -> Capacity | None:
    """How many InMails the allotment carries with returned credits; None where none come back."""
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


def by_hour_of_sending(account_id: str, zone: str, since: datetime, until: datetime) -> dict[int, tuple[int, int]]:
    """InMails (sent, answered) by the hour, counted from Monday's first, that the zone's clocks showed at sending."""
    rows = execute(
        f"SELECT {_hour_of_week('sent_at', zone, since, until)} AS hour, count(*), count(answered_at){_SENT}"
        " GROUP BY hour",
        _span(account_id, since, until),
    )
    return {hour: (sent, answered) for hour, sent, answered in rows}


def _span(account_id: str, since: datetime, until: datetime) -> tuple[Any, ...]:
    return account_id, to_microseconds(since), to_microseconds(until)


def _hour_of_week(column: str, zone: str, since: datetime, until: datetime) -> str:
    return hour_of_week(column, periods.offsets(zone, since, until))
