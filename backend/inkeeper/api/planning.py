"""HTTP route of bulk planning: previewed, then stored in one write."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validate

from inkeeper.api.accounts import PreviewQuery
from inkeeper.api.blueprint import Blueprint
from inkeeper.api.campaigns import MOST_TARGETS
from inkeeper.api.context import actor, now, store
from inkeeper.api.schemas_base import Integer, Schema
from inkeeper.api.writes import write_once
from inkeeper.services.people import planning
from inkeeper.services.people.planning import ALL_READY, SpreadPlan
from inkeeper.vocabulary import NOT_PLACED

blueprint = Blueprint(
    "planning",
    __name__,
    url_prefix="/api/v1/accounts/<account_id>/plan",
    description="Whom to write to on which day",
)

MOST_PER_DAY = 1_000


class TargetSelection(fields.Field[Any]):
    """The ids of targets, or `all_ready`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        if value == ALL_READY:
            return value
        if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
            raise ValidationError(f'Must be a list of ids, or "{ALL_READY}".')
        if len(value) > MOST_TARGETS:
            raise ValidationError(f"Plan at most {MOST_TARGETS} at once.")
        return value


class WantedPlanSchema(Schema):
    """The targets to plan and the range of days (account's time zone)."""

    targets = TargetSelection(
        required=True,
        metadata={
            "oneOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string", "enum": [ALL_READY]}],
            "description": "Those of this account or of none, by their ids; or all that are ready.",
        },
    )
    # `from` is a Python keyword.
    from_ = fields.Date(data_key="from", attribute="from", metadata={"description": "Today, if left out."})
    until = fields.Date(metadata={"description": "At most 92 days ahead, which is meant if left out."})
    per_day = Integer(
        minimum=1,
        maximum=MOST_PER_DAY,
        metadata={"description": "The most InMails of a day, with those that are planned already."},
    )


class PlaceSchema(Schema):
    """A planned target and its day."""

    target = fields.String(required=True)
    day = fields.Date(required=True)


class NotPlacedSchema(Schema):
    """A target that got no day, and the reason."""

    target = fields.String(required=True)
    code = fields.String(required=True, validate=validate.OneOf(NOT_PLACED))


class DaySchema(Schema):
    """A day with its planned InMails, earlier plans included, and the balance at its end if all are sent."""

    day = fields.Date(required=True)
    planned = fields.Integer(required=True)
    balance_after = fields.Integer(required=True)


class SpreadPlanSchema(Schema):
    """The plan: targets with days, and targets without.

    `credits` is the number of credits usable until the last planned day, without the reserve. `named` is the number of
    InMails planned until then that are covered by a credit.
    """

    placed = fields.List(fields.Nested(PlaceSchema), required=True)
    not_placed = fields.List(fields.Nested(NotPlacedSchema), required=True)
    credits = fields.Integer(required=True)
    named = fields.Integer(required=True)
    days = fields.List(fields.Nested(DaySchema), required=True)


@blueprint.post("")
@blueprint.arguments(WantedPlanSchema)
@blueprint.arguments(PreviewQuery, location="query")
@blueprint.response(200, SpreadPlanSchema)
def plan_targets(body: dict[str, Any], query: dict[str, Any], account_id: str) -> Response | SpreadPlan:
    """Plan targets for days, so that no credit is lost that one of them could have had. Those that are planned keep
    their days. With `preview=true` nothing is stored.
    """
    if query["preview"]:
        with store().read() as tx:
            return planning.preview(tx, actor(), account_id, body, now()).plan
    return write_once(account_id, lambda tx: (200, planning.store(tx, actor(), account_id, body, now())))
