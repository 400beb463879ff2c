"""Settings: the index, and helpers of its pages. A page is a set of cards; each form gets all cards as response."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Response
from marshmallow import fields, validate

from inkeeper.api.accounts import LARGEST_AMOUNT
from inkeeper.api.context import store
from inkeeper.errors import Problem
from inkeeper.web import forms, pages, seats
from inkeeper.web.blueprint import blueprint
from inkeeper.web.forms import Form
from inkeeper.web.language import Translated, gettext, gettext_noop
from inkeeper.web.seats import Seats

WHOLE_NUMBER = gettext_noop("Enter a whole number, such as 12.")


class Section(NamedTuple):
    """A page of the settings: its title and a description."""

    title: str
    about: str


SECTIONS = Translated(
    {
        "account": Section(gettext_noop("Account"), gettext_noop("Name, language, working days, reserve and price")),
        "plan": Section(
            gettext_noop("Plan & rules"), gettext_noop("Upgrade, downgrade, cancel, and how your credits work")
        ),
        "browsers": Section(
            gettext_noop("Browsers"), gettext_noop("What is connected, and connecting another browser or your phone")
        ),
        "reminders": Section(
            gettext_noop("Reminders"), gettext_noop("When to warn you, your calendar, e-mail and notifications")
        ),
        "data": Section(gettext_noop("Data"), gettext_noop("Import what you sent, take files away, erase a person")),
        "about": Section(gettext_noop("About & privacy"), gettext_noop("What Inkeeper keeps, and what it never does")),
    }
)
"""The pages of the settings by the last segment of their path, in the order of the index."""


def whole_number(minimum: int = 0, maximum: int = LARGEST_AMOUNT, **kwargs: Any) -> fields.Integer:
    """A field for a whole number within bounds; None if empty."""
    kwargs.setdefault("load_default", None)
    return fields.Integer(
        validate=validate.Range(minimum, maximum, error=WHOLE_NUMBER),
        error_messages={"invalid": WHOLE_NUMBER},
        **kwargs,
    )


def read_seats(query: dict[str, Any] | None = None) -> Seats:
    """The owner's accounts and the one chosen by the query."""
    wanted = forms.read_query(forms.Query()) if query is None else query
    with store().read() as tx:
        return seats.read(tx, wanted.get("account"))


def show(section: str, found: Seats, **values: Any) -> Response:
    """Render a page of the settings."""
    template = f"app/settings_{section}.html"
    title = SECTIONS[section].title
    return pages.page(template, title=title, here="settings", seats=found, section=section, **values)


def show_cards(section: str, found: Seats, status: int = 200, *, toast: str = "", **values: Any) -> Response:
    """Render the cards of a page, as the response to one of its forms."""
    toast_values = {"text": toast} if toast else None
    cards = f"app/settings_{section}_cards.html"
    return pages.part(
        "app/settings_parts.html",
        status,
        cards=cards,
        here="settings",
        seats=found,
        section=section,
        toast=toast_values,
        **values,
    )


def refused(form: Form, problem: Problem, places: dict[str, tuple[str, str]]) -> Form:
    """The form with a service's errors at its fields. `places` has the field and marked text for each error path.

    Raises the problem if it has none of these paths.
    """
    named = [places[error["path"]] for error in problem.errors or [] if error["path"] in places]
    if not named:
        raise problem
    for field, text in named:
        form = form.with_error(field, gettext(text))
    return form


def redirect(path: str) -> Response:
    """Redirect the browser to a page, as the response to a form."""
    response = pages.part("app/nothing.html")
    response.headers["HX-Redirect"] = path
    return response


@blueprint.app_context_processor
def sections() -> dict[str, Any]:
    """Template variable: the pages of the settings."""
    return {"SECTIONS": SECTIONS}


@blueprint.page("/settings")
def show_settings() -> Response:
    """Show the index of the settings."""
    return pages.page("app/settings.html", title=gettext("Settings"), here="settings", seats=read_seats(), section="")
