"""HTTP route of the usage report, as JSON or as CSV."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, current_app, request
from marshmallow import fields, validate

from inkeeper.api.accounts import MoneySchema
from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.schemas_base import Instant, QueryInteger, Schema
from inkeeper.api.summary import CapacitySchema, describe_capacity
from inkeeper.jsontext import plain, to_json
from inkeeper.services.access import owned_account
from inkeeper.services.ledger import report
from inkeeper.services.ledger.cached_answers import CachedAnswer, CachedAnswers
from inkeeper.services.ledger.report import Report, ReportMonth
from inkeeper.vocabulary import DIFFERENCES, POINT_KINDS
from inkeeper.wording.report import FORMULAS

blueprint = Blueprint(
    "report", __name__, url_prefix="/api/v1/accounts/<account_id>/report", description="What the credits were worth"
)

MOST_MONTHS = 60
REPORTS_KEPT = 100

DescribedReports = CachedAnswers[dict[str, Any]]
"""A cache of `describe_report`, reused while the account does not change."""
_CSV = "text/csv"
_JSON = "application/json"


class ReportQuery(Schema):
    """The number of months, and the format."""

    months = QueryInteger(
        1,
        MOST_MONTHS,
        load_default=12,
        metadata={"description": "Calendar months in the account's zone, the present one included."},
    )
    format = fields.String(
        validate=validate.OneOf(["json", "csv"]),
        metadata={"description": "Goes before the `Accept` header; JSON where neither says otherwise."},
    )


class ReportAccountSchema(Schema):
    """The account of the report."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    plan = fields.String(required=True)
    plan_title = fields.String(required=True)
    rule_book = fields.String(required=True)
    time_zone = fields.String(required=True)
    opened_at = Instant(required=True)
    price = fields.Nested(MoneySchema, required=True, allow_none=True)


class AmountsSchema(Schema):
    """Credits by their use. `free` counts InMails without cost; `lost` = expired + forfeited + voided."""

    granted = fields.Integer(required=True)
    used = fields.Integer(required=True)
    free = fields.Integer(required=True)
    returned = fields.Integer(required=True)
    expired = fields.Integer(required=True)
    forfeited = fields.Integer(required=True)
    voided = fields.Integer(required=True)
    lost = fields.Integer(required=True)
    adjusted_up = fields.Integer(required=True)
    adjusted_down = fields.Integer(required=True)
    value_used = fields.Nested(
        MoneySchema, required=True, allow_none=True, metadata={"description": "Null without a price."}
    )
    value_lost = fields.Nested(MoneySchema, required=True, allow_none=True)


class MonthSchema(AmountsSchema):
    """A calendar month in the account's time zone.

    - Opening balance plus credits received minus credits used and lost is the closing balance.
    - Credits that expire or are voided at the first instant of a month count for the month before.
    - Plan and allotment are those at the month's end.
    """

    month = fields.String(required=True, validate=validate.Regexp(r"^\d{4}-\d{2}\Z"))
    start = Instant(required=True)
    end = Instant(required=True)
    ended = fields.Boolean(required=True)
    plan = fields.String(required=True)
    allotment = fields.Integer(required=True)
    allotment_months = fields.Integer(required=True, metadata={"description": "For how many months it is."})
    opening_balance = fields.Integer(required=True)
    closing_balance = fields.Integer(required=True)


class TotalsSchema(AmountsSchema):
    """Sums over all months. Amounts of money cover only the months whose plan has a price."""

    months = fields.Integer(required=True)


class AverageSchema(Schema):
    """Credits used and lost per month, averaged over the ended months; while none has ended, of the present month."""

    months = fields.Integer(required=True)
    used = fields.Float(required=True)
    lost = fields.Float(required=True)


class DifferenceSchema(Schema):
    """The sum of differences between LinkedIn's balance and the ledger's in these months, in credits.

    `not_logged`: LinkedIn showed fewer, so that many InMails were not logged. `more_than_computed`: it showed more.
    """

    code = fields.String(required=True, validate=validate.OneOf(DIFFERENCES))
    count = fields.Integer(required=True)


class BestMonthSchema(Schema):
    """The month with the most credits used; of equal months the latest."""

    month = fields.String(required=True)
    used = fields.Integer(required=True)


