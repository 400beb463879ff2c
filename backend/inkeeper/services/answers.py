"""What became of an account's InMails, counted in the database. Those taken back do not count.

Every function runs inside a transaction of the store. Spans are of sending, `[since, until]` in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from inkeeper.clock import to_microseconds
from inkeeper.rules import periods
from inkeeper.rules.forecast import Returns, capacity, returns_since
from inkeeper.rules.replay import book_of
from inkeeper.rules.report import HOURS, WEEKDAYS, Answers
from inkeeper.rules.state import State
from inkeeper.storage.models import database_of_thread as database

_SENT = " FROM inmail WHERE account_id = ? AND sent_at >= ? AND sent_at <= ? AND retracted_at IS NULL"
_MICROSECOND = timedelta(microseconds=1)
_HOUR = timedelta(hours=1) // _MICROSECOND
# The clock of 1970 began on a Thursday, three days after the Monday that weeks begin with here.
_SINCE_MONDAY = 3 * HOURS


def by_outcome(account_id: str, since: Sequence[datetime], until: datetime) -> list[Answers]:
    """The InMails by what became of them, over each of the spans that begin at `since`."""
    counts = ", ".join(f"sum(sent_at >= {to_microseconds(each)})" for each in since)
    rows = database.execute_sql(
        f"SELECT outcome, {counts}{_SENT} GROUP BY outcome", _span(account_id, min(since), until)
    ).fetchall()
    return [Answers(**{row[0]: row[number] for row in rows}) for number in range(1, len(since) + 1)]


def paid_and_answered(account_id: str, spans: Iterable[tuple[datetime, datetime]]) -> int:
    """How many of the InMails that cost a credit were answered."""
    return sum(
        database.execute_sql(f"SELECT count(answered_at){_SENT} AND cost = 1", _span(account_id, *span)).fetchone()[0]
        for span in spans
    )


def median_wait(account_id: str, since: datetime, until: datetime, *, paid_only: bool = False) -> timedelta | None:
    """How long it took until half of the answers had come; None where there are none."""
    which = f"{_SENT} AND answered_at IS NOT NULL" + (" AND cost = 1" if paid_only else "")
    span = _span(account_id, since, until)
    (count,) = database.execute_sql(f"SELECT count(*){which}", span).fetchone()
    if not count:
        return None
    middle = database.execute_sql(
        f"SELECT answered_at - sent_at AS wait{which} ORDER BY wait LIMIT ? OFFSET ?",
        (*span, 2 - count % 2, (count - 1) // 2),
    ).fetchall()
    microseconds: int = sum(row[0] for row in middle) // len(middle)
    return microseconds * _MICROSECOND


def returns(account_id: str, state: State, now: datetime) -> Returns | None:
    """How credits came back lately, by the InMails that cost one; None where the rule book returns none."""
    if book_of(state).credit_back is None:
        return None
    since = returns_since(state.zone, now)
    sent, answered = database.execute_sql(
        f"SELECT count(*), count(answered_at){_SENT} AND cost = 1", _span(account_id, since, now)
    ).fetchone()
    lag = median_wait(account_id, since, now, paid_only=True) if answered else None
    return Returns(sent, answered, lag)


def describe_capacity(state: State, now: datetime, lately: Returns | None) -> dict[str, Any] | None:
    """How many InMails the allotment carries with returned credits, as clients are told; None where none come back."""
    found = lately and capacity(state, now, lately)
    return found and {
        "inmails": found.inmails,
        "until_renewal": found.until_renewal,
        "response_rate": found.response_rate,
        "lag_hours": hours(found.lag),
        "basis": found.basis,
    }


def hours(time: timedelta | None) -> float | None:
    """A time in hours, to one decimal."""
    return None if time is None else round(time / timedelta(hours=1), 1)


def by_hour_of_sending(account_id: str, zone: str, since: datetime, until: datetime) -> dict[int, tuple[int, int]]:
    """InMails (sent, answered) by the hour, counted from Monday's first, that the zone's clocks showed at sending."""
    rows = database.execute_sql(
        f"SELECT {_hour_of_week('sent_at', zone, since, until)} AS hour, count(*), count(answered_at){_SENT}"
        " GROUP BY hour",
        _span(account_id, since, until),
    )
    return {hour: (sent, answered) for hour, sent, answered in rows}


def by_hour_of_answer(account_id: str, zone: str, since: datetime, until: datetime) -> dict[int, int]:
    """Answers by the hour, counted from Monday's first, that the zone's clocks showed as they came."""
    rows = database.execute_sql(
        f"SELECT {_hour_of_week('answered_at', zone, since, until)} AS hour, count(*){_SENT}"
        " AND answered_at IS NOT NULL GROUP BY hour",
        _span(account_id, since, until),
    )
    return dict(rows)


def _span(account_id: str, since: datetime, until: datetime) -> tuple[Any, ...]:
    return account_id, to_microseconds(since), to_microseconds(until)


def _hour_of_week(column: str, zone: str, since: datetime, until: datetime) -> str:
    """SQL for the hour of the week that the zone's clocks showed at a column's instant.

    SQLite knows no time zones, so their offsets stand in the statement: whole numbers, none of them from outside.
    """
    known = periods.offsets(zone, since, until)
    cases = "".join(
        f" WHEN {column} < {to_microseconds(later)} THEN {offset // _MICROSECOND}"
        for (_, offset), (later, _) in pairwise(known)
    )
    offset = f"CASE{cases} ELSE {known[-1][1] // _MICROSECOND} END" if cases else str(known[-1][1] // _MICROSECOND)
    return f"(({column} + {offset}) / {_HOUR} + {_SINCE_MONDAY}) % {WEEKDAYS * HOURS}"
