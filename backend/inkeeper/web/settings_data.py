"""Settings, Data: import and undo, export, erasing a person, backups."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from inkeeper import installation
from inkeeper.api.context import actor, now, store
from inkeeper.api.context import settings as server
from inkeeper.api.schemas_base import Text
from inkeeper.errors import Problem
from inkeeper.services.access import is_only_owner
from inkeeper.services.imports import batches
from inkeeper.services.takeout import backups, erasing, erasing_preview
from inkeeper.storage.transaction import Transaction
from inkeeper.web import forms, seats, settings
from inkeeper.web.autostart import autostart
from inkeeper.web.blueprint import blueprint
from inkeeper.web.forms import Form, FormSchema
from inkeeper.web.language import gettext, gettext_noop, ngettext
from inkeeper.web.words import credits

IMPORTS_SHOWN = 50
_REFUSED = {"person": ("person", gettext_noop("That link doesn't lead to a person on LinkedIn."))}


class PersonForm(FormSchema):
    """The person to erase, and the account of the page."""

    person = Text(
        required=True, max_length=500, error_messages={"required": gettext_noop("Enter a link to a LinkedIn profile.")}
    )
    name = Text(load_default=None, max_length=200)
    here = fields.String(load_default=None, validate=validate.Length(max=64))


class BackupsForm(FormSchema):
    """Whether to make weekly backups, and the account of the page."""

    on = fields.Boolean(required=True)
    here = fields.String(load_default=None, validate=validate.Length(max=64))


@blueprint.page("/settings/data")
def show_data() -> Response:
    """Show the page."""
    found = settings.read_seats()
    return settings.show("data", found, **values(found.account_id))


@blueprint.post("/accounts/<account_id>/settings/imports/<import_id>/undo")
def undo_import(account_id: str, import_id: str) -> Response:
    """Undo a whole import."""
    form = forms.read_button(FormSchema())

    def undo(tx: Transaction) -> dict[str, Any]:
        return {"balance": batches.take_back(tx, actor(), account_id, import_id, now()).balance}

    undone = forms.save_once(account_id, form, undo)
    return cards(account_id, toast=gettext("Import undone. You have %(credits)s.", credits=credits(undone["balance"])))


@blueprint.post("/settings/backups")
def switch_backups() -> Response:
    """Make weekly backups from now on, or no more."""
    form = forms.read_button(BackupsForm())
    if _own_backups() is None:
        raise Problem("conflict", "Its backups are up to whoever runs this server.", status=409)
    backups.switch_backups(store(), on=form.data["on"])
    toast = gettext("Backups are on.") if form.data["on"] else gettext("Backups are off. Those that are there stay.")
    return cards(form.data["here"], toast=toast)


@blueprint.post("/settings/erase/preview")
def preview_erasing() -> Response:
    """Preview the erasure of a person."""
    form = forms.read_form(PersonForm())
    return _with_person(form)


@blueprint.post("/settings/erase")
def erase() -> Response:
    """Erase a person as previewed. If the result would differ from the preview, show a new preview instead.

    Allowed only on a server with one owner, because erasing affects the InMails of all owners.
    """
    form = forms.read_form(PersonForm())
    if form.errors:
        return _with_person(form)
    try:
        found = _found(form)
    except Problem:
        return _with_person(form)
    if form.data["version"] != forms.version_of(list(found)):
        return _with_person(form, 409)
    if not found.alone:
        raise Problem("conflict", "Ask whoever runs this server to erase the person.", status=409)
    erased = erasing.erase_person(store(), form.data["person"], form.data["name"], now())
    if erased.people:
        toast = ngettext(
            "Erased from %(number)s InMail and your list of people.",
            "Erased from %(number)s InMails and your list of people.",
            erased.inmails,
        )
    else:
        toast = ngettext("Erased from %(number)s InMail.", "Erased from %(number)s InMails.", erased.inmails)
    toasts = [toast]
    if erased.mentions:
        count = len(erased.mentions)
        toasts.append(
            ngettext(
                "Your own notes and texts still mention them in 1 place.",
                "Your own notes and texts still mention them in %(number)s places.",
                count,
            )
        )
        toasts.append(gettext("Search your history for the name."))
    if erased.copies_left:
        names = ", ".join(path.name for path in erased.copies_left)
        toasts.append(gettext("Delete these copies too: %(names)s.", names=names))
    return cards(_account(form), toast=" ".join(toasts))


def cards(account_id: str | None, status: int = 200, *, toast: str = "", **shown: Any) -> Response:
    """Render the cards of the page, as the response to one of its forms."""
    with store().read() as tx:
        found = seats.read(tx, account_id)
    return settings.show_cards("data", found, status, toast=toast, **(values(found.account_id) | shown))


def values(account_id: str) -> dict[str, Any]:
    """The values of the cards."""
    with store().read() as tx:
        imports = batches.list_imports(tx, actor(), account_id, None, IMPORTS_SHOWN)
    return {
        "imports": imports,
        "erasing": forms.empty_form(),
        "wishes": forms.empty_form(),
        "in_project_folder": installation.is_project_folder(),
        "command": installation.command(),
        "autostart": autostart(),
        "backups": _own_backups(),
    }


def _own_backups() -> backups.Backups | None:
    """The backups, on a computer that one person uses; None elsewhere, and where the database is no file."""
    with store().read() as tx:
        is_own = not server().is_shared and not server().demo and is_only_owner(tx)
    return backups.backups_of(store()) if is_own else None


def _with_person(form: Form, status: int = 200) -> Response:
    if form.errors:
        return cards(_account(form), 422, erasing=form)
    try:
        found = _found(form)
    except Problem as problem:
        return cards(_account(form), 422, erasing=settings.refused(form, problem, _REFUSED))
    version = forms.version_of(list(found))
    return cards(_account(form), status, erasing=form, person=found, person_version=version, changed=status == 409)


def _found(form: Form) -> erasing_preview.WouldErase:
    with store().read() as tx:
        return erasing_preview.preview_erasing(tx, actor(), form.data["person"], form.data["name"])


def _account(form: Form) -> str | None:
    here: str | None = form.data.get("here") or form.typed.get("here")
    return here
