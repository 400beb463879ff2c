"""HTTP routes of the list of people as CSV: preview, import and export."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import Any

from flask import Response, current_app, jsonify
from marshmallow import fields, validate

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.imports import ColumnMapping, NotUnderstoodSchema, ObstacleSchema, uploaded
from inkeeper.api.schemas_base import CleanText, Flag, Schema, Text
from inkeeper.api.targets import STATE_FILTER, filters_of
from inkeeper.api.uploads import ImportQueue
from inkeeper.api.writes import write_once
from inkeeper.errors import Problem, invalid
from inkeeper.services.imports.moments import ORDERS
from inkeeper.services.ledger import accounts
from inkeeper.services.people import adding, list_files
from inkeeper.services.people.adding import Plan, Reading, Row
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import LineProblem, PersonAction

blueprint = Blueprint("target_files", __name__, url_prefix="/api/v1", description="The list as a file")

ACTIONS: dict[PersonAction, str] = {
    "add": "would be put on the list",
    "written": "left out: was written to within 90 days",
    "on_list": "is on the list already",
    "do_not_contact": "is marked as not to be contacted",
    "twice": "the same person as on an earlier line",
}
"""What is done with a line, in the API's English."""

REASONS: dict[LineProblem, str] = {
    "other_link": "has a link that does not lead to LinkedIn",
    "no_person": "has a link that does not lead to a person: it should look like https://www.linkedin.com/in/name",
    "no_name": "has no name",
    "too_long": "is longer than any line that names a person",
    "ragged": "has another number of fields than the heading",
    "purpose": "has a purpose that there is not",
    "note": "has a note of more than 2000 characters",
    "due": "has a due day that cannot be read",
    "planned_for": "has a planned day that cannot be read, or is more than a year away",
    "planned_at": "has a time that cannot be read: write 09:30, and a day",
    "account": "has an account that is not there",
    "text": "has a text that is not there",
    "campaign": "has a campaign that is not there",
}
"""Why a line is not understood, in the API's English: words that follow `The line`."""

_NOT_UNDERSTOOD_SHOWN = 200


class ListUploadQuery(Schema):
    """How to read the file, and what to store of it. Send the same values for the preview and the import."""

    preview = Flag(load_default=False, metadata={"description": "Only say what would come of it."})
    confirm = Text(max_length=64, metadata={"description": "`confirm` of the preview. Needed to import."})
    file = Text(load_default="The file", metadata={"description": "What the file is called, for messages."})
    map = ColumnMapping(
        Text(max_length=300),
        load_default=dict,
        validate=validate.Length(max=len(list_files.LAYOUT.headings)),
        metadata={
            "description": "Which column holds a field, as `field=Column`, or `name=First+Last`."
            f" Fields: {', '.join(list_files.LAYOUT.headings)}."
        },
    )
    dates = fields.String(
        validate=validate.OneOf(ORDERS), metadata={"description": "How to read 07/10/2026: day or month first."}
    )
    skip_rows = Flag(load_default=False, metadata={"description": "Leave out the rows that are not understood."})
    leave_written = Flag(
        load_default=False, metadata={"description": "Leave out those who were written to within 90 days."}
    )


class ListFileQuery(Schema):
    """The filters of the exported targets, as those of the list."""

    state = STATE_FILTER
    campaign = fields.String()
    account = fields.String()
    q = CleanText()
    planned_until = fields.Date()


class ListRowSchema(Schema):
    """A row of the file, and the action that the import would take."""

    line = fields.Integer(required=True)
    action = fields.String(required=True, validate=validate.OneOf(list(ACTIONS)))
    name = fields.String(required=True)
    links = fields.List(fields.String(), required=True)
    company = fields.String(required=True, allow_none=True)
    written = fields.Boolean(required=True, metadata={"description": "Was written to within 90 days."})


class ListPreviewSchema(Schema):
    """The preview of an import; nothing was stored."""

    columns = fields.List(fields.String(), required=True)
    mapping = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    add = fields.Integer(required=True, metadata={"description": "How many would be put on the list."})
    written = fields.Integer(required=True, metadata={"description": "Written to within 90 days, added or not."})
    on_list = fields.Integer(required=True)
    do_not_contact = fields.Integer(required=True)
    twice = fields.Integer(required=True, metadata={"description": "The same person as in an earlier row."})
    over = fields.Integer(required=True, metadata={"description": "Rows whose `state` is not of the open ones."})
    cut = fields.Integer(required=True, metadata={"description": "Names that are cut to 200 characters."})
    not_understood = fields.List(fields.Nested(NotUnderstoodSchema), required=True)
    in_the_way = fields.List(fields.Nested(ObstacleSchema), required=True)
    confirm = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Send it with the same file and query to import; null where nothing is to be done."},
    )
    items = fields.List(fields.Nested(ListRowSchema), required=True, metadata={"description": "At most 200 rows."})


