"""HTTP route of the summary: one response for badge and popup, with an ETag for cheap polling."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from flask import Response, current_app, request
from marshmallow import fields, validate

from inkeeper.api.accounts import lead_days_field
from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.derived import describe, schema_of
from inkeeper.api.inmails import AwaitingInmailSchema, InmailInShortSchema
from inkeeper.api.targets import ListSchema
from inkeeper.clock import format_instant
from inkeeper.jsontext import plain, to_json
from inkeeper.rules.warnings import AccountWarning
from inkeeper.services.access import owned_account
from inkeeper.services.ledger import summary
from inkeeper.services.ledger.answers import Capacity
from inkeeper.services.ledger.cached_answers import CachedAnswer, CachedAnswers
from inkeeper.services.ledger.inmails import AwaitingInmail, RecentInmail
from inkeeper.services.ledger.summary import Forecast, Overview, SummaryAccount
from inkeeper.storage.accounts import Account
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import WARNING_CODES, ReminderCode, Severity
from inkeeper.wording.forecast import basis, returns_basis
from inkeeper.wording.language import PLAIN_ENGLISH
from inkeeper.wording.warnings import render

blueprint = Blueprint(
    "summary", __name__, url_prefix="/api/v1/accounts/<account_id>/summary", description="All a client shows at once"
)


class DescribedWarning(NamedTuple):
    """A warning, such as of credits that expire soon."""

    code: ReminderCode
    severity: Severity
    title: str
    detail: str
    until: datetime | None
    arguments: Annotated[
        dict[str, int], "The numbers that words for the code need, where the summary has not all of them otherwise."
    ]


WarningSchema = schema_of(
    DescribedWarning,
    "Warning",
    code=fields.String(required=True, validate=validate.OneOf(WARNING_CODES)),
)
describe(AccountWarning, WarningSchema)
CapacitySchema = schema_of(
    Capacity,
    basis=fields.String(required=True, metadata={"description": "On how much history it rests."}),
)
ForecastSchema = schema_of(Forecast, basis=fields.String(required=True))
SummaryAccountSchema = schema_of(SummaryAccount, lead_days=lead_days_field(required=True))
SummarySchema = schema_of(
    Overview,
    "Summary",
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
    body = to_json(_described(answer))
    return CachedAnswer(Made(f'W/"{hashlib.blake2b(body.encode(), digest_size=12).hexdigest()}"', body), stands_until)


def _described(answer: Overview) -> dict[str, Any]:
    """The summary with the texts of its codes, without `as_of`."""
    forecast = answer.forecast
    in_words = {"basis": basis(forecast.basis, PLAIN_ENGLISH), "capacity": describe_capacity(forecast.capacity)}
    described = {
        "forecast": {**forecast._asdict(), **in_words},
        "warnings": [_described_warning(warning)._asdict() for warning in answer.warnings],
        "recent": _described_inmails(answer.recent),
        "awaiting": _described_inmails(answer.awaiting),
    }
    return {
        name: described[name] if name in described else plain(value)
        for name, value in answer._asdict().items()
        if name != "as_of"
    }


def describe_capacity(capacity: Capacity | None) -> dict[str, Any] | None:
    """The capacity with the text of its basis."""
    return {**capacity._asdict(), "basis": returns_basis(capacity.basis, PLAIN_ENGLISH)} if capacity else None


def _described_inmails(inmails: Sequence[RecentInmail | AwaitingInmail]) -> list[dict[str, Any]]:
    # As `plain` does it, in half the time: there are up to 60.
    described = [inmail._asdict() for inmail in inmails]
    for members, inmail in zip(described, inmails, strict=True):
        name, profile_url = inmail.recipient
        members["recipient"] = {"name": name, "profile_url": profile_url}
    return described


def _described_warning(warning: AccountWarning) -> DescribedWarning:
    text = render(warning, PLAIN_ENGLISH)
    numbers = {name: getattr(warning.arguments, name) for name in _NUMBERS.get(warning.code, ())}
    return DescribedWarning(
        code=warning.code,
        severity=warning.severity,
        title=text.title,
        detail=text.detail,
        until=warning.until,
        arguments={name: number for name, number in numbers.items() if number is not None},
    )


def _tagged(response: Response, tag: str) -> Response:
    response.headers["ETag"] = tag
    return response
