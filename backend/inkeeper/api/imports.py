"""HTTP routes of imports: preview a file, import it as one batch, list batches, undo a batch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from flask import Response, current_app, jsonify, request
from marshmallow import ValidationError, fields, validate

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.guard import UPLOAD_TYPES
from inkeeper.api.inmails import RecipientSchema
from inkeeper.api.schemas_base import Cursor, Flag, Instant, PageQuery, Schema, Text, page_of, paged
from inkeeper.api.uploads import ImportQueue
from inkeeper.api.writes import write_once
from inkeeper.errors import invalid
from inkeeper.jsontext import plain
from inkeeper.reasons import Reason
from inkeeper.services.access import owned_account
from inkeeper.services.imports import batches
from inkeeper.services.imports.batches import Imported, Preview
from inkeeper.services.imports.columns import FIELDS
from inkeeper.services.imports.moments import ORDERS
from inkeeper.services.imports.own import Named
from inkeeper.services.imports.plan import Step
from inkeeper.services.imports.reader import read_file
from inkeeper.services.imports.reading import Note, Reading, Wishes
from inkeeper.storage.accounts import Account
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import IMPORT_ACTIONS, IMPORT_KINDS, OUTCOMES, ROW_KINDS, ImportAction, RowKind
from inkeeper.wording.reasons import english

blueprint = Blueprint(
    "imports", __name__, url_prefix="/api/v1/accounts/<account_id>/imports", description="InMails brought in from files"
)

_LINES = re.compile(r"\d{1,9}(?:,\d{1,9})*", re.ASCII)
_LONGEST_LINES = 20_000
_BLOCK_BYTES = 256 * 1024


KINDS: dict[RowKind, str] = {
    "inmail": "an InMail",
    "answer": "the first answer to an InMail",
    "message": "another message: not the first of its conversation, not from you, without a subject, or to a group",
    "draft": "a draft that was never sent",
    "taken_back": "an InMail that had been taken back",
    "other_account": "an InMail of another account",
    "not_understood": "not understood",
}
"""The kinds of rows, in the API's English."""

ACTIONS: dict[ImportAction, str] = {
    "add": "would be added",
    "answer": "is there already; its outcome would be added",
    "already_there": "is there already",
    "twice_in_file": "stands twice in the file",
    "before_opening": "was sent before the account opened",
    "left_out": "is to be left out",
}
"""The actions for an InMail of a file, in the API's English."""


class LineNumbers(fields.String):
    """Comma-separated line numbers. Loads to a frozenset of integers."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"pattern": f"^{_LINES.pattern}$", **kwargs.pop("metadata", {})}
        super().__init__(validate=validate.Length(max=_LONGEST_LINES), metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> frozenset[int]:  # type: ignore[override]  # noqa: ARG002
        if len(value) > _LONGEST_LINES or _LINES.fullmatch(value) is None:
            raise ValidationError("Must be lines with commas between, such as 12,40.")
        return frozenset(map(int, value.split(",")))


class ColumnMapping(fields.List):
    """The columns of fields, each as `field=Column`. Loads to a dict from field to column."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str]:  # type: ignore[override]
        columns: dict[str, str] = {}
        pairs: list[Any] = super()._deserialize(value, attr, data, **kwargs)
        for pair in pairs:
            field, _, column = pair.partition("=")
            if not column.strip():
                raise ValidationError("Must be a field and its column, such as name=Recipient.")
            columns[field.strip()] = column.strip()
        return columns


