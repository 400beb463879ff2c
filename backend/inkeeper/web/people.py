"""The page People: searching and editing targets, and bulk actions on them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Response, request
from marshmallow import EXCLUDE, fields, validate

from inkeeper.api.context import actor, now, store
from inkeeper.api.recipients import RecipientName
from inkeeper.api.schemas_base import CleanText, Cursor, paged
from inkeeper.api.targets import TIME
from inkeeper.errors import Problem
from inkeeper.rules.periods import local_day
from inkeeper.services.ledger import accounts
from inkeeper.services.people import bulk, listing, targets
from inkeeper.services.people.targets import ListFilter, View
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import BULK_ACTIONS, TARGET_FILTERS, BulkAction
from inkeeper.web import dates, forms, home, pages, people_words, seats, words
from inkeeper.web.blueprint import blueprint
from inkeeper.web.forms import Form, FormSchema
from inkeeper.web.home import Toast
from inkeeper.web.language import Translated, gettext, gettext_noop
from inkeeper.web.seats import Seats

ROWS = 50
_LATER = ("tomorrow", "week", "credits", "day")
_WITHOUT_A_DAY = [action for action in BULK_ACTIONS if action != "later"]
_LONGEST_UNDO = 100_000
_REFUSED = Translated(
    {
        "links": gettext_noop(
            "Each link has to lead to a person on LinkedIn who isn't on your list yet. Enter at most one each for"
            " LinkedIn, Sales Navigator and Recruiter."
        ),
        "planned_for": gettext_noop("Pick a day from today to a year from now."),
        "planned_at": gettext_noop("Pick a day for this time."),
        "account": gettext_noop("This account isn't here any more."),
        "text": gettext_noop("This text isn't here any more."),
        "campaign": gettext_noop("This campaign has ended, or isn't here any more."),
    }
)


class PeopleQuery(forms.Query):
    """The filters of the list."""

    q = CleanText()
    show = fields.String(load_default="all", validate=validate.OneOf(TARGET_FILTERS))
    campaign = fields.String(validate=validate.Length(1, 64))
    cursor = Cursor(int, int, str)


class BulkForm(FormSchema, PeopleQuery):
    """A bulk action on the selected rows (`target`), or on `all` rows that match the filters."""

    class Meta:
        unknown = EXCLUDE

    what = fields.String(required=True, validate=validate.OneOf([*_LATER, *_WITHOUT_A_DAY, "text", "campaign"]))
    day = fields.Date(error_messages={"invalid": gettext_noop("Enter a day.")})
    text = fields.String(load_default=None, validate=validate.Length(1, 64))
    to_campaign = fields.String(load_default=None, validate=validate.Length(1, 64))
    all = fields.Boolean(load_default=False)
    sure = fields.Boolean(load_default=False)


class UndoForm(FormSchema, PeopleQuery):
    """The arguments of `bulk.undo`, and the page to show afterwards."""

    class Meta:
        unknown = EXCLUDE

    what = fields.String(required=True, validate=validate.OneOf(bulk.UNDOABLE))
    before = fields.String(required=True, validate=validate.Length(max=_LONGEST_UNDO))
    here = fields.String(load_default="people", validate=validate.OneOf(["people", "home"]))


class TargetForm(FormSchema):
    """A target and its person. An empty field clears the value."""

    name = RecipientName(
        required=True,
        error_messages={"required": gettext_noop("Enter the name."), "blank": gettext_noop("Enter the name.")},
    )
    first_name = CleanText(load_default=None)
    company = CleanText(load_default=None)
    headline = CleanText(load_default=None, max_length=300)
    links = CleanText(load_default="", max_length=2800, lines=True)
    account_id = fields.String(load_default=None, validate=validate.Length(1, 64))
    purpose = fields.String(load_default=None, validate=validate.OneOf(words.PURPOSES))
    note = CleanText(load_default=None, max_length=2000, lines=True)
    due = fields.Date(load_default=None, error_messages={"invalid": gettext_noop("Enter a day.")})
    planned_for = fields.Date(load_default=None, error_messages={"invalid": gettext_noop("Enter a day.")})
    planned_at = fields.String(
        load_default=None, validate=validate.Regexp(TIME, error=gettext_noop("Enter a time, such as 09:30."))
    )
    text = fields.String(load_default=None, validate=validate.Length(1, 64))
    campaign = fields.String(load_default=None, validate=validate.Length(1, 64))


class _TooManyToUndo(Exception):
    """More people are selected than can be undone: nothing is stored without the user's confirmation."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@blueprint.page("/people")
