"""HTTP routes of accounts, and the schema fields that describe an account."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from flask import Response, jsonify
from marshmallow import ValidationError, fields, validate

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.derived import describe
from inkeeper.api.schemas_base import Flag, Instant, Integer, PageQuery, Schema, Text, page_of, paged
from inkeeper.api.writes import write_once
from inkeeper.jsontext import plain
from inkeeper.rules.money import Money
from inkeeper.rules.warnings import MAX_LEAD_DAYS
from inkeeper.services.ledger import accounts
from inkeeper.services.ledger.accounts import CurrentAccount, OpenedAccount
from inkeeper.vocabulary import PRODUCTS
from inkeeper.wording.language import languages

blueprint = Blueprint("accounts", __name__, url_prefix="/api/v1/accounts", description="LinkedIn subscription seats")

LARGEST_AMOUNT = 100_000
"""Upper bound of a number of credits in a request: above every plan's, and far below integer overflow in sums."""


class MoneySchema(Schema):
    """An amount of money in the currency's minor unit."""

    amount_minor = Integer(required=True, minimum=0, maximum=10**9)
    currency = fields.String(required=True, validate=validate.Regexp(r"^[A-Z]{3}\Z", error="Must be an ISO 4217 code."))


describe(Money, MoneySchema)


def working_days_field(**kwargs: Any) -> fields.List:
    """A field for working days: a list of ISO weekdays, 1 (Monday) to 7 (Sunday)."""
    return fields.List(Integer(minimum=1, maximum=7), validate=validate.Length(1, 7), **kwargs)


def lead_days_field(**kwargs: Any) -> fields.List:
    """A field for the three warning levels: days before a loss of credits, in descending order."""
    metadata = {"description": "Three falling numbers of days before credits are lost.", "examples": [[7, 3, 1]]}
    return fields.List(
        Integer(minimum=1, maximum=MAX_LEAD_DAYS),
        validate=[validate.Length(equal=3), _validate_descending],
        metadata=metadata,
        **kwargs,
    )


def _validate_descending(lead_days: Sequence[int]) -> None:
    if any(later >= earlier for earlier, later in pairwise(lead_days)):
        raise ValidationError("Each must be smaller than the one before.")


def plan_prices_field(**kwargs: Any) -> fields.Dict:
    """A field for monthly prices of other plans, by plan code."""
    return fields.Dict(keys=Text(max_length=50), values=fields.Nested(MoneySchema), **kwargs)


def language_field(**kwargs: Any) -> fields.String:
    """A field for the language of an owner, as a BCP 47 tag."""
    description = (
        "The language of pages, calendars and e-mails, of all accounts of the same owner. Null: not chosen; pages are"
        " then in the browser's language, calendars and e-mails in English."
    )
    return fields.String(
        validate=validate.OneOf(languages()), allow_none=True, metadata={"description": description}, **kwargs
    )


def _amount(**kwargs: Any) -> Integer:
    return Integer(minimum=0, maximum=LARGEST_AMOUNT, **kwargs)


class NewAccountSchema(Schema):
    """The body of a new account: one LinkedIn subscription."""

    name = Text(required=True, max_length=100, metadata={"examples": ["My seat"]})
    plan = Text(required=True, max_length=50, metadata={"examples": ["sales_navigator"]})
    rule_book = Text(required=True, max_length=50, metadata={"examples": ["month_end"]})
    time_zone = Text(required=True, max_length=64, metadata={"examples": ["Europe/Berlin"]})
    opened_at = Instant(metadata={"description": "When the account's history begins; now, if left out."})
    renewal_day = Integer(minimum=1, maximum=31, allow_none=True)
    allotment = _amount(allow_none=True)
    cap = _amount(allow_none=True)
    price = fields.Nested(MoneySchema, allow_none=True, metadata={"description": "What the plan costs a month."})
    plan_prices = plan_prices_field(metadata={"description": "What other plans cost a month, for reports and advice."})
    working_days = working_days_field()
    reserve = _amount(metadata={"description": "Credits that the pace keeps in hand."})
    lead_days = lead_days_field()
    low_balance = _amount(allow_none=True, metadata={"description": "The balance at which to warn; null for never."})
    observed_balance = _amount(metadata={"description": "The credits that LinkedIn shows now."})
    language = language_field()


# `from` is a Python keyword, so these two are built from a dictionary.
AccountChangesSchema = Schema.from_dict(
    {
        "name": Text(max_length=100),
        "price": fields.Nested(MoneySchema, allow_none=True),
        "plan_prices": plan_prices_field(metadata={"description": "Takes the place of all that were given before."}),
        "working_days": working_days_field(),
        "reserve": _amount(),
        "lead_days": lead_days_field(),
        "low_balance": _amount(allow_none=True),
        "language": language_field(),
        "rule_book": Text(max_length=50),
        "allotment": _amount(allow_none=True),
        "cap": _amount(allow_none=True),
        "renewal_day": Integer(minimum=1, maximum=31, allow_none=True),
        "from": Instant(metadata={"description": "Since when the terms hold; left out, as if they had all along."}),
    },
    name="AccountChangesSchema",
)