class UploadQuery(PageQuery):
    """How to read the file, and what to store of it. Send the same values for the preview and the import."""

    preview = Flag(load_default=False, metadata={"description": "Only say what would come of it."})
    confirm = Text(max_length=64, metadata={"description": "`confirm` of the preview. Needed to import."})
    file = Text(load_default="The file", metadata={"description": "What the file is called, for messages."})
    map = ColumnMapping(
        Text(max_length=300),
        load_default=dict,
        validate=validate.Length(max=len(FIELDS)),
        metadata={
            "description": "For any CSV: which column holds a field, as `field=Column`, or `name=First+Last`."
            f" Fields: {', '.join(FIELDS)}."
        },
    )
    dates = fields.String(
        validate=validate.OneOf(ORDERS), metadata={"description": "How to read 07/10/2026: day or month first."}
    )
    me = Text(max_length=500, metadata={"description": "Whose LinkedIn export it is, where it does not tell."})
    from_account = Text(metadata={"description": "Which account of an Inkeeper export to take, by name or id."})
    leave_out = LineNumbers(
        load_default=frozenset, metadata={"description": "Lines of InMails to leave out, such as `12,40`."}
    )
    skip_rows = Flag(load_default=False, metadata={"description": "Leave out the rows that are not understood."})
    accept_discrepancy = Flag(
        load_default=False,
        metadata={"description": "Store InMails that no credit is left for: LinkedIn let them through."},
    )
    open_earlier = Flag(
        load_default=False, metadata={"description": "Date the account's opening back to the first InMail's period."}
    )
    cursor = Cursor(datetime, int)


class ImportSchema(Schema):
    """One import of one file."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(IMPORT_KINDS))
    created_at = Instant(required=True)
    rows = fields.Integer(required=True)
    inmails = fields.Integer(required=True, metadata={"description": "InMails that were added."})
    answers = fields.Integer(required=True, metadata={"description": "Outcomes that were added."})
    retracted_at = Instant(required=True, allow_none=True)


class ImportedSchema(Schema):
    """An import (null: nothing to store), and the balance afterwards."""

    import_ = fields.Nested(ImportSchema, required=True, allow_none=True, data_key="import")
    balance = fields.Integer(required=True)


class TakenForSchema(Schema):
    """The number of rows of one kind, and the lines on which they begin, such as `2-14, 17`."""

    kind = fields.String(required=True, validate=validate.OneOf(ROW_KINDS))
    rows = fields.Integer(required=True)
    meaning = fields.String(required=True)
    lines = fields.String(required=True)


class NotUnderstoodSchema(Schema):
    """A row that could not be read. `reason` completes a sentence that begins with `The row`."""

    line = fields.Integer(required=True)
    reason = fields.String(required=True)


class ActionSchema(Schema):
    """The number of the file's InMails with one action."""

    action = fields.String(required=True, validate=validate.OneOf(IMPORT_ACTIONS))
    inmails = fields.Integer(required=True)
    meaning = fields.String(required=True)


class AddsSchema(Schema):
    """What the import would add: InMails, how many of them are free, outcomes, and the first and last date."""

    inmails = fields.Integer(required=True)
    free = fields.Integer(required=True)
    answers = fields.Integer(required=True)
    from_ = Instant(required=True, allow_none=True, data_key="from")
    to = Instant(required=True, allow_none=True)


class ObstacleSchema(Schema):
    """A reason why the file cannot be imported, and what to do about it."""

    code = fields.String(
        required=True, metadata={"description": "`rows_not_understood` (`skip_rows`) or `insufficient_credits`."}
    )
    detail = fields.String(required=True)


