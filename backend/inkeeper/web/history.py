"""History: every InMail, found and edited; and every change of the credits, month by month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response
from marshmallow import fields, validate

from inkeeper.api.context import now, owner_id, store
from inkeeper.api.schemas_base import Cursor, Text, paged
from inkeeper.rules.periods import local_day
from inkeeper.services import inmails, ledger, relogging
from inkeeper.web import dates, forms, pages, seats, words
from inkeeper.web.blueprint import blueprint
from inkeeper.web.forms import FormSchema
from inkeeper.web.seats import Seats

ROWS = 50
ENTRIES = 10_000
"""More changes than a month of any account has."""

_EDITED = ("outcome", "purpose", "note", "subject")
_GONE = ("expire", "forfeit", "void")


class HistoryQuery(forms.Query):
    """Which InMails to show."""

    q = Text()
    outcome = fields.String(validate=validate.OneOf(words.OUTCOMES))
    cost = fields.Integer(validate=validate.OneOf([0, 1]))
    purpose = fields.String(validate=validate.OneOf(words.PURPOSES))
    since = fields.Date()
    until = fields.Date()
    cursor = Cursor(datetime, str)


class CreditsQuery(forms.Query):
    """Which month to show."""

    month = fields.Date(format="%Y-%m")


class EditForm(FormSchema):
    """What is noted on an InMail. A field that is left empty is cleared."""

    outcome = fields.String(required=True, validate=validate.OneOf(words.OUTCOMES))
    purpose = fields.String(load_default=None, validate=validate.OneOf(words.PURPOSES))
    subject = Text(load_default=None)
    note = Text(load_default=None, max_length=2000, lines=True)


@blueprint.page("/history")
def show_history() -> Response:
    """The InMails, newest first."""
    query = forms.read_query(HistoryQuery())
    with store().read():
        found = seats.read(query.get("account"))
        rows = _rows(found, query)
    return pages.page("app/history.html", title="History", here="history", seats=found, query=query, **rows)


@blueprint.get("/history/rows")
def show_rows() -> Response:
    """The rows alone, while somebody searches; with a cursor, those that come next."""
    query = forms.read_query(HistoryQuery())
    with store().read():
        found = seats.read(query.get("account"))
        rows = _rows(found, query)
    template = "app/history_more.html" if query["cursor"] else "app/history_rows.html"
    return pages.part(template, seats=found, query=query, **rows)


@blueprint.page("/history/credits")
def show_credits() -> Response:
    """How the number came about: what came, went and was lost in a month."""
    query = forms.read_query(CreditsQuery())
    with store().read():
        found = seats.read(query.get("account"))
        month = query.get("month") or local_day(found.zone, now()).replace(day=1)
        values = _month(found, month)
    return pages.page("app/credits.html", title="Credits", here="history", seats=found, **values)


@blueprint.get("/accounts/<account_id>/inmails/<inmail_id>")
def show_row(account_id: str, inmail_id: str) -> Response:
    """An InMail's row."""
    return pages.part("app/history_row_alone.html", **_one(account_id, inmail_id))


@blueprint.get("/accounts/<account_id>/inmails/<inmail_id>/edit")
def show_edit(account_id: str, inmail_id: str) -> Response:
    """An InMail's row as a form."""
    values = _one(account_id, inmail_id)
    return pages.part("app/history_edit.html", form=_form_of(values["inmail"]), **values)


@blueprint.post("/accounts/<account_id>/inmails/<inmail_id>/edit")
def save_edit(account_id: str, inmail_id: str) -> Response:
    """Change what is noted on an InMail. One that was changed elsewhere since is shown beside what was typed."""
    form = forms.read_form(EditForm())
    if form.errors:
        return pages.part("app/history_edit.html", 422, form=form, **_one(account_id, inmail_id))

    def change() -> dict[str, Any]:
        current = inmails.get_inmail(owner_id(), account_id, inmail_id, now())
        forms.check_version(form, _edited(current))
        # An outcome that stays the same keeps its date.
        changes = {name: form.data[name] for name in _EDITED if form.data[name] != current[name]}
        inmails.update_inmail(owner_id(), account_id, inmail_id, changes, now())
        return {}

    try:
        forms.save_once(account_id, form, change)
    except forms.Stale:
        values = _one(account_id, inmail_id)
        return pages.part("app/history_edit.html", 409, form=form, stale=True, **values)
    return pages.part("app/history_saved.html", toast={"text": "Saved."}, here="history", **_one(account_id, inmail_id))


