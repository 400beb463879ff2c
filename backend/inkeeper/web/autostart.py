"""The switch "Start with the computer", in the set-up and in the settings."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import Response, request
from marshmallow import fields

from inkeeper.api.context import settings, store
from inkeeper.errors import Problem
from inkeeper.server.autostart import CannotStart, NotForAutostart, entry_of_this_system, program_for
from inkeeper.services.access import is_only_owner
from inkeeper.web import forms, pages
from inkeeper.web.blueprint import blueprint
from inkeeper.web.forms import FormSchema


class Autostart(NamedTuple):
    """Whether Inkeeper starts with the computer, and whether changing that has just failed."""

    is_on: bool
    has_failed: bool = False


class SwitchForm(FormSchema):
    """Whether to start Inkeeper with the computer."""

    on = fields.Boolean(required=True)


@blueprint.post("/autostart")
def switch_autostart() -> Response:
    """Start Inkeeper with the computer from now on, or no more. The running server goes on."""
    form = forms.read_button(SwitchForm())
    if not is_offered():
        raise Problem("conflict", "This server starts with no person's computer.", status=409)
    has_failed = False
    try:
        entry = entry_of_this_system()
        if form.data["on"]:
            entry.write(program_for(replace(settings(), port=urlsplit(request.host_url).port or settings().port)))
        else:
            entry.remove(stops=False)
    except (CannotStart, NotForAutostart, OSError):
        has_failed = True
    return pages.part("app/autostart.html", autostart=_current(has_failed=has_failed))


def autostart() -> Autostart | None:
    """The switch's state; None where it is not offered."""
    return _current() if is_offered() else None


def is_offered() -> bool:
    """Whether the server runs on the computer of the one person who uses it, at a port that stays."""
    if settings().is_shared or settings().demo or settings().port == 0:
        return False
    with store().read() as tx:
        return is_only_owner(tx)


def _current(*, has_failed: bool = False) -> Autostart:
    try:
        return Autostart(entry_of_this_system().command() is not None, has_failed)
    except (CannotStart, OSError, ValueError):
        return Autostart(is_on=False, has_failed=True)