class OutcomeCountsSchema(Schema):
    """The number of InMails by outcome."""

    sent = fields.Integer(required=True)
    accepted = fields.Integer(required=True)
    declined = fields.Integer(required=True)
    replied = fields.Integer(required=True)
    no_response = fields.Integer(required=True)
    pending = fields.Integer(required=True)


def _rate(description: str) -> fields.Float:
    return fields.Float(
        required=True, allow_none=True, validate=validate.Range(0, 1), metadata={"description": description}
    )


# `from` is a Python keyword.
RatesSchema = OutcomeCountsSchema.from_dict(
    {
        "days": fields.Integer(required=True, metadata={"description": "Local days before today that count, too."}),
        "from": Instant(required=True),
        "to": Instant(required=True),
        "response_rate": _rate("Null where none was sent."),
        "acceptance_rate": _rate("Null where none was sent."),
    },
    name="RatesSchema",
)


class AnswerTimeSchema(Schema):
    """The time until the answers to these months' InMails."""

    answers = fields.Integer(required=True)
    median_hours = fields.Float(required=True, allow_none=True)


class CostSchema(Schema):
    """The cost of a used credit and of an answer, over the months that have credits and a plan with a price."""

    months = fields.Integer(required=True)
    used = fields.Integer(required=True)
    answers = fields.Integer(
        required=True, metadata={"description": "To the InMails sent in these months that cost a credit."}
    )
    plans_without_price = fields.List(fields.String(), required=True)
    paid = fields.Nested(MoneySchema, required=True, allow_none=True)
    used_credit = fields.Nested(MoneySchema, required=True, allow_none=True)
    answer = fields.Nested(MoneySchema, required=True, allow_none=True)


class BalancePointSchema(Schema):
    """The balance from `at` until the next point.

    A point with the reason `use` combines all entries of one local day that were sent, returned or adjusted, at the
    instant of the last. Points with another reason are single entries.
    """

    at = Instant(required=True)
    balance = fields.Integer(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(POINT_KINDS))
    credits = fields.Integer(required=True)


class BestHourSchema(Schema):
    """An hour of the week with a high response rate. Weekday 1 is Monday."""

    weekday = fields.Integer(required=True)
    hour = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    answered = fields.Integer(required=True)
    response_rate = fields.Float(required=True)


def _matrix(cell: fields.Field, description: str) -> fields.List:
    return fields.List(fields.List(cell), required=True, metadata={"description": description})


class HeatMapSchema(Schema):
    """InMails of these months by local weekday and hour (account's time zone): one row per weekday."""

    minimum_sample = fields.Integer(required=True)
    enough = fields.Boolean(required=True, metadata={"description": "Whether any hour has that many InMails."})
    weekdays = fields.List(fields.Integer(), required=True)
    hours = fields.List(fields.Integer(), required=True)
    sent = _matrix(fields.Integer(), "InMails sent in this hour.")
    answered = _matrix(fields.Integer(), "Those of them that were answered, whenever.")
    response_rate = _matrix(fields.Float(allow_none=True), "Null under the minimum sample.")
    answers_received = _matrix(fields.Integer(), "Answers that came in this hour.")
    best = fields.List(fields.Nested(BestHourSchema), required=True)


ReportSchema = Schema.from_dict(
    {
        "account": fields.Nested(ReportAccountSchema, required=True),
        "as_of": Instant(required=True),
        "from": Instant(required=True),
        "months": fields.List(fields.Nested(MonthSchema), required=True, metadata={"description": "Oldest first."}),
        "totals": fields.Nested(TotalsSchema, required=True),
        "average": fields.Nested(AverageSchema, required=True),
        "differences": fields.List(fields.Nested(DifferenceSchema), required=True),
        "best_month": fields.Nested(BestMonthSchema, required=True, allow_none=True),
        "rates": fields.List(fields.Nested(RatesSchema), required=True, metadata={"description": "30 and 90 days."}),
        "answer_time": fields.Nested(AnswerTimeSchema, required=True),
        "cost": fields.Nested(CostSchema, required=True),
        "capacity": fields.Nested(
            CapacitySchema,
            required=True,
            allow_none=True,
            metadata={"description": "Null where answers return no credits, and on the free plan."},
        ),
        "balance_over_time": fields.List(fields.Nested(BalancePointSchema), required=True),
        "heat_map": fields.Nested(HeatMapSchema, required=True),
        "formulas": fields.Dict(
            keys=fields.String(),
            values=fields.String(),
            required=True,
            metadata={"description": "How the figures are computed, by their names."},
        ),
    },
    name="ReportSchema",
)

