"""Settings, Plan & rules: changes of plan and credit rules, each with a preview and an undo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from inkeeper.api.context import actor, now, store
from inkeeper.errors import Problem
from inkeeper.rules import books
from inkeeper.rules.periods import local_day
from inkeeper.services.ledger import accounts, plan_changes, rule_books
from inkeeper.services.ledger.accounts import CurrentAccount, PreviewedTerms
from inkeeper.services.ledger.plan_changes import PlanChange
from inkeeper.services.ledger.rule_books import ListedPlan
from inkeeper.storage.transaction import Transaction
from inkeeper.web import dates, forms, seats, settings
from inkeeper.web.blueprint import blueprint
from inkeeper.web.forms import Form, FormSchema
from inkeeper.web.language import Translated, gettext, gettext_noop
from inkeeper.web.settings_account import plans_of
from inkeeper.web.words import credits, every, plan_title

CANCEL = "cancel"
_NOT_A_DAY = gettext_noop("Enter a day.")
_REFUSED_CHANGE = {
    "plan": ("to", gettext_noop("Your credit rules don't know this plan.")),
    "allotment": ("allotment", gettext_noop("Your contract sets this number. Enter it.")),
    "at": ("at", gettext_noop("Choose a day since you started, and at most 400 days ahead.")),
}
_REFUSED_RULES = {
    "plan": ("book", gettext_noop("These credit rules don't know your plan.")),
    "rule_book": ("book", gettext_noop("Choose one of these.")),
    "allotment": (
        "allotment",
        gettext_noop("This number can't be set here. Check the plan and the day."),
    ),
    "cap": ("cap", gettext_noop("This number can't be set here. Check the plan and the day.")),
    "from": ("day", gettext_noop("Choose a day since you started, and at most 400 days ahead.")),
}
_NOTHING_TO_DO = Translated(
    {
        "same_plan": gettext_noop("You're on this plan already."),
        "nothing_to_cancel": gettext_noop("There's no subscription to cancel, or it's cancelled already."),
    }
)
_NUMBERS = ("allotment", "cap", "renewal_day")


class ChangeForm(FormSchema):
    """A change of plan, or `cancel`, on a day; without a day it is now."""

    to = fields.String(
        required=True,
        validate=validate.Length(max=50),
        error_messages={"required": gettext_noop("Choose what to change to.")},
    )
    at = fields.Date(load_default=None, error_messages={"invalid": _NOT_A_DAY})
    allotment = settings.whole_number()
    cap = settings.whole_number()


class RulesForm(FormSchema):
    """The credit rules and the account's own numbers, and their first day."""

    book = fields.String(required=True, validate=validate.Length(max=50))
    allotment = settings.whole_number()
    cap = settings.whole_number()
    renewal_day = settings.whole_number(1, 31)
    since = fields.String(load_default="start", validate=validate.OneOf(["start", "today", "day"]))
    day = fields.Date(load_default=None, error_messages={"invalid": _NOT_A_DAY})

    @validates_schema
    def _a_picked_day_is_given(self, data: dict[str, Any], **_: Any) -> None:
        if data["since"] == "day" and data["day"] is None:
            raise ValidationError(gettext("Pick the day."), "day")


@blueprint.page("/settings/plan")
def show_plan() -> Response:
    """Show the account's plan, its changes, and its credit rules."""
    found = settings.read_seats()
    return settings.show("plan", found, **_values(found.account_id))


@blueprint.post("/accounts/<account_id>/settings/plan/preview")
def preview_plan(account_id: str) -> Response:
    """Preview a change of plan."""
    return _with_change(account_id, forms.read_form(ChangeForm()))


