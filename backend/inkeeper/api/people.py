"""HTTP routes of people, including the look-up of the person on a LinkedIn page."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate, validates_schema
from marshmallow.exceptions import ValidationError

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.recipients import ProfileLink, RecipientName
from inkeeper.api.schemas_base import Boolean, CleanText, Instant, PageQuery, Schema, page_of, paged
from inkeeper.api.targets import PersonSchema, TargetSchema
from inkeeper.api.writes import write_once
from inkeeper.services.access import owned_person
from inkeeper.services.ledger import inmails
from inkeeper.services.people import persons, targets
from inkeeper.services.people.persons import PersonEntry
from inkeeper.services.takeout import erasing
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import OUTCOMES

blueprint = Blueprint("people", __name__, url_prefix="/api/v1/people", description="People to write to")


class NewPersonSchema(Schema):
    """The body of a new person."""

    name = RecipientName(required=True)
    profile_url = ProfileLink(allow_none=True)
    first_name = CleanText(allow_none=True)
    company = CleanText(allow_none=True)
    headline = CleanText(allow_none=True, max_length=300)


class PersonChangesSchema(Schema):
    """Changes of a person. Missing fields keep their value."""

    name = RecipientName()
    profile_url = ProfileLink()
    first_name = CleanText(allow_none=True)
    company = CleanText(allow_none=True)
    headline = CleanText(allow_none=True, max_length=300)
    do_not_contact = Boolean(metadata={"description": "True ends what was still to be written to this person."})


class PeopleQuery(PageQuery):
    """Which people to list."""

    q = CleanText(load_default="", metadata={"description": "Part of a name, company or link, in any spelling."})


class LookupQuery(Schema):
    """A person by link, by name, or by both. A link that is not a person's is ignored."""

    profile_url = ProfileLink()
    name = fields.String(metadata={"description": "In any spelling.", "examples": ["Kai Example"]})

    @validates_schema
    def _names_a_person(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("Give a link or a name.", "name")


class LastInmailSchema(Schema):
    """The latest InMail to the person from any account of the owner."""

    id = fields.String(required=True)
    account = fields.String(required=True, metadata={"description": "The id of the account that it was sent from."})
    sent_at = Instant(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))


class LookupSchema(Schema):
    """The result of a look-up."""

    person = fields.Nested(PersonSchema, required=True, allow_none=True)
    target = fields.Nested(
        TargetSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The one that can be written to; else one that waits for an answer."},
    )
    last_inmail = fields.Nested(LastInmailSchema, required=True, allow_none=True)
    inmails = fields.Integer(
        required=True,
        metadata={"description": "How many InMails went to this person, those taken back left out; at most 1000."},
    )


class MentionSchema(Schema):
    """A text written by the owner that still contains the person's name."""

    table = fields.String(required=True, metadata={"examples": ["target"]})
    column = fields.String(required=True, metadata={"examples": ["note"]})
    id = fields.String(required=True, metadata={"description": "Of what the text belongs to, such as the target."})


class ErasedPersonSchema(Schema):
    """The erased data of a person. Dates, costs, outcomes and balances are kept."""

    id = fields.String(required=True)
    inmails = fields.Integer(required=True, metadata={"description": "How many InMails lost their recipient."})
    targets = fields.Integer(required=True, metadata={"description": "How many targets were emptied and dropped."})
    same_name = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "The ids of InMails to somebody else of this name, which stay as they are."},
    )
    mentions = fields.List(
        fields.Nested(MentionSchema),
        required=True,
        metadata={"description": "Texts of the owner's own that still mention the person, to be changed by hand."},
    )


@blueprint.get("")
@blueprint.arguments(PeopleQuery, location="query")
@blueprint.response(200, page_of(PersonSchema))
def list_people(query: dict[str, Any]) -> dict[str, Any]:
    """List the people that were put on the list or marked, newest first."""
    limit, cursor = query["limit"], query["cursor"]
    with store().read() as tx:
        found = persons.search(tx, actor(), query["q"], cursor and cursor[0], limit + 1)
    return paged(found, limit, lambda person: [person.id], persons.entry_of)


@blueprint.post("")
@blueprint.arguments(NewPersonSchema)
@blueprint.response(201, PersonSchema)
@blueprint.alt_response(200, schema=PersonSchema, description="This person is there already.")
def add_person(body: dict[str, Any]) -> Response:
    """Keep a person. One that is there already is answered with 200; what is not known yet of them is filled in."""

    def add(tx: Transaction) -> tuple[int, Any]:
        found = persons.find_or_add(tx, actor(), body, now())
        return 201 if found.new else 200, persons.entry_of(found.person)

    return write_once(None, add)


@blueprint.get("/lookup")
@blueprint.arguments(LookupQuery, location="query")
@blueprint.response(200, LookupSchema)
def look_up_person(query: dict[str, Any]) -> dict[str, Any]:
    """Look up what is known of a person: by link where both have one of the same kind, else by name."""
    name, link = query.get("name", ""), query.get("profile_url")
    with store().read() as tx:
        found = inmails.last_inmail_to(tx, actor(), name, link, now())
        person, view = targets.of_person(tx, actor(), name, link, now())
        target = view and targets.with_copy(tx, actor(), view)
    last, count = None, 0
    if found:
        sent, outcome, count = found
        last = {"id": sent.id, "account": sent.account_id, "sent_at": sent.sent_at, "outcome": outcome}
    return {
        "person": person and persons.entry_of(person),
        "target": target,
        "last_inmail": last,
        "inmails": count,
    }


@blueprint.get("/<person_id>")
@blueprint.response(200, PersonSchema)
def get_person(person_id: str) -> PersonEntry:
    """Show a person."""
    with store().read() as tx:
        return persons.entry_of(owned_person(tx, actor(), person_id))


@blueprint.patch("/<person_id>")
@blueprint.arguments(PersonChangesSchema)
@blueprint.response(200, PersonSchema)
def update_person(body: dict[str, Any], person_id: str) -> Response:
    """Change what is known of a person."""
    return write_once(None, lambda tx: (200, persons.entry_of(persons.update(tx, actor(), person_id, body))))


@blueprint.delete("/<person_id>")
@blueprint.response(200, ErasedPersonSchema)
def erase_person(person_id: str) -> Response:
    """Erase a person from everything of the owner's: from InMails, found by every link and the name, and from targets,
    which are dropped. The second time nothing is left to erase.
    """

    def erase(tx: Transaction) -> tuple[int, Any]:
        found = erasing.erase_stored(tx, actor(), person_id, now())
        mentions = [{"table": each.table, "column": each.column, "id": each.id} for each in found.mentions]
        counts = {"inmails": found.inmails, "targets": found.targets, "same_name": found.same_name}
        return 200, {"id": person_id, **counts, "mentions": mentions}

    with store().backups_paused():
        erasing.erase_stored_from_copies(store(), actor(), person_id, now())
        answer = write_once(None, erase)
    store().purge_deleted_rows()
    return answer
