"""Downloads. A link sends no token, so the page first gets a ticket, which is valid once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Response
from marshmallow import EXCLUDE, fields, validate

from inkeeper.api.context import actor, now, store
from inkeeper.api.report import describe_report
from inkeeper.clock import parse_instant
from inkeeper.csvtext import write_table
from inkeeper.errors import Problem
from inkeeper.jsontext import to_json
from inkeeper.rules.periods import local_day
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.devices import tickets
from inkeeper.services.devices.tickets import WantedFile
from inkeeper.services.ledger import accounts, inmails
from inkeeper.services.ledger.inmails import CurrentInmail
from inkeeper.services.ledger.report import table_text
from inkeeper.services.people import list_files, listing
from inkeeper.services.people.targets import ListFilter
from inkeeper.services.reminders import calendar
from inkeeper.storage.database import Store
from inkeeper.web import forms, pages, report, seats
from inkeeper.web.blueprint import blueprint
from inkeeper.web.history import HistoryQuery, filters_of
from inkeeper.web.language import gettext

_ROWS_AT_ONCE = 1000
_COLUMNS = ("sent_at", "name", "profile_url", "cost", "purpose", "subject", "note", "outcome", "outcome_at")
_INSTANTS = ("from", "to")


class DownloadForm(forms.FormSchema, HistoryQuery):
    """The filters of History, for a file of its rows."""

    class Meta:
        unknown = EXCLUDE


class ReportDownloadForm(forms.FormSchema, forms.Query):
    """The format of the report file: CSV or JSON."""

    class Meta:
        unknown = EXCLUDE

    format = fields.String(required=True, validate=validate.OneOf(["csv", "json"]))


@blueprint.post("/history/download")
def download_history() -> Response:
    """Issue a ticket for the InMails that History shows, and redirect the browser to it."""
    form = forms.read_button(DownloadForm())
    with store().read() as tx:
        found = seats.read(tx, form.data.get("account"))
    filters = filters_of(form.data, found.zone)
    return send_ticket(WantedFile("inmails", found.account_id, filters))


@blueprint.post("/report/download")
def download_report() -> Response:
    """Issue a ticket for the report as a file, and redirect the browser to it."""
    form = forms.read_button(ReportDownloadForm())
    with store().read() as tx:
        account_id = seats.read(tx, form.data.get("account")).account_id
    return send_ticket(WantedFile("report", account_id, {"format": form.data["format"]}))


def send_ticket(file: WantedFile) -> Response:
    """Issue a ticket for a file of `FILES`, and redirect the browser to it. The options are stored for a minute at
    most.
    """
    ticket = tickets.issue(store(), actor().device, file, now())
    response = pages.part("app/nothing.html")
    response.headers["Inkeeper-Download"] = f"/downloads/{ticket}"
    return response


@blueprint.open("/downloads/<ticket>")
def download(ticket: str) -> Response:
    """Send the file of a ticket, and use the ticket up."""
    try:
        wanted = tickets.use(store(), ticket, now())
    except Problem as problem:
        return pages.page("app/used_link.html", title=gettext("Used link"), here="", status=problem.status)
    return FILES[wanted.file.kind](Actor(wanted.owner_id), wanted.file)


def _inmails_file(actor: Actor, file: WantedFile) -> Response:
    filters = {name: parse_instant(value) if name in _INSTANTS else value for name, value in file.options.items()}
    opened: Store = store()
    instant = now()

    def lines() -> Iterator[str]:
        with opened.read() as tx:
            after: tuple[datetime, str] | None = None
            yield _csv([], heading=True)
            while rows := inmails.list_inmails(tx, actor, file.account_id, filters, after, _ROWS_AT_ONCE, instant):
                yield _csv(rows)
                after = (rows[-1].sent_at, rows[-1].id)

    response = Response(lines(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="inkeeper-inmails-{instant:%Y-%m-%d}.csv"'
    return response


def _calendar_file(actor: Actor, file: WantedFile) -> Response:
    feed = calendar.feed_of(store(), actor, file.account_id, now())
    response = Response(feed.text(), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="inkeeper.ics"'
    return response


def _csv(rows: list[CurrentInmail], *, heading: bool = False) -> str:
    file = io.StringIO(newline="")
    write_table(file, _COLUMNS, map(_cells, rows))
    text = file.getvalue()
    return text if heading else text.partition("\r\n")[2]


def _cells(inmail: CurrentInmail) -> list[Any]:
    """The cells of an InMail under `_COLUMNS`."""
    to = inmail.recipient
    noted = [inmail.purpose, inmail.subject, inmail.note, inmail.outcome, inmail.outcome_at]
    return [inmail.sent_at, to.name, to.profile_url, inmail.cost, *noted]


def _report_file(actor: Actor, file: WantedFile) -> Response:
    with store().read() as tx:
        row = owned_account(tx, actor, file.account_id)
        found = report.read_report(tx, row)
    if file.options["format"] == "csv":
        response = Response(table_text(row, found), content_type="text/csv; charset=utf-8")
    else:
        response = Response(to_json(describe_report(found)), content_type="application/json")
    name = f"inkeeper-usage-{now():%Y-%m-%d}.{file.options['format']}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _people_file(actor: Actor, file: WantedFile) -> Response:
    opened, instant = store(), now()

    def lines() -> Iterator[str]:
        with opened.read() as tx:
            names = accounts.names(tx, actor)
            today = local_day(owned_account(tx, actor, file.account_id).time_zone, instant)
            options = file.options
            wanted = ListFilter(account=file.account_id, campaign=options.get("campaign"), q=options.get("q"))
            for number, filters in enumerate(listing.filters_of(options["show"], wanted, today)):
                parts = list_files.write(tx, actor, filters, names, instant)
                heading = next(parts)
                yield from parts if number else (heading, *parts)

    response = Response(lines(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="inkeeper-people-{instant:%Y-%m-%d}.csv"'
    return response


FILES = {"people": _people_file, "inmails": _inmails_file, "report": _report_file, "calendar": _calendar_file}
"""Functions that make a file, by name. Their arguments are the ticket's actor and file."""