@blueprint.post("/accounts/<account_id>/settings/plan")
def change_plan(account_id: str) -> Response:
    """Make the previewed change of plan. If the result would differ from the preview, show a new preview instead."""
    form = forms.read_form(ChangeForm())
    if form.errors:
        return _with_change(account_id, form)
    wanted = _wanted_change(account_id, form.data)

    def change(tx: Transaction) -> dict[str, Any]:
        forms.check_version(form, _result(plan_changes.preview_change(tx, actor(), account_id, wanted, now())))
        return {"id": plan_changes.change_plan(tx, actor(), account_id, wanted, now()).id}

    try:
        forms.save_once(account_id, form, change)
    except forms.Stale:
        return _with_change(account_id, form, 409, stale=True)
    except Problem as problem:
        return _cards(account_id, 422, changing=_refused_change(form, problem))
    if "cancel" in wanted:
        toast = gettext("Cancellation saved. Inkeeper changes nothing at LinkedIn.")
    else:
        toast = gettext("Change of plan saved. Inkeeper changes nothing at LinkedIn.")
    return _cards(account_id, toast=toast)


@blueprint.post("/accounts/<account_id>/settings/plan/<change_id>/undo")
def undo_plan(account_id: str, change_id: str) -> Response:
    """Withdraw a change of plan."""
    form = forms.read_button(FormSchema())

    def undo(tx: Transaction) -> dict[str, Any]:
        return {"balance": plan_changes.withdraw_change(tx, actor(), account_id, change_id, now()).balance}

    balance = forms.save_once(account_id, form, undo)["balance"]
    return _cards(account_id, toast=gettext("Undone. You have %(credits)s.", credits=credits(balance)))


@blueprint.post("/accounts/<account_id>/settings/rules/preview")
def preview_rules(account_id: str) -> Response:
    """Preview a change of the credit rules or numbers."""
    return _with_rules(account_id, forms.read_form(RulesForm()))


@blueprint.post("/accounts/<account_id>/settings/rules")
def change_rules(account_id: str) -> Response:
    """Save the previewed rules and numbers. If the result would differ from the preview, show a new preview instead."""
    form = forms.read_form(RulesForm())
    if form.errors:
        return _with_rules(account_id, form)
    changes = _wanted_rules(account_id, form.data)
    if not changes:
        return _with_rules(account_id, form)

    def change(tx: Transaction) -> dict[str, Any]:
        forms.check_version(form, _outcome(accounts.preview_update(tx, actor(), account_id, changes, now())))
        accounts.update_account(tx, actor(), account_id, changes, now())
        return {}

    try:
        forms.save_once(account_id, form, change)
    except forms.Stale:
        return _with_rules(account_id, form, 409, stale=True)
    except Problem as problem:
        return _cards(account_id, 422, ruling=settings.refused(form, problem, _REFUSED_RULES))
    return _cards(account_id, toast=gettext("Saved."))


def _with_change(account_id: str, form: Form, status: int = 200, **values: Any) -> Response:
    """Render the cards with the preview of a change of plan, or with its errors."""
    if form.errors:
        return _cards(account_id, 422, changing=form)
    try:
        wanted = _wanted_change(account_id, form.data)
        with store().read() as tx:
            change = plan_changes.preview_change(tx, actor(), account_id, wanted, now())
    except Problem as problem:
        return _cards(account_id, 422, changing=_refused_change(form, problem))
    preview: dict[str, Any] = {"change": change, "change_version": forms.version_of(_result(change))}
    return _cards(account_id, status, changing=form, **preview, **values)


def _with_rules(account_id: str, form: Form, status: int = 200, **values: Any) -> Response:
    """Render the cards with the preview of other rules, or with their errors."""
    if form.errors:
        return _cards(account_id, 422, ruling=form)
    changes = _wanted_rules(account_id, form.data)
    if not changes:
        return _cards(account_id, 422, ruling=form.with_error("", gettext("This is how it is already.")))
    try:
        with store().read() as tx:
            outcome = accounts.preview_update(tx, actor(), account_id, changes, now())
    except Problem as problem:
        return _cards(account_id, 422, ruling=settings.refused(form, problem, _REFUSED_RULES))
    preview: dict[str, Any] = {"outcome": outcome, "outcome_version": forms.version_of(_outcome(outcome))}
    return _cards(account_id, status, ruling=form, **preview, **values)


def _refused_change(form: Form, problem: Problem) -> Form:
    if problem.code in _NOTHING_TO_DO:
        return form.with_error("to", _NOTHING_TO_DO[problem.code])
    return settings.refused(form, problem, _REFUSED_CHANGE)


