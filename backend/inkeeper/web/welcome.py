"""The page Set-up in three steps: plan and balance, extension, next steps.

The user can skip each step and return to it.
"""

from __future__ import annotations

import shlex
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import Response, request
from marshmallow import ValidationError, fields, validate, validates_schema

from inkeeper.api.accounts import LARGEST_AMOUNT
from inkeeper.api.context import actor, now, settings, store
from inkeeper.api.schemas_base import Text
from inkeeper.errors import Problem
from inkeeper.rules import books, money
from inkeeper.rules.facts import Terms
from inkeeper.server import prepared
from inkeeper.server.extension import NoExtension, included_extension, loaded_folder, put_extension
from inkeeper.services.access import owned_account
from inkeeper.services.devices import connected as devices
from inkeeper.services.devices import pairing
from inkeeper.services.ledger import accounts
from inkeeper.settings import DEFAULT_HOST
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import CURRENCIES
from inkeeper.web import forms, pages, seats
from inkeeper.web.autostart import autostart
from inkeeper.web.blueprint import blueprint
from inkeeper.web.browsers import CHROMIUM, FIREFOX, requesting_browser
from inkeeper.web.choices import zones
from inkeeper.web.forms import FormSchema
from inkeeper.web.language import first_language, gettext, gettext_noop
from inkeeper.wording.devices import OWN_CHROMIUM

PLANS = {
    "sales_navigator": "Sales Navigator",
    "recruiter_lite": "Recruiter Lite",
    "recruiter": "Recruiter",
    "premium_business": "Premium Business",
    "premium_career": "Premium Career",
    "other": gettext_noop("Other"),
}
"""The selectable plans, by the names that LinkedIn sells them under; the last one is translated."""

OTHER = "other"
_OTHER_IS = "premium_business"
"""The plan whose rules apply to an unlisted plan, which has its own number of monthly credits."""

PLAN, EXTENSION, FINISH = 1, 2, 3
"""The numbers of the steps."""

_NUMBER = gettext_noop("Enter a whole number, such as 12.")
_AMOUNT = gettext_noop("Enter an amount, such as 79.99.")


def _whole(**messages: str) -> fields.Integer:
    return fields.Integer(
        required="required" in messages,
        validate=validate.Range(0, LARGEST_AMOUNT, error=_NUMBER),
        error_messages={"invalid": _NUMBER, **messages},
    )


class PlanForm(FormSchema):
    """The LinkedIn plan and the balance that LinkedIn shows."""

    plan = fields.String(
        required=True, validate=validate.OneOf(PLANS), error_messages={"required": gettext_noop("Choose your plan.")}
    )
    balance = _whole(required=gettext_noop("Enter the number that LinkedIn shows."))
    monthly = _whole()
    sure = fields.Boolean(load_default=False)
    name = Text(max_length=100)
    zone = fields.String(load_default="UTC", validate=validate.Length(max=64))
    amount = fields.String(validate=validate.Length(max=12, error=_AMOUNT))
    currency = fields.String(load_default="EUR", validate=validate.OneOf(CURRENCIES))

    @validates_schema
    def _check_plan(self, data: dict[str, Any], **_: Any) -> None:
        if data["plan"] in ("recruiter", OTHER) and not data.get("monthly"):
            raise ValidationError(gettext("Enter the credits that you get each month."), "monthly")
        try:
            _price(data)
        except ValueError:
            raise ValidationError(_AMOUNT, "amount") from None


class RulesForm(FormSchema):
    """Whether unused credits were still there on the 1st of the month."""

    kept = fields.String(required=True, validate=validate.OneOf(["yes", "no", "unsure"]))


class WelcomeQuery(forms.Query):
    """The step to open; the default is the first unfinished one."""

    step = fields.Integer(validate=validate.OneOf([PLAN, EXTENSION, FINISH]))


class ConnectingQuery(forms.Query):
    """The version of the state that the page shows."""

    state = fields.String(load_default="", validate=validate.Length(max=64))


@blueprint.page("/welcome")
def show_welcome() -> Response:
    """Show the set-up at the requested step, or at the first unfinished one."""
    return _page(forms.read_query(WelcomeQuery()).get("step"))


