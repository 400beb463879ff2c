"""HTTP route of the rule books."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import now
from inkeeper.api.schemas_base import PageQuery, Schema, page_of, paged
from inkeeper.services.ledger import rule_books
from inkeeper.vocabulary import PRODUCTS

blueprint = Blueprint("rule_books", __name__, url_prefix="/api/v1/rule-books", description="The rules of credits")


# `from` is a Python keyword, so this schema is built from a dictionary.
NumbersSchema = Schema.from_dict(
    {
        "from": fields.Date(
            attribute="since",
            required=True,
            allow_none=True,
            metadata={"description": "The first day; null: from the beginning of time."},
        ),
        "allotment": fields.Integer(required=True, allow_none=True),
        "cap": fields.Integer(required=True, allow_none=True),
        "source": fields.String(required=True),
    },
    name="NumbersSchema",
)


class PlanSchema(Schema):
    """A plan with the numbers that its rule book has for today. `allotment` is for `allotment_months` months.

    `numbers` are all numbers of the rule book, past and future, by date.
    """

    id = fields.String(required=True)
    title = fields.String(required=True)
    product = fields.String(required=True, validate=validate.OneOf(PRODUCTS))
    allotment = fields.Integer(required=True, allow_none=True)
    allotment_months = fields.Integer(required=True)
    cap = fields.Integer(required=True, allow_none=True)
    allotment_required = fields.Boolean(required=True)
    source = fields.String(required=True)
    numbers = fields.List(fields.Nested(NumbersSchema), required=True)


class RuleSchema(Schema):
    """One rule in words, with its source."""

    key = fields.String(required=True)
    text = fields.String(required=True)
    source = fields.String(required=True)


class RuleBookSchema(Schema):
    """How credits are granted, kept and lost."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    question_answer = fields.String(
        required=True,
        metadata={"description": "Answers: do unused credits carry over to your next month?"},
    )
    summary = fields.String(required=True)
    default = fields.Boolean(required=True)
    plans = fields.List(fields.Nested(PlanSchema), required=True)
    rules = fields.List(fields.Nested(RuleSchema), required=True)


@blueprint.get("")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(RuleBookSchema))
def list_rule_books(query: dict[str, Any]) -> dict[str, Any]:
    """List the rule books, the default first."""
    found = rule_books.list_rule_books(now())
    ids = [book.id for book in found]
    cursor = query["cursor"]
    start = ids.index(cursor[0]) + 1 if cursor and cursor[0] in ids else 0
    return paged(found[start:], query["limit"], lambda book: [book.id])
