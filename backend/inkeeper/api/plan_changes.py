"""HTTP routes of plan changes: preview, make, list, withdraw."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from inkeeper.api.accounts import LARGEST_AMOUNT, MoneySchema, PreviewQuery
from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.derived import schema_of
from inkeeper.api.observations import WithdrawnSchema
from inkeeper.api.schemas_base import Boolean, Instant, Integer, PageQuery, Schema, Text, page_of, paged
from inkeeper.api.writes import write_once
from inkeeper.services.ledger import plan_changes
from inkeeper.services.ledger.plan_changes import PlanChange
from inkeeper.services.ledger.summary import NextRenewal
from inkeeper.vocabulary import DIRECTIONS

blueprint = Blueprint(
    "plan_changes",
    __name__,
    url_prefix="/api/v1/accounts/<account_id>/plan-changes",
    description="Upgrades, downgrades and cancellations",
)


class NewPlanChangeSchema(Schema):
    """Either another plan or `cancel`."""

    plan = Text(max_length=50)
    cancel = Boolean(validate=validate.Equal(True))
    at = Instant(metadata={"description": "Now, if left out; at most 400 days ahead."})
    allotment = Integer(minimum=0, maximum=LARGEST_AMOUNT, allow_none=True)
    cap = Integer(minimum=0, maximum=LARGEST_AMOUNT, allow_none=True)

    @validates_schema
    def _one_of_the_two(self, data: dict[str, Any], **_: Any) -> None:
        if ("plan" in data) == ("cancel" in data):
            raise ValidationError('Give either "plan" or "cancel": true.', "plan")


NextRenewalSchema = schema_of(NextRenewal)


class PlanChangeSchema(Schema):
    """A plan change and its effect on the credits. `id` is null in a preview."""

    id = fields.String(required=True, allow_none=True)
    at = Instant(required=True)
    effective_at = Instant(required=True)
    direction = fields.String(required=True, validate=validate.OneOf(DIRECTIONS))
    from_plan = fields.String(required=True)
    to_plan = fields.String(required=True)
    granted = fields.Integer(required=True)
    voided = fields.Integer(required=True)
    balance_before = fields.Integer(required=True)
    balance_after = fields.Integer(required=True)
    next_renewal = fields.Nested(NextRenewalSchema, required=True, allow_none=True)
    value_voided = fields.Nested(MoneySchema, required=True, allow_none=True)
    detail = fields.String(required=True)


class MadeChangeSchema(Schema):
    """A plan change that was not withdrawn."""

    id = fields.String(required=True)
    at = Instant(required=True)
    cancel = fields.Boolean(required=True)
    plan = fields.String(required=True, allow_none=True)


@blueprint.get("")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(MadeChangeSchema))
def list_plan_changes(query: dict[str, Any], account_id: str) -> dict[str, Any]:
    """List the changes of plan that stand, in order of time."""
    limit, cursor = query["limit"], query["cursor"]
    with store().read() as tx:
        found = plan_changes.list_changes(tx, actor(), account_id)
    ids = [change.id for change in found]
    start = ids.index(cursor[0]) + 1 if cursor and cursor[0] in ids else 0
    return paged(found[start:], limit, lambda change: [change.id])


@blueprint.post("")
@blueprint.arguments(NewPlanChangeSchema)
@blueprint.arguments(PreviewQuery, location="query")
@blueprint.problems(409)
@blueprint.response(201, PlanChangeSchema)
@blueprint.alt_response(200, schema=PlanChangeSchema, success=True)
def change_plan(body: dict[str, Any], query: dict[str, Any], account_id: str) -> Response | tuple[PlanChange, int]:
    """Change the plan or cancel, now, in the past or planned. With `preview=true` nothing is stored."""
    if query["preview"]:
        with store().read() as tx:
            return plan_changes.preview_change(tx, actor(), account_id, body, now()), 200
    return write_once(account_id, lambda tx: (201, plan_changes.change_plan(tx, actor(), account_id, body, now())))


@blueprint.delete("/<change_id>")
@blueprint.response(200, WithdrawnSchema)
def withdraw_plan_change(account_id: str, change_id: str) -> Response:
    """Take back a change of plan that was entered by mistake. Again: the same answer."""
    return write_once(
        account_id, lambda tx: (200, plan_changes.withdraw_change(tx, actor(), account_id, change_id, now()))
    )
