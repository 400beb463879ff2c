"""The usage report of an account: its months in the account's zone, rates, costs, balance and hours.

Its cost does not grow with what was before the months asked for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from io import StringIO
from itertools import dropwhile
from typing import Any, NamedTuple

from inkeeper.csvtext import write_table
from inkeeper.instants import to_microseconds
from inkeeper.rules import books, money
from inkeeper.rules.money import Money
from inkeeper.rules.periods import day_start, local_day, name_for_browsers
from inkeeper.rules.replay import book_of
from inkeeper.rules.report import (
    HOURS,
    MIN_HOUR_SENT,
    RATE_WINDOWS_DAYS,
    WEEKDAYS,
    Answers,
    Average,
    HourOfWeek,
    Month,
    average,
    best_hours,
    best_month,
    cost,
    hours_of_week,
    lost_credits,
    months,
    priced_months,
    value_in_month,
)
from inkeeper.rules.sheets import ENDING_KINDS, Point, Sheet, first_day, month_start, total
from inkeeper.rules.state import State
from inkeeper.services.ledger import answers
from inkeeper.services.ledger.answers import Answered, Capacity
from inkeeper.services.ledger.cached_answers import CachedAnswer, CachedAnswers
from inkeeper.storage import balances
from inkeeper.storage.accounts import Account
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import Difference

_BEST_HOURS = 3

TABLE_COLUMNS = (
    "account",
    "month",
    "time_zone",
    "plan",
    "allotment",
    "opening_balance",
    "granted",
    "returned",
    "adjusted_up",
    "used",
    "free",
    "expired",
    "forfeited",
    "voided",
    "adjusted_down",
    "closing_balance",
    "currency",
    "value_used",
    "value_lost",
)
"""The heading of the report as a table, which has one row for each month."""


class ReportAccount(NamedTuple):
    """The account of a report."""

    id: str
    name: str
    plan: str
    plan_title: str
    rule_book: str
    time_zone: str
    """The name that browsers know."""
    opened_at: datetime
    price: Money | None


class Amounts(NamedTuple):
    """The credits of one or more months by their use.

    `free` counts InMails without cost; `lost` = expired + forfeited + voided. The values cover the months whose plan
    has a price; None if there are none.
    """

    granted: int
    used: int
    free: int
    returned: int
    expired: int
    forfeited: int
    voided: int
    lost: int
    adjusted_up: int
    adjusted_down: int
    value_used: Money | None
    value_lost: Money | None


class ReportMonth(NamedTuple):
    """A calendar month in the account's zone, named `2026-11`, with the plan and allotment at its end."""

    month: str
    start: datetime
    end: datetime
    ended: bool
    plan: str
    allotment: int
    allotment_months: int
    opening_balance: int
    closing_balance: int
    amounts: Amounts


class Differences(NamedTuple):
    """The sum of the differences of one kind between LinkedIn's balance and the ledger's."""

    code: Difference
    credits: int


class BestMonth(NamedTuple):
    """The month with the most used credits."""

    month: str
    used: int


class Rates(NamedTuple):
    """The InMails sent since `since` (UTC), `days` local days before today, by outcome."""

    days: int
    since: datetime
    answers: Answers


class CostOfMonths(NamedTuple):
    """What `months` months cost that granted credits and whose plan has a price, a used credit in them, and an answer.

    `answers` counts those to the InMails sent in these months that cost a credit.
    """

    months: int
    used: int
    answers: int
    plans_without_price: list[str]
    paid: Money | None
    used_credit: Money | None
    answer: Money | None


class HeatMap(NamedTuple):
    """InMails by local weekday (1 is Monday) and hour: one row per weekday, one number per hour.

    `enough` says whether any hour has `minimum_sample` InMails; only such hours have a response rate.
    """

    minimum_sample: int
    enough: bool
    weekdays: list[int]
    hours: list[int]
    sent: list[list[int]]
    answered: list[list[int]]
    response_rate: list[list[float | None]]
    answers_received: list[list[int]]
    best: list[HourOfWeek]


class AnswerTime(NamedTuple):
    """The number of answers, and the median time until them (None without answers)."""

    answers: int
    median_hours: float | None