_TABLE = {"schema": {"type": "string"}, "example": ",".join(report.TABLE_COLUMNS) + "\r\n"}


@blueprint.get("")
@blueprint.arguments(ReportQuery, location="query")
@blueprint.doc(responses={200: {"content": {_CSV: _TABLE}}})
@blueprint.response(200, ReportSchema)
def show_report(query: dict[str, Any], account_id: str) -> Response:
    """Show what became of the credits month by month, how often InMails were answered, and what it cost.

    As a table (`format=csv`, or `Accept: text/csv`) it has one row for each month; texts that a spreadsheet program
    would take for formulas are made safe in it.
    """
    reports: report.Reports = current_app.extensions["inkeeper.reports"]
    described_reports: DescribedReports = current_app.extensions["inkeeper.described_reports"]
    instant, months = now(), query["months"]
    with store().read() as tx:
        row = owned_account(tx, actor(), account_id)
        found = reports.of(tx, row, instant, months)
    if _wants_table(query):
        return _table(report.table_text(row, found))
    described = described_reports.of(
        row, instant, lambda: CachedAnswer(describe_report(found), found.stands_until), months
    )
    return Response(to_json(described | _describe_instant(found, described["balance_over_time"])), content_type=_JSON)


def describe_report(found: Report) -> dict[str, Any]:
    """The report with the texts of its codes and the formulas of its figures."""
    return {
        "account": plain(found.account),
        "from": found.since,
        "months": [_describe_month(month) for month in found.months],
        "totals": {"months": len(found.months), **plain(found.totals)},
        "average": plain(found.average),
        "differences": [{"code": each.code, "count": each.credits} for each in found.differences],
        "best_month": plain(found.best_month),
        "rates": _describe_rates(found),
        "cost": plain(found.cost),
        "capacity": describe_capacity(found.capacity),
        "balance_over_time": [_describe_point(*point) for point in found.balance_over_time],
        "heat_map": {
            **found.heat_map._asdict(),
            "best": [{**hour._asdict(), "response_rate": hour.response_rate} for hour in found.heat_map.best],
        },
        "answer_time": plain(found.answer_time),
        "formulas": FORMULAS,
        "as_of": found.as_of,
    }


def _describe_instant(found: Report, points: list[dict[str, Any]]) -> dict[str, Any]:
    """The members of the description that change with `as_of`. `points` are those of an earlier instant."""
    last = _describe_point(*found.balance_over_time[-1])
    return {"rates": _describe_rates(found), "balance_over_time": [*points[:-1], last], "as_of": found.as_of}


def _describe_month(month: ReportMonth) -> dict[str, Any]:
    """The month with its amounts beside its other members."""
    members: dict[str, Any] = plain(month)
    amounts = members.pop("amounts")
    return {**members, **amounts}


def _describe_rates(found: Report) -> list[dict[str, Any]]:
    return [
        {
            "days": rates.days,
            "from": rates.since,
            "sent": rates.answers.sent,
            **rates.answers._asdict(),
            "response_rate": rates.answers.response_rate,
            "acceptance_rate": rates.answers.acceptance_rate,
            "to": found.as_of,
        }
        for rates in found.rates
    ]


def _describe_point(at: datetime, balance: int, kind: str, credits: int) -> dict[str, Any]:
    return {"at": at, "balance": balance, "reason": kind, "credits": credits}


def _wants_table(query: dict[str, Any]) -> bool:
    if "format" in query:
        return bool(query["format"] == "csv")
    return request.accept_mimetypes.best_match([_JSON, _CSV], _JSON) == _CSV


def _table(text: str) -> Response:
    name = f"inkeeper-usage-{now():%Y-%m-%d}.csv"
    return Response(
        text,
        content_type=f"{_CSV}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
