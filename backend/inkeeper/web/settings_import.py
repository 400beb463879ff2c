"""Settings, Data: importing a file. The browser sends it for the preview and again for the import; it is not kept."""

from __future__ import annotations

from typing import Any, BinaryIO

from flask import Response, current_app, request
from marshmallow import EXCLUDE, fields, validate
from werkzeug.datastructures import FileStorage

from inkeeper.api.context import actor, now, store
from inkeeper.api.uploads import ImportQueue
from inkeeper.errors import Problem
from inkeeper.services.access import owned_account
from inkeeper.services.imports import batches
from inkeeper.services.imports.columns import FIELDS
from inkeeper.services.imports.files import digest_of
from inkeeper.services.imports.moments import ORDERS
from inkeeper.services.imports.own import Named
from inkeeper.services.imports.reader import read_file
from inkeeper.services.imports.reading import Reading, Wishes
from inkeeper.storage.transaction import Transaction
from inkeeper.web import forms, pages, seats, settings_data
from inkeeper.web.blueprint import blueprint
from inkeeper.web.forms import Form, FormSchema
from inkeeper.web.language import gettext, ngettext
from inkeeper.web.words import credits

ROWS_SHOWN = 50
MOST_ROWS_SHOWN = 5_000
_LONGEST_NAME = 120
_COLUMN = "column-"


class ImportForm(FormSchema):
    """How to read a file, and what to store of it. With the `confirm` of a preview it is imported.

    `of` is the digest of the file that these values belong to.
    """

    class Meta:
        unknown = EXCLUDE

    of = fields.String(load_default=None, validate=validate.Length(max=64))
    confirm = fields.String(load_default=None, validate=validate.Length(max=64))
    dates = fields.String(load_default=None, validate=validate.OneOf(ORDERS))
    me = fields.String(load_default=None, validate=validate.Length(max=500))
    from_account = fields.String(load_default=None, validate=validate.Length(max=200))
    skip_rows = fields.Boolean(load_default=False)
    accept_discrepancy = fields.Boolean(load_default=False)
    open_earlier = fields.Boolean(load_default=False)
    rows = fields.Integer(load_default=ROWS_SHOWN, validate=validate.Range(1, MOST_ROWS_SHOWN))


@blueprint.upload("/accounts/<account_id>/settings/import")
def import_file(account_id: str) -> Response:
    """Preview a file, or with `confirm` import it, all or nothing."""
    with store().read() as tx:
        account = owned_account(tx, actor(), account_id)
    form = _read_form()
    file = request.files.get("file")
    if form.errors:
        raise Problem("invalid", "Reload the page.", status=422)
    if file is None or not file.filename:
        return _answer(account_id, form, 422, missing=True)
    digest = digest_of(_source(file))
    if form.data["of"] not in (None, digest):
        # Values chosen for another file, such as its columns, do not apply to this one.
        form = forms.Form(ImportForm().load({"key": form.key}), {}, {"key": form.key, "left": ""})
    form = form._replace(typed=dict(form.typed) | {"of": digest})
    queue: ImportQueue = current_app.extensions["inkeeper.import_queue"]
    try:
        with queue.slot(actor(), now()):
            reading = _read(file, Named(account.id, account.name), account.time_zone, form)
            if form.data["confirm"] is None:
                return _preview(account_id, form, reading)
            return _import(account_id, form, reading)
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        return _answer(account_id, form, 422, refusal=problem, place=_place(problem))


def _read_form() -> Form:
    """Read the form without its file. `left` becomes comma-separated line numbers."""
    form = forms.read_upload(ImportForm())
    # The value of each checkbox is the line of an InMail.
    left = [line for line in request.form.getlist("left") if line.isascii() and line.isdecimal() and len(line) < 10]
    return form._replace(typed=dict(form.typed) | {"left": ",".join(left)})


def _read(file: FileStorage, account: Named, zone: str, form: Form) -> Reading:
    name = file.filename or ""
    shown = name if name.isprintable() else ascii(name)
    return read_file(_source(file), shown[:_LONGEST_NAME], account, zone, _wishes(form), now())


def _source(file: FileStorage) -> BinaryIO:
    return file.stream  # type: ignore[return-value]


def _wishes(form: Form) -> Wishes:
    left = form.typed["left"]
    columns = {name: form.typed.get(f"{_COLUMN}{name}", "") for name in FIELDS}
    return Wishes(
        columns={name: column for name, column in columns.items() if column},
        dates=form.data["dates"],
        me=form.data["me"],
        from_account=form.data["from_account"],
        leave_out=frozenset(map(int, left.split(","))) if left else frozenset(),
        skip_rows=form.data["skip_rows"],
        accept_discrepancy=form.data["accept_discrepancy"],
        open_earlier=form.data["open_earlier"],
    )


def _preview(account_id: str, form: Form, reading: Reading) -> Response:
    rows = form.data["rows"]
    with store().read() as tx:
        found = batches.preview(tx, actor(), account_id, reading, now(), None, rows + 1)
    more = len(found.items) > rows
    found = found._replace(items=found.items[:rows])
    return _answer(account_id, form, found=found, next_rows=min(10 * rows, MOST_ROWS_SHOWN) if more else None)


def _import(account_id: str, form: Form, reading: Reading) -> Response:
    def work(tx: Transaction) -> dict[str, Any]:
        stored = batches.store_import(tx, actor(), account_id, reading, form.data["confirm"], now())
        return {"inmails": stored.batch.inmails if stored.batch else 0, "balance": stored.balance}

    done = forms.save_once(account_id, form, work)
    number = done["inmails"]
    message = ngettext(
        "Imported %(number)s InMail. You have %(credits)s.",
        "Imported %(number)s InMails. You have %(credits)s.",
        number,
        credits=credits(done["balance"]),
    )
    response = settings_data.cards(account_id, toast=message)
    response.headers["HX-Retarget"] = "#cards"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def _answer(account_id: str, form: Form, status: int = 200, **shown: Any) -> Response:
    with store().read() as tx:
        found_seats = seats.read(tx, account_id)
    left = set(form.typed["left"].split(",")) - {""}
    columns = sorted({form.typed[name] for name in form.typed if name.startswith(_COLUMN)})
    return pages.part(
        "app/settings_import.html", status, seats=found_seats, wishes=form, left=left, chosen=columns, **shown
    )


def _place(problem: Problem) -> str:
    """The place of a reading error: `messages.csv, line 12`."""
    file, colon, line = (problem.errors or [{"path": ""}])[0]["path"].rpartition(":")
    return gettext("%(file)s, line %(line)s", file=file, line=line) if colon and line.isdecimal() else ""