@blueprint.post("/welcome/plan")
def save_plan() -> Response:
    """Create the account. Asks for confirmation if the balance is above the plan's limit."""
    form = forms.read_form(PlanForm())
    if form.errors:
        return _page(PLAN, 422, form=form)
    most = _most(form.data)
    if form.data["balance"] > most and not form.data["sure"]:
        return _page(PLAN, 422, form=form, most=most)
    try:
        made = forms.save_once(None, form, lambda tx: _create(tx, form.data))
    except Problem as problem:
        if any(error["path"] == "time_zone" for error in problem.errors or []):
            return _page(PLAN, 422, form=form.with_error("zone", gettext("Choose a time zone from the list.")))
        raise
    return _page(None, ask_about=made["account_id"] if made["ask"] else None)


@blueprint.post("/accounts/<account_id>/credit-rules")
def answer_rules(account_id: str) -> Response:
    """Switch to rules with carry-over if last month's credits were still there; otherwise change nothing."""
    form = forms.read_button(RulesForm())
    with store().read() as tx:
        owned_account(tx, actor(), account_id)
        balance = seats.read(tx, account_id).chosen.balance
    if form.data["kept"] == "yes":
        forms.save_once(account_id, form, lambda tx: _carry_over(tx, account_id, balance))
    return _page(None, answered=form.data["kept"])


@blueprint.get("/welcome/connecting")
def show_connecting() -> Response:
    """Show the state of connecting; 204 if nothing has changed. The page polls it."""
    asked = forms.read_query(ConnectingQuery())
    values = _connecting()
    return Response(status=204) if values["state"] == asked["state"] else _part(values)


@blueprint.post("/welcome/code")
def issue_code() -> Response:
    """Issue a code for the next browser. A shared server shows no code before."""
    forms.read_button(FormSchema())
    pairing.invite_device(store(), actor(), now())
    return _part(_connecting())


def _part(connecting: dict[str, Any]) -> Response:
    return pages.part("app/welcome_connecting.html", alone=True, browser=requesting_browser(), **connecting)


def _page(step: int | None, status: int = 200, **values: Any) -> Response:
    with store().read() as tx:
        try:
            found = seats.read(tx, None)
        except seats.NoAccountYet:
            found = None
    connected = devices.connected_programs(store(), actor())
    shown = step or (PLAN if not found else FINISH if connected else EXTENSION)
    folder = _extension_folder() if shown == EXTENSION else None
    if folder:
        _offer_connection()
    return pages.page(
        "app/welcome.html",
        title=gettext("Set-up"),
        here="welcome",
        status=status,
        seats=found,
        step=shown,
        autostart=autostart() if shown == FINISH else None,
        PLANS=PLANS | {OTHER: gettext(PLANS[OTHER])},
        zones=zones(),
        currencies={code: code for code in CURRENCIES},
        browser=requesting_browser(),
        firefox=FIREFOX,
        folder=folder,
        visible_copy=_visible_copy(folder) if folder else None,
        **_connecting(),
        **values,
    )


def _connecting() -> dict[str, Any]:
    """The connected browsers, the codes of waiting ones, and the version of this state."""
    connected = [device.name for device in devices.connected_programs(store(), actor())]
    waiting = [(each.device_name, each.code) for each in pairing.waiting(store(), actor(), now())]
    invited = pairing.invited_code(store(), actor(), now())
    only_own = bool(connected) and all(name == OWN_CHROMIUM for name in connected)
    by_itself = _gets_connections() and prepared.is_offered(store(), loaded_folder(store().folder), now())
    return {
        "connected": connected,
        "only_own": only_own,
        "in_own": only_own and requesting_browser().name == CHROMIUM.name,
        "waiting": waiting,
        "invited": invited,
        "by_itself": by_itself,
        "shared": settings().is_shared,
        "address": request.host_url.rstrip("/"),
        "state": forms.version_of([connected, waiting, invited, by_itself]),
    }


def _create(tx: Transaction, data: dict[str, Any]) -> dict[str, Any]:
    plan, known = data["plan"], _plan_code(data["plan"])
    book, terms = _suggested_rules(data)
    wanted: dict[str, Any] = {
        "name": data.get("name") or ("LinkedIn" if plan == OTHER else PLANS[plan]),
        "plan": known,
        "rule_book": book.id,
        "time_zone": data["zone"],
        "observed_balance": data["balance"],
    }
    wanted |= {"allotment": terms.allotment} if terms.allotment is not None else {}
    wanted |= {"cap": terms.cap} if terms.cap is not None else {}
    price = _price(data)
    if price:
        wanted["price"] = price._asdict()
    made = accounts.create_account(tx, actor(), wanted, now(), first_language())
    return {"account_id": made.account.id, "ask": not book.outlasts_a_month(known)}


