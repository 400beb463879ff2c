"""People over HTTP: what is known of the person of a page."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate, validates_schema
from marshmallow.exceptions import ValidationError

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import now, owner_id, store
from inkeeper.api.inmails import OUTCOMES
from inkeeper.api.recipients import ProfileLink
from inkeeper.api.schemas_base import Instant, Schema
from inkeeper.services import inmails

blueprint = Blueprint("people", __name__, url_prefix="/api/v1/people", description="People that InMails went to")


class LookupQuery(Schema):
    """A person by link, by name, or by both. A link that leads to no person is left out of account."""

    profile_url = ProfileLink()
    name = fields.String(metadata={"description": "In any spelling.", "examples": ["Kai Example"]})

    @validates_schema
    def _names_a_person(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("Give a link or a name.", "name")


class LastInmailSchema(Schema):
    """The latest InMail to a person, from any of the owner's accounts."""

    id = fields.String(required=True)
    account = fields.String(required=True, metadata={"description": "The id of the account that it was sent from."})
    sent_at = Instant(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))


class LookupSchema(Schema):
    """What is known of a person."""

    person = fields.String(required=True, allow_none=True, metadata={"description": "Always null in this version."})
    target = fields.String(required=True, allow_none=True, metadata={"description": "Always null in this version."})
    last_inmail = fields.Nested(LastInmailSchema, required=True, allow_none=True)
    inmails = fields.Integer(
        required=True,
        metadata={"description": "How many InMails went to this person, those taken back left out; at most 1000."},
    )


@blueprint.get("/lookup")
@blueprint.arguments(LookupQuery, location="query")
@blueprint.response(200, LookupSchema)
def look_up_person(query: dict[str, Any]) -> dict[str, Any]:
    """Look up whether InMails went to a person: by link where both have one of the same kind, else by name."""
    with store().read():
        found = inmails.last_inmail_to(owner_id(), query.get("name", ""), query.get("profile_url"), now())
    if found is None:
        return {"person": None, "target": None, "last_inmail": None, "inmails": 0}
    last, outcome, count = found
    shown = {"id": last.id, "account": last.account_id, "sent_at": last.sent_at, "outcome": outcome}
    return {"person": None, "target": None, "last_inmail": shown, "inmails": count}
