"""Counts of an account's InMails and their answers. Retracted InMails do not count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from inkeeper.instants import to_microseconds
from inkeeper.rules.report import HOURS, WEEKDAYS
from inkeeper.rules.results import Counts
from inkeeper.storage.transaction import Transaction

_COUNTS = "count(*), count(answered_at), coalesce(sum(cost), 0)"
_SENT = "FROM inmail WHERE account_id = ? AND retracted_at IS NULL"
_IN_SPAN = "FROM inmail WHERE account_id = ? AND sent_at >= ? AND sent_at <= ? AND retracted_at IS NULL"
# The expression keeps SQLite from the account's own indexes: that over the rows with the column holds all that is
# counted.
_OF_THOSE_WITH = "FROM inmail WHERE account_id || '' = ? AND retracted_at IS NULL AND {} IS NOT NULL"
_MICROSECOND = timedelta(microseconds=1)
_HOUR = timedelta(hours=1) // _MICROSECOND
# The clock of 1970 began on a Thursday, three days after the Monday that weeks begin with here.
_SINCE_MONDAY = 3 * HOURS


Offsets = Sequence[tuple[datetime, timedelta]]
"""From which instant (UTC) on a zone's clocks are ahead of UTC by how much (`periods.offsets`)."""


class Trial(NamedTuple):
    """A campaign step that uses two texts in turn, and the counts of each text."""

    campaign_id: str
    text_id: str
    second_text_id: str
    first: Counts
    second: Counts


def in_all(tx: Transaction, account_id: str) -> Counts:
    """All of the account's InMails."""
    return Counts(*tx.execute(f"SELECT {_COUNTS} {_SENT}", (account_id,)).fetchone())


def by_text(tx: Transaction, account_id: str) -> dict[tuple[str, int], Counts]:
    """Those that were written with a text, by the text's id and version."""
    rows = tx.execute(
        f"SELECT text_id, text_version, {_COUNTS} {_OF_THOSE_WITH.format('text_id')} GROUP BY text_id, text_version",
        (account_id,),
    )
    return {(text_id, version): Counts(*counts) for text_id, version, *counts in rows}


def by_campaign(tx: Transaction, account_id: str) -> dict[str, Counts]:
    """Those that belong to a campaign, by the campaign's id."""
    rows = tx.execute(
        f"SELECT campaign_id, {_COUNTS} {_OF_THOSE_WITH.format('campaign_id')} GROUP BY campaign_id", (account_id,)
    )
    return {campaign_id: Counts(*counts) for campaign_id, *counts in rows}


def by_purpose(tx: Transaction, account_id: str) -> dict[str, Counts]:
    """Those that have a purpose, by it."""
    rows = tx.execute(f"SELECT purpose, {_COUNTS} {_OF_THOSE_WITH.format('purpose')} GROUP BY purpose", (account_id,))
    return {purpose: Counts(*counts) for purpose, *counts in rows}


def by_hour_of_week(tx: Transaction, account_id: str, offsets: Offsets) -> dict[int, Counts]:
    """All InMails by the hour, counted from Monday's first, that the clocks showed at sending."""
    hour, values = hour_of_week("sent_at", offsets)
    rows = tx.execute(f"SELECT {hour} AS hour, {_COUNTS} {_SENT} GROUP BY hour", (*values, account_id))
    return {hour: Counts(*counts) for hour, *counts in rows}


def campaign_names(tx: Transaction, owner_id: str) -> dict[str, str]:
    """The names of all the owner's campaigns by id, archived ones included."""
    return dict(tx.execute("SELECT id, name FROM campaign WHERE owner_id = ?", (owner_id,)).fetchall())


def trials(tx: Transaction, account_id: str) -> list[Trial]:
    """The account's campaigns that use two texts in turn in a step: the first such step of each."""
    rows = tx.execute(
        "SELECT campaign_id, text_id, second_text_id FROM campaign_step JOIN campaign ON campaign.id = campaign_id"
        " WHERE account_id = ? AND text_id IS NOT NULL AND second_text_id IS NOT NULL AND text_id <> second_text_id"
        " ORDER BY campaign_id, number",
        (account_id,),
    )
    steps: dict[str, tuple[str, str]] = {}
    for campaign_id, text_id, second_text_id in rows:
        steps.setdefault(campaign_id, (text_id, second_text_id))
    if not steps:
        return []
    rows = tx.execute(
        f"SELECT campaign_id, text_id, {_COUNTS} {_OF_THOSE_WITH.format('campaign_id')} AND text_id IS NOT NULL"
        " GROUP BY campaign_id, text_id",
        (account_id,),
    )
    counted = {(campaign_id, text_id): Counts(*counts) for campaign_id, text_id, *counts in rows}
    none = Counts(0, 0, 0)
    return [
        Trial(campaign, text, second, counted.get((campaign, text), none), counted.get((campaign, second), none))
        for campaign, (text, second) in steps.items()
    ]


