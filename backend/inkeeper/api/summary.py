"""The summary over HTTP: one answer for badge and popup, cheap to ask for again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import Response, current_app, request
from marshmallow import fields, validate

from inkeeper.api.accounts import MoneySchema, lead_days_field
from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import now, owner_id, store
from inkeeper.api.inmails import AwaitingInmailSchema, InmailInShortSchema
from inkeeper.api.plan_changes import NextRenewalSchema
from inkeeper.api.schemas_base import Instant, Schema
from inkeeper.api.targets import ListSchema
from inkeeper.clock import format_instant
from inkeeper.jsontext import to_json
from inkeeper.rules.warnings import AccountWarning, WarningCode
from inkeeper.services import accounts, summary
from inkeeper.services.standing import Standing, StandingAnswers
from inkeeper.wording.forecast import basis, returns_basis
from inkeeper.wording.language import PLAIN_ENGLISH
from inkeeper.wording.warnings import say

blueprint = Blueprint(
    "summary", __name__, url_prefix="/api/v1/accounts/<account_id>/summary", description="All a client shows at once"
)


class SummaryAccountSchema(Schema):
    """The account that the summary is of."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    product = fields.String(required=True)
    plan = fields.String(required=True)
    rule_book = fields.String(required=True)
    time_zone = fields.String(required=True)
    price = fields.Nested(MoneySchema, required=True, allow_none=True)
    lead_days = lead_days_field(required=True)


class PeriodSchema(Schema):
    """The time from one renewal to the next. Days are counted in the account's zone, today included."""

    start = Instant(required=True)
    end = Instant(required=True)
    days_left = fields.Integer(required=True)
    working_days_left = fields.Integer(required=True)


class LossSchema(Schema):
    """The next credits that are lost if nothing is sent."""

    at = Instant(required=True)
    credits = fields.Integer(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(["expire", "forfeit", "void"]))
    value = fields.Nested(MoneySchema, required=True, allow_none=True)


class LotSchema(Schema):
    """The credits of one grant, and what is left of them."""

    granted_at = Instant(required=True)
    expires_at = Instant(required=True)
    granted = fields.Integer(required=True)
    left = fields.Integer(required=True)


class PaceSchema(Schema):
    """How many a working day use up the next loss; `expected` is what an even pace would have used by today."""

    per_day = fields.Float(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["done", "ahead", "on_pace", "behind"]))
    expected = fields.Integer(required=True)


class CapacitySchema(Schema):
    """How many InMails an allotment carries with the credits that answers return: allotment ÷ (1 − response
    rate), rounded down.

    `until_renewal` is how many the present balance carries up to the next renewal, where a returned credit can be spent
    again after `lag_hours`, the account's own median time to an answer.
    """

    inmails = fields.Integer(required=True)
    until_renewal = fields.Integer(required=True)
    response_rate = fields.Float(required=True)
    lag_hours = fields.Float(required=True, allow_none=True)
    basis = fields.String(required=True, metadata={"description": "On how much history it rests."})


class ForecastSchema(Schema):
    """The credits that will be lost at the account's own rate; null without any history.

    `capacity` is null where answers return no credits, and on the free plan.
    """

    lost = fields.Integer(required=True, allow_none=True)
    basis = fields.String(required=True)
    capacity = fields.Nested(CapacitySchema, required=True, allow_none=True)


class ObservedSchema(Schema):
    """The last balance that LinkedIn showed."""

    balance = fields.Integer(required=True)
    at = Instant(required=True)


class WarningSchema(Schema):
    """Something to know before credits are lost."""

    code = fields.String(required=True)
    severity = fields.String(required=True, validate=validate.OneOf(["info", "warning", "urgent"]))
    title = fields.String(required=True)
    detail = fields.String(required=True)
    until = Instant(required=True, allow_none=True)
    arguments = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={
            "description": "The numbers that words for the code need, where the summary has not all of them otherwise."
        },
    )


class ChangeSchema(Schema):
    """A coming change of the balance if nothing is sent."""

    at = Instant(required=True)
    reason = fields.String(required=True)
    credits = fields.Integer(required=True)
    balance = fields.Integer(required=True)


