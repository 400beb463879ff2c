"""The usage report over HTTP, as JSON for charts and as a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, request
from marshmallow import fields, validate

from inkeeper.api.accounts import MoneySchema
from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.schemas_base import Instant, QueryInteger, Schema
from inkeeper.api.summary import CapacitySchema, describe_capacity
from inkeeper.jsontext import to_json
from inkeeper.services.access import owned_account
from inkeeper.services.ledger import report
from inkeeper.vocabulary import DIFFERENCES, POINT_KINDS
from inkeeper.wording.report import FORMULAS

blueprint = Blueprint(
    "report", __name__, url_prefix="/api/v1/accounts/<account_id>/report", description="What the credits were worth"
)

MOST_MONTHS = 60
_CSV = "text/csv"
_JSON = "application/json"


class ReportQuery(Schema):
    """How far back the report goes, and in which form it comes."""

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
    """The account that the report is of."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    plan = fields.String(required=True)
    plan_title = fields.String(required=True)
    rule_book = fields.String(required=True)
    time_zone = fields.String(required=True)
    opened_at = Instant(required=True)
    price = fields.Nested(MoneySchema, required=True, allow_none=True)


class AmountsSchema(Schema):
    """Credits by what became of them; `free` counts InMails that cost none, `lost` is expired, forfeited and voided."""

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
    """A calendar month in the account's zone.

    Its opening balance, what came and what went make its closing balance. What expires or is voided as a month begins
    was lost to the month before. Plan and allotment are those that it ended on.
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
    """All months together. Values count the months whose plan has a price."""

    months = fields.Integer(required=True)


class AverageSchema(Schema):
    """A month's use and loss on average: of so many months that are over; of the present one while none is."""

    months = fields.Integer(required=True)
    used = fields.Float(required=True)
    lost = fields.Float(required=True)


class DifferenceSchema(Schema):
    """Credits by which LinkedIn showed another balance than the ledger had, in these months together.

    `not_logged`: fewer, so as many InMails were not logged. `more_than_computed`: more.
    """

    code = fields.String(required=True, validate=validate.OneOf(DIFFERENCES))
    count = fields.Integer(required=True)


class BestMonthSchema(Schema):
    """The month in which most credits were used, the latest of equals."""

    month = fields.String(required=True)
    used = fields.Integer(required=True)


class OutcomeCountsSchema(Schema):
    """InMails by what became of them."""

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


# `from` is a keyword of Python's.
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
    """How long the answers to the InMails of these months took."""

    answers = fields.Integer(required=True)
    median_hours = fields.Float(required=True, allow_none=True)


class CostSchema(Schema):
    """What a used credit and an answer cost, over the months with credits whose plan has a price."""

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
    """The balance from `at` on, until the next point.

    `use` is all that was sent, returned or adjusted on one local day, dated at the last of it; the others stand alone.
    """

    at = Instant(required=True)
    balance = fields.Integer(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(POINT_KINDS))
    credits = fields.Integer(required=True)


class BestHourSchema(Schema):
    """An hour of the week in which InMails are answered often. Weekday 1 is Monday."""

    weekday = fields.Integer(required=True)
    hour = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    answered = fields.Integer(required=True)
    response_rate = fields.Float(required=True)


def _matrix(cell: fields.Field, description: str) -> fields.List:
    return fields.List(fields.List(cell), required=True, metadata={"description": description})


class HeatMapSchema(Schema):
    """InMails of these months by weekday and hour on the clocks of the account's zone: a row for each weekday."""

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
    with store().read() as tx:
        row = owned_account(tx, actor(), account_id)
        found = reports.of(tx, row, now(), query["months"])
    if _wants_table(query):
        return _table(report.table_text(row, found))
    return Response(to_json(described(found)), content_type=_JSON)


def described(found: Mapping[str, Any]) -> dict[str, Any]:
    """The report with its codes in words, and how its figures are computed."""
    figures = {name: value for name, value in found.items() if name != "as_of"}
    in_words = {"capacity": describe_capacity(found["capacity"]), "formulas": FORMULAS}
    return {**figures, **in_words, "as_of": found["as_of"]}


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