def show_people() -> Response:
    """Show the list."""
    query = forms.read_query(PeopleQuery())
    return pages.page("app/people.html", title=gettext("People"), here="people", **values_of(query))


@blueprint.get("/people/rows")
def show_people_rows() -> Response:
    """Show the rows only, for a search; with a cursor the next rows."""
    query = forms.read_query(PeopleQuery())
    template = "app/people_more.html" if query["cursor"] else "app/people_rows.html"
    return pages.part(template, **values_of(query))


@blueprint.get("/people/targets/<target_id>")
def show_target(target_id: str) -> Response:
    """Show a target's row."""
    return pages.part("app/people_row_alone.html", **_row_values(target_id))


@blueprint.get("/people/targets/<target_id>/edit")
def show_target_edit(target_id: str) -> Response:
    """Show a target's row as a form."""
    values = _row_values(target_id)
    return pages.part("app/people_edit.html", form=_form_of(values["view"]), **values)


@blueprint.post("/people/targets/<target_id>/edit")
def save_target(target_id: str) -> Response:
    """Save an edited target and its person. If they were changed elsewhere since, show both states (409)."""
    form = forms.read_form(TargetForm())

    def again(status: int, form: Form, **shown: Any) -> Response:
        values = _row_values(target_id)
        if "stale" not in shown:
            values["version"] = form.typed.get("version", "")
        return pages.part("app/people_edit.html", status, form=form, **shown, **values)

    if form.errors:
        return again(422, form)
    try:
        forms.save_once(None, form, lambda tx: _save(tx, target_id, form))
    except forms.Stale:
        return again(409, form, stale=True)
    except Problem as problem:
        for error in problem.errors or []:
            field = {"account": "account_id"}.get(error["path"], error["path"])
            return again(422, form.with_error(field, _REFUSED.get(error["path"], gettext("This isn't right."))))
        raise
    return pages.part("app/people_saved.html", toast=Toast(gettext("Saved.")), here="people", **_row_values(target_id))


@blueprint.post("/people/do")
def act_on_people() -> Response:
    """Run a bulk action: put off, drop, mark, move to the top, or set the text or campaign."""
    form = forms.read_form(BulkForm())
    ids = request.form.getlist("target")
    if form.errors:
        return parts({}, 422, refused=next(iter(form.errors.values())))
    form = form._replace(typed=dict(form.typed) | {"targets": ",".join(ids)})
    with store().read() as tx:
        found = seats.read(tx, form.data.get("account"))
    try:
        done = forms.save_once(None, form, lambda tx: _act(tx, found, form.data, ids))
    except _TooManyToUndo as ask:
        return parts(form.data, 422, ask={"number": ask.number, "form": form})
    except Problem as problem:
        for error in problem.errors or []:
            return parts(form.data, 422, refused=_REFUSED.get(error["path"], _REFUSED["planned_for"]))
        raise
    return parts(form.data, toast=_toast(form.data, done, "people"))


@blueprint.post("/people/undo")
def undo_on_people() -> Response:
    """Undo a bulk action."""
    form = forms.read_button(UndoForm())
    before = _parse_undo(form.data["before"])
    action: BulkAction = form.data["what"]

    def undo(tx: Transaction) -> dict[str, Any]:
        return {"number": bulk.undo(tx, actor(), action, before)}

    forms.save_once(None, form, undo)
    if form.data["here"] == "home":
        with store().read() as tx:
            account_id = seats.read(tx, form.data.get("account")).account_id
        return home.parts(account_id, toast=Toast(gettext("Undone.")))
    return parts(form.data, toast=Toast(gettext("Undone.")))


