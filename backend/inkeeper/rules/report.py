"""The usage report: what became of the credits month by month, what they were worth, and when InMails are answered.

All of it is added up from the sheets, so from the same replay as the balance. Months are those of the account's zone.
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
"""How many local days before today the response rates look back on."""

MIN_HOUR_SENT = 5
"""Fewer InMails than this in one hour of the week say nothing of it."""

WEEKDAYS, HOURS = 7, 24


class Month(NamedTuple):
    """A local month `[start, end)` (UTC): the plan that it ended on with its allotment for so many months, its
    balances, and what came and went.
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
        """The balance at its end, after what expired then."""
        return self.opening + self.tally.net()


class Average(NamedTuple):
    """Credits used and lost a month, over so many months."""

    months: int
    used: float
    lost: float


class Answers(NamedTuple):
    """InMails by what became of them."""

    accepted: int = 0
    declined: int = 0
    replied: int = 0
    no_response: int = 0
    pending: int = 0

    @property
    def sent(self) -> int:
        """All of them."""
        return sum(self)

    @property
    def answered(self) -> int:
        """Those with any answer."""
        return self.accepted + self.declined + self.replied

    @property
    def response_rate(self) -> float | None:
        """The share that was answered; None of none."""
        return _share(self.answered, self.sent)

    @property
    def acceptance_rate(self) -> float | None:
        """The share whose answer was not a refusal; None of none."""
        return _share(self.accepted + self.replied, self.sent)


class Cost(NamedTuple):
    """What the months came to at their prices, and so each credit used and each answer (None: none, or no price)."""

    paid: Money | None
    used_credit: Money | None
    answer: Money | None


class HourOfWeek(NamedTuple):
    """An hour of the week, weekday 1 (Monday) to 7, with how many InMails were sent in it and later answered."""

    weekday: int
    hour: int
    sent: int
    answered: int

    @property
    def response_rate(self) -> float | None:
        """The share that was answered; None where there are too few to tell."""
        return _share(self.answered, self.sent) if self.sent >= MIN_HOUR_SENT else None


def months(sheets: Sequence[Sheet], zone: str, since: datetime) -> list[Month]:
    """The local months from the one that begins at `since` (UTC) on, as far as the account was open, oldest first.

    The sheets follow one another up to the open one; the first reaches back to `since` or to the opening.
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


def lost(tally: Tally) -> int:
    """Credits that went without an InMail."""
    return tally.expired + tally.forfeited + tally.voided


def average(rows: Sequence[Month], now: datetime) -> Average:
    """Of the months that are over at `now` (UTC), or of the present one while none is."""
    counted = [month for month in rows if month.end <= now] or rows
    whole = total(month.tally for month in counted)
    return Average(len(counted), round(whole.used / len(counted), 2), round(lost(whole) / len(counted), 2))


def best(rows: Iterable[Month]) -> Month | None:
    """The month in which most credits were used, the latest of equals; None where none was."""
    used = [month for month in rows if month.tally.used]
    return max(used, key=lambda month: (month.tally.used, month.start), default=None)


def worth(month: Month, credits: int, prices: Mapping[str, Money]) -> Money | None:
    """What so many of the month's credits are worth at the price of its plan, or None without one."""
    return money.value_of(credits, prices.get(month.plan), month.allotment, month.months)


def priced(rows: Iterable[Month], prices: Mapping[str, Money]) -> list[Month]:
    """The months that granted credits and whose plan has a price."""
    return [month for month in rows if month.allotment and month.plan in prices]


def cost(rows: Sequence[Month], prices: Mapping[str, Money], answers: int) -> Cost:
    """What a used credit and an answer cost over these priced months. `answers` are those to the InMails sent in them
    that cost a credit.
    """
    paid = money.total(prices[month.plan] for month in rows)
    if paid is None:
        return Cost(None, None, None)
    return Cost(paid, money.divide(paid, sum(month.tally.used for month in rows)), money.divide(paid, answers))


def hours_of_week(counts: Mapping[int, tuple[int, int]]) -> list[list[HourOfWeek]]:
    """A row of hours for each weekday, Monday first, from InMails (sent, answered) by hour since Monday began."""
    return [
        [HourOfWeek(day + 1, hour, *counts.get(day * HOURS + hour, (0, 0))) for hour in range(HOURS)]
        for day in range(WEEKDAYS)
    ]


def best_hours(week: Iterable[Iterable[HourOfWeek]], count: int) -> list[HourOfWeek]:
    """The hours in which InMails sent are answered most often, best first: none with too few InMails, or no answer."""
    rated = [hour for day in week for hour in day if hour.response_rate]
    return sorted(rated, key=lambda hour: (-(hour.response_rate or 0), -hour.sent, hour.weekday, hour.hour))[:count]


def _parts(sheets: Iterable[Sheet]) -> Iterator[tuple[Sheet, Part]]:
    for sheet in sheets:
        for part in sheet.parts:
            yield sheet, part


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
