"""The page History: searching and editing InMails, and the monthly changes of the credits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response
from marshmallow import fields, validate

from inkeeper.api.context import actor, now, store
from inkeeper.api.recipients import RecipientName
from inkeeper.api.schemas_base import Cursor, Text, paged
from inkeeper.errors import Problem
from inkeeper.rules.journal import Entry
from inkeeper.rules.people import clean_name, parse_link
from inkeeper.rules.periods import local_day
from inkeeper.services.ledger import accounts, inmail_edits, inmails, relogging
from inkeeper.services.ledger import journal as ledger
from inkeeper.services.ledger.inmails import CurrentInmail, InmailRecipient
from inkeeper.services.people import listing
from inkeeper.services.people.typed_recipient import MOST_CHARACTERS
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import LOSSES
from inkeeper.web import dates, forms, pages, seats, words
from inkeeper.web.blueprint import blueprint
from inkeeper.web.forms import Form, FormSchema
from inkeeper.web.language import Translated, gettext, gettext_noop
from inkeeper.web.seats import Seats

ROWS = 50
ENTRIES = 10_000
"""The limit of journal entries per month, above what any account has."""

_NOTED = ("outcome", "purpose", "note", "subject")
_REFUSED = Translated(
    {
        "no person": gettext_noop("That link doesn't lead to a person on LinkedIn."),
        "to come": gettext_noop("That day is still to come."),
        "opening": gettext_noop("This account starts later than that day."),
        "outcome": gettext_noop(
            "Its result is from before that day. Set Result to Waiting first, or pick an earlier day."
        ),
    }
)


class HistoryQuery(forms.Query):
    """The filters of the InMails."""

    q = Text()
    outcome = fields.String(validate=validate.OneOf(words.OUTCOMES))
    cost = fields.Integer(validate=validate.OneOf([0, 1]))
    purpose = fields.String(validate=validate.OneOf(words.PURPOSES))
    campaign = fields.String(validate=validate.Length(1, 64))
    text = fields.String(validate=validate.Length(1, 64))
    since = fields.Date()
    until = fields.Date()
    cursor = Cursor(datetime, str)


class CreditsQuery(forms.Query):
    """The month to show."""

    month = fields.Date(format="%Y-%m")


class EditForm(FormSchema):
    """The corrected details and notes of an InMail. An empty field clears the value."""

    name = RecipientName(
        required=True,
        error_messages={"required": gettext_noop("Enter the name."), "blank": gettext_noop("Enter the name.")},
    )
    link = Text(load_default=None, max_length=MOST_CHARACTERS)
    day = fields.Date(
        required=True,
        error_messages={"required": gettext_noop("Enter a day."), "invalid": gettext_noop("Enter a day.")},
    )
    cost = fields.Integer(required=True, validate=validate.OneOf([0, 1]))
    accept = fields.Boolean(load_default=False)
    outcome = fields.String(required=True, validate=validate.OneOf(words.OUTCOMES))
    purpose = fields.String(load_default=None, validate=validate.OneOf(words.PURPOSES))
    subject = Text(load_default=None)
    note = Text(load_default=None, max_length=2000, lines=True)


class _Refused(Exception):
    """A field of the edit form has an invalid value. `why` is a key of `_REFUSED`."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(field, why)
        self.field = field
        self.why = why


@blueprint.page("/history")
def show_history() -> Response:
    """Show the InMails, newest first."""
    query = forms.read_query(HistoryQuery())
    with store().read() as tx:
        found = seats.read(tx, query.get("account"))
        rows = _rows(tx, found, query)
        choices = listing.choices(tx, actor(), archived=True)
    return pages.page(
        "app/history.html", title=gettext("History"), here="history", seats=found, query=query, choices=choices, **rows
    )


@blueprint.get("/history/rows")
def show_rows() -> Response:
    """Show the rows only, for a search; with a cursor the next rows."""
    query = forms.read_query(HistoryQuery())
    with store().read() as tx:
        found = seats.read(tx, query.get("account"))
        rows = _rows(tx, found, query)
    template = "app/history_more.html" if query["cursor"] else "app/history_rows.html"
    return pages.part(template, seats=found, query=query, **rows)


@blueprint.page("/history/credits")
def show_credits() -> Response:
    """Show how the balance changed in a month: credits received, used and lost."""
    query = forms.read_query(CreditsQuery())
    with store().read() as tx:
        found = seats.read(tx, query.get("account"))
        month = query.get("month") or local_day(found.zone, now()).replace(day=1)
        values = _month(tx, found, month)
    return pages.page("app/credits.html", title=gettext("Credits"), here="history", seats=found, **values)