class Report(NamedTuple):
    """The report of some months, which are in order of time. Instants are UTC.

    - `balance_over_time`: the last point is of the kind `now`.
    - `stands_until`: until when it stays valid if nothing is written. Only `as_of` and the last point's instant change.
    """

    account: ReportAccount
    since: datetime
    months: list[ReportMonth]
    totals: Amounts
    average: Average
    differences: list[Differences]
    best_month: BestMonth | None
    rates: list[Rates]
    cost: CostOfMonths
    capacity: Capacity | None
    balance_over_time: list[Point]
    heat_map: HeatMap
    answer_time: AnswerTime
    as_of: datetime
    stands_until: datetime


class Reports:
    """A cache of reports, reused while the account does not change."""

    def __init__(self) -> None:
        self._cached_reports: CachedAnswers[Report] = CachedAnswers(limit=100)

    def of(self, tx: Transaction, row: Account, now: datetime, count: int) -> Report:
        """As `report`, from the cache if possible."""
        return _dated(self._cached_reports.of(row, now, lambda: _make(tx, row, now, count), count), now)


def report(tx: Transaction, row: Account, now: datetime, count: int) -> Report:
    """The account's last `count` months at `now` (UTC), the present one included, as far as it was open in them."""
    return _dated(_make(tx, row, now, count).answer, now)


def _make(tx: Transaction, row: Account, now: datetime, count: int) -> CachedAnswer[Report]:
    """The report without the last point of the balance, which `_dated` adds."""
    zone, now = row.time_zone, balances.present(tx, row.id, now)
    past = balances.period_sheets(tx, row.id, month_start(zone, now, 1 - count), now)
    sheets, state = [*past.closed, past.present], past.state
    rows = months(sheets, zone, month_start(zone, now, 1 - count))
    prices = row.prices(paid_plan(sheets))
    since = max(rows[0].start, state.opened_at)
    most = best_month(rows)
    answered = answers.answered(tx, row.id, zone, since, now)
    # Windows, days and months change at midnight only, so the report is valid until then unless the balance changes.
    tomorrow = day_start(zone, local_day(zone, now) + timedelta(days=1))
    turns = [
        tomorrow,
        state.next_renewal,
        *(lot.expires_at for lot in state.lots[:1]),
        *(each.at for each in past.coming),
    ]
    made = Report(
        account=_account(row, state),
        since=since,
        months=[_month(month, zone, now, prices) for month in rows],
        totals=_amounts(rows, prices),
        average=average(rows, now),
        differences=_differences(rows),
        best_month=most and BestMonth(_name(zone, most.start), most.tally.used),
        rates=_rates(tx, row, now),
        cost=_cost(rows, prices, answered),
        capacity=answers.describe_capacity(state, now, answers.returns(tx, row.id, state, now)),
        balance_over_time=_balance_over_time(sheets, since, rows[0].opening),
        heat_map=_heat_map(answers.by_hour_of_sending(tx, row.id, zone, since, now), answered),
        answer_time=AnswerTime(len(answered), answers.hours(answers.median_wait(answered))),
        as_of=now,
        stands_until=min(turns),
    )
    return CachedAnswer(made, made.stands_until)


def _dated(made: Report, now: datetime) -> Report:
    """The report at `now`, with the balance of that instant as the last point."""
    points = made.balance_over_time
    return made._replace(as_of=now, balance_over_time=[*points, points[-1]._replace(at=now, kind="now", credits=0)])


def table(row: Account, found: Report) -> list[list[Any]]:
    """The months of a report as rows under `TABLE_COLUMNS`, money in the currency's unit."""
    rows = []
    for month in found.months:
        used, gone = month.amounts.value_used, month.amounts.value_lost
        named = (
            month._asdict()
            | month.amounts._asdict()
            | {
                "account": row.name,
                "time_zone": name_for_browsers(row.time_zone),
                "currency": used and used.currency,
                "value_used": used and money.decimal(used),
                "value_lost": gone and money.decimal(gone),
            }
        )
        rows.append([named[column] for column in TABLE_COLUMNS])
    return rows


def table_text(row: Account, found: Report) -> str:
    """The same table as CSV, in which no text is a formula."""
    text = StringIO(newline="")
    write_table(text, TABLE_COLUMNS, table(row, found))
    return text.getvalue()


def paid_plan(sheets: Sequence[Sheet]) -> str:
    """The plan that the account's price is of: today's, or, on the free one, the last that was paid."""
    return next((sheet.plan for sheet in reversed(sheets) if sheet.plan != books.BASIC), books.BASIC)