def _wanted_change(account_id: str, data: Mapping[str, Any]) -> dict[str, Any]:
    wanted: dict[str, Any] = {"cancel": True} if data["to"] == CANCEL else {"plan": data["to"]}
    wanted |= {name: data[name] for name in ("allotment", "cap") if data[name] is not None and "plan" in wanted}
    at = _instant_of(account_id, data["at"])
    return wanted if at is None else wanted | {"at": at}


def _wanted_rules(account_id: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The changes from the account's present rules, with their first instant; empty without changes."""
    with store().read() as tx:
        account = accounts.get_account(tx, actor(), account_id, now())
    before = account.overrides._asdict() | {"renewal_day": account.renewal_day}
    changes = {name: data[name] for name in _NUMBERS if data[name] != before[name]}
    if data["book"] != account.rule_book:
        changes["rule_book"] = data["book"]
    if changes and data["since"] != "start":
        changes["from"] = (_instant_of(account_id, data["day"]) if data["since"] == "day" else None) or now()
    return changes


def _instant_of(account_id: str, which: date | None) -> datetime | None:
    """The first instant (UTC) of a local day, not before the account's opening; None for today or no day."""
    with store().read() as tx:
        account = accounts.get_account(tx, actor(), account_id, now())
    zone, opened_at = account.time_zone, account.opened_at
    if which is None or which == local_day(zone, now()):
        return None
    start = dates.first_instant(zone, which)
    return max(start, opened_at) if which == local_day(zone, opened_at) else start


def _result(change: PlanChange) -> list[Any]:
    """The values of a plan change's preview that the user confirms."""
    return [change.to_plan, change.granted, change.voided, change.balance_after]


def _outcome(outcome: PreviewedTerms) -> list[Any]:
    """The values of a rule change's preview that the user confirms."""
    return [outcome.balance_now, outcome.balance_then, outcome.account.allotment, outcome.account.cap]


def _cards(account_id: str, status: int = 200, *, toast: str = "", **values: Any) -> Response:
    with store().read() as tx:
        found = seats.read(tx, account_id)
    return settings.show_cards("plan", found, status, toast=toast, **(_values(account_id) | values))


def _values(account_id: str) -> dict[str, Any]:
    with store().read() as tx:
        found = seats.read(tx, account_id)
        account = accounts.get_account(tx, actor(), account_id, now())
        changes = plan_changes.list_changes(tx, actor(), account_id)
        offer = accounts.offered_book(tx, actor(), account_id, now())
    plans = plans_of(account.rule_book)
    doubted = any(warning.code == "wrong_book" for warning in found.chosen.warnings)
    own: dict[str, Any] = {"book": account.rule_book, "since": "start", "renewal_day": account.renewal_day}
    own |= account.overrides._asdict()
    return {
        "account": account,
        "changes": changes[::-1],
        "titles": {plan.id: plan_title(plan.title) for plan in plans},
        "targets": _targets(account, plans),
        "rule_books": rule_books.list_rule_books(now()),
        "doubted": doubted,
        "offer": books.rule_book(offer) if doubted and offer else None,
        "present_rules": books.rule_book(account.rule_book),
        "changing": forms.empty_form(),
        "ruling": forms.empty_form(**own),
        "own_rules": own,
    }


def _targets(account: CurrentAccount, plans: list[ListedPlan]) -> dict[str, str]:
    """The selectable targets of a plan change, in words by plan code."""

    def words_of(plan: ListedPlan) -> str:
        if plan.allotment is None:
            return gettext("%(plan)s, as your contract says", plan=plan.title)
        return gettext(
            "%(plan)s, %(number)s %(every)s",
            plan=plan.title,
            number=plan.allotment,
            every=every(plan.allotment_months),
        )

    targets = {"": gettext("Choose…")}
    targets |= {plan.id: words_of(plan) for plan in plans if plan.id not in (account.plan, books.BASIC)}
    return targets if account.plan == books.BASIC else targets | {CANCEL: gettext("Cancel the subscription")}
