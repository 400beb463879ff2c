"""Forecast: at the account's own rate, how many credits the next loss will take."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from inkeeper.rules.pace import days_until
from inkeeper.rules.periods import local_day
from inkeeper.rules.state import State
from inkeeper.rules.timeline import Change


class Forecast(NamedTuple):
    """Credits that will be lost (None: no history to tell from), and on how much history that rests, in words."""

    lost: int | None
    basis: str


def forecast(state: State, now: datetime, loss: Change | None) -> Forecast:
    """The loss to expect at today's rate: spends of this period so far and of the last three, over their local days
    together. Where the balance is empty nothing is at stake.
    """
    so_far = (local_day(state.zone, now) - local_day(state.zone, state.period_start)).days + 1
    earlier = [(p.used, (local_day(state.zone, p.end) - local_day(state.zone, p.start)).days) for p in state.past]
    sends = state.period.used + sum(used for used, _ in earlier)
    days = so_far + sum(length for _, length in earlier)
    if not sends and not earlier:
        return Forecast(None if loss and state.balance else 0, "no InMails logged yet")
    basis = f"{_count(state.period.used, 'send')} in {_count(so_far, 'day')}"
    if earlier:
        basis += f" and {_count(len(earlier), 'earlier month')}"
    if loss is None or not state.balance:
        return Forecast(0, basis)
    days_after_today = len(days_until(state.zone, now, loss.at)) - 1
    return Forecast(max(0, -loss.credits - sends * days_after_today // days), basis)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
