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
from typing import Any

from inkeeper.clock import to_microseconds
from inkeeper.csvtext import write_table
from inkeeper.rules import books, money
from inkeeper.rules.money import Money
from inkeeper.rules.periods import day_start, local_day, name_for_browsers
from inkeeper.rules.replay import book_of
from inkeeper.rules.report import (
    HOURS,
    MIN_HOUR_SENT,
    RATE_WINDOWS_DAYS,
    WEEKDAYS,
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
from inkeeper.rules.state import State, Tally
from inkeeper.services.ledger import answers
from inkeeper.services.ledger.answers import Answered
from inkeeper.services.ledger.cached_answers import CachedAnswer, CachedAnswers
from inkeeper.storage import balances
from inkeeper.storage.accounts import Account
from inkeeper.storage.transaction import Transaction

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


class Reports:
    """A cache of reports, reused while the account does not change."""

    def __init__(self) -> None:
        self._cached_reports: CachedAnswers[dict[str, Any]] = CachedAnswers(limit=100)

    def of(self, tx: Transaction, row: Account, now: datetime, count: int) -> dict[str, Any]:
        """As `report`, from the cache if possible."""
        return _dated(self._cached_reports.of(row, now, lambda: _make(tx, row, now, count), count), now)


def report(tx: Transaction, row: Account, now: datetime, count: int) -> dict[str, Any]:
    """The account's last `count` months at `now` (UTC), the present one included, as far as it was open in them."""
    return _dated(_make(tx, row, now, count).answer, now)


def _make(tx: Transaction, row: Account, now: datetime, count: int) -> CachedAnswer[dict[str, Any]]:
    """The report without the instant, which `_dated` adds."""
    zone, now = row.time_zone, balances.present(tx, row.id, now)
    past = balances.period_sheets(tx, row.id, month_start(zone, now, 1 - count), now)
    sheets, state = [*past.closed, past.present], past.state
    rows = months(sheets, zone, month_start(zone, now, 1 - count))
    prices = row.prices(paid_plan(sheets))
    since = max(rows[0].start, state.opened_at)
    most = best_month(rows)
    answered = answers.answered(tx, row.id, zone, since, now)
    made = {
        "account": _account(row, state),
        "from": since,
        "months": [_month(month, zone, now, prices) for month in rows],
        "totals": _totals(rows, prices),
        "average": average(rows, now)._asdict(),
        "differences": _differences(rows),
        "best_month": most and {"month": _name(zone, most.start), "used": most.tally.used},
        "rates": _rates(tx, row, now),
        "cost": _cost(rows, prices, answered),
        "capacity": answers.describe_capacity(state, now, answers.returns(tx, row.id, state, now)),
        "balance_over_time": _balance_over_time(sheets, since, rows[0].opening),
        "heat_map": _heat_map(answers.by_hour_of_sending(tx, row.id, zone, since, now), answered),
        "answer_time": {"answers": len(answered), "median_hours": answers.hours(answers.median_wait(answered))},
    }
    # Windows, days and months change at midnight only, so the report is valid until then unless the balance changes.
    tomorrow = day_start(zone, local_day(zone, now) + timedelta(days=1))
    turns = [
        tomorrow,
        state.next_renewal,
        *(lot.expires_at for lot in state.lots[:1]),
        *(each.at for each in past.coming),
    ]
    return CachedAnswer(made, min(turns))


def _dated(made: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The report with its instant `now` added in all places."""
    points = made["balance_over_time"]
    return made | {
        "as_of": now,
        "rates": [rates | {"to": now} for rates in made["rates"]],
        "balance_over_time": [*points, points[-1] | {"at": now, "reason": "now", "credits": 0}],
    }


def table(row: Account, found: dict[str, Any]) -> list[list[Any]]:
    """The months of a report as rows under `TABLE_COLUMNS`, money in the currency's unit."""
    rows = []
    for month in found["months"]:
        used, gone = month["value_used"], month["value_lost"]
        named = month | {
            "account": row.name,
            "time_zone": name_for_browsers(row.time_zone),
            "currency": used and used["currency"],
            "value_used": used and money.decimal(Money(**used)),
            "value_lost": gone and money.decimal(Money(**gone)),
        }
        rows.append([named[column] for column in TABLE_COLUMNS])
    return rows


def table_text(row: Account, found: dict[str, Any]) -> str:
    """The same table as CSV, in which no text is a formula."""
    text = StringIO(newline="")
    write_table(text, TABLE_COLUMNS, table(row, found))
    return text.getvalue()


def paid_plan(sheets: Sequence[Sheet]) -> str:
    """The plan that the account's price is of: today's, or, on the free one, the last that was paid."""
    return next((sheet.plan for sheet in reversed(sheets) if sheet.plan != books.BASIC), books.BASIC)


def _account(row: Account, state: State) -> dict[str, Any]:
    plan = book_of(state).plan(state.plan)
    return {
        "id": row.id,
        "name": row.name,
        "plan": plan.id,
        "plan_title": plan.title,
        "rule_book": state.terms.rule_book,
        "time_zone": name_for_browsers(row.time_zone),
        "opened_at": state.opened_at,
        "price": row.price and row.price._asdict(),
    }


def _name(zone: str, start: datetime) -> str:
    return f"{first_day(zone, start):%Y-%m}"


def _month(month: Month, zone: str, now: datetime, prices: Mapping[str, Money]) -> dict[str, Any]:
    used, gone = (value_in_month(month, credits, prices) for credits in (month.tally.used, lost_credits(month.tally)))
    return {
        "month": _name(zone, month.start),
        "start": month.start,
        "end": month.end,
        "ended": month.end <= now,
        "plan": month.plan,
        "allotment": month.allotment,
        "allotment_months": month.months,
        "opening_balance": month.opening,
        **_amounts(month.tally),
        "closing_balance": month.closing,
        "value_used": used and used._asdict(),
        "value_lost": gone and gone._asdict(),
    }


def _amounts(tally: Tally) -> dict[str, int]:
    return {
        "granted": tally.granted,
        "used": tally.used,
        "free": tally.free_used,
        "returned": tally.credited_back,
        "expired": tally.expired,
        "forfeited": tally.forfeited,
        "voided": tally.voided,
        "lost": lost_credits(tally),
        "adjusted_up": tally.adjusted_up,
        "adjusted_down": tally.adjusted_down,
    }


def _totals(rows: Sequence[Month], prices: Mapping[str, Money]) -> dict[str, Any]:
    used = money.total(value_in_month(month, month.tally.used, prices) for month in rows)
    gone = money.total(value_in_month(month, lost_credits(month.tally), prices) for month in rows)
    return {
        "months": len(rows),
        **_amounts(total(month.tally for month in rows)),
        "value_used": used and used._asdict(),
        "value_lost": gone and gone._asdict(),
    }


def _differences(rows: Sequence[Month]) -> list[dict[str, Any]]:
    """The differences in credits between observed balances and the ledger's, as codes with counts.

    An observation before anything was logged is the starting balance, not a difference.
    """
    whole = total(month.tally for month in rows)
    counts = {"not_logged": whole.observed_less, "more_than_computed": whole.observed_more}
    return [{"code": code, "count": count} for code, count in counts.items() if count]


def _rates(tx: Transaction, row: Account, now: datetime) -> list[dict[str, Any]]:
    today = local_day(row.time_zone, now)
    since = [day_start(row.time_zone, today - timedelta(days=days)) for days in RATE_WINDOWS_DAYS]
    return [
        {
            "days": days,
            "from": begin,
            "sent": found.sent,
            **found._asdict(),
            "response_rate": found.response_rate,
            "acceptance_rate": found.acceptance_rate,
        }
        for days, begin, found in zip(RATE_WINDOWS_DAYS, since, answers.by_outcome(tx, row.id, since, now), strict=True)
    ]


def _cost(rows: Sequence[Month], prices: Mapping[str, Money], answered: Iterable[Answered]) -> dict[str, Any]:
    counted = priced_months(rows, prices)
    spans = [(to_microseconds(month.start), to_microseconds(month.end)) for month in counted]
    paid_answers = [sent_at for sent_at, paid, _, _ in answered if paid]
    many = sum(bisect_left(paid_answers, end) - bisect_left(paid_answers, start) for start, end in spans)
    return {
        "months": len(counted),
        "used": sum(month.tally.used for month in counted),
        "answers": many,
        "plans_without_price": sorted({month.plan for month in rows if month.allotment} - prices.keys()),
        **{name: amount and amount._asdict() for name, amount in cost(counted, prices, many)._asdict().items()},
    }


def _balance_over_time(sheets: Iterable[Sheet], since: datetime, opening: int) -> list[dict[str, Any]]:
    found = (point for sheet in sheets for point in sheet.points if point.at >= since)
    # What ended as the first month began was lost to the one before, and is not in its opening balance any more.
    points = [Point(since, opening, "start", 0), *dropwhile(lambda x: x.at == since and x.kind in ENDING_KINDS, found)]
    return [{"at": at, "balance": balance, "reason": kind, "credits": credits} for at, balance, kind, credits in points]


def _heat_map(by_hour: Mapping[int, tuple[int, int]], answered: Iterable[Answered]) -> dict[str, Any]:
    week = hours_of_week(by_hour)
    received = Counter(hour for _, _, hour, _ in answered)
    return {
        "minimum_sample": MIN_HOUR_SENT,
        "enough": any(hour.sent >= MIN_HOUR_SENT for day in week for hour in day),
        "weekdays": list(range(1, WEEKDAYS + 1)),
        "hours": list(range(HOURS)),
        "sent": [[hour.sent for hour in day] for day in week],
        "answered": [[hour.answered for hour in day] for day in week],
        "response_rate": [[hour.response_rate for hour in day] for day in week],
        "answers_received": [[received[day * HOURS + hour] for hour in range(HOURS)] for day in range(WEEKDAYS)],
        "best": [hour._asdict() | {"response_rate": hour.response_rate} for hour in best_hours(week, _BEST_HOURS)],
    }
