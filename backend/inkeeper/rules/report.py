"""Computes the usage report: credits by month, their value, and response rates by hour of the week.

All numbers are sums over sheets, so they come from the same replay as the balance. Months are local to the account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from inkeeper.rules import money
from inkeeper.rules.money import Money
from inkeeper.rules.sheets import Part, Sheet, month_start, total
from inkeeper.rules.state import Tally

RATE_WINDOWS_DAYS = (30, 90)
"""The lengths of the windows of the response rates, in local days before today."""

MIN_HOUR_SENT = 5
"""The least number of InMails in one hour of the week for a response rate of that hour."""

WEEKDAYS, HOURS = 7, 24


class Month(NamedTuple):
    """The credits of one local month `[start, end)` (UTC).

    `plan` is the plan at its end, `allotment` the plan's for `months` months, `opening` the balance at its start.
    """

    start: datetime
    end: datetime
    plan: str
    allotment: int
    opening: int
    tally: Tally
    months: int = 1

    @property
    def closing(self) -> int:
        """The balance at its end, after credits that expire at its end."""
        return self.opening + self.tally.net()


class Average(NamedTuple):
    """Credits used and lost per month, averaged over `months` months."""

    months: int
    used: float
    lost: float


class Answers(NamedTuple):
    """The number of InMails by outcome."""

    accepted: int = 0
    declined: int = 0
    replied: int = 0
    no_response: int = 0
    pending: int = 0

    @property
    def sent(self) -> int:
        """The number of all InMails."""
        return sum(self)

    @property
    def answered(self) -> int:
        """The number of InMails with an answer."""
        return self.accepted + self.declined + self.replied

    @property
    def response_rate(self) -> float | None:
        """The share of InMails answered, from 0 to 1. None without InMails."""
        return _share(self.answered, self.sent)

    @property
    def acceptance_rate(self) -> float | None:
        """The share of InMails accepted or replied to, from 0 to 1. None without InMails."""
        return _share(self.accepted + self.replied, self.sent)


class Cost(NamedTuple):
    """The price of all months together, of each used credit and of each answer (None: none of them, or no price)."""

    paid: Money | None
    used_credit: Money | None
    answer: Money | None


class HourOfWeek(NamedTuple):
    """One hour of the week (weekday 1 is Monday, 7 Sunday): the InMails sent in it, and how many were answered."""

    weekday: int
    hour: int
    sent: int
    answered: int

    @property
    def response_rate(self) -> float | None:
        """The share of InMails answered, from 0 to 1. None for fewer than MIN_HOUR_SENT."""
        return _share(self.answered, self.sent) if self.sent >= MIN_HOUR_SENT else None


def months(sheets: Sequence[Sheet], zone: str, since: datetime) -> list[Month]:
    """The local months of the account from the one that begins at `since` (UTC) on, oldest first.

    `sheets` are consecutive up to the open one. The first must begin at or before `since`, or at the opening.
    """
    found: list[Month] = []
    balance = sheets[0].opening
    for sheet, part in _parts(sheets):
        start = month_start(zone, part.start)
        if start >= since:
            if found and found[-1].start == start:
                earlier = found.pop()
                opening, tally = earlier.opening, total([earlier.tally, part.tally])
            else:
                opening, tally = balance, part.tally
            end = month_start(zone, start, 1)
            found.append(Month(start, end, sheet.plan, sheet.allotment, opening, tally, sheet.months))
        balance += part.tally.net()
    return found


def lost_credits(tally: Tally) -> int:
    """The credits lost: expired, forfeited or voided."""
    return tally.expired + tally.forfeited + tally.voided


def average(rows: Sequence[Month], now: datetime) -> Average:
    """The average of the months that have ended at `now` (UTC), or of the current month if none has."""
    counted = [month for month in rows if month.end <= now] or rows
    whole = total(month.tally for month in counted)
    return Average(len(counted), round(whole.used / len(counted), 2), round(lost_credits(whole) / len(counted), 2))


def best_month(rows: Iterable[Month]) -> Month | None:
    """The month with the most used credits, the latest of equals. None if no credits were used."""
    used = [month for month in rows if month.tally.used]
    return max(used, key=lambda month: (month.tally.used, month.start), default=None)


def value_in_month(month: Month, credits: int, prices: Mapping[str, Money]) -> Money | None:
    """The value of `credits` at the price of the month's plan (`prices` are per month, by plan). None without one."""
    return money.value_of(credits, prices.get(month.plan), month.allotment, month.months)


def priced_months(rows: Iterable[Month], prices: Mapping[str, Money]) -> list[Month]:
    """The months that granted credits and whose plan has a price."""
    return [month for month in rows if month.allotment and month.plan in prices]


def cost(rows: Sequence[Month], prices: Mapping[str, Money], answers: int) -> Cost:
    """The cost of these months, of a used credit and of an answer. Each plan of the months must have a price.

    `answers` is the number of answers to the paid InMails sent in these months.
    """
    paid = money.total(prices[month.plan] for month in rows)
    if paid is None:
        return Cost(None, None, None)
    return Cost(paid, money.divide(paid, sum(month.tally.used for month in rows)), money.divide(paid, answers))


def hours_of_week(counts: Mapping[int, tuple[int, int]]) -> list[list[HourOfWeek]]:
    """The hours of each weekday, Monday first. `counts` are InMails (sent, answered) by hours since Monday 00:00."""
    return [
        [HourOfWeek(day + 1, hour, *counts.get(day * HOURS + hour, (0, 0))) for hour in range(HOURS)]
        for day in range(WEEKDAYS)
    ]


def best_hours(week: Iterable[Iterable[HourOfWeek]], count: int) -> list[HourOfWeek]:
    """The `count` hours with the highest response rates, best first. Hours without a rate or an answer are left out."""
    rated = [hour for day in week for hour in day if hour.response_rate]
    return sorted(rated, key=lambda hour: (-(hour.response_rate or 0), -hour.sent, hour.weekday, hour.hour))[:count]


def _parts(sheets: Iterable[Sheet]) -> Iterator[tuple[Sheet, Part]]:
    for sheet in sheets:
        for part in sheet.parts:
            yield sheet, part


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
