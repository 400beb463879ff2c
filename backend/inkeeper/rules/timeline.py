"""What happens to the balance if nothing more is sent: a replay into the future."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from inkeeper.rules.facts import Fact
from inkeeper.rules.periods import day_start, local_day
from inkeeper.rules.replay import INSTANT, replay
from inkeeper.rules.state import State

HORIZON = timedelta(days=92)
"""How far ahead a timeline looks, beyond today: past the life of every lot there is, so that the next loss is always
in it. It ends with a local day, so that nothing new comes into sight between two midnights.
"""

LOSSES = frozenset({"expire", "forfeit", "void"})


class Change(NamedTuple):
    """A coming change of the balance:

    `credits` is signed, `balance` is after it, `rule` names the rule that brings it.
    """

    at: datetime
    reason: str
    credits: int
    balance: int
    rule: str


def timeline(state: State, now: datetime, coming: Iterable[Fact] = ()) -> list[Change]:
    """The changes after `now` (UTC) up to the end of the local day HORIZON ahead, in order.

    `coming` are facts dated in the future, such as a cancellation.
    """
    until = day_start(state.zone, local_day(state.zone, now) + HORIZON + timedelta(days=1)) - INSTANT
    journal = replay(coming, until, start=state).journal
    return [Change(e.at, e.kind, e.credits, e.balance, e.rule) for e in journal if e.credits and e.at > now]


def next_loss(changes: Sequence[Change]) -> Change | None:
    """The first change that loses credits, or None where none is in sight."""
    return next((change for change in changes if change.reason in LOSSES), None)


def next_grant(changes: Sequence[Change]) -> Change | None:
    """The next credits to come, or None where none are in sight."""
    return next((change for change in changes if change.reason == "grant"), None)
