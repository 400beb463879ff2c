"""Forecasts, at the account's own rate, how many credits the next loss takes.

Also computes the capacity: how many InMails an allotment allows if answers return credits.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from inkeeper.rules.pace import days_until
from inkeeper.rules.periods import day_start, local_day
from inkeeper.rules.replay import allotment_of, book_of
from inkeeper.rules.state import PAST_PERIODS, State
from inkeeper.rules.timeline import Change

RETURNS_WINDOW_DAYS = 90
"""The length of the window of the response rate of returned credits, in local days before today."""

OWN_RATE_AFTER_DAYS = 10
"""The age of a period, in local days, from which on the forecast uses the rate of this period alone."""

_SHORTEST_LAG = timedelta(hours=1)
_MAX_ROUNDS = 100


class Returns(NamedTuple):
    """The paid InMails sent in RETURNS_WINDOW_DAYS: how many, and how many were answered.

    `lag` is the median time to an answer (None: none was answered).
    """

    sent: int
    answered: int
    lag: timedelta | None

    @property
    def unreturned(self) -> int:
        """How many of them returned no credit. At least 1, so that a response rate of 100 % has a finite capacity."""
        return max(self.sent - self.answered, 1)


class Basis(NamedTuple):
    """The history behind a forecast.

    - `sends`: the paid InMails of this period, in `days` days. 0 days: no InMail was logged yet.
    - `earlier`: how many earlier periods are included. `earlier_are_months`: each of them is one month long.
    - `answered`: how many of the `sent` recent InMails returned their credit. Both are 0 if none did.
    """

    sends: int
    days: int
    earlier: int = 0
    earlier_are_months: bool = True
    answered: int = 0
    sent: int = 0


NOTHING_LOGGED = Basis(0, 0)


class Forecast(NamedTuple):
    """Credits that will be lost (None: no history), and the history behind that number."""

    lost: int | None
    basis: Basis


class ReturnsBasis(NamedTuple):
    """The history behind a capacity: `answered` of the paid InMails `sent` in RETURNS_WINDOW_DAYS."""

    sent: int
    answered: int


class Capacity(NamedTuple):
    """How many InMails can be sent with the credits that answers return.

    `inmails`: with one allotment. `until_renewal`: with the balance, up to the next renewal. `response_rate` is a share
    from 0 to 1, `lag` the median time to an answer, `basis` the history behind both.
    """

    inmails: int
    until_renewal: int
    response_rate: float
    lag: timedelta | None
    basis: ReturnsBasis


def returns_since(zone: str, now: datetime) -> datetime:
    """The start (UTC) of the window of the response rate of returned credits. It changes at local midnight only."""
    return day_start(zone, local_day(zone, now) - timedelta(days=RETURNS_WINDOW_DAYS))


def capacity(state: State, now: datetime, returns: Returns) -> Capacity | None:
    """The capacity: allotment ÷ (1 − response rate), since each answer returns a credit.

    A returned credit can be spent again after the median time to an answer, so `until_renewal` counts as many rounds as
    fit into the days before the next renewal. None if answers return no credits or the allotment is 0.
    """
    allotment = allotment_of(state)
    if book_of(state).credit_back is None or not allotment:
        return None
    sent, unreturned, lag = returns.sent, returns.unreturned, returns.lag
    if not returns.answered or lag is None:
        return Capacity(allotment, state.balance, 0.0, lag, ReturnsBasis(sent, 0))
    left = timedelta(days=(local_day(state.zone, state.next_renewal) - local_day(state.zone, now)).days)
    rounds = min(left // max(lag, _SHORTEST_LAG), _MAX_ROUNDS) + 1
    # The balance, the credits that it returns, the credits that those return, and so on: a geometric series.
    until_renewal = state.balance * sent * (sent**rounds - (sent - unreturned) ** rounds) // (unreturned * sent**rounds)
    basis = ReturnsBasis(sent, returns.answered)
    return Capacity(allotment * sent // unreturned, until_renewal, round(returns.answered / sent, 4), lag, basis)


def forecast(state: State, now: datetime, loss: Change | None, returns: Returns | None = None) -> Forecast:
    """The credits of `loss` that remain unused at the account's own rate.

    The rate is spends ÷ local days × the share of credits that are not returned. From OWN_RATE_AFTER_DAYS on it is the
    rate of this period alone; before, that of this period and of the last PAST_PERIODS periods with InMails together.
    0 with an empty balance or without a loss; else None without history.
    """
    so_far = (local_day(state.zone, now) - local_day(state.zone, state.period_start)).days + 1
    used_before = [period for period in state.past if period.has_inmails][-PAST_PERIODS:]
    if not used_before and not (state.period.used or state.period.free_used):
        return Forecast(None if loss and state.balance else 0, NOTHING_LOGGED)
    # Today is not over, so it does not count for the age of the period.
    earlier = used_before if so_far - 1 < OWN_RATE_AFTER_DAYS else []
    sends = state.period.used + sum(period.used for period in earlier)
    days = so_far + sum((local_day(state.zone, p.end) - local_day(state.zone, p.start)).days for p in earlier)
    basis = Basis(state.period.used, so_far, len(earlier), all(period.months == 1 for period in earlier))
    unreturned, of_sent = 1, 1
    if returns and returns.answered:
        unreturned, of_sent = returns.unreturned, returns.sent
        basis = basis._replace(answered=returns.answered, sent=returns.sent)
    if loss is None or not state.balance:
        return Forecast(0, basis)
    days_after_today = len(days_until(state.zone, now, loss.at)) - 1
    return Forecast(max(0, -loss.credits - sends * days_after_today * unreturned // (days * of_sent)), basis)