class ListImportedSchema(Schema):
    """The number of people added to the list."""

    added = fields.Integer(required=True)


_A_CSV = {
    "requestBody": {
        "required": True,
        "description": "A CSV with a person a row; at most 64 MiB and 50,000 rows.",
        "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@blueprint.post("/targets/import")
@blueprint.arguments(ListUploadQuery, location="query")
@blueprint.doc(**_A_CSV)
@blueprint.problems(409, 422, 429)
@blueprint.response(201, ListImportedSchema)
@blueprint.alt_response(200, schema=ListPreviewSchema, success=True)
def import_targets(query: dict[str, Any]) -> Response:
    """Put the people of a CSV on the list, all or nothing, in two steps: with `preview=true` nothing is stored, and the
    answer says what would be, with `confirm`; then the same request with that `confirm` instead.
    """
    if query["preview"] == ("confirm" in query):
        raise invalid("confirm", "Ask for a preview first, with preview=true; then import with its confirm.")
    queue: ImportQueue = current_app.extensions["inkeeper.import_queue"]
    with queue.slot(actor(), now()), uploaded() as file:
        with store().read() as tx:
            names = list_files.named(tx, actor(), accounts.names(tx, actor()))
        reading = list_files.read(file, query["file"], names, query["map"], query.get("dates"), now().date())
        if query["preview"]:
            with store().read() as tx:
                plan = adding.make_plan(tx, actor(), reading, now(), leave_written=query["leave_written"])
            return jsonify(_preview(plan, skip_rows=query["skip_rows"]))
        return write_once(None, lambda tx: (201, _store(tx, reading, query)), reading.digest)


@blueprint.get("/targets.csv")
@blueprint.arguments(ListFileQuery, location="query")
@blueprint.doc(
    responses={
        "200": {
            "description": "The list as a CSV, from which importing brings back all that can still be written to.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    }
)
def export_targets(query: dict[str, Any]) -> Response:
    """Write the people to write to to a CSV, in the order of the list."""
    filters = filters_of(query)
    with TemporaryFile("w+", encoding="utf-8", newline="") as file, store().read() as tx:
        for part in list_files.write(tx, actor(), filters, accounts.names(tx, actor()), now()):
            file.write(part)
        file.seek(0)
        text = file.read()
    response = Response(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="inkeeper-people-{now():%Y-%m-%d}.csv"'
    return response


def _preview(plan: Plan, *, skip_rows: bool) -> dict[str, Any]:
    unread = plan.reading.unread
    in_the_way = _not_understood(len(unread)) if unread and not skip_rows else None
    counts = plan.counts()
    return {
        **counts._asdict(),
        "columns": plan.reading.columns,
        "mapping": plan.reading.mapping,
        "not_understood": [
            {"line": each.line, "reason": REASONS[each.reason]} for each in unread[:_NOT_UNDERSTOOD_SHOWN]
        ],
        "in_the_way": [{"code": in_the_way.code, "detail": in_the_way.detail}] if in_the_way else [],
        "confirm": None if in_the_way or not counts.add else plan.mark(),
        "items": [_describe(row) for row in plan.shown()],
    }


def _describe(row: Row) -> dict[str, Any]:
    return {
        "line": row.entry.line,
        "action": row.action,
        "name": row.entry.name,
        "links": [link.url for link in row.entry.links],
        "company": row.entry.about.get("company"),
        "written": row.at is not None and row.action in ("add", "written"),
    }


def _store(tx: Transaction, reading: Reading, query: dict[str, Any]) -> dict[str, int]:
    if reading.unread and not query["skip_rows"]:
        raise _not_understood(len(reading.unread))
    plan = adding.make_plan(tx, actor(), reading, now(), leave_written=query["leave_written"])
    return {"added": adding.store(tx, actor(), plan, query["confirm"], now())}


def _not_understood(number: int) -> Problem:
    return Problem(
        "rows_not_understood",
        f"{number:,} {'row is' if number == 1 else 'rows are'} not understood. Correct the file, or leave them out with"
        " skip_rows=true. Nothing was imported.",
        status=422,
    )
