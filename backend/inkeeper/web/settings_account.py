"""Settings, Account: name, working days, reserve and prices of an account, the language, and adding another account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from inkeeper.api.context import actor, now, store
from inkeeper.api.schemas_base import Text
from inkeeper.errors import Problem
from inkeeper.jsontext import plain
from inkeeper.rules import books, money
from inkeeper.rules.money import Money
from inkeeper.services import owners
from inkeeper.services.ledger import accounts, rule_books
from inkeeper.services.ledger.accounts import CurrentAccount
from inkeeper.services.ledger.rule_books import ListedPlan
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import CURRENCIES
from inkeeper.web import forms, pages, seats, settings
from inkeeper.web.blueprint import blueprint
from inkeeper.web.choices import zones
from inkeeper.web.forms import Form, FormSchema
from inkeeper.web.language import first_language, gettext, gettext_noop
from inkeeper.web.seats import NoAccountYet, Seats
from inkeeper.web.settings_words import CARRY_OVER
from inkeeper.web.words import typed_amount
from inkeeper.wording.language import language_names, languages

_DAYS = tuple(f"day{number}" for number in range(1, 8))
_AMOUNT = gettext_noop("Enter an amount, such as 29.99.")
_CURRENCY = gettext_noop("Choose a currency.")
_NAME = {"required": gettext_noop("Enter a name.")}
_REFUSED = {
    "plan": ("plan", gettext_noop("These credit rules don't know this plan.")),
    "rule_book": ("book", gettext_noop("Choose one of these.")),
    "allotment": ("allotment", gettext_noop("Your contract sets this number. Enter it.")),
    "time_zone": ("zone", gettext_noop("Choose a time zone.")),
}


class PricesForm(FormSchema):
    """A form with the plan's price; subclasses add fields `price-…` for other plans."""

    amount = fields.String(load_default="", validate=validate.Length(max=12, error=_AMOUNT))
    currency = fields.String(load_default="EUR", validate=validate.Regexp(r"^[A-Z]{3}\Z", error=_CURRENCY))

    @validates_schema
    def _amounts_are_amounts(self, data: dict[str, Any], **_: Any) -> None:
        wrong = {}
        for name in ("amount", *(name for name in data if name.startswith("price-"))):
            try:
                money.parse(data[name] or "0", data["currency"])
            except ValueError:
                wrong[name] = _AMOUNT
        if wrong:
            raise ValidationError(wrong)


class LanguageForm(FormSchema):
    """The form that chooses a language. Empty: the browser's."""

    language = fields.String(load_default="", validate=validate.OneOf(languages()))
    account = fields.String(load_default="", validate=validate.Length(max=64))


class NewAccountForm(PricesForm):
    """The form that adds an account."""

    plan = fields.String(
        required=True, validate=validate.Length(max=50), error_messages={"required": gettext_noop("Choose a plan.")}
    )
    book = fields.String(load_default=books.DEFAULT_BOOK, validate=validate.Length(max=50))
    name = Text(required=True, max_length=100, error_messages=_NAME)
    zone = Text(required=True, max_length=64, error_messages={"required": gettext_noop("Choose a time zone.")})
    observed = settings.whole_number()
    allotment = settings.whole_number()
    cap = settings.whole_number()
    renewal_day = settings.whole_number(1, 31)


@blueprint.page("/settings/account")
def show_account() -> Response:
    """Show the account's name, working days, reserve and prices."""
    found = settings.read_seats()
    return settings.show("account", found, **_values(found.account_id))


@blueprint.post("/accounts/<account_id>/settings/account")
def save_account(account_id: str) -> Response:
    """Save the account's details. If they were changed elsewhere since, show both states (409)."""
    form = forms.read_form(_details_form(account_id))
    if not form.errors and not any(form.data[day] for day in _DAYS):
        form = form.with_error("days", gettext("Choose at least one day."))
    if form.errors:
        return _cards(account_id, 422, form=form)

    def change(tx: Transaction) -> dict[str, Any]:
        current = accounts.get_account(tx, actor(), account_id, now())
        forms.check_version(form, _versioned(current))
        accounts.update_account(tx, actor(), account_id, _changes(form.data, current.plan_prices), now())
        return {}

    try:
        forms.save_once(account_id, form, change)
    except forms.Stale:
        return _cards(account_id, 409, form=form, stale=True)
    return _cards(account_id, toast=gettext("Saved."))


@blueprint.post("/settings/language")
def save_language() -> Response:
    """Set the language of the owner's pages, calendars and e-mails, and load the page anew in it."""
    form = forms.read_button(LanguageForm())
    tag = form.data["language"] or None

    def change(tx: Transaction) -> dict[str, Any]:
        owners.set_language(tx, actor(), tag)
        return {}

    forms.save_once(None, form, change)
    account = form.data["account"]
    return settings.redirect("/settings/account" + (f"?account={quote(account, safe='')}" if account else ""))


@blueprint.page("/settings/account/new")
def show_new_account() -> Response:
    """Show the form that adds an account."""
    try:
        found: Seats | None = settings.read_seats()
    except NoAccountYet:
        found = None
    name = "" if found else gettext("My seat")
    form = forms.empty_form(plan="sales_navigator", book=books.DEFAULT_BOOK, currency="EUR", name=name)
    title = gettext("Add an account")
    return pages.page(
        "app/settings_new.html", title=title, here="settings", seats=found, section="account", form=form, **_choices()
    )


