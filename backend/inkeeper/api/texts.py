"""HTTP routes of texts: templates of InMails."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.recipients import RecipientName
from inkeeper.api.schemas_base import CleanText, Cursor, Instant, PageQuery, Schema, page_of, paged
from inkeeper.api.writes import write_once
from inkeeper.rules.templates import BODY_LIMIT, SUBJECT_LIMIT
from inkeeper.services.people import texts
from inkeeper.storage.texts import Text
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import PURPOSES, VARIABLES

blueprint = Blueprint("texts", __name__, url_prefix="/api/v1/texts", description="Texts to write with")

_VARIABLES = ", ".join(f"{{{{{name}}}}}" for name in VARIABLES)
_LENGTH = "Lengths are counted in UTF-16 code units, as browsers count."


def _name(**options: Any) -> CleanText:
    return CleanText(max_length=100, **options)


def _purpose(**options: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(PURPOSES), allow_none=True, **options)


def _subject(**options: Any) -> CleanText:
    described = {"description": "One line with variables, as `body`.", "examples": ["Hello {{first_name}}"]}
    return CleanText(max_length=SUBJECT_LIMIT, metadata=described, **options)


def _body(**options: Any) -> CleanText:
    description = (
        f"May hold the variables {_VARIABLES}, each with a fallback for where nothing is known:"
        f" `{{{{company|your team}}}}`. {_LENGTH}"
    )
    examples = ["Hi {{first_name}},\n\nhow is work at {{company|your company}}?"]
    described = {"description": description, "examples": examples}
    return CleanText(max_length=BODY_LIMIT, lines=True, metadata=described, **options)


class NewTextSchema(Schema):
    """The body of a new text."""

    name = _name(required=True)
    purpose = _purpose()
    subject = _subject(required=True)
    body = _body(required=True)


class TextChangesSchema(Schema):
    """Changes of a text. Missing fields keep their value."""

    name = _name()
    purpose = _purpose()
    subject = _subject()
    body = _body()


class TextSchema(Schema):
    """The latest version of a text."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    purpose = _purpose(required=True)
    subject = fields.String(required=True)
    body = fields.String(required=True)
    version = fields.Integer(required=True)
    used = fields.Boolean(
        required=True,
        metadata={"description": "Whether an InMail was sent with this version: other words make the next version."},
    )
    archived = fields.Boolean(
        required=True,
        metadata={"description": "Deleted, but kept for the InMails, targets and campaigns that name it."},
    )
    created_at = Instant(required=True)


class DeletedTextSchema(Schema):
    """The result of deleting a text."""

    id = fields.String(required=True)
    archived = fields.Boolean(
        required=True, metadata={"description": "It is kept for the InMails, targets and campaigns that name it."}
    )


class PreviewPersonSchema(Schema):
    """A stored person by id, or any person by name."""

    id = fields.String(validate=validate.Length(1, 64))
    name = RecipientName()
    first_name = CleanText()
    company = CleanText()
    headline = CleanText()

    @validates_schema
    def _is_either(self, data: dict[str, Any], **_: Any) -> None:
        if "id" in data and len(data) > 1:
            raise ValidationError("Give an id alone, or a name and what else is known.", "id")
        if "id" not in data and "name" not in data:
            raise ValidationError("Give an id or a name.", "name")


class PreviewSchema(Schema):
    """The person and account of a text's preview."""

    person = fields.Nested(PreviewPersonSchema, required=True)
    account = fields.String(
        validate=validate.Length(1, 64),
        metadata={"description": "Its product limits the body; without it, the longest limit counts."},
    )


class LengthsSchema(Schema):
    """The lengths of the filled text, and the limit of its body, in UTF-16 code units."""

    subject = fields.Integer(required=True)
    body = fields.Integer(required=True)
    limit = fields.Integer(required=True)


class FilledSchema(Schema):
    """A text with its variables filled in for a person."""

    subject = fields.String(required=True)
    body = fields.String(required=True)
    missing = fields.List(
        fields.String(validate=validate.OneOf(VARIABLES)),
        required=True,
        metadata={
            "description": "Variables with neither a value nor a fallback; the text still shows them as written."
        },
    )
    lengths = fields.Nested(LengthsSchema, required=True, metadata={"description": _LENGTH})


class TextQuery(PageQuery):
    """The page of the list."""

    cursor = Cursor(str)


def describe_text(text: Text) -> dict[str, Any]:
    """The text in the form of `TextSchema`."""
    return {
        "id": text.id,
        "name": text.name,
        "purpose": text.purpose,
        "subject": text.subject,
        "body": text.body,
        "version": text.version,
        "used": text.used,
        "archived": text.archived_at is not None,
        "created_at": text.created_at,
    }


@blueprint.get("")
@blueprint.arguments(TextQuery, location="query")
@blueprint.response(200, page_of(TextSchema))
def list_texts(query: dict[str, Any]) -> dict[str, Any]:
    """List the texts in the order of their making; deleted ones left out."""
    limit, cursor = query["limit"], query["cursor"]
    with store().read() as tx:
        found = texts.list_texts(tx, actor(), cursor and cursor[0], limit + 1)
    return paged(found, limit, lambda text: [text.id], describe_text)


@blueprint.post("")
@blueprint.arguments(NewTextSchema)
@blueprint.response(201, TextSchema)
def create_text(body: dict[str, Any]) -> Response:
    """Store a text. A fault of its variables is refused with 422 at `subject` or `body`, one error for each."""
    return write_once(None, lambda tx: (201, describe_text(texts.create_text(tx, actor(), body, now()))))


@blueprint.get("/<text_id>")
@blueprint.response(200, TextSchema)
def get_text(text_id: str) -> dict[str, Any]:
    """Show a text; one that was deleted too, as long as something names it."""
    with store().read() as tx:
        return describe_text(texts.get_text(tx, actor(), text_id))


@blueprint.patch("/<text_id>")
@blueprint.arguments(TextChangesSchema)
@blueprint.response(200, TextSchema)
def update_text(body: dict[str, Any], text_id: str) -> Response:
    """Edit a text. Other words for a version that an InMail was sent with make the next version of the text."""
    return write_once(None, lambda tx: (200, describe_text(texts.update_text(tx, actor(), text_id, body, now()))))


@blueprint.delete("/<text_id>")
@blueprint.response(200, DeletedTextSchema)
def delete_text(text_id: str) -> Response:
    """Delete a text. One that an InMail, a target or a campaign names is kept for these, and no longer listed."""

    def delete(tx: Transaction) -> tuple[int, dict[str, Any]]:
        return 200, {"id": text_id, "archived": texts.delete_text(tx, actor(), text_id, now())}

    return write_once(None, delete)


@blueprint.post("/<text_id>/preview")
@blueprint.arguments(PreviewSchema)
@blueprint.response(200, FilledSchema)
def preview_text(body: dict[str, Any], text_id: str) -> dict[str, Any]:
    """Show what a text says to a person. Nothing is stored."""
    with store().read() as tx:
        found = texts.preview_text(tx, actor(), text_id, body["person"], body.get("account"), now())
    return {
        "subject": found.subject,
        "body": found.body,
        "missing": list(found.missing),
        "lengths": {"subject": found.subject_length, "body": found.body_length, "limit": found.limit},
    }