@blueprint.post("/accounts/<account_id>/inmails/<inmail_id>/row/remove")
def remove_row(account_id: str, inmail_id: str) -> Response:
    """Remove an InMail from the log; its row says so and offers to undo it."""
    form = forms.read_press(FormSchema())

    def remove() -> dict[str, Any]:
        return {"balance": inmails.retract_inmail(owner_id(), account_id, inmail_id, now())["balance"]}

    forms.save_once(account_id, form, remove)
    return pages.part("app/history_removed.html", here="history", **_one(account_id, inmail_id))


@blueprint.post("/accounts/<account_id>/inmails/<inmail_id>/row/restore")
def restore_row(account_id: str, inmail_id: str) -> Response:
    """Log a removed InMail again, in its row's place."""
    form = forms.read_press(FormSchema())
    logged = forms.save_once(account_id, form, lambda: relogging.log_again(owner_id(), account_id, inmail_id, now()))
    values = _one(account_id, logged["inmail_id"])
    return pages.part("app/history_saved.html", here="history", **values)


def filters_of(query: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """The service's filters for a query. Its days are those of the account's time zone, both included."""
    filters = {name: query[name] for name in ("q", "outcome", "cost", "purpose") if name in query}
    if "since" in query:
        filters["from"] = dates.first_instant(zone, query["since"])
    if "until" in query:
        filters["to"] = dates.first_instant(zone, query["until"] + timedelta(days=1))
    return filters


def _rows(found: Seats, query: Mapping[str, Any]) -> dict[str, Any]:
    filters = filters_of(query, found.zone)
    rows = inmails.list_inmails(owner_id(), found.account_id, filters, query.get("cursor"), ROWS + 1, now())
    page = paged(rows, ROWS, lambda inmail: (inmail["sent_at"], inmail["id"]))
    return {"inmails": page["items"], "cursor": page["next_cursor"], "filtered": bool(filters)}


def _one(account_id: str, inmail_id: str) -> dict[str, Any]:
    with store().read():
        found = seats.read(account_id)
        inmail = inmails.get_inmail(owner_id(), account_id, inmail_id, now())
    return {"seats": found, "inmail": inmail, "version": forms.version_of(_edited(inmail))}


def _edited(inmail: Mapping[str, Any]) -> list[Any]:
    return [inmail["retracted_at"], *(inmail[name] for name in _EDITED)]


def _form_of(inmail: Mapping[str, Any]) -> forms.Form:
    return forms.empty_form(**{name: inmail[name] for name in _EDITED})


def _month(found: Seats, month: date) -> dict[str, Any]:
    """A month's changes of the credits, newest first, with the number before and after them and what they add up to."""
    start = dates.first_instant(found.zone, month)
    following = (month + timedelta(days=31)).replace(day=1)
    end = dates.first_instant(found.zone, following)
    entries = ledger.journal(owner_id(), found.account_id, start, end, now(), 0, ENTRIES)
    sent = [entry["inmail_id"] for entry in entries if entry["inmail_id"]]
    before = entries[0]["balance"] - entries[0]["credits"] if entries else None
    return {
        "entries": entries[::-1],
        "names": inmails.names_of(owner_id(), found.account_id, sent),
        "month": month,
        "earlier": (month - timedelta(days=1)).replace(day=1),
        "later": following if end <= now() else None,
        "before": before,
        "after": entries[-1]["balance"] if entries else None,
        "came": _sum(entries, "grant") + _sum(entries, "credit_back"),
        "went": -_sum(entries, "spend"),
        "lost": -sum(_sum(entries, kind) for kind in _GONE),
        "adjusted": _sum(entries, "adjust"),
    }


def _sum(entries: list[dict[str, Any]], kind: str) -> int:
    return sum(entry["credits"] for entry in entries if entry["kind"] == kind)
