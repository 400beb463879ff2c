"""HTTP routes of targets, the people to write to."""

from __future__ import annotations

import re
from typing import Any

from flask import Response
from marshmallow import fields, validate, validates_schema
from marshmallow.exceptions import ValidationError

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.recipients import ProfileLink, RecipientName
from inkeeper.api.schemas_base import CleanText, Cursor, Instant, PageQuery, Schema, page_of, paged
from inkeeper.api.writes import write_once
from inkeeper.services.people import targets
from inkeeper.services.people.targets import ListFilter, TargetEntry
from inkeeper.vocabulary import PURPOSES, TARGET_ACTIONS, TARGET_STATES

blueprint = Blueprint("targets", __name__, url_prefix="/api/v1/targets", description="The list of people to write to")

TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)
STATE_FILTER = fields.String(validate=validate.OneOf(TARGET_STATES))


class PersonSchema(Schema):
    """A person."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    first_name = fields.String(required=True, allow_none=True)
    links = fields.List(fields.String(), required=True, metadata={"description": "At most one of each kind."})
    company = fields.String(required=True, allow_none=True)
    headline = fields.String(required=True, allow_none=True)
    do_not_contact = fields.Boolean(required=True)


class CopySchema(Schema):
    """The text for the next InMail with its variables filled in. `missing` lists variables without a value."""

    text = fields.String(required=True)
    version = fields.Integer(required=True)
    subject = fields.String(required=True)
    body = fields.String(required=True)
    missing = fields.List(fields.String(), required=True)


class TargetSchema(Schema):
    """A target. Dates are in its account's time zone, or in the first account's if it has no account."""

    id = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(TARGET_STATES))
    person = fields.Nested(PersonSchema, required=True)
    account = fields.String(required=True, allow_none=True)
    purpose = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(PURPOSES),
        metadata={"description": "Of the next InMail."},
    )
    note = fields.String(required=True, allow_none=True)
    due = fields.Date(required=True, allow_none=True)
    text = fields.String(required=True, allow_none=True, metadata={"description": "For the next InMail."})
    campaign = fields.String(required=True, allow_none=True)
    step = fields.Integer(required=True, metadata={"description": "The next one of the sequence; 1 without one."})
    planned_for = fields.Date(required=True, allow_none=True)
    planned_at = fields.String(required=True, allow_none=True, metadata={"description": "HH:MM"})
    held_until = fields.Date(
        required=True, allow_none=True, metadata={"description": "Of one that is held: when its credit comes."}
    )
    position = fields.Integer(required=True)
    created_at = Instant(required=True)
    last_sent_at = Instant(required=True, allow_none=True)
    copy = fields.Nested(CopySchema, required=True, allow_none=True, metadata={"description": "Null in lists."})
    told = fields.List(
        fields.String(validate=validate.OneOf(["already_written"])),
        required=True,
        metadata={"description": "What to know of somebody who was just put on the list."},
    )


class TargetPersonSchema(Schema):
    """A person by `id`, or by name and link."""

    id = fields.String()
    name = RecipientName()
    profile_url = ProfileLink(allow_none=True)
    first_name = CleanText(allow_none=True)
    company = CleanText(allow_none=True)
    headline = CleanText(allow_none=True, max_length=300)

    @validates_schema
    def _names_a_person(self, data: dict[str, Any], **_: Any) -> None:
        if "id" not in data and "name" not in data:
            raise ValidationError("Give the person's id, or a name.", "name")


class _Fields(Schema):
    """Fields shared by new targets and changes of targets."""

    account = fields.String(allow_none=True, metadata={"description": "Any account of the owner's, if left out."})
    purpose = fields.String(validate=validate.OneOf(PURPOSES), allow_none=True)
    note = CleanText(max_length=2000, lines=True, allow_none=True)
    due = fields.Date(allow_none=True)
    text = fields.String(allow_none=True)
    campaign = fields.String(allow_none=True)
    planned_for = fields.Date(allow_none=True)
    planned_at = fields.String(validate=validate.Regexp(TIME, error="Must be a time such as 09:30."), allow_none=True)


class NewTargetSchema(_Fields):
    """The body of a new target."""

    person = fields.Nested(TargetPersonSchema, required=True)


class TargetChangesSchema(_Fields):
    """Changes of a target, or an action on it.

    `later` plans it for the day `until`; `drop` takes it off the list and `reopen` puts it back; `close` counts its
    next step as done without an InMail; `first` puts it at the top.
    """

    action = fields.String(validate=validate.OneOf(TARGET_ACTIONS))
    until = fields.Date()

    @validates_schema
    def _later_has_a_day(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("action") == "later") != ("until" in data):
            raise ValidationError("`later` needs a day, `until`; nothing else has one.", "until")


class TargetsQuery(PageQuery):
    """Which targets to list."""

    cursor = Cursor(int, str)
    state = STATE_FILTER
    campaign = fields.String()
    account = fields.String(metadata={"description": "Those for this account, or for any."})
    q = CleanText(metadata={"description": "Part of a name, company, link or note, in any spelling."})
    planned_until = fields.Date(metadata={"description": "Planned for this day or before."})


class ListSchema(Schema):
    """The list's part of the summary.

    - `next`: the people to write to next from the account.
    - `names`: how many people can be written to; of these, `ready` have no planned day, `today` are planned or due
      today or earlier, and `held` wait for credits.
    - `sent_today`: how many were sent today.
    """

    next = fields.List(fields.Nested(TargetSchema), required=True)
    names = fields.Integer(required=True)
    ready = fields.Integer(required=True)
    today = fields.Integer(required=True)
    sent_today = fields.Integer(required=True)
    held = fields.Integer(required=True)


def filters_of(query: dict[str, Any]) -> ListFilter:
    """Convert query parameters to the service's filters."""
    others = {name: value for name, value in query.items() if name != "state"}
    return ListFilter((query["state"],) if "state" in query else (), **others)


@blueprint.get("")
@blueprint.arguments(TargetsQuery, location="query")
@blueprint.response(200, page_of(TargetSchema))
def list_targets(query: dict[str, Any]) -> dict[str, Any]:
    """List the people to write to, in the order of the list."""
    limit, cursor = query.pop("limit"), query.pop("cursor")
    with store().read() as tx:
        found = targets.search(tx, actor(), filters_of(query), cursor, limit + 1, now())
    return paged(found, limit, lambda view: [view.target.place, view.target.id], targets.entry_of)


@blueprint.post("")
@blueprint.arguments(NewTargetSchema)
@blueprint.response(201, TargetSchema)
def add_target(body: dict[str, Any]) -> Response:
    """Put somebody on the list. Refused with 409 `already_on_list`, which has the `target`, and `do_not_contact`."""
    return write_once(None, lambda tx: (201, targets.add(tx, actor(), body, now())))


@blueprint.get("/<target_id>")
@blueprint.response(200, TargetSchema)
def get_target(target_id: str) -> TargetEntry:
    """Show a target."""
    with store().read() as tx:
        return targets.with_copy(tx, actor(), targets.get(tx, actor(), target_id, now()))


@blueprint.patch("/<target_id>")
@blueprint.arguments(TargetChangesSchema)
@blueprint.response(200, TargetSchema)
def update_target(body: dict[str, Any], target_id: str) -> Response:
    """Change a target, or do something with it."""
    return write_once(None, lambda tx: (200, targets.update(tx, actor(), target_id, body, now())))
