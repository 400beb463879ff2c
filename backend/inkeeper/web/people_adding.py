"""The page People: adding one person, or many from pasted lines or a CSV, with a preview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

from flask import Response, current_app, request
from marshmallow import EXCLUDE, fields, validate
from werkzeug.datastructures import FileStorage

from inkeeper.api.context import actor, now, store
from inkeeper.api.schemas_base import Text
from inkeeper.api.uploads import ImportQueue
from inkeeper.errors import Problem
from inkeeper.rules import pasted
from inkeeper.services.devices.tickets import WantedFile
from inkeeper.services.imports.files import digest_of
from inkeeper.services.imports.moments import ORDERS
from inkeeper.services.ledger import accounts
from inkeeper.services.people import adding, list_files, targets
from inkeeper.services.people.adding import Plan, Reading
from inkeeper.services.people.targets import TargetEntry
from inkeeper.services.people.typed_recipient import MOST_CHARACTERS
from inkeeper.storage.transaction import Transaction
from inkeeper.web import dates, downloads, forms, pages, people, seats
from inkeeper.web.blueprint import blueprint
from inkeeper.web.forms import Form, FormSchema
from inkeeper.web.home import Toast
from inkeeper.web.language import Translated, gettext, gettext_noop, ngettext

_COLUMN = "column-"
_LONGEST_NAME = 120
_NOT_A_PERSON = Translated(
    {
        "other_link": gettext_noop("That link doesn't lead to LinkedIn."),
        "no_person": gettext_noop("That link doesn't lead to a person on LinkedIn."),
        "no_name": gettext_noop("Add the name too: this link doesn't tell it."),
        "too_long": gettext_noop("That's too long for a name."),
    }
)


class AddForm(FormSchema):
    """The form that adds one person."""

    class Meta:
        unknown = EXCLUDE

    who = Text(
        required=True,
        max_length=MOST_CHARACTERS,
        error_messages={"required": gettext_noop("Enter a name or a profile link.")},
    )
    account = fields.String(validate=validate.Length(1, 64))


class SeveralForm(FormSchema):
    """The form that adds many people, from `lines` or a file. With the `confirm` of a preview they are stored.

    `of` is the digest of the file that the chosen columns belong to.
    """

    class Meta:
        unknown = EXCLUDE

    account = fields.String(validate=validate.Length(1, 64))
    confirm = fields.String(load_default=None, validate=validate.Length(max=64))
    of = fields.String(load_default=None, validate=validate.Length(max=64))
    dates = fields.String(load_default=None, validate=validate.OneOf(ORDERS))
    leave_written = fields.Boolean(load_default=False)
    skip_rows = fields.Boolean(load_default=False)


class PeopleDownloadForm(FormSchema, people.PeopleQuery):
    """The filters of People, for a file of its rows."""

    class Meta:
        unknown = EXCLUDE


@blueprint.post("/people")
def add_person() -> Response:
    """Add a person to the list."""
    form = forms.read_form(AddForm())
    if form.errors:
        return _refused(form)
    try:
        found = pasted.read_line(form.data["who"])
    except pasted.NotUnderstood as error:
        return _refused(form.with_error("who", _NOT_A_PERSON[error.reason]))
    person = {"name": found.name, "company": found.company, "profile_url": found.link and found.link.url}

    def add(tx: Transaction) -> dict[str, Any]:
        made = targets.add(tx, actor(), {"person": person}, now())
        return {"target_id": made.id, "told": made.told}

    try:
        made = forms.save_once(None, form, add)
    except Problem as problem:
        return _refused(form.with_error("who", _refusal_text(found.name, problem)))
    with store().read() as tx:
        view = targets.get(tx, actor(), made["target_id"], now())
    text = gettext("Added %(name)s.", name=view.person.name)
    if "already_written" in made["told"]:
        text = " ".join((text, gettext("You wrote to them within the last 90 days.")))
    return people.parts(
        form.data,
        toast=Toast(text),
        adding=forms.empty_form(),
    )


@blueprint.upload("/people/several")
def add_several() -> Response:
    """Preview a pasted list or a file, or with `confirm` add it, all or nothing."""
    form = forms.read_upload(SeveralForm())
    if form.errors:
        raise Problem("invalid", "Reload the page.", status=422)
    file = request.files.get("file")
    has_file = file is not None and bool(file.filename)
    if not has_file and not form.typed.get("lines", "").strip():
        return _several_part(form, 422, missing=True)
    queue: ImportQueue = current_app.extensions["inkeeper.import_queue"]
    try:
        with queue.slot(actor(), now()):
            reading = _read_file(file, form) if has_file and file else adding.read_lines(form.typed["lines"])
            if form.data["confirm"] is None:
                return _preview(form, reading, from_file=has_file)
            return _store(form, reading)
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        return _several_part(form, 422, refusal=problem, place=_place(problem))


@blueprint.post("/people/download")
def download_people() -> Response:
    """Issue a ticket for a file of the rows that People shows, and redirect the browser to it."""
    form = forms.read_button(PeopleDownloadForm())
    with store().read() as tx:
        found = seats.read(tx, form.data.get("account"))
    options = {name: form.data[name] for name in ("show", "q", "campaign") if form.data.get(name)}
    return downloads.send_ticket(WantedFile("people", found.account_id, options))


def _refused(form: Form) -> Response:
    return pages.part("app/people_add.html", 422, adding=form, oob=True, **_frame(form))


def _refusal_text(name: str, problem: Problem) -> str:
    if problem.code == "do_not_contact":
        return gettext("You marked %(name)s: do not contact.", name=name)
    if problem.code != "already_on_list":
        raise problem
    with store().read() as tx:
        zone = seats.read(tx, None).zone
    target: TargetEntry = problem.extra["target"]
    return gettext(
        "%(name)s has been on your list since %(day)s.",
        name=target.person.name,
        day=dates.day(target.created_at, zone),
    )


def _read_file(file: FileStorage, form: Form) -> Reading:
    name = file.filename or ""
    shown = (name if name.isprintable() else ascii(name))[:_LONGEST_NAME]
    with store().read() as tx:
        names = list_files.named(tx, actor(), accounts.names(tx, actor()))
    columns: Mapping[str, str] = {}
    if form.data["of"] == digest_of(_source(file)):
        # Columns chosen for another file do not apply to this one.
        typed = {field: form.typed.get(f"{_COLUMN}{field}", "") for field in list_files.LAYOUT.headings}
        columns = {field: column for field, column in typed.items() if column}
    return list_files.read(_source(file), shown, names, columns, form.data["dates"], now().date())


def _source(file: FileStorage) -> BinaryIO:
    """The file's stream, rewound."""
    file.stream.seek(0)
    return file.stream  # type: ignore[return-value]


