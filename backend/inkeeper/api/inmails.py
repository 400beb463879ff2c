"""HTTP routes of InMails."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.recipients import ProfileLink, RecipientName
from inkeeper.api.schemas_base import Boolean, CleanText, Cursor, Instant, Integer, PageQuery, Schema, page_of, paged
from inkeeper.api.writes import write_once
from inkeeper.services.ledger import inmails
from inkeeper.services.ledger.inmails import CurrentInmail
from inkeeper.vocabulary import OUTCOMES, PURPOSES, SOURCES

blueprint = Blueprint(
    "inmails", __name__, url_prefix="/api/v1/accounts/<account_id>/inmails", description="InMails that were sent"
)


def _purpose() -> fields.String:
    return fields.String(validate=validate.OneOf(PURPOSES), allow_none=True)


def _note() -> CleanText:
    return CleanText(max_length=2000, lines=True, allow_none=True)


def _left_out() -> fields.List:
    return fields.List(
        fields.String(validate=validate.OneOf(["profile_url"])),
        required=True,
        metadata={"description": "Fields of the recipient that were not stored: a link that leads to no person."},
    )


class NewRecipientSchema(Schema):
    """Who the InMail went to."""

    name = RecipientName(required=True)
    profile_url = ProfileLink(allow_none=True)


class NewInmailSchema(Schema):
    """The body of a new InMail."""

    recipient = fields.Nested(NewRecipientSchema, required=True)
    sent_at = Instant(metadata={"description": "Now, if left out."})
    cost = Integer(minimum=0, maximum=1, metadata={"description": "0 for Open Profile and 1st degree; 1 if left out."})
    subject = CleanText(allow_none=True)
    purpose = _purpose()
    note = _note()
    source = fields.String(required=True, validate=validate.OneOf(SOURCES))
    accept_discrepancy = Boolean(metadata={"description": "LinkedIn let it through although the ledger has no credit."})
    target = fields.String(
        metadata={"description": "Whose step it does. If left out, or of another person: that of its person, if any."}
    )
    text = fields.String(metadata={"description": "With which text it was written; the target's, if left out."})


class RecipientChangesSchema(Schema):
    """Changes of the recipient. Missing fields keep their value."""

    name = RecipientName()
    profile_url = ProfileLink(allow_none=True)


class InmailChangesSchema(Schema):
    """Changes of an InMail: its outcome or its details. Missing fields keep their value."""

    recipient = fields.Nested(RecipientChangesSchema)
    sent_at = Instant(metadata={"description": "When it was really sent. A new InMail replaces this one."})
    cost = Integer(
        minimum=0, maximum=1, metadata={"description": "What it really cost. A new InMail replaces this one."}
    )
    accept_discrepancy = Boolean(
        metadata={"description": "LinkedIn let the InMails through that have no credit left by this change."}
    )
    outcome = fields.String(validate=validate.OneOf(OUTCOMES))
    outcome_at = Instant(metadata={"description": "When it happened; now, if left out."})
    purpose = _purpose()
    note = _note()
    subject = CleanText(allow_none=True)

    @validates_schema
    def _outcome_has_a_date_only_with_itself(self, data: dict[str, Any], **_: Any) -> None:
        if "outcome_at" in data and "outcome" not in data:
            raise ValidationError("Say which outcome this dates.", "outcome")


class RecipientSchema(Schema):
    """Who the InMail went to."""

    name = fields.String(required=True)
    profile_url = fields.String(required=True, allow_none=True)


class InmailInShortSchema(Schema):
    """The short form of an InMail. A pending one is shown as `no_response` after 90 days; this is never stored."""

    id = fields.String(required=True)
    recipient = fields.Nested(RecipientSchema, required=True)
    sent_at = Instant(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    cost = fields.Integer(required=True, validate=validate.OneOf((0, 1)))


class AwaitingInmailSchema(InmailInShortSchema):
    """A pending InMail."""

    answer_by = Instant(required=True, metadata={"description": "From then on it reads as `no_response`."})
    returns_credit = fields.Boolean(
        required=True, metadata={"description": "Whether an answer before that gives the credit back."}
    )


class InmailSchema(InmailInShortSchema):
    """An InMail."""

    subject = fields.String(required=True, allow_none=True)
    purpose = fields.String(required=True, allow_none=True, validate=validate.OneOf(PURPOSES))
    note = fields.String(required=True, allow_none=True)
    source = fields.String(required=True, validate=validate.OneOf(SOURCES))
    outcome_at = Instant(required=True, allow_none=True)
    retracted_at = Instant(required=True, allow_none=True)
    replaces = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The InMail of which this one is an edit of day or cost; that one is taken back."},
    )
    replaced_by = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The InMail that this one reads as after all its edits of day or cost."},
    )
    credit_back_at = Instant(required=True, allow_none=True)
    target = fields.String(required=True, allow_none=True, metadata={"description": "Whose step it did."})
    text = fields.String(required=True, allow_none=True)
    text_version = fields.Integer(required=True, allow_none=True)
    campaign = fields.String(required=True, allow_none=True)


class LoggedSchema(Schema):
    """A logged InMail, and the balance after it."""

    inmail = fields.Nested(InmailSchema, required=True)
    balance = fields.Integer(required=True)
    duplicate_of = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "An InMail to the same person within 90 days, if there is one: with the same link, or with"
            " the same name where the links cannot be compared."
        },
    )
    closed_target = fields.String(
        required=True, allow_none=True, metadata={"description": "The target whose step it did."}
    )
    left_out = _left_out()


class UpdatedSchema(Schema):
    """The changed InMail or its replacement, the balance afterwards, and the number of credits returned."""

    inmail = fields.Nested(InmailSchema, required=True)
    balance = fields.Integer(required=True)
    credited_back = fields.Integer(required=True)
    left_out = _left_out()


class RetractedSchema(Schema):
    """A retracted InMail, and the balance without it."""

    inmail = fields.Nested(InmailSchema, required=True)
    balance = fields.Integer(required=True)


InmailQuery = PageQuery.from_dict(
    {
        "cursor": Cursor(datetime, str),
        "outcome": fields.String(validate=validate.OneOf(OUTCOMES)),
        "from": Instant(metadata={"description": "Sent at this instant or later."}),
        "to": Instant(metadata={"description": "Sent before this instant."}),
        "campaign": fields.String(metadata={"description": "The id of the campaign that it belongs to."}),
        "text": fields.String(metadata={"description": "The id of the text that it was written with."}),
        "q": CleanText(metadata={"description": "Part of the recipient's name or link, in any spelling."}),
    },
    name="InmailQuery",
)


@blueprint.get("")
@blueprint.arguments(InmailQuery, location="query")
@blueprint.response(200, page_of(InmailSchema))
def list_inmails(query: dict[str, Any], account_id: str) -> dict[str, Any]:
    """List the InMails, newest first; those taken back left out."""
    limit, cursor = query.pop("limit"), query.pop("cursor")
    with store().read() as tx:
        found = inmails.list_inmails(tx, actor(), account_id, query, cursor, limit + 1, now())
    return paged(found, limit, lambda inmail: [inmail.sent_at, inmail.id])


@blueprint.post("")
@blueprint.arguments(NewInmailSchema)
@blueprint.response(201, LoggedSchema)
def log_inmail(body: dict[str, Any], account_id: str) -> Response:
    """Log an InMail that was sent. Refused with 409 `insufficient_credits` where the balance does not cover it."""
    return write_once(
        account_id, lambda tx: (201, inmails.log_inmail(tx, actor(), account_id, body, now())), brief=True
    )


@blueprint.get("/<inmail_id>")
@blueprint.response(200, InmailSchema)
def get_inmail(account_id: str, inmail_id: str) -> CurrentInmail:
    """Show an InMail."""
    with store().read() as tx:
        return inmails.get_inmail(tx, actor(), account_id, inmail_id, now())


@blueprint.patch("/<inmail_id>")
@blueprint.arguments(InmailChangesSchema)
@blueprint.response(200, UpdatedSchema)
def update_inmail(body: dict[str, Any], account_id: str, inmail_id: str) -> Response:
    """Record an outcome (`pending` takes it back), or edit the InMail.

    Another `sent_at` or `cost` takes the InMail back and stores a new one in its place, which the answer shows:
    `replaces` names this one, and recorded outcomes are carried over. Refused with 409 `insufficient_credits` where
    more InMails would have no credit, and with 409 `replaced` for an InMail that was replaced already: `replaced_by`
    names the one to change.
    """
    return write_once(
        account_id, lambda tx: (200, inmails.update_inmail(tx, actor(), account_id, inmail_id, body, now()))
    )


@blueprint.delete("/<inmail_id>")
@blueprint.response(200, RetractedSchema)
def retract_inmail(account_id: str, inmail_id: str) -> Response:
    """Take an InMail back: it counts as never sent, and stays in the journal. Again: the same answer.

    An InMail that it replaced by an edit does not come back. The id of one that was replaced takes back, and answers
    with, the InMail that it reads as now.
    """
    return write_once(account_id, lambda tx: (200, inmails.retract_inmail(tx, actor(), account_id, inmail_id, now())))
