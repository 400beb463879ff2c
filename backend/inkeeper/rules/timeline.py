"""What happens to the balance if nothing more is sent: a replay into the future."""

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
"""How far ahead a timeline looks at least, beyond today."""

_TWO_MONTHS = timedelta(days=62)
"""No two months are longer."""


class Change(NamedTuple):
    """A coming change of the balance:

    `credits` is signed, `balance` is after it, `rule` names the rule that brings it.
    """

    at: datetime
    reason: JournalKind
    credits: int
    balance: int
    rule: str


def timeline(state: State, now: datetime, coming: Iterable[Fact] = ()) -> list[Change]:
    """The changes after `now` (UTC) up to the end of the local day `horizon` ahead, in order.

    `coming` are facts dated in the future, such as a cancellation.
    """
    until = day_start(state.zone, local_day(state.zone, now) + horizon(state) + timedelta(days=1)) - INSTANT
    journal = replay(coming, until, start=state).journal
    return [Change(e.at, e.kind, e.credits, e.balance, e.rule) for e in journal if e.credits and e.at > now]


def horizon(state: State) -> timedelta:
    """How far ahead the account's timeline looks, in whole local days beyond today.

    It holds the next two renewals and the life of every lot that the rule book grants, so that the next loss is in it.
    It ends with a local day, so that nothing new comes into sight between two midnights.
    """
    book = book_of(state)
    hours = max(book.lot_hours or 0, book.credit_back.new_lot_hours if book.credit_back else 0)
    return max(HORIZON, months_of(state) * _TWO_MONTHS, timedelta(days=hours // 24 + 2) if hours else HORIZON)


def next_loss(changes: Sequence[Change]) -> Change | None:
    """The first change that loses credits, or None where none is in sight."""
    return next((change for change in changes if change.reason in LOSSES), None)


def next_grant(changes: Sequence[Change]) -> Change | None:
    """The next credits to come, or None where none are in sight."""
    return next((change for change in changes if change.reason == "grant"), None)
