"""HTTP routes of observations: balances that LinkedIn showed."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from inkeeper.api.accounts import LARGEST_AMOUNT, OtherBookSchema
from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now
from inkeeper.api.schemas_base import Instant, Integer, Schema
from inkeeper.api.writes import write_once
from inkeeper.services.ledger import observations
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import OBSERVATION_SOURCES
from inkeeper.wording.reasons import english

blueprint = Blueprint(
    "observations",
    __name__,
    url_prefix="/api/v1/accounts/<account_id>/observations",
    description="Balances that LinkedIn showed",
)


class NewObservationSchema(Schema):
    """The body of a new observation: a balance that LinkedIn showed."""

    balance = Integer(required=True, minimum=0, maximum=LARGEST_AMOUNT)
    observed_at = Instant(metadata={"description": "Now, if left out."})
    source = fields.String(required=True, validate=validate.OneOf(OBSERVATION_SOURCES))


class ObservationSchema(Schema):
    """An observation, and the difference that it entered in the journal."""

    id = fields.String(required=True)
    at = Instant(required=True)
    balance = fields.Integer(required=True)
    computed = fields.Integer(required=True, metadata={"description": "What the ledger had before."})
    difference = fields.Integer(required=True)
    likely_causes = fields.List(fields.String(), required=True)
    wrong_book = fields.Nested(OtherBookSchema, required=True, allow_none=True)


class WithdrawnSchema(Schema):
    """The id of a withdrawn record, and the balance without it."""

    id = fields.String(required=True)
    retracted_at = Instant(required=True)
    balance = fields.Integer(required=True)


@blueprint.post("")
@blueprint.arguments(NewObservationSchema)
@blueprint.response(201, ObservationSchema)
def observe(body: dict[str, Any], account_id: str) -> Response:
    """Set the balance to what LinkedIn showed, with the difference as one labelled entry in the journal."""

    def observed(tx: Transaction) -> tuple[int, dict[str, Any]]:
        found = observations.observe(tx, actor(), account_id, body, now())
        return 201, {**found._asdict(), "likely_causes": [english(cause) for cause in found.likely_causes]}

    return write_once(account_id, observed)


@blueprint.delete("/<observation_id>")
@blueprint.response(200, WithdrawnSchema)
def withdraw_observation(account_id: str, observation_id: str) -> Response:
    """Take an observation back. Again: the same answer."""
    return write_once(
        account_id,
        lambda tx: (200, observations.withdraw_observation(tx, actor(), account_id, observation_id, now())),
    )