@blueprint.post("/people/targets/<target_id>/later")
def put_off(target_id: str) -> Response:
    """Put off a person from Home."""
    form = forms.read_button(BulkForm())
    with store().read() as tx:
        targets.get(tx, actor(), target_id, now())
        found = seats.read(tx, form.data.get("account"))
    done = forms.save_once(None, form, lambda tx: _act(tx, found, form.data, [target_id]))
    return home.parts(found.account_id, toast=_toast(form.data, done, "home"))


def parts(query: Mapping[str, Any], status: int = 200, **shown: Any) -> Response:
    """Render the parts of the page again after an action."""
    wanted = {"show": "all", **{name: query[name] for name in ("account", "q", "show", "campaign") if query.get(name)}}
    return pages.part("app/people_parts.html", status, here="people", **values_of(wanted), **shown)


def values_of(query: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the page: the chosen account's targets, and those for any account."""
    with store().read() as tx:
        found = seats.read(tx, query.get("account"))
        filters = listing.filters_of(query["show"], _wanted(found, query), dates.today(found.zone))
        rows = listing.page(tx, actor(), filters, query.get("cursor"), ROWS + 1, now())
        choices = listing.choices(tx, actor())
    page = paged(rows, ROWS, lambda row: row[0], lambda row: row[1])
    return {
        "seats": found,
        "query": query,
        "views": page["items"],
        "cursor": page["next_cursor"],
        "filtered": bool(query.get("q") or query.get("campaign") or query["show"] != "all"),
        "choices": choices,
        "renewal": _renewal(found),
    }


def selected(tx: Transaction, found: Seats, query: Mapping[str, Any], ids: Sequence[str]) -> list[View]:
    """The targets with these ids, or with `all` in the query all that match the filters, in the order of the list."""
    if not query["all"]:
        return bulk.find(tx, actor(), ids, now())
    filters = listing.filters_of(query["show"], _wanted(found, query), dates.today(found.zone))
    return [view for wanted in filters for view in bulk.find_all(tx, actor(), wanted, now())]


def _wanted(found: Seats, query: Mapping[str, Any]) -> ListFilter:
    return ListFilter(account=found.account_id, campaign=query.get("campaign"), q=query.get("q"))


def _act(tx: Transaction, found: Seats, data: Mapping[str, Any], ids: Sequence[str]) -> dict[str, Any]:
    views = selected(tx, found, data, ids)
    what = data["what"]
    if len(views) > bulk.MOST_UNDONE and not data["sure"]:
        raise _TooManyToUndo(len(views))
    if what == "text":
        done = bulk.set_text(tx, actor(), views, data["text"])
    elif what == "campaign":
        done = bulk.set_campaign(tx, actor(), views, data["to_campaign"], now())
    else:
        action: BulkAction = "later" if what in _LATER else what
        done = bulk.act(tx, actor(), views, action, now(), _until(found, data))
    before = done.before if len(done.before) <= bulk.MOST_UNDONE else []
    return {"changed": done.changed, "skipped": done.skipped, "before": before}


def _until(found: Seats, data: Mapping[str, Any]) -> date | None:
    today = dates.today(found.zone)
    if data["what"] == "tomorrow":
        return today + timedelta(days=1)
    if data["what"] == "week":
        return today + timedelta(days=8 - today.isoweekday())
    if data["what"] == "credits":
        return _renewal(found)
    return data.get("day", date.min) if data["what"] == "day" else None


def _renewal(found: Seats) -> date | None:
    """The local day of the next renewal, None without one."""
    renewal = found.chosen.next_renewal
    return renewal and local_day(found.zone, renewal.at)


def _toast(data: Mapping[str, Any], done: Mapping[str, Any], here: str) -> Toast:
    what, number = data["what"], done["changed"]
    if what in ("text", "campaign"):
        return Toast(
            gettext("Saved for %(people)s.", people=people_words.people(number))
            if number
            else gettext("Nothing to change.")
        )
    with store().read() as tx:
        found = seats.read(tx, data.get("account"))
        views = bulk.find(tx, actor(), [each[0] for each in done["before"][:1]], now())
    names = [view.person.name for view in views]
    until = _until(found, data) if what in _LATER else None
    day = dates.day_text(until, dates.today(found.zone)) if until else ""
    action: BulkAction = "later" if what in _LATER else what
    text = people_words.done_text(action, names, number, done["skipped"], day)
    if not done["before"] or action == "first":
        return Toast(text)
    values = {"what": action, "before": json.dumps(done["before"], separators=(",", ":")), "here": here}
    filters = {name: data[name] for name in ("account", "q", "show", "campaign") if data.get(name)}
    return Toast(text, "/people/undo", values | filters)


def _parse_undo(text: str) -> list[list[Any]]:
    """Parse the states that an undo restores: lists of an id and then strings, integers or null.

    Raises the 422 Problem for another form.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Problem("invalid", "Reload the page.", status=422) from None
    if not isinstance(found, list) or not all(
        isinstance(each, list) and each and isinstance(each[0], str) and all(_is_plain(value) for value in each)
        for each in found
    ):
        raise Problem("invalid", "Reload the page.", status=422)
    return found


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int)


def _row_values(target_id: str) -> dict[str, Any]:
    """The values of a target's row."""
    with store().read() as tx:
        view = targets.get(tx, actor(), target_id, now())
        found = seats.read(tx, view.target.account_id)
        choices = _choices_for(view, listing.choices(tx, actor()))
        names = accounts.names(tx, actor())
    return {
        "seats": found,
        "view": view,
        "choices": choices,
        "account_names": names,
        "version": forms.version_of(_versioned(view)),
    }


def _choices_for(view: View, known: listing.Choices) -> listing.Choices:
    """The selectable texts and campaigns, including the target's present ones, which may be deleted."""
    text, campaign = view.target.text_id, view.campaign
    has_text = {text: gettext("Deleted text")} if text and text not in known.texts else {}
    has_campaign = {campaign.id: campaign.name} if campaign and campaign.id not in known.campaigns else {}
    return listing.Choices({**known.texts, **has_text}, {**known.campaigns, **has_campaign})


def _versioned(view: View) -> list[Any]:
    person = view.person
    known = [person.name, person.first_name, person.company, person.headline, [link.url for link in person.links]]
    return [known, [value and str(value) for value in _fields(view).values()], view.state]


def _fields(view: View) -> dict[str, Any]:
    row = view.target
    return {
        "account_id": row.account_id,
        "purpose": row.purpose,
        "note": row.note,
        "due": row.due,
        "planned_for": row.planned_on,
        "planned_at": row.planned_at if row.planned_on else None,
        "text": row.text_id,
        "campaign": row.campaign_id,
    }


def _form_of(view: View) -> Form:
    person = view.person
    return forms.empty_form(
        name=person.name,
        first_name=person.first_name,
        company=person.company,
        headline=person.headline,
        links="\n".join(link.url for link in person.links),
        **_fields(view),
    )


def _save(tx: Transaction, target_id: str, form: Form) -> dict[str, Any]:
    """Store the changes. Raises Stale and the service's Problems."""
    data = form.data
    view = targets.get(tx, actor(), target_id, now())
    forms.check_version(form, _versioned(view))
    had = _fields(view)
    changes = {name: data[name] for name in had if data[name] != had[name]}
    if "account_id" in changes:
        changes["account"] = changes.pop("account_id")
    person = {name: data[name] for name in ("name", "first_name", "company", "headline")}
    listing.edit(tx, actor(), target_id, person, data["links"].split(), changes, now())
    return {}
