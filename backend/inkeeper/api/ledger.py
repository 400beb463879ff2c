"""HTTP route of the journal."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.schemas_base import Cursor, Instant, PageQuery, Schema, page_of, paged
from inkeeper.rules.journal import Entry
from inkeeper.services.ledger import journal as ledger
from inkeeper.vocabulary import JOURNAL_KINDS
from inkeeper.wording.journal import render

blueprint = Blueprint(
    "ledger", __name__, url_prefix="/api/v1/accounts/<account_id>/ledger", description="The account's journal"
)


class LotPartSchema(Schema):
    """The part of an entry that changes one lot."""

    lot = fields.Integer(required=True)
    credits = fields.Integer(required=True)


class EntrySchema(Schema):
    """A journal entry: a change of the balance, or a note with no effect on it."""

    at = Instant(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(JOURNAL_KINDS))
    credits = fields.Integer(required=True)
    balance = fields.Integer(required=True)
    why = fields.String(required=True)
    rule = fields.String(required=True)
    inmail_id = fields.String(required=True, allow_none=True)
    lots = fields.List(fields.Nested(LotPartSchema), required=True)


LedgerQuery = PageQuery.from_dict(
    {
        "cursor": Cursor(int),
        "from": Instant(metadata={"description": "From the opening, if left out."}),
        "to": Instant(metadata={"description": "Excluded. Now, if left out."}),
    },
    name="LedgerQuery",
)


@blueprint.get("")
@blueprint.arguments(LedgerQuery, location="query")
@blueprint.response(200, page_of(EntrySchema))
def list_entries(query: dict[str, Any], account_id: str) -> dict[str, Any]:
    """List every change of the balance with the rule that caused it, oldest first."""
    limit, cursor = query["limit"], query["cursor"]
    offset = max(0, cursor[0]) if cursor else 0
    with store().read() as tx:
        found = ledger.journal(tx, actor(), account_id, query.get("from"), query.get("to"), now(), offset, limit + 1)
    numbered = list(enumerate(found, offset + 1))
    return paged(numbered, limit, lambda each: [each[0]], lambda each: describe_entry(each[1]))


def describe_entry(entry: Entry) -> dict[str, Any]:
    """The entry with the text of its reason."""
    return {
        "at": entry.at,
        "kind": entry.kind,
        "credits": entry.credits,
        "balance": entry.balance,
        "why": render(entry.why),
        "rule": entry.rule,
        "inmail_id": entry.inmail_id,
        "lots": [{"lot": lot, "credits": credits} for lot, credits in entry.lots],
    }
