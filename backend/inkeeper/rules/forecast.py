"""Forecast: at the account's own rate, how many credits the next loss will take, and how many InMails an allotment
carries where answers return credits.
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
"""How many local days before today the response rate of returned credits looks back on."""

OWN_RATE_AFTER_DAYS = 10
"""From which age on, in local days, a period's own rate is evidence enough."""

_SHORTEST_LAG = timedelta(hours=1)
_MAX_ROUNDS = 100


class Returns(NamedTuple):
    """How credits came back lately: of so many paid InMails so many were answered, half of those within `lag` (None:
    none was).
    """

    sent: int
    answered: int
    lag: timedelta | None

    @property
    def unreturned(self) -> int:
        """How many of them returned nothing; at least one, lest a short lucky time promise credits without end."""
        return max(self.sent - self.answered, 1)


class Basis(NamedTuple):
    """On how much history a forecast rests: paid InMails sent in so many days of this period, and how many earlier
    periods count with them, each a month long or not. 0 days: no InMail was logged yet.

    `answered` of `sent` lately sent InMails returned their credit, where any did; else both are 0.
    """

    sends: int
    days: int
    earlier: int = 0
    earlier_are_months: bool = True
    answered: int = 0
    sent: int = 0


NOTHING_LOGGED = Basis(0, 0)


class Forecast(NamedTuple):
    """Credits that will be lost (None: no history to tell from), and on how much history that rests."""

    lost: int | None
    basis: Basis


class ReturnsBasis(NamedTuple):
    """On how much history a capacity rests: `answered` of the paid InMails `sent` in RETURNS_WINDOW_DAYS."""

    sent: int
    answered: int


class Capacity(NamedTuple):
    """How many InMails an allotment carries with the credits that answers return, and how many the balance
    carries up to the next renewal; at which response rate and median time to an answer, and on how much history that
    rests.
    """

    inmails: int
    until_renewal: int
    response_rate: float
    lag: timedelta | None
    basis: ReturnsBasis


def returns_since(zone: str, now: datetime) -> datetime:
    """From when on (UTC) InMails count for the response rate of returned credits. It moves at midnight only."""
    return day_start(zone, local_day(zone, now) - timedelta(days=RETURNS_WINDOW_DAYS))


def capacity(state: State, now: datetime, returns: Returns) -> Capacity | None:
    """Allotment ÷ (1 − response rate), since each answer returns the credit it took; None where answers return none.

    A returned credit can be spent again only after the median time to an answer: up to the next renewal the balance is
    counted again as often as that fits into the days left.
    """
    allotment = allotment_of(state)
    if book_of(state).credit_back is None or not allotment:
        return None
    sent, unreturned, lag = returns.sent, returns.unreturned, returns.lag
    if not returns.answered or lag is None:
        return Capacity(allotment, state.balance, 0.0, lag, ReturnsBasis(sent, 0))
    left = timedelta(days=(local_day(state.zone, state.next_renewal) - local_day(state.zone, now)).days)
    rounds = min(left // max(lag, _SHORTEST_LAG), _MAX_ROUNDS) + 1
    # The balance, what of it comes back, what of that comes back, and so on: a geometric series.
    until_renewal = state.balance * sent * (sent**rounds - (sent - unreturned) ** rounds) // (unreturned * sent**rounds)
    basis = ReturnsBasis(sent, returns.answered)
    return Capacity(allotment * sent // unreturned, until_renewal, round(returns.answered / sent, 4), lag, basis)


def forecast(state: State, now: datetime, loss: Change | None, returns: Returns | None = None) -> Forecast:
    """The loss to expect at the account's own rate: spends over local days, less the share of them that comes back.

    The rate is this period's alone once it is 10 days old; before, this period's and that of the last three periods in
    which InMails were sent, over their days together. Periods without any are no evidence. Where the balance is empty
    nothing is at stake.
    """
    so_far = (local_day(state.zone, now) - local_day(state.zone, state.period_start)).days + 1
    used_before = [period for period in state.past if period.has_inmails][-PAST_PERIODS:]
    if not used_before and not (state.period.used or state.period.free_used):
        return Forecast(None if loss and state.balance else 0, NOTHING_LOGGED)
    # Today is not over, and does not make the period a day older.
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
