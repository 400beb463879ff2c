"""HTTP route of response rates by text, campaign, purpose, weekday or hour."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from inkeeper.api.accounts import MoneySchema
from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.schemas_base import Schema
from inkeeper.rules.results import MIN_SENT
from inkeeper.services.people import results
from inkeeper.services.people.results import NONE, Row
from inkeeper.vocabulary import RESULT_GROUPINGS, ResultGrouping

blueprint = Blueprint(
    "results", __name__, url_prefix="/api/v1/accounts/<account_id>/results", description="What came of the InMails"
)

_TOO_FEW = f"Null under {MIN_SENT} sent, which are too few to tell."


_PURPOSES = {"introduction": "Introduction", "follow_up": "Follow-up", "article": "Article", "other": "Other"}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class ResultsQuery(Schema):
    """The dimension to group InMails by."""

    by = fields.String(
        load_default="text",
        validate=validate.OneOf(RESULT_GROUPINGS),
        metadata={"description": "Weekdays and hours are those of the account's time zone."},
    )


class ResultSchema(Schema):
    """Outcomes and response rate of one group of InMails."""

    key = fields.String(
        required=True,
        metadata={
            "description": "`text:<id>:<version>`, `campaign:<id>`, the purpose, the weekday (1 Monday to 7 Sunday),"
            " the hour (0 to 23), or `none` for those without a text, campaign or purpose."
        },
    )
    title = fields.String(
        required=True, metadata={"description": "With the version of a text where several were used."}
    )
    sent = fields.Integer(required=True)
    answered = fields.Integer(required=True)
    rate = fields.Float(required=True, allow_none=True, metadata={"description": f"answered ÷ sent. {_TOO_FEW}"})
    low = fields.Float(
        required=True, allow_none=True, metadata={"description": f"Lower end of the rate's 95 % interval. {_TOO_FEW}"}
    )
    high = fields.Float(
        required=True, allow_none=True, metadata={"description": f"Upper end of the rate's 95 % interval. {_TOO_FEW}"}
    )
    credits_per_answer = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": f"Credits spent ÷ answers; those that came back are not taken off. {_TOO_FEW}"},
    )
    cost_per_answer = fields.Nested(
        MoneySchema,
        required=True,
        allow_none=True,
        metadata={"description": f"The same in money at today's price of a credit. {_TOO_FEW}"},
    )
    difference = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Of a campaign that uses two texts in turn: `text:<id>` of the one that is answered more"
            " often where a two-sided test at 5 % says so, else `none`, or `too_few`. Null elsewhere."
        },
    )


class ResultsSchema(Schema):
    """Results of an account's InMails, without retracted ones."""

    items = fields.List(fields.Nested(ResultSchema), required=True)


@blueprint.get("")
@blueprint.arguments(ResultsQuery, location="query")
@blueprint.response(200, ResultsSchema)
def show_results(query: dict[str, Any], account_id: str) -> dict[str, Any]:
    """Show what came of the InMails by text, campaign, purpose, weekday or hour."""
    with store().read() as tx:
        found = results.list_results(tx, actor(), account_id, query["by"], now())
    return {"items": [_described(row, query["by"]) for row in found]}


def _described(row: Row, by: ResultGrouping) -> dict[str, Any]:
    """The row in the form of `ResultSchema`."""
    described = row._asdict()
    name = described.pop("name")
    return {"title": _title(row.key, by) if name is None else name, **described}


def _title(key: str, by: ResultGrouping) -> str:
    """The title of a group that the owner has not named."""
    if key == NONE:
        return f"Without a {by}"
    if by == "hour":
        return f"{int(key):02}:00"
    return _WEEKDAYS[int(key) - 1] if by == "weekday" else _PURPOSES[key]
