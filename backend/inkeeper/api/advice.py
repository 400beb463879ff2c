"""HTTP route of the advice about the plan."""

from __future__ import annotations

from flask import Response
from marshmallow import fields, validate

from inkeeper.api.accounts import MoneySchema
from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.plan_changes import PlanChangeSchema
from inkeeper.api.schemas_base import Instant, Schema
from inkeeper.jsontext import plain, to_json
from inkeeper.services.ledger import advice
from inkeeper.vocabulary import NEEDS, PRODUCTS, VERDICTS

blueprint = Blueprint(
    "advice",
    __name__,
    url_prefix="/api/v1/accounts/<account_id>/advice",
    description="Stay, upgrade, downgrade or cancel",
)


class LookedAtSchema(Schema):
    """A full period used by the advice, with the plan at its end."""

    start = Instant(required=True)
    end = Instant(required=True)
    plan = fields.String(required=True)
    allotment = fields.Integer(required=True)
    used = fields.Integer(required=True)
    free = fields.Integer(required=True)
    returned = fields.Integer(required=True)
    lost = fields.Integer(required=True)
    emptied_at = Instant(
        required=True, allow_none=True, metadata={"description": "When use first brought the balance down to 0."}
    )
    days_left_when_empty = fields.Integer(required=True, allow_none=True)
    ran_out_early = fields.Boolean(
        required=True,
        metadata={"description": "As the rule has it, and only on a plan no smaller than the present one."},
    )


class HistorySchema(Schema):
    """The periods used by the advice, or how many are missing."""

    period_months = fields.Integer(required=True, metadata={"description": "How long a period of the plan is."})
    full_periods = fields.Integer(required=True)
    needed = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    enough_on = Instant(
        required=True, allow_none=True, metadata={"description": "When the missing periods will be over."}
    )
    ran_out = fields.Integer(required=True)
    ran_out_early = fields.Integer(required=True)
    periods = fields.List(fields.Nested(LookedAtSchema), required=True, metadata={"description": "Oldest first."})


class TriedSchema(Schema):
    """The account's InMails replayed on another plan, from the start of the first period in the history.

    `uncovered` InMails would have had no credit, in `short_periods` of that plan's periods. `covers` is the rule's
    verdict on these two numbers.
    """

    months = fields.Integer(required=True)
    used = fields.Integer(required=True)
    lost = fields.Integer(required=True)
    returned = fields.Integer(required=True)
    uncovered = fields.Integer(required=True)
    short_periods = fields.Integer(required=True)
    covers = fields.Boolean(required=True)
    paid = fields.Nested(MoneySchema, required=True, allow_none=True, metadata={"description": "Null without a price."})
    used_credit = fields.Nested(
        MoneySchema,
        required=True,
        allow_none=True,
        metadata={"description": "What each used credit would have cost: paid ÷ used."},
    )


class OptionSchema(Schema):
    """A plan of the account's rule book, the price the user entered for it, and the credits a change now would void."""

    plan = fields.String(required=True)
    title = fields.String(required=True)
    product = fields.String(required=True, validate=validate.OneOf(PRODUCTS))
    allotment = fields.Integer(required=True)
    present = fields.Boolean(required=True)
    price = fields.Nested(MoneySchema, required=True, allow_none=True)
    tried = fields.Nested(
        TriedSchema, required=True, allow_none=True, metadata={"description": "Null without enough history."}
    )
    change = fields.Nested(
        PlanChangeSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Null for the present plan, and where the change was made already."},
    )


class UseSchema(Schema):
    """A number of credits to use on one day (account's time zone)."""

    day = fields.Date(required=True)
    credits = fields.Integer(required=True)


class IfCancelledSchema(Schema):
    """When to cancel, and the credits to use per day before that (account's time zone)."""

    credits = fields.Integer(required=True)
    days = fields.List(fields.Nested(UseSchema), required=True)
    cancel_by = fields.Date(required=True)
    cancelled = fields.Boolean(required=True, metadata={"description": "Whether it was cancelled already."})
    renews_at = Instant(required=True)
    detail = fields.String(required=True)


class AdviceSchema(Schema):
    """The recommendation about the plan, with the text of the rule that gives it."""

    as_of = Instant(required=True)
    time_zone = fields.String(required=True)
    plan = fields.String(required=True)
    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    to_plan = fields.String(required=True, allow_none=True)
    need = fields.String(required=True, validate=validate.OneOf(NEEDS))
    title = fields.String(required=True)
    detail = fields.String(required=True)
    rule = fields.String(required=True)
    history = fields.Nested(HistorySchema, required=True)
    plans = fields.List(
        fields.Nested(OptionSchema), required=True, metadata={"description": "By allotment, smallest first."}
    )
    if_cancelled = fields.Nested(IfCancelledSchema, required=True, allow_none=True)


@blueprint.get("")
@blueprint.response(200, AdviceSchema)
def show_advice(account_id: str) -> Response:
    """Show whether to stay, upgrade, downgrade or cancel, from the last full periods, and what each change would void.

    Prices are those that the user gave (`price` and `plan_prices` of the account).
    """
    with store().read() as tx:
        return Response(to_json(plain(advice.advice(tx, actor(), account_id, now()))), content_type="application/json")