@blueprint.get("/accounts/<account_id>/inmails/<inmail_id>")
def show_row(account_id: str, inmail_id: str) -> Response:
    """Show an InMail's row."""
    return pages.part("app/history_row_alone.html", **_row_values(account_id, inmail_id))


@blueprint.get("/accounts/<account_id>/inmails/<inmail_id>/edit")
def show_edit(account_id: str, inmail_id: str) -> Response:
    """Show an InMail's row as a form."""
    values = _row_values(account_id, inmail_id)
    return pages.part("app/history_edit.html", form=_form_of(values["inmail"], values["seats"].zone), **values)


@blueprint.post("/accounts/<account_id>/inmails/<inmail_id>/edit")
def save_edit(account_id: str, inmail_id: str) -> Response:
    """Edit an InMail. Asks for confirmation if credits would be missing.

    If the InMail was changed elsewhere since, shows both states (409).
    """
    form = forms.read_form(EditForm())

    def again(status: int, form: Form, **shown: Any) -> Response:
        values = _row_values(account_id, inmail_id)
        if "stale" not in shown:
            # Keep the form's version: this response does not show the stored state.
            values["version"] = form.typed.get("version", "")
        return pages.part("app/history_edit.html", status, form=form, **shown, **values)

    if form.errors:
        return again(422, form)
    try:
        saved = forms.save_once(account_id, form, lambda tx: _save(tx, account_id, inmail_id, form))
    except _Refused as refused:
        return again(422, form.with_error(refused.field, _REFUSED[refused.why]))
    except forms.Stale:
        return again(409, form, stale=True)
    except Problem as problem:
        if problem.code != "insufficient_credits":
            raise
        return again(422, form, lacking=problem.extra["needed"])
    values = _row_values(account_id, saved["inmail_id"])
    return pages.part("app/history_saved.html", toast={"text": gettext("Saved.")}, here="history", **values)


@blueprint.post("/accounts/<account_id>/inmails/<inmail_id>/row/remove")
def remove_row(account_id: str, inmail_id: str) -> Response:
    """Remove an InMail from the log; its row then has an undo button."""
    form = forms.read_button(FormSchema())

    def remove(tx: Transaction) -> dict[str, Any]:
        return {"balance": inmails.retract_inmail(tx, actor(), account_id, inmail_id, now()).balance}

    forms.save_once(account_id, form, remove)
    return pages.part("app/history_removed.html", here="history", **_row_values(account_id, inmail_id))


@blueprint.post("/accounts/<account_id>/inmails/<inmail_id>/row/restore")
def restore_row(account_id: str, inmail_id: str) -> Response:
    """Log a removed InMail again, in the same row."""
    form = forms.read_button(FormSchema())
    logged = forms.save_once(
        account_id, form, lambda tx: relogging.log_again(tx, actor(), account_id, inmail_id, now())._asdict()
    )
    values = _row_values(account_id, logged["inmail_id"])
    return pages.part("app/history_saved.html", here="history", **values)