def _account(row: Account, state: State) -> ReportAccount:
    plan = book_of(state).plan(state.plan)
    return ReportAccount(
        id=row.id,
        name=row.name,
        plan=plan.id,
        plan_title=plan.title,
        rule_book=state.terms.rule_book,
        time_zone=name_for_browsers(row.time_zone),
        opened_at=state.opened_at,
        price=row.price,
    )


def _name(zone: str, start: datetime) -> str:
    return f"{first_day(zone, start):%Y-%m}"


def _month(month: Month, zone: str, now: datetime, prices: Mapping[str, Money]) -> ReportMonth:
    return ReportMonth(
        month=_name(zone, month.start),
        start=month.start,
        end=month.end,
        ended=month.end <= now,
        plan=month.plan,
        allotment=month.allotment,
        allotment_months=month.months,
        opening_balance=month.opening,
        closing_balance=month.closing,
        amounts=_amounts([month], prices),
    )


def _amounts(rows: Sequence[Month], prices: Mapping[str, Money]) -> Amounts:
    tally = total(month.tally for month in rows)
    return Amounts(
        granted=tally.granted,
        used=tally.used,
        free=tally.free_used,
        returned=tally.credited_back,
        expired=tally.expired,
        forfeited=tally.forfeited,
        voided=tally.voided,
        lost=lost_credits(tally),
        adjusted_up=tally.adjusted_up,
        adjusted_down=tally.adjusted_down,
        value_used=money.total(value_in_month(month, month.tally.used, prices) for month in rows),
        value_lost=money.total(value_in_month(month, lost_credits(month.tally), prices) for month in rows),
    )


def _differences(rows: Sequence[Month]) -> list[Differences]:
    """The differences in credits between observed balances and the ledger's, as far as there are any.

    An observation before anything was logged is the starting balance, not a difference.
    """
    whole = total(month.tally for month in rows)
    found = Differences("not_logged", whole.observed_less), Differences("more_than_computed", whole.observed_more)
    return [each for each in found if each.credits]


def _rates(tx: Transaction, row: Account, now: datetime) -> list[Rates]:
    today = local_day(row.time_zone, now)
    since = [day_start(row.time_zone, today - timedelta(days=days)) for days in RATE_WINDOWS_DAYS]
    return list(map(Rates, RATE_WINDOWS_DAYS, since, answers.by_outcome(tx, row.id, since, now)))


def _cost(rows: Sequence[Month], prices: Mapping[str, Money], answered: Iterable[Answered]) -> CostOfMonths:
    counted = priced_months(rows, prices)
    spans = [(to_microseconds(month.start), to_microseconds(month.end)) for month in counted]
    paid_answers = [sent_at for sent_at, paid, _, _ in answered if paid]
    many = sum(bisect_left(paid_answers, end) - bisect_left(paid_answers, start) for start, end in spans)
    return CostOfMonths(
        len(counted),
        sum(month.tally.used for month in counted),
        many,
        sorted({month.plan for month in rows if month.allotment} - prices.keys()),
        *cost(counted, prices, many),
    )


def _balance_over_time(sheets: Iterable[Sheet], since: datetime, opening: int) -> list[Point]:
    found = (point for sheet in sheets for point in sheet.points if point.at >= since)
    # What ended as the first month began was lost to the one before, and is not in its opening balance any more.
    return [Point(since, opening, "start", 0), *dropwhile(lambda x: x.at == since and x.kind in ENDING_KINDS, found)]


def _heat_map(by_hour: Mapping[int, tuple[int, int]], answered: Iterable[Answered]) -> HeatMap:
    week = hours_of_week(by_hour)
    received = Counter(hour for _, _, hour, _ in answered)
    return HeatMap(
        minimum_sample=MIN_HOUR_SENT,
        enough=any(hour.sent >= MIN_HOUR_SENT for day in week for hour in day),
        weekdays=list(range(1, WEEKDAYS + 1)),
        hours=list(range(HOURS)),
        sent=[[hour.sent for hour in day] for day in week],
        answered=[[hour.answered for hour in day] for day in week],
        response_rate=[[hour.response_rate for hour in day] for day in week],
        answers_received=[[received[day * HOURS + hour] for hour in range(HOURS)] for day in range(WEEKDAYS)],
        best=best_hours(week, _BEST_HOURS),
    )