class PreviewQuery(Schema):
    """The `preview` parameter: compute the result and store nothing."""

    preview = Flag(load_default=False)


class OverridesSchema(Schema):
    """The account's own numbers; null means that the rule book's number applies."""

    allotment = fields.Integer(required=True, allow_none=True)
    cap = fields.Integer(required=True, allow_none=True)


class AccountSchema(Schema):
    """An account: one LinkedIn subscription."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    product = fields.String(required=True, validate=validate.OneOf(PRODUCTS))
    plan = fields.String(required=True)
    rule_book = fields.String(required=True)
    time_zone = fields.String(required=True)
    opened_at = Instant(required=True)
    allotment = fields.Integer(required=True)
    allotment_months = fields.Integer(required=True, metadata={"description": "For how many months it is."})
    cap = fields.Integer(required=True, allow_none=True)
    renewal_day = fields.Integer(required=True, allow_none=True)
    overrides = fields.Nested(OverridesSchema, required=True)
    price = fields.Nested(MoneySchema, required=True, allow_none=True)
    plan_prices = plan_prices_field(required=True)
    working_days = working_days_field(required=True)
    reserve = fields.Integer(required=True)
    lead_days = lead_days_field(required=True)
    low_balance = fields.Integer(required=True, allow_none=True)
    language = language_field(required=True)
    created_at = Instant(required=True)


class FitSchema(Schema):
    """A rule book that allows the balance LinkedIn showed, and its highest possible balance (null: unlimited)."""

    rule_book = fields.String(required=True)
    title = fields.String(required=True)
    most = fields.Integer(required=True, allow_none=True)


class OtherBookSchema(Schema):
    """The rule book that best matches the balance LinkedIn showed. `others` lists all matches, best first."""

    rule_book = fields.String(required=True)
    title = fields.String(required=True)
    balance = fields.Integer(required=True)
    detail = fields.String(required=True)
    others = fields.List(fields.Nested(FitSchema), required=True)


class OpenedAccountSchema(AccountSchema):
    """A new account."""

    wrong_book = fields.Nested(OtherBookSchema, required=True, allow_none=True)


_PREVIEW = {
    "type": "object",
    "description": "What other terms would come to: the account then, and the balance now and then.",
    "required": ["account", "balance_now", "balance_then"],
    "properties": {
        "account": {"$ref": "#/components/schemas/Account"},
        "balance_now": {"type": "integer"},
        "balance_then": {"type": "integer"},
    },
}


def describe_opened(opened: OpenedAccount) -> dict[str, Any]:
    """The new account with the rule book to offer as one more member."""
    return {**opened.account._asdict(), "wrong_book": opened.wrong_book}


@blueprint.get("")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(AccountSchema))
def list_accounts(query: dict[str, Any]) -> dict[str, Any]:
    """List the accounts, in order of their making. They are never added up."""
    limit, cursor = query["limit"], query["cursor"]
    with store().read() as tx:
        found = accounts.list_accounts(tx, actor(), now(), cursor and cursor[0], limit + 1)
    return paged(found, limit, lambda account: [account.id])


@blueprint.post("")
@blueprint.arguments(NewAccountSchema)
@blueprint.response(201, OpenedAccountSchema)
def create_account(body: dict[str, Any]) -> Response:
    """Open an account."""
    return write_once(None, lambda tx: (201, describe_opened(accounts.create_account(tx, actor(), body, now()))))


@blueprint.get("/<account_id>")
@blueprint.response(200, AccountSchema)
def get_account(account_id: str) -> CurrentAccount:
    """Show an account."""
    with store().read() as tx:
        return accounts.get_account(tx, actor(), account_id, now())


@blueprint.patch("/<account_id>")
@blueprint.arguments(AccountChangesSchema)
@blueprint.arguments(PreviewQuery, location="query")
@blueprint.response(200, {"oneOf": [{"$ref": "#/components/schemas/Account"}, _PREVIEW]})
def update_account(body: dict[str, Any], query: dict[str, Any], account_id: str) -> Response:
    """Change an account. Rule book, allotment, cap and renewal day hold from the instant `from` on, or as if they
    always had.

    With `preview=true` nothing is stored: the answer holds the account as it would be, and the balance now and then.
    """
    if query["preview"]:
        with store().read() as tx:
            return jsonify(plain(accounts.preview_update(tx, actor(), account_id, body, now())))
    return write_once(account_id, lambda tx: (200, accounts.update_account(tx, actor(), account_id, body, now())))