class FoundSchema(Schema):
    """An InMail of the file, and the action that the import would take."""

    line = fields.Integer(required=True)
    action = fields.String(required=True, validate=validate.OneOf(IMPORT_ACTIONS))
    why = fields.String(required=True)
    recipient = fields.Nested(RecipientSchema, required=True)
    sent_at = Instant(required=True)
    cost = fields.Integer(required=True, validate=validate.OneOf((0, 1)))
    subject = fields.String(required=True, allow_none=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    outcome_at = Instant(required=True, allow_none=True)
    answer_line = fields.Integer(required=True, allow_none=True)
    inmail_id = fields.String(
        required=True, allow_none=True, metadata={"description": "The InMail that it is already."}
    )


class NoteSchema(Schema):
    """A note about the file: a code with its arguments. `detail` is one English sentence."""

    code = fields.String(required=True)
    arguments = fields.Dict(keys=fields.String(), required=True)
    detail = fields.String(required=True)


class ImportPreviewSchema(Schema):
    """The preview of an import; nothing was stored."""

    kind = fields.String(required=True, validate=validate.OneOf(IMPORT_KINDS))
    file = fields.String(required=True)
    columns = fields.List(fields.String(), required=True)
    mapping = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "Which column was taken for which field; null for LinkedIn's own file."},
    )
    rows = fields.Integer(required=True)
    notes = fields.List(
        fields.Nested(NoteSchema),
        required=True,
        metadata={"description": "`encoding_guessed`, `helper_unreadable` or `no_conversation_ids`."},
    )
    taken_for = fields.List(fields.Nested(TakenForSchema), required=True)
    not_understood = fields.List(fields.Nested(NotUnderstoodSchema), required=True)
    actions = fields.List(fields.Nested(ActionSchema), required=True)
    adds = fields.Nested(AddsSchema, required=True)
    opens_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When the account would open then, if earlier than now."},
    )
    before_opening = fields.Integer(
        required=True, metadata={"description": "InMails left out since the account opened later: see `open_earlier`."}
    )
    uncovered = fields.Integer(required=True, metadata={"description": "InMails that no credit is left for."})
    balance_now = fields.Integer(required=True)
    balance_then = fields.Integer(required=True)
    in_the_way = fields.List(fields.Nested(ObstacleSchema), required=True)
    nothing = fields.Nested(
        NoteSchema,
        required=True,
        allow_none=True,
        metadata={
            "description": "Why nothing would be added: `no_rows`, `nothing_understood`, `no_inmails`, `other_rows` or"
            " `nothing_new`; null where something would be."
        },
    )
    confirm = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Send it with the same file and query to import; null where nothing is to be done."},
    )
    items = fields.List(fields.Nested(FoundSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


_A_FILE = {
    "requestBody": {
        "required": True,
        "description": "LinkedIn's zip or messages.csv, an export of Inkeeper, or any CSV; at most 64 MiB.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in UPLOAD_TYPES},
    }
}


@blueprint.get("")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(ImportSchema))
def list_imports(query: dict[str, Any], account_id: str) -> dict[str, Any]:
    """List the imports, newest first; those taken back as well."""
    limit, cursor = query["limit"], query["cursor"]
    with store().read() as tx:
        found = batches.list_imports(tx, actor(), account_id, cursor and cursor[0], limit + 1)
    return paged(found, limit, lambda batch: [batch.id])


@blueprint.post("")
@blueprint.arguments(UploadQuery, location="query")
@blueprint.doc(**_A_FILE)
@blueprint.problems(409, 422, 429)
@blueprint.response(201, ImportedSchema)
@blueprint.alt_response(200, schema=ImportPreviewSchema, success=True)
def import_file(query: dict[str, Any], account_id: str) -> Response:
    """Import a file, all or nothing, in two steps: with `preview=true` nothing is stored, and the answer says what
    would be, with `confirm`; then the same request with that `confirm` instead. Message texts are never stored.
    """
    if query["preview"] == ("confirm" in query):
        raise invalid("confirm", "Ask for a preview first, with preview=true; then import with its confirm.")
    wishes = _wishes(query)
    with store().read() as tx:
        account = owned_account(tx, actor(), account_id)
    # Reading a file takes up to a few hundred megabytes of memory, so files are read one at a time.
    queue: ImportQueue = current_app.extensions["inkeeper.import_queue"]
    with queue.slot(actor(), now()), uploaded() as file:
        reading = _read(file, query["file"], account, wishes)
        if query["preview"]:
            return _preview(reading, account_id, query)

        def store_it(tx: Transaction) -> tuple[int, dict[str, Any]]:
            return 201, _describe_imported(
                batches.store_import(tx, actor(), account_id, reading, query["confirm"], now())
            )

        return write_once(account_id, store_it, reading.digest)


@blueprint.delete("/<import_id>")
@blueprint.response(200, ImportedSchema)
def take_back_import(account_id: str, import_id: str) -> Response:
    """Take a whole import back: its InMails count as never sent. Again: the same answer."""

    def take_back(tx: Transaction) -> tuple[int, dict[str, Any]]:
        return 200, _describe_imported(batches.take_back(tx, actor(), account_id, import_id, now()))

    return write_once(account_id, take_back)


def _wishes(query: dict[str, Any]) -> Wishes:
    return Wishes(
        columns=query["map"],
        dates=query.get("dates"),
        me=query.get("me"),
        from_account=query.get("from_account"),
        leave_out=query["leave_out"],
        skip_rows=query["skip_rows"],
        accept_discrepancy=query["accept_discrepancy"],
        open_earlier=query["open_earlier"],
    )


@contextmanager
def uploaded() -> Iterator[BinaryIO]:
    """Write the request's body to a temporary file without a name, deleted after the block."""
    with TemporaryFile() as file:
        while block := request.stream.read(_BLOCK_BYTES):
            file.write(block)
        file.seek(0)
        yield file


def _read(file: BinaryIO, name: str, account: Account, wishes: Wishes) -> Reading:
    return read_file(file, name, Named(account.id, account.name), account.time_zone, wishes, now())


def _preview(reading: Reading, account_id: str, query: dict[str, Any]) -> Response:
    after, limit = query["cursor"], query["limit"]
    with store().read() as tx:
        found = batches.preview(tx, actor(), account_id, reading, now(), after, limit + 1)
    page = paged(found.items, limit, lambda step: [step.found.sent_at, step.found.line], _describe_step)
    return jsonify(_describe_preview(found) | page)


def _describe_preview(found: Preview) -> dict[str, Any]:
    """The preview in the form of `ImportPreviewSchema`, without its page of InMails."""
    reading, adds = found.reading, found.adds
    described: dict[str, Any] = plain(
        {
            "kind": reading.kind,
            "file": reading.file,
            "columns": found.columns,
            "mapping": reading.columns or None,
            "rows": len(reading.rows),
            "notes": [_describe_note(note) for note in reading.notes],
            "taken_for": [{**each._asdict(), "meaning": KINDS[each.kind]} for each in found.taken_for],
            "not_understood": [{"line": row.line, "reason": english(row.reason)} for row in reading.problems],
            "actions": [{**each._asdict(), "meaning": ACTIONS[each.action]} for each in found.actions],
            "adds": {
                "inmails": adds.inmails,
                "free": adds.free,
                "answers": adds.answers,
                "from": adds.first,
                "to": adds.last,
            },
            "opens_at": found.opens_at,
            "before_opening": found.before_opening,
            "uncovered": found.uncovered,
            "balance_now": found.balance_now,
            "balance_then": found.balance_then,
            "in_the_way": [{"code": problem.code, "detail": problem.detail} for problem in found.in_the_way],
            "nothing": found.nothing and _describe_note(found.nothing),
            "confirm": found.confirm,
        }
    )
    return described


def _describe_note(note: Note) -> dict[str, Any]:
    arguments = {name: english(value) if isinstance(value, Reason) else value for name, value in note.arguments.items()}
    return {"code": note.code, "arguments": arguments, "detail": english(note.said)}


def _describe_step(step: Step) -> dict[str, Any]:
    """An InMail of a preview in the form of `FoundSchema`."""
    found = step.found
    return {
        "line": found.line,
        "action": step.action,
        "why": english(step.why),
        "recipient": {"name": found.name, "profile_url": found.link},
        "sent_at": found.sent_at,
        "cost": found.cost,
        "subject": found.subject,
        "outcome": found.outcome,
        "outcome_at": found.outcome_at,
        "answer_line": found.answer_line,
        "inmail_id": step.known and step.known.id,
    }


def _describe_imported(done: Imported) -> dict[str, Any]:
    """The result of an import in the form of `ImportedSchema`."""
    batch = done.batch
    described = batch and {
        "id": batch.id,
        "kind": batch.kind,
        "created_at": batch.created_at,
        "rows": batch.rows,
        "inmails": batch.inmails,
        "answers": batch.answers,
        "retracted_at": batch.retracted_at,
    }
    return {"import": described, "balance": done.balance}
