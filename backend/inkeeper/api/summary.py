"""HTTP route of the summary: one response for badge and popup, with an ETag for cheap polling."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, NamedTuple

from flask import Response, current_app, request
from marshmallow import fields, validate

from inkeeper.api.accounts import lead_days_field
from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.derived import schema_of
from inkeeper.api.inmails import AwaitingInmailSchema, InmailInShortSchema
from inkeeper.api.schemas_base import Instant, Schema
from inkeeper.api.targets import ListSchema
from inkeeper.clock import format_instant
from inkeeper.jsontext import plain, to_json
from inkeeper.rules.warnings import AccountWarning
from inkeeper.services.access import owned_account
from inkeeper.services.ledger import summary
from inkeeper.services.ledger.answers import Capacity
from inkeeper.services.ledger.cached_answers import CachedAnswer, CachedAnswers
from inkeeper.services.ledger.summary import Forecast, Overview, SummaryAccount
from inkeeper.storage.accounts import Account
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import SEVERITIES, WARNING_CODES, ReminderCode
from inkeeper.wording.forecast import basis, returns_basis
from inkeeper.wording.language import PLAIN_ENGLISH
from inkeeper.wording.warnings import render

blueprint = Blueprint(
    "summary", __name__, url_prefix="/api/v1/accounts/<account_id>/summary", description="All a client shows at once"
)


class WarningSchema(Schema):
    """A warning, such as of credits that expire soon."""

    code = fields.String(required=True, validate=validate.OneOf(WARNING_CODES))
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES))
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


CapacitySchema = schema_of(
    Capacity,
    basis=fields.String(required=True, metadata={"description": "On how much history it rests."}),
)
ForecastSchema = schema_of(Forecast, basis=fields.String(required=True))
SummaryAccountSchema = schema_of(SummaryAccount, lead_days=lead_days_field(required=True))
SummarySchema = schema_of(
    Overview,
    "Summary",
    warnings=fields.List(fields.Nested(WarningSchema), required=True),
    targets=fields.Nested(ListSchema, required=True),
    recent=fields.List(fields.Nested(InmailInShortSchema), required=True),
    awaiting=fields.List(fields.Nested(AwaitingInmailSchema), required=True),
)


class Made(NamedTuple):
    """A summary as JSON text without `as_of`, and its ETag."""

    tag: str
    body: str


_NUMBERS: dict[ReminderCode, tuple[str, ...]] = {
    "few_targets": ("names", "credits"),
    "grant_missing": ("credits", "shown"),
    "response_rate": ("sent", "answered"),
}
"""The arguments of each warning that are in the response: those that are not elsewhere in the summary."""

Summaries = CachedAnswers[Made]

SUMMARIES_KEPT = 1_000


@blueprint.get("")
@blueprint.response(200, SummarySchema)
@blueprint.alt_response(304, description="Nothing has changed since the answer with the ETag in `If-None-Match`.")
def show_summary(account_id: str) -> Response:
    """Show all that badge and popup need. Everything but `as_of` is covered by the ETag."""
    summaries: Summaries = current_app.extensions["inkeeper.summaries"]
    instant = now()
    with store().read() as tx:
        row = owned_account(tx, actor(), account_id)
        made = summaries.of(row, instant, lambda: _make(tx, row, instant))
    if request.headers.get("If-None-Match") == made.tag:
        return _tagged(Response(status=304), made.tag)
    # `as_of` is added here because the ETag covers everything else.
    text = f'{{"as_of":"{format_instant(instant)}",{made.body[1:]}'
    return _tagged(Response(text, content_type="application/json"), made.tag)


def _make(tx: Transaction, row: Account, instant: datetime) -> CachedAnswer[Made]:
    answer, stands_until, _ = summary.summary(tx, row, instant)
    body = to_json({name: value for name, value in _described(answer).items() if name != "as_of"})
    return CachedAnswer(Made(f'W/"{hashlib.blake2b(body.encode(), digest_size=12).hexdigest()}"', body), stands_until)


def _described(answer: Overview) -> dict[str, Any]:
    """The summary with the texts of its codes."""
    forecast = answer.forecast
    in_words = {"basis": basis(forecast.basis, PLAIN_ENGLISH), "capacity": describe_capacity(forecast.capacity)}
    return {
        **plain(answer),
        "forecast": {**forecast._asdict(), **in_words},
        "warnings": [_described_warning(warning) for warning in answer.warnings],
    }


def describe_capacity(capacity: Capacity | None) -> dict[str, Any] | None:
    """The capacity with the text of its basis."""
    return {**capacity._asdict(), "basis": returns_basis(capacity.basis, PLAIN_ENGLISH)} if capacity else None


def _described_warning(warning: AccountWarning) -> dict[str, Any]:
    text = render(warning, PLAIN_ENGLISH)
    numbers = {name: getattr(warning.arguments, name) for name in _NUMBERS.get(warning.code, ())}
    return {
        "code": warning.code,
        "severity": warning.severity,
        "title": text.title,
        "detail": text.detail,
        "until": warning.until,
        "arguments": {name: number for name, number in numbers.items() if number is not None},
    }


def _tagged(response: Response, tag: str) -> Response:
    response.headers["ETag"] = tag
    return response