class SummarySchema(Schema):
    """An account at a glance."""

    account = fields.Nested(SummaryAccountSchema, required=True)
    plan_title = fields.String(required=True)
    product_title = fields.String(required=True)
    as_of = Instant(required=True)
    opens_at = Instant(
        required=True,
        allow_none=True,
        metadata={
            "description": "Set while the account's opening is still to come, because the server's clock was ahead when"
            " it was opened: everything is then as of the opening."
        },
    )
    balance = fields.Integer(required=True)
    allotment = fields.Integer(required=True)
    allotment_months = fields.Integer(required=True, metadata={"description": "For how many months it is."})
    used = fields.Integer(required=True)
    free_used = fields.Integer(required=True)
    period = fields.Nested(PeriodSchema, required=True)
    next_loss = fields.Nested(LossSchema, required=True, allow_none=True)
    next_renewal = fields.Nested(NextRenewalSchema, required=True, allow_none=True)
    lots = fields.List(fields.Nested(LotSchema), required=True)
    pace = fields.Nested(PaceSchema, required=True)
    forecast = fields.Nested(ForecastSchema, required=True)
    observed = fields.Nested(ObservedSchema, required=True, allow_none=True)
    warnings = fields.List(fields.Nested(WarningSchema), required=True)
    timeline = fields.List(fields.Nested(ChangeSchema), required=True)
    targets = fields.Nested(ListSchema, required=True)
    recent = fields.List(fields.Nested(InmailInShortSchema), required=True)
    awaiting = fields.List(fields.Nested(AwaitingInmailSchema), required=True)


class Made(NamedTuple):
    """A summary as JSON text but for `as_of`, and the tag that stands for it."""

    tag: str
    body: str


_NUMBERS: dict[WarningCode, tuple[str, ...]] = {
    "few_targets": ("names", "credits"),
    "grant_missing": ("credits", "shown"),
    "response_rate": ("sent", "answered"),
}
"""Which of a warning's arguments are shown: those that the summary does not hold otherwise."""

Summaries = StandingAnswers[Made]

SUMMARIES_KEPT = 1_000


@blueprint.get("")
@blueprint.response(200, SummarySchema)
@blueprint.alt_response(304, description="Nothing has changed since the answer with the ETag in `If-None-Match`.")
def show_summary(account_id: str) -> Response:
    """Show all that badge and popup need. Everything but `as_of` is covered by the ETag."""
    summaries: Summaries = current_app.extensions["inkeeper.summaries"]
    instant = now()
    with store().read():
        row = accounts.seat(owner_id(), account_id)
        made = summaries.of(row, instant, lambda: _make(row, instant))
    if request.headers.get("If-None-Match") == made.tag:
        return _tagged(Response(status=304), made.tag)
    # `as_of` goes in front of the rest, which is what the tag was made from.
    text = f'{{"as_of":"{format_instant(instant)}",{made.body[1:]}'
    return _tagged(Response(text, content_type="application/json"), made.tag)


def _make(row: accounts.Seat, instant: datetime) -> Standing[Made]:
    answer, stands_until, _ = summary.summary(row, instant)
    body = to_json({key: value for key, value in _described(answer).items() if key != "as_of"})
    return Standing(Made(f'W/"{hashlib.blake2b(body.encode(), digest_size=12).hexdigest()}"', body), stands_until)


def _described(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer with its codes in words."""
    forecast = answer["forecast"]
    in_words = {"basis": basis(forecast["basis"], PLAIN_ENGLISH), "capacity": describe_capacity(forecast["capacity"])}
    return {
        **answer,
        "forecast": {**forecast, **in_words},
        "warnings": [_described_warning(warning) for warning in answer["warnings"]],
    }


def describe_capacity(capacity: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The capacity with its basis in words."""
    return {**capacity, "basis": returns_basis(capacity["basis"], PLAIN_ENGLISH)} if capacity else None


def _described_warning(warning: AccountWarning) -> dict[str, Any]:
    said = say(warning, PLAIN_ENGLISH)
    numbers = {name: getattr(warning.arguments, name) for name in _NUMBERS.get(warning.code, ())}
    return {
        "code": warning.code,
        "severity": warning.severity,
        "title": said.title,
        "detail": said.detail,
        "until": warning.until,
        "arguments": {name: number for name, number in numbers.items() if number is not None},
    }


def _tagged(response: Response, tag: str) -> Response:
    response.headers["ETag"] = tag
    return response
