"""Settings, Reminders: warning levels, the calendar's secret address, e-mail and notifications."""

from __future__ import annotations

import secrets
from itertools import pairwise
from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from inkeeper.api.context import actor, now, store
from inkeeper.api.context import settings as server
from inkeeper.api.writes import secret_from
from inkeeper.rules.warnings import MAX_LEAD_DAYS
from inkeeper.services.access import owned_account
from inkeeper.services.devices.tickets import WantedFile
from inkeeper.services.ledger import accounts
from inkeeper.services.ledger.accounts import CurrentAccount
from inkeeper.services.reminders import calendar
from inkeeper.storage.transaction import Transaction
from inkeeper.web import forms, seats, settings
from inkeeper.web.blueprint import blueprint
from inkeeper.web.downloads import send_ticket
from inkeeper.web.forms import FormSchema
from inkeeper.web.language import gettext, gettext_noop
from inkeeper.web.settings_browsers import address

_SECRET = "calendar"  # noqa: S105 (a purpose, not a secret)


_LEADS = ("first", "second", "third")
_DAYS = gettext_noop("Enter a number of days from 1 to 60.")


def _days() -> fields.Integer:
    return fields.Integer(
        required=True,
        validate=validate.Range(1, MAX_LEAD_DAYS, error=_DAYS),
        error_messages={"required": _DAYS, "invalid": _DAYS},
    )


class WarningsForm(FormSchema):
    """The days before a loss at which to warn (three levels), and the low-balance limit, empty for none."""

    first = _days()
    second = _days()
    third = _days()
    low_balance = settings.whole_number(1)

    @validates_schema
    def _the_days_fall(self, data: dict[str, Any], **_: Any) -> None:
        for before, after in pairwise(_LEADS):
            if data[after] >= data[before]:
                raise ValidationError(gettext("Enter fewer than %(before)s days.", before=data[before]), after)


class AddressForm(FormSchema):
    """Whether to replace an existing address, which then stops working."""

    renew = fields.Boolean(load_default=False)


class NamesForm(FormSchema):
    """Whether e-mails name the people to write to."""

    names = fields.Boolean(load_default=False)


@blueprint.page("/settings/reminders")
def show_reminders() -> Response:
    """Show the page."""
    found = settings.read_seats()
    return settings.show("reminders", found, **_values(found.account_id))


@blueprint.post("/accounts/<account_id>/settings/warnings")
def save_warnings(account_id: str) -> Response:
    """Save the warning levels. If they were changed elsewhere since, show both states (409)."""
    form = forms.read_form(WarningsForm())
    if form.errors:
        return _cards(account_id, 422, form=form)

    def change(tx: Transaction) -> dict[str, Any]:
        forms.check_version(form, _versioned(accounts.get_account(tx, actor(), account_id, now())))
        lead_days = [form.data[name] for name in _LEADS]
        changes = {"lead_days": lead_days, "low_balance": form.data["low_balance"]}
        accounts.update_account(tx, actor(), account_id, changes, now())
        return {}

    try:
        forms.save_once(account_id, form, change)
    except forms.Stale:
        return _cards(account_id, 409, form=form, stale=True)
    return _cards(account_id, toast=gettext("Saved."))


@blueprint.post("/accounts/<account_id>/settings/calendar")
def make_calendar(account_id: str) -> Response:
    """Make the calendar's secret address. It is in this response only."""
    form = forms.read_button(AddressForm())

    def make(tx: Transaction) -> dict[str, Any]:
        # Store only the salt in the response: deriving the address from it needs this page's token.
        salt = secrets.token_urlsafe(24)
        calendar.make_address(tx, actor(), account_id, secret_from(_SECRET, salt), now(), renew=form.data["renew"])
        return {"salt": salt}

    made = forms.save_once(None, form, make)
    secret = secret_from(_SECRET, made["salt"])
    return _cards(account_id, link=f"{address()}/calendar/{secret}.ics")


@blueprint.post("/accounts/<account_id>/settings/calendar/end")
def end_calendar(account_id: str) -> Response:
    """Revoke the calendar's secret address at once."""
    form = forms.read_button(FormSchema())

    def end(tx: Transaction) -> dict[str, Any]:
        calendar.revoke_address(tx, actor(), account_id)
        return {}

    forms.save_once(None, form, end)
    return _cards(account_id, toast=gettext("The address no longer works."))


@blueprint.post("/accounts/<account_id>/settings/calendar/download")
def download_calendar(account_id: str) -> Response:
    """Issue a ticket for the calendar as a file, and redirect the browser to it."""
    forms.read_button(FormSchema())
    with store().read() as tx:
        seats.read(tx, account_id)
    return send_ticket(WantedFile("calendar", account_id))


@blueprint.post("/accounts/<account_id>/settings/reminder-names")
def save_reminder_names(account_id: str) -> Response:
    """Set whether the daily e-mail names the people to write to."""
    form = forms.read_button(NamesForm())

    def change(tx: Transaction) -> dict[str, Any]:
        accounts.set_names_in_reminders(tx, owned_account(tx, actor(), account_id).id, form.data["names"])
        return {}

    forms.save_once(account_id, form, change)
    return _cards(account_id, toast=gettext("Saved."))


def _cards(account_id: str, status: int = 200, *, toast: str = "", **shown: Any) -> Response:
    with store().read() as tx:
        found = seats.read(tx, account_id)
    return settings.show_cards("reminders", found, status, toast=toast, **(_values(account_id) | shown))


def _values(account_id: str) -> dict[str, Any]:
    with store().read() as tx:
        feed = calendar.address_state(tx, actor(), account_id)
        account = accounts.get_account(tx, actor(), account_id, now())
        names = forms.empty_form(names=int(accounts.names_in_reminders(tx, account_id)))
    lead_days = dict(zip(_LEADS, account.lead_days, strict=True))
    return {
        "account": account,
        "form": forms.empty_form(low_balance=account.low_balance or None, **lead_days),
        "version": forms.version_of(_versioned(account)),
        "feed": feed,
        "local": not server().is_shared,
        "names": names,
    }


def _versioned(account: CurrentAccount) -> list[Any]:
    return [account.lead_days, account.low_balance]
