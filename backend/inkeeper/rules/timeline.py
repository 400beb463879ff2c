"""Computes the coming changes of the balance if no more InMails are sent, by a replay into the future."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from inkeeper.rules.facts import Fact
from inkeeper.rules.periods import day_start, local_day
from inkeeper.rules.replay import INSTANT, book_of, months_of, replay
from inkeeper.rules.state import State
from inkeeper.vocabulary import LOSSES, JournalKind

HORIZON = timedelta(days=92)
"""The least time beyond today that a timeline covers."""

_TWO_MONTHS = timedelta(days=62)
"""No two months are longer."""


class Change(NamedTuple):
    """A coming change of the balance at `at` (UTC).

    `credits` is signed, `balance` is after the change, `rule` is the key of the rule that causes it.
    """

    at: datetime
    reason: JournalKind
    credits: int
    balance: int
    rule: str


def timeline(state: State, now: datetime, coming: Iterable[Fact] = ()) -> list[Change]:
    """The changes after `now` (UTC) up to the end of the local day that is `horizon` after today, in order.

    `coming` are facts dated in the future, such as a cancellation.
    """
    until = day_start(state.zone, local_day(state.zone, now) + horizon(state) + timedelta(days=1)) - INSTANT
    journal = replay(coming, until, start=state).journal
    return [Change(e.at, e.kind, e.credits, e.balance, e.rule) for e in journal if e.credits and e.at > now]


def horizon(state: State) -> timedelta:
    """How far beyond today the account's timeline extends, in whole days.

    It covers the next two renewals and the life of each lot that the rule book grants, so it includes the next loss.
    The timeline ends with a local day, so time alone adds changes to it only at midnight.
    """
    book = book_of(state)
    hours = max(book.lot_hours or 0, book.credit_back.new_lot_hours if book.credit_back else 0)
    return max(HORIZON, months_of(state) * _TWO_MONTHS, timedelta(days=hours // 24 + 2) if hours else HORIZON)


def next_loss(changes: Sequence[Change]) -> Change | None:
    """The first change that loses credits, or None."""
    return next((change for change in changes if change.reason in LOSSES), None)


def next_grant(changes: Sequence[Change]) -> Change | None:
    """The first change that grants credits, or None."""
    return next((change for change in changes if change.reason == "grant"), None)
