"""What happens to the balance if nothing more is sent: a replay into the future."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from inkeeper.rules.facts import Fact
from inkeeper.rules.replay import replay
from inkeeper.rules.state import State

HORIZON = timedelta(days=92)
"""How far ahead a timeline looks: past the life of every lot there is, so that the next loss is always in it."""

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
    """The changes after `now` (UTC) up to HORIZON, in order.

    `coming` are facts dated in the future, such as a cancellation.
    """
    journal = replay(coming, now + HORIZON, start=state).journal
    return [Change(e.at, e.kind, e.credits, e.balance, e.rule) for e in journal if e.credits and e.at > now]


def next_loss(changes: Sequence[Change]) -> Change | None:
    """The first change that loses credits, or None where none is in sight."""
    return next((change for change in changes if change.reason in LOSSES), None)


def next_grant(changes: Sequence[Change]) -> Change | None:
    """The next credits to come, or None where none are in sight."""
    return next((change for change in changes if change.reason == "grant"), None)
