"""The page Report: use and value of the last twelve months' credits, and the advice about the plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from flask import Response, current_app
from markupsafe import Markup

from inkeeper.api.context import actor, now, store
from inkeeper.rules.periods import local_day
from inkeeper.services.access import owned_account
from inkeeper.services.ledger import advice
from inkeeper.services.ledger.advice import PlanAdvice
from inkeeper.services.ledger.report import Amounts, HeatMap, Report, ReportMonth, Reports
from inkeeper.storage.accounts import Account
from inkeeper.storage.transaction import Transaction
from inkeeper.web import charts, forms, pages, report_words, seats, words
from inkeeper.web.blueprint import blueprint
from inkeeper.web.language import gettext, language, ngettext

MONTHS = 12
"""The number of calendar months (account's time zone) in the report."""

ON_A_PHONE = 6
"""The number of months that a narrow screen shows initially."""

_SHARES = 10
"""The number of shades in the weekly heat map."""


_INSTANT = timedelta(microseconds=1)


class Row(NamedTuple):
    """A month in the table: name, whether it has ended, cells (column, number). Phones hide `early` months at first."""

    name: str
    ended: bool
    early: bool
    cells: list[tuple[str, int]]


@blueprint.page("/report")
def show_report() -> Response:
    """Show the report of an account."""
    query = forms.read_query(forms.Query())
    with store().read() as tx:
        found = seats.read(tx, query.get("account"))
        made = read_report(tx, owned_account(tx, actor(), found.account_id))
    values = {} if _is_empty(made) else _values(made, found.zone)
    return pages.page("app/report.html", title=gettext("Report"), here="report", seats=found, report=made, **values)


@blueprint.get("/report/advice")
def show_advice() -> Response:
    """Show the advice about the plan. It is loaded separately because it replays the InMails on every plan."""
    query = forms.read_query(forms.Query())
    with store().read() as tx:
        found = seats.read(tx, query.get("account"))
        made = advice.advice(tx, actor(), found.account_id, now())
    if not made.history.full_periods:
        return pages.part("app/nothing.html")
    return pages.part("app/report_advice.html", seats=found, advice=made, **_advice_values(made, found.zone))


def read_report(tx: Transaction, row: Account) -> Report:
    """The account's report at the instant of the request. It is cached, so callers must not modify it."""
    reports: Reports = current_app.extensions["inkeeper.reports"]
    return reports.of(tx, row, now(), MONTHS)


def _is_empty(report: Report) -> bool:
    totals = report.totals
    return len(report.months) < 2 and not totals.used + totals.free + totals.lost


def _values(report: Report, zone: str) -> dict[str, Any]:
    months = report.months
    late = months[-ON_A_PHONE:]
    columns = [code for code in report_words.COLUMNS if _is_shown(code, months)]
    return {
        "span": _span(len(months)),
        "columns": columns,
        "rows": [_row(month, columns, early=place < len(months) - len(late)) for place, month in enumerate(months)],
        "totals_row": _cells(report.totals, columns[:-1]),
        "best": report.best_month and charts.month_name(report.best_month.month),
        "differences": [report_words.difference(each) for each in report.differences],
        "late": len(late),
        # A chart of a single month shows less than its table row.
        "usage": _usage(months, late) if len(months) > 1 else [],
        "balance": _balance(report, zone, months, late),
        "hatching": charts.HATCHING,
        "swatch": charts.swatch,
        "changes": [point for point in report.balance_over_time if point.kind in report_words.POINTS],
        "week": _week(report.heat_map),
    }


def _span(many: int) -> str:
    return ngettext("This month so far", "The last %(number)s months", many)


def _usage(*spans: Sequence[ReportMonth]) -> list[Markup]:
    """The usage charts: the first span for wide screens, the second for narrow ones."""
    return [
        charts.usage(months, size, _usage_in_words(months))
        for months, size in zip(spans, (charts.WIDE, charts.NARROW), strict=True)
    ]


def _balance(report: Report, zone: str, *spans: Sequence[ReportMonth]) -> list[Markup]:
    return [
        charts.balance(report, zone, months, size, _balance_in_words(report, months))
        for months, size in zip(spans, (charts.WIDE, charts.NARROW), strict=True)
    ]


def _usage_in_words(months: Sequence[ReportMonth]) -> str:
    used, lost = sum(month.amounts.used for month in months), sum(month.amounts.lost for month in months)
    span = ngettext("1 month", "%(number)s months", len(months))
    return gettext(
        "%(used)s used and %(lost)s lost in %(span)s. The table below has the numbers.", used=used, lost=lost, span=span
    )


def _balance_in_words(report: Report, months: Sequence[ReportMonth]) -> str:
    lost = sum(month.amounts.lost for month in months)
    left = report.balance_over_time[-1].balance
    return gettext(
        "%(lost)s lost on the way, %(left)s left now. The table below has the numbers.", lost=lost, left=left
    )


def _is_shown(code: str, months: Sequence[ReportMonth]) -> bool:
    """Whether to show a column: always the main ones, others only if a number is not 0."""
    return code in ("granted", "used", "left") or any(_number(month.amounts, code) for month in months)


def _number(amounts: Amounts, code: str) -> int:
    return amounts.adjusted_up - amounts.adjusted_down if code == "adjusted" else int(getattr(amounts, code))


def _cells(amounts: Amounts, columns: Sequence[str]) -> list[tuple[str, int]]:
    return [(code, _number(amounts, code)) for code in columns]


def _row(month: ReportMonth, columns: Sequence[str], *, early: bool) -> Row:
    cells = [*_cells(month.amounts, columns[:-1]), (columns[-1], month.closing_balance)]
    return Row(charts.month_name(month.month), month.ended, early, cells)


def _week(found: HeatMap) -> dict[str, Any] | None:
    """The values of the weekly heat map (response rate by hour); None for too few InMails."""
    if not found.enough:
        return None
    used = [hour for row in found.sent for hour, sent in enumerate(row) if sent]
    hours = range(min(used), max(used) + 1)
    week = [day - 1 for day in language().weekdays]
    days = [[_hour(found, day, hour) for hour in hours] for day in week]
    best = [
        gettext(
            "%(day)s %(time)s (%(rate)s of %(sent)s)",
            day=language().formats.short_days[hour.weekday - 1],
            time=language().time_of_day(time(hour.hour)),
            rate=report_words.percent(hour.response_rate),
            sent=hour.sent,
        )
        for hour in found.best
    ]
    names = [language().formats.short_days[day] for day in week]
    return {"hours": list(hours), "days": days, "names": names, "best": best}


def _hour(found: HeatMap, day: int, hour: int) -> dict[str, Any]:
    rate = found.response_rate[day][hour]
    shade = None if rate is None else round(rate * _SHARES)
    return {"rate": rate, "sent": found.sent[day][hour], "answered": found.answered[day][hour], "shade": shade}


def _advice_values(made: PlanAdvice, zone: str) -> dict[str, Any]:
    return {
        "verdict": report_words.verdict(made, zone),
        "changes": [
            report_words.change(plan.change, words.plan_title(plan.title), made.as_of, zone)
            for plan in made.plans
            if plan.change
        ],
        "leaving": made.if_cancelled and report_words.leaving(made, made.if_cancelled, zone),
        "periods": [(_name(period.start, period.end, zone), period) for period in made.history.periods],
        "priced": any(plan.price for plan in made.plans),
        "unpriced": any(plan.allotment and not plan.price for plan in made.plans),
    }


def _name(start: datetime, end: datetime, zone: str) -> str:
    """The name of a full period: a calendar month, or its first and last day."""
    first, following = local_day(zone, start), local_day(zone, end)
    if first.day == 1 and following == (first + timedelta(days=31)).replace(day=1):
        return language().month(first)
    last = local_day(zone, end - _INSTANT)
    return f"{language().day(first)} – {language().day_and_year(last)}"