@blueprint.post("/settings/accounts")
def add_account() -> Response:
    """Add the account and open it, at Plan & rules if LinkedIn's balance contradicts the credit rules."""
    form = forms.read_form(NewAccountForm())
    if form.errors:
        return _new_form(form)
    try:
        made = forms.save_once(None, form, lambda tx: _created(tx, form.data))
    except Problem as problem:
        return _new_form(settings.refused(form, problem, _REFUSED))
    place = "/settings/plan" if made["doubted"] else "/"
    return settings.redirect(f"{place}?account={made['account_id']}")


def other_plans(account: CurrentAccount) -> list[ListedPlan]:
    """The plans with credits of the account's rule book, without the account's own and those priced by contract."""
    plans = plans_of(account.rule_book)
    return [plan for plan in plans if plan.id != account.plan and plan.allotment]


def plans_of(book_id: str) -> list[ListedPlan]:
    """The plans of a rule book."""
    return next(book.plans for book in rule_books.list_rule_books(now()) if book.id == book_id)


def _details_form(account_id: str) -> forms.FormSchema:
    with store().read() as tx:
        account = accounts.get_account(tx, actor(), account_id, now())
    own: dict[str, Any] = {
        "name": Text(required=True, max_length=100, error_messages=_NAME),
        "reserve": settings.whole_number(load_default=0),
    }
    own |= {day: fields.Boolean(load_default=False) for day in _DAYS}
    for plan in other_plans(account):
        own[f"price-{plan.id}"] = fields.String(load_default="", validate=validate.Length(max=12, error=_AMOUNT))
    schema: forms.FormSchema = PricesForm.from_dict(own, name="DetailsForm")()  # type: ignore[assignment]
    return schema


def _changes(data: Mapping[str, Any], plan_prices: Mapping[str, Money]) -> dict[str, Any]:
    """The service's changes. Prices of plans that are not in the form are kept if they have the same currency."""
    currency = data["currency"]
    typed = {name.removeprefix("price-"): text for name, text in data.items() if name.startswith("price-")}
    prices = {plan: price for plan, price in plan_prices.items() if plan not in typed and price.currency == currency}
    prices |= {plan: money.parse(text, currency) for plan, text in typed.items() if text}
    return {
        "name": data["name"],
        "reserve": data["reserve"],
        "working_days": [number for number, day in enumerate(_DAYS, 1) if data[day]],
        "price": money.parse(data["amount"], currency)._asdict() if data["amount"] else None,
        "plan_prices": {plan: price._asdict() for plan, price in prices.items()},
    }


def _created(tx: Transaction, data: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {"name": data["name"], "plan": data["plan"], "rule_book": data["book"], "time_zone": data["zone"]}
    for field, name in (("allotment",) * 2, ("cap",) * 2, ("renewal_day",) * 2, ("observed", "observed_balance")):
        if data[field] is not None:
            wanted[name] = data[field]
    if data["amount"]:
        wanted["price"] = money.parse(data["amount"], data["currency"])._asdict()
    made = accounts.create_account(tx, actor(), wanted, now(), first_language())
    return {"account_id": made.account.id, "doubted": made.wrong_book is not None}


def _cards(account_id: str, status: int = 200, *, toast: str = "", **values: Any) -> Response:
    with store().read() as tx:
        found = seats.read(tx, account_id)
    return settings.show_cards("account", found, status, toast=toast, **(_values(account_id) | values))


def _values(account_id: str) -> dict[str, Any]:
    with store().read() as tx:
        account = accounts.get_account(tx, actor(), account_id, now())
    typed = {f"price-{plan}": typed_amount(price) for plan, price in account.plan_prices.items()}
    prices = [each for each in (account.price, *account.plan_prices.values()) if each]
    form = forms.empty_form(
        name=account.name,
        reserve=account.reserve,
        amount=typed_amount(account.price) if account.price else "",
        currency=prices[0].currency if prices else "EUR",
        **{f"day{day}": "1" for day in account.working_days},
        **typed,
    )
    return {
        "account": account,
        "form": form,
        "version": forms.version_of(_versioned(account)),
        "language_form": forms.empty_form(language=account.language or "", account=account_id),
        "languages": {"": gettext("As my browser"), **language_names()},
        "others": other_plans(account),
        "currencies": _currencies(form.typed["currency"]),
    }


def _versioned(account: CurrentAccount) -> list[Any]:
    return [account.name, account.working_days, account.reserve, plain(account.price), plain(account.plan_prices)]


def _new_form(form: Form) -> Response:
    return pages.part("app/settings_new_form.html", 422, form=form, **_choices())


def _choices() -> dict[str, Any]:
    known = rule_books.list_rule_books(now())
    plans = {plan.id: plan.title for book in known for plan in book.plans if plan.id != books.BASIC}
    carry_over = {book.id: CARRY_OVER.get(book.id, (book.question_answer, book.summary)) for book in known}
    return {"plans": plans, "carry_over": carry_over, "zones": zones(), "currencies": _currencies("EUR")}


def _currencies(own: str) -> dict[str, str]:
    return {code: code for code in (CURRENCIES if own in CURRENCIES else [own, *CURRENCIES])}