def first_sent_at(tx: Transaction, account_id: str) -> int | None:
    """When (microseconds since 1970) the account's first InMail was sent; None without one."""
    row: tuple[Any, ...] = tx.execute(f"SELECT min(sent_at) {_SENT}", (account_id,)).fetchone()
    return None if row[0] is None else int(row[0])


def by_outcome(tx: Transaction, account_id: str, since: Sequence[datetime], until: datetime) -> list[dict[str, int]]:
    """The number of InMails by recorded outcome, for each span `[since, until]` (UTC) of `sent_at`."""
    counts = ", ".join(["count(*) FILTER (WHERE sent_at >= ?)"] * len(since))
    rows = tx.execute(
        f"SELECT outcome, {counts} {_IN_SPAN} GROUP BY outcome",
        (*map(to_microseconds, since), *_span(account_id, min(since), until)),
    ).fetchall()
    return [{row[0]: row[number] for row in rows} for number in range(1, len(since) + 1)]


def answered(
    tx: Transaction, account_id: str, since: datetime, until: datetime, offsets: Offsets
) -> list[tuple[int, int, int, int]]:
    """The InMails of the span of sending `[since, until]` (UTC) that were answered, in order of sending: sent at
    (microseconds), cost, the answer's hour of the week, and how long that took (microseconds).
    """
    hour, values = hour_of_week("answered_at", offsets)
    rows: list[tuple[int, int, int, int]] = tx.execute(
        f"SELECT sent_at, cost, {hour}, answered_at - sent_at {_IN_SPAN} AND answered_at IS NOT NULL ORDER BY sent_at",
        (*values, *_span(account_id, since, until)),
    ).fetchall()
    return rows


def count_paid(tx: Transaction, account_id: str, since: datetime, until: datetime) -> int:
    """How many InMails of the span of sending `[since, until]` (UTC) cost a credit."""
    (number,) = tx.execute(f"SELECT count(*) {_IN_SPAN} AND cost = 1", _span(account_id, since, until)).fetchone()
    return int(number)


def by_hour_of_sending(
    tx: Transaction, account_id: str, since: datetime, until: datetime, offsets: Offsets
) -> dict[int, tuple[int, int]]:
    """InMails (sent, answered) of the span of sending `[since, until]` (UTC), by the hour of the week of sending."""
    hour, values = hour_of_week("sent_at", offsets)
    rows = tx.execute(
        f"SELECT {hour} AS hour, count(*), count(answered_at) {_IN_SPAN} GROUP BY hour",
        (*values, *_span(account_id, since, until)),
    )
    return {hour: (sent, answered) for hour, sent, answered in rows.fetchall()}


def hour_of_week(column: str, offsets: Offsets) -> tuple[str, list[int]]:
    """SQL, with its parameters, for the hour of the week, counted from Monday's first, that a zone's clocks showed at a
    column's instant.

    Databases know no time zones, or have tables of their own, so the statement is given the offsets.
    """
    *before, (_, last) = offsets
    cases = [
        (to_microseconds(later), offset // _MICROSECOND)
        for (_, offset), (later, _) in zip(before, offsets[1:], strict=True)
    ]
    whens = f" WHEN {column} < ? THEN ?" * len(cases)
    offset = f"CASE{whens} ELSE ? END" if cases else "?"
    values = [value for case in cases for value in case]
    return f"(({column} + {offset}) / {_HOUR} + {_SINCE_MONDAY}) % {WEEKDAYS * HOURS}", [*values, last // _MICROSECOND]


def _span(account_id: str, since: datetime, until: datetime) -> tuple[Any, ...]:
    return account_id, to_microseconds(since), to_microseconds(until)