def _preview(form: Form, reading: Reading, *, from_file: bool) -> Response:
    blocked = from_file and bool(reading.unread) and not form.data["skip_rows"]
    with store().read() as tx:
        found = _plan(tx, form, reading)
    return _several_part(form, found=found, from_file=from_file, blocked=blocked)


def _plan(tx: Transaction, form: Form, reading: Reading) -> Plan:
    return adding.make_plan(tx, actor(), reading, now(), leave_written=form.data["leave_written"])


def _store(form: Form, reading: Reading) -> Response:
    def add(tx: Transaction) -> dict[str, Any]:
        plan = _plan(tx, form, reading)
        return {"added": adding.store(tx, actor(), plan, form.data["confirm"], now())}

    # Hash `confirm`, which identifies the content, instead of the long pasted text.
    short = form._replace(typed={"confirm": form.data["confirm"], "key": form.key})
    number = forms.save_once(None, short, add)["added"]
    message = ngettext("Added %(number)s person.", "Added %(number)s people.", number)
    return people.parts(form.data, toast=Toast(message), adding=forms.empty_form())


def _several_part(form: Form, status: int = 200, **shown: Any) -> Response:
    file = request.files.get("file")
    of = digest_of(_source(file)) if file and file.filename else ""
    return pages.part("app/people_several.html", status, wishes=form, of=of, **shown, **_frame(form))


def _frame(form: Form) -> dict[str, Any]:
    with store().read() as tx:
        return {"seats": seats.read(tx, form.typed.get("account") or None), "here": "people"}


def _place(problem: Problem) -> str:
    """The place of a reading error: `people.csv, line 12`."""
    name, colon, line = (problem.errors or [{"path": ""}])[0]["path"].rpartition(":")
    return gettext("%(name)s, line %(line)s", name=name, line=line) if colon and line.isdecimal() else ""