def filters_of(query: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """Convert a query to the service's filters. `since` and `until` are local days, both inclusive."""
    filters = {name: query[name] for name in ("q", "outcome", "cost", "purpose", "campaign", "text") if name in query}
    if "since" in query:
        filters["from"] = dates.first_instant(zone, query["since"])
    if "until" in query:
        filters["to"] = dates.first_instant(zone, query["until"] + timedelta(days=1))
    return filters


def _rows(tx: Transaction, found: Seats, query: Mapping[str, Any]) -> dict[str, Any]:
    filters = filters_of(query, found.zone)
    rows = inmails.list_inmails(tx, actor(), found.account_id, filters, query.get("cursor"), ROWS + 1, now())
    page = paged(rows, ROWS, lambda inmail: (inmail.sent_at, inmail.id))
    return {"inmails": page["items"], "cursor": page["next_cursor"], "filtered": bool(filters)}


def _row_values(account_id: str, inmail_id: str) -> dict[str, Any]:
    """The values of an InMail's row. For an InMail replaced by an edit these are its replacement's."""
    with store().read() as tx:
        found = seats.read(tx, account_id)
        inmail = _current_inmail(tx, account_id, inmail_id)
    return {"seats": found, "inmail": inmail, "version": forms.version_of(_versioned(inmail))}


def _current_inmail(tx: Transaction, account_id: str, inmail_id: str) -> CurrentInmail:
    inmail = inmails.get_inmail(tx, actor(), account_id, inmail_id, now())
    later = inmail.replaced_by
    return inmails.get_inmail(tx, actor(), account_id, later, now()) if later else inmail


def _versioned(inmail: CurrentInmail) -> list[Any]:
    noted = [getattr(inmail, name) for name in _NOTED]
    return [inmail.retracted_at, inmail.recipient._asdict(), inmail.sent_at, inmail.cost, *noted]


def _form_of(inmail: CurrentInmail, zone: str) -> Form:
    noted = {name: getattr(inmail, name) for name in _NOTED}
    to = inmail.recipient
    day = dates.iso_day(inmail.sent_at, zone)
    return forms.empty_form(name=to.name, link=to.profile_url, day=day, cost=inmail.cost, **noted)


def _save(tx: Transaction, account_id: str, inmail_id: str, form: Form) -> dict[str, Any]:
    """Store the changes of an InMail. Returns its new id. Raises _Refused, Stale and the service's Problems.

    Only changed values are written, so an unchanged outcome keeps its date, and an unchanged day its time.
    """
    current = _current_inmail(tx, account_id, inmail_id)
    forms.check_version(form, _versioned(current))
    data = form.data
    changes = {name: data[name] for name in ("cost", *_NOTED) if data[name] != getattr(current, name)}
    to = current.recipient
    # Earlier versions stored names without cleaning them; a name that differs only by cleaning is unchanged.
    name = to.name if data["name"] == clean_name(to.name) else data["name"]
    recipient = InmailRecipient(name, _link(data["link"], to.profile_url))
    if recipient != to:
        changes["recipient"] = recipient._asdict()
    changes |= _day_change(tx, account_id, data["day"], current.sent_at)
    changes["accept_discrepancy"] = data["accept"]
    try:
        saved = inmails.update_inmail(tx, actor(), account_id, current.id, changes, now())
    except Problem as problem:
        if any(error["path"] == "sent_at" for error in problem.errors or []):
            raise _Refused("day", "outcome") from problem
        raise
    return {"inmail_id": saved.inmail.id}


def _link(typed: str | None, current: str | None) -> str | None:
    if typed is None or typed == current:
        return typed
    person = parse_link(typed)
    if person is None:
        raise _Refused("link", "no person")
    return person.url


def _day_change(tx: Transaction, account_id: str, day: date, sent_at: datetime) -> dict[str, datetime]:
    """The change of `sent_at` to another local day at the same time; empty for the same day."""
    account = accounts.get_account(tx, actor(), account_id, now())
    zone, opened_at = account.time_zone, account.opened_at
    if day == local_day(zone, sent_at):
        return {}
    if day > local_day(zone, now()):
        raise _Refused("day", "to come")
    if day < local_day(zone, opened_at):
        raise _Refused("day", "opening")
    return {"sent_at": max(opened_at, min(now(), dates.at_time_of(zone, day, sent_at)))}


def _month(tx: Transaction, found: Seats, month: date) -> dict[str, Any]:
    """A month's changes of the credits, newest first, with the balance before and after, and sums by kind."""
    start = dates.first_instant(found.zone, month)
    following = (month + timedelta(days=31)).replace(day=1)
    end = dates.first_instant(found.zone, following)
    journal = ledger.journal(tx, actor(), found.account_id, start, end, now(), 0, ENTRIES)
    # A `retract` entry does not change the balance, and the InMail's own entry shows that it was retracted.
    entries = [entry for entry in journal if entry.kind != "retract"]
    sent = [entry.inmail_id for entry in entries if entry.inmail_id]
    before = entries[0].balance - entries[0].credits if entries else None
    return {
        "entries": entries[::-1],
        "names": inmails.names_of(tx, actor(), found.account_id, sent),
        "edited": inmail_edits.last_edits(tx, found.account_id),
        "month": month,
        "earlier": (month - timedelta(days=1)).replace(day=1),
        "later": following if end <= now() else None,
        "before": before,
        "after": entries[-1].balance if entries else None,
        "came": _sum(entries, "grant") + _sum(entries, "credit_back"),
        "went": -_sum(entries, "spend"),
        "lost": -sum(_sum(entries, kind) for kind in LOSSES),
        "adjusted": _sum(entries, "adjust"),
    }


def _sum(entries: list[Entry], kind: str) -> int:
    return sum(entry.credits for entry in entries if entry.kind == kind)