class _BookTerms(NamedTuple):
    """A rule book, and the account's terms with it."""

    book: books.RuleBook
    terms: Terms


def _suggested_rules(data: dict[str, Any]) -> _BookTerms:
    """The rule book that allows the entered balance: the default one, else the one with the lowest sufficient limit,
    else the one with the highest limit.
    """
    fitting = _by_limit(_plan_code(data["plan"]), _own_monthly(data))
    holding = [each for limit, each in fitting if data["balance"] <= limit]
    default = [each for each in holding if each.book.default]
    return [*default, *holding, fitting[-1][1]][0]


def _most(data: dict[str, Any]) -> int:
    """The highest balance that the plan can have under any rule book."""
    return _by_limit(_plan_code(data["plan"]), _own_monthly(data))[-1][0]


def _by_limit(plan: str, monthly: int | None) -> list[tuple[int, _BookTerms]]:
    """The rule books of the plan, each with its highest possible balance, lowest first.

    `monthly` is the account's own number of monthly credits, None for the plan's. Numbers of today are used.
    """
    found = []
    for book in books.rule_books().values():
        if plan in book.plans:
            terms = _own_terms(book, plan, monthly)
            most = book.max_balance(plan, terms, "UTC", now())
            found.append((LARGEST_AMOUNT if most is None else most, _BookTerms(book, terms)))
    return sorted(found, key=lambda each: each[0])


def _own_terms(book: books.RuleBook, plan: str, monthly: int | None) -> Terms:
    """The account's terms with a rule book. The ratio of cap to allotment is that of the plan."""
    if monthly is None:
        return Terms(book.id)
    own, numbers = monthly * book.renewal_of(plan).months, book.numbers(plan, "UTC", now())
    cap = numbers.cap * own // numbers.allotment if numbers.cap is not None and numbers.allotment else None
    return Terms(book.id, own, cap)


def _own_monthly(data: dict[str, Any]) -> int | None:
    return data["monthly"] if data["plan"] in ("recruiter", OTHER) else None


def _plan_code(plan: str) -> str:
    return _OTHER_IS if plan == OTHER else plan


def _price(data: dict[str, Any]) -> money.Money | None:
    return money.parse(data["amount"], data["currency"]) if data.get("amount") else None


def _carry_over(tx: Transaction, account_id: str, balance: int) -> dict[str, Any]:
    """Switch to the rule book with carry-over that has the lowest limit sufficient for the balance."""
    account = accounts.get_account(tx, actor(), account_id, now())
    plan, own = account.plan, account.overrides.allotment
    fitting = _by_limit(plan, None if own is None else own // account.allotment_months)
    keeping = [(limit, each) for limit, each in fitting if each.book.outlasts_a_month(plan)]
    if not keeping:
        return {}
    book, terms = next((each for limit, each in keeping if balance <= limit), keeping[-1][1])
    changes: dict[str, Any] = {"rule_book": book.id}
    if own is not None:
        changes |= {"allotment": terms.allotment, "cap": terms.cap}
    accounts.update_account(tx, actor(), account_id, changes, now())
    return {}


def _extension_folder() -> str | None:
    """The path of the folder from which browsers load the extension. It is made or renewed here.

    None on a shared server, whose users have other computers, and where the folder cannot be made.
    """
    if settings().is_shared:
        return None
    try:
        # The demo's folder is gone when it stops.
        return str(included_extension() if settings().demo else put_extension(store().folder).path)
    except (NoExtension, OSError):
        return None


def _visible_copy(folder: str) -> str:
    """The command that copies the folder to the downloads, for a browser that may not read hidden folders.

    It keeps the modes of folder and files, so the copy is as private as the folder.
    """
    return f'cp -rT {shlex.quote(folder)} "$(xdg-user-dir DOWNLOAD)/inkeeper-extension"'


def _offer_connection() -> None:
    """Let the next browser that loads the folder connect without a code, where that is possible."""
    at = urlsplit(request.host_url)
    # The extension may call no other name of this computer without asking.
    if _gets_connections() and at.scheme == "http" and at.hostname in (DEFAULT_HOST, "localhost"):
        address = f"http://{DEFAULT_HOST}:{at.port or 80}"
        prepared.offer(store(), settings(), loaded_folder(store().folder), address, now())


def _gets_connections() -> bool:
    """Whether the connection in the extension's folder would be this owner's."""
    return not settings().is_shared and pairing.is_default_owner(store(), actor())
