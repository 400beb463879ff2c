"""Settings, Reminders: the calendar's private address, and what else reminds of credits that expire."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response
from marshmallow import fields

from inkeeper.api.context import now, owner_id, store
from inkeeper.api.context import settings as server
from inkeeper.api.writes import secret_from
from inkeeper.services import accounts, calendar, reminders
from inkeeper.web import forms, seats, settings
from inkeeper.web.blueprint import blueprint
from inkeeper.web.downloads import hand_out
from inkeeper.web.forms import FormSchema
from inkeeper.web.settings_browsers import address

_SECRET = "calendar"  # noqa: S105 (a purpose, not a secret)


class AddressForm(FormSchema):
    """Whether to make another address where there is one, which then stops working."""

    renew = fields.Boolean(load_default=False)


class NamesForm(FormSchema):
    """Whether e-mails name the people to write to."""

    names = fields.Boolean(load_default=False)


@blueprint.page("/settings/reminders")
def show_reminders() -> Response:
    """The calendar, e-mail and notifications."""
    found = settings.read_seats()
    return settings.show("reminders", found, **_values(found.account_id))


@blueprint.post("/accounts/<account_id>/settings/calendar")
def make_calendar(account_id: str) -> Response:
    """Make the calendar's private address. It is shown this once."""
    form = forms.read_press(AddressForm())

    def make() -> dict[str, Any]:
        # What is stored of the answer is the salt, from which only this page's token derives the address.
        salt = secrets.token_urlsafe(24)
        calendar.make_address(owner_id(), account_id, secret_from(_SECRET, salt), now(), renew=form.data["renew"])
        return {"salt": salt}

    made = forms.save_once(None, form, make)
    secret = secret_from(_SECRET, made["salt"])
    return _cards(account_id, link=f"{address()}/calendar/{secret}.ics")


@blueprint.post("/accounts/<account_id>/settings/calendar/end")
def end_calendar(account_id: str) -> Response:
    """End the calendar's private address, at once."""
    form = forms.read_press(FormSchema())

    def end() -> dict[str, Any]:
        calendar.revoke_address(owner_id(), account_id)
        return {}

    forms.save_once(None, form, end)
    return _cards(account_id, toast="The address no longer works.")


@blueprint.post("/accounts/<account_id>/settings/calendar/download")
def download_calendar(account_id: str) -> Response:
    """Send the browser to the calendar as a file."""
    forms.read_press(FormSchema())
    with store().read():
        seats.read(account_id)
    return hand_out({"file": "calendar", "account_id": account_id})


@blueprint.post("/accounts/<account_id>/settings/reminder-names")
def save_reminder_names(account_id: str) -> Response:
    """Set whether the morning's e-mail names the people to write to."""
    form = forms.read_press(NamesForm())

    def change() -> dict[str, Any]:
        reminders.set_names_people(accounts.seat(owner_id(), account_id).id, form.data["names"])
        return {}

    forms.save_once(account_id, form, change)
    return _cards(account_id, toast="Saved.")


def _cards(account_id: str, *, toast: str = "", **shown: Any) -> Response:
    with store().read():
        found = seats.read(account_id)
    return settings.show_cards("reminders", found, toast=toast, **(_values(account_id) | shown))


def _values(account_id: str) -> dict[str, Any]:
    with store().read():
        feed = calendar.address_state(owner_id(), account_id)
        names = forms.empty_form(names=int(reminders.names_people(account_id)))
    return {"feed": feed, "local": not server().is_shared, "names": names}
