"""The page Plan: distributes targets over days, with a preview."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Response, request
from marshmallow import EXCLUDE, fields, validate

from inkeeper.api.context import actor, now, store
from inkeeper.api.planning import MOST_PER_DAY
from inkeeper.errors import Problem
from inkeeper.rules.timeline import HORIZON
from inkeeper.services.people import planning, targets
from inkeeper.services.people.planning import Placed, Planned
from inkeeper.services.people.targets import ListFilter
from inkeeper.storage.transaction import Transaction
from inkeeper.web import dates, forms, pages, seats, settings
from inkeeper.web.blueprint import blueprint
from inkeeper.web.forms import Form, FormSchema
from inkeeper.web.language import Translated, gettext, gettext_noop, language
from inkeeper.web.seats import Seats

MOST_CHOSEN = 10_000
DAYS_SHOWN = 10
NAMES_SHOWN = 4
MOST_UNDONE = 500
"""The largest plan with an undo; the undo form of a larger one would be too long."""

REASONS = Translated(
    {
        "no_credit": gettext_noop("No credit is left for them"),
        "per_day": gettext_noop("The days are full"),
        "over_budget": gettext_noop("The campaign's budget is used up"),
        "outside_campaign": gettext_noop("The campaign has none of these days"),
        "written_recently": gettext_noop("Written to in the last 90 days"),
        "already_planned": gettext_noop("Planned already"),
        "do_not_contact": gettext_noop("Marked: do not contact"),
        "nothing_to_write": gettext_noop("Nothing left to write"),
    }
)
"""Why targets get no day, by code."""

_ENTER_DAY: dict[str, Any] = {"invalid": gettext_noop("Enter a day.")}
_DAY = re.compile(r"([0-9A-Za-z_-]{1,64})=(\d{4}-\d\d-\d\d)", re.ASCII)
_GONE = gettext_noop(
    "Some of these people are on another account's list, or not on the list any more. Go back and select again."
)


class SaveForm(FormSchema):
    """The targets to plan, and the options.

    The targets are either `targets` (comma-separated ids) and repeated fields `target`, or with `all` every ready
    target, filtered by campaign or a part of the name.
    """

    class Meta:
        unknown = EXCLUDE

    account = fields.String(validate=validate.Length(max=64))
    targets = fields.String()
    all = fields.String()
    campaign = fields.String(validate=validate.Length(max=64))
    q = fields.String(validate=validate.Length(max=200))
    # `from` is a Python keyword.
    from_ = fields.Date(data_key="from", attribute="from", error_messages=_ENTER_DAY)
    until = fields.Date(error_messages=_ENTER_DAY)
    per_day = settings.whole_number(1, MOST_PER_DAY)


class ChoiceForm(SaveForm):
    """The same fields for a preview, which needs no key."""

    key = fields.String(load_default="")


class UndoForm(FormSchema):
    """The plan to undo: comma-separated `id=day` pairs."""

    account = fields.String(validate=validate.Length(max=64))
    plan = fields.String(required=True)


@blueprint.page("/people/plan")
def show_planning() -> Response:
    """Show the page for all ready targets."""
    query = forms.read_query(forms.Query())
    with store().read() as tx:
        found = seats.read(tx, query.get("account"))
    return _page(found, forms.empty_form(all="1"))


@blueprint.post("/people/plan")
def choose_targets() -> Response:
    """Show the page for the selected targets."""
    form = _read(ChoiceForm())
    return _page(_seats(form), form)


@blueprint.post("/people/plan/preview")
def preview_planning() -> Response:
    """Preview the plan with these options."""
    form = _read(ChoiceForm())
    found = _seats(form)
    form, shown = _preview(found, form)
    return pages.part("app/plan_preview.html", 422 if form.errors else 200, seats=found, form=form, **shown)


@blueprint.post("/people/plan/save")
def save_planning() -> Response:
    """Save the previewed plan."""
    form = _read(SaveForm())
    found = _seats(form)
    if form.errors:
        return _page(found, form, 422)

    def save(tx: Transaction) -> dict[str, Any]:
        plan = planning.store(tx, actor(), found.account_id, _wanted(tx, found, form), now())
        return {"placed": [[target_id, day] for target_id, day in plan.placed]}

    try:
        saved = forms.save_once(found.account_id, form, save)
    except Problem as problem:
        refused = _refused(found, form, problem)
        return _page(found, refused, 422)
    placed = [(target_id, date.fromisoformat(day)) for target_id, day in saved["placed"]]
    with store().read() as tx:
        fresh = seats.read(tx, found.account_id)
    return pages.page(
        "app/plan_done.html",
        title=gettext("Plan your InMails"),
        here="people",
        seats=fresh,
        number=len(placed),
        days=len({day for _, day in placed}),
        first=dates.day_text(min(day for _, day in placed), dates.today(found.zone)) if placed else "",
        undo=",".join(f"{target_id}={day}" for target_id, day in placed) if len(placed) <= MOST_UNDONE else "",
    )


@blueprint.post("/people/plan/undo")
def undo_planning() -> Response:
    """Undo a plan, and show it as a preview again."""
    form = forms.read_button(UndoForm())
    try:
        plan = {target_id: date.fromisoformat(day) for target_id, day in _DAY.findall(form.data["plan"])}
    except ValueError:
        raise Problem("invalid", "Reload the page.", status=422) from None

    def undo(tx: Transaction) -> dict[str, Any]:
        return {"number": planning.unplan(tx, actor(), plan)}

    found = _seats(form)
    forms.save_once(found.account_id, form, undo)
    return _page(_seats(form), forms.empty_form(targets=",".join(plan)))


def _read(schema: FormSchema) -> Form:
    form = forms.read_form(schema)
    # The page People sends one field `target` per selected row.
    ids = ",".join([*request.form.getlist("targets"), *request.form.getlist("target")])
    return form._replace(typed={**form.typed, "targets": ids}, data={**form.data, "targets": ids})


def _seats(form: Form) -> Seats:
    with store().read() as tx:
        return seats.read(tx, form.typed.get("account") or None)


def _page(found: Seats, form: Form, status: int = 200) -> Response:
    form, shown = _preview(found, form)
    return pages.page(
        "app/plan.html",
        title=gettext("Plan your InMails"),
        here="people",
        seats=found,
        status=422 if form.errors else status,
        form=form,
        **shown,
    )


def _preview(found: Seats, form: Form) -> tuple[Form, dict[str, Any]]:
    """The form with errors at its fields, and the values of the preview."""
    if form.errors:
        return form, {"plan": None}
    try:
        with store().read() as tx:
            wanted = _wanted(tx, found, form)
            if not wanted["targets"]:
                return form, {"plan": None, "nobody": True}
            planned = planning.preview(tx, actor(), found.account_id, wanted, now())
    except Problem as problem:
        return _refused(found, form, problem), {"plan": None}
    return form, _shown(found, planned)


def _wanted(tx: Transaction, found: Seats, form: Form) -> dict[str, Any]:
    """The service's values for the form."""
    typed = form.typed
    wanted = {name: form.data[name] for name in ("from", "until", "per_day") if form.data.get(name) is not None}
    if typed.get("all"):
        return wanted | {"targets": _all_ready(tx, found, typed)}
    return wanted | {"targets": [each for each in typed.get("targets", "").split(",") if each][:MOST_CHOSEN]}


def _all_ready(tx: Transaction, found: Seats, typed: Mapping[str, str]) -> list[str]:
    filters = ListFilter({"ready"}, found.account_id, typed.get("campaign") or None, typed.get("q") or None)
    views = targets.search(tx, actor(), filters, None, MOST_CHOSEN, now())
    return [view.target.id for view in views]


def _refused(found: Seats, form: Form, problem: Problem) -> Form:
    """The form with the service's error in words at its field. Raises the problem if it is about no field."""
    last = dates.day_text(dates.today(found.zone) + HORIZON, dates.today(found.zone))
    for error in problem.errors or []:
        field = error["path"].split(".")[0]
        if field == "targets":
            raise Problem("invalid", _GONE, status=422, errors=problem.errors) from problem
        if field == "until" and form.data.get("from") and form.data["until"] < form.data["from"]:
            return form.with_error("until", gettext("That's before the first day."))
        if field in ("from", "until"):
            return form.with_error(field, gettext("Pick a day from today to %(last)s.", last=last))
    raise problem


def _shown(found: Seats, planned: Planned) -> dict[str, Any]:
    plan, views = planned
    today = dates.today(found.zone)
    names: dict[date, list[str]] = {}
    for target_id, day in plan.placed:
        names.setdefault(day, []).append(views[target_id].person.name)
    reasons: dict[str, list[str]] = {}
    for target_id, code in plan.not_placed:
        reasons.setdefault(code, []).append(views[target_id].person.name)
    rows = [
        {
            "day": dates.day_text(one.day, today),
            "on": dates.on_day_text(one.day, today),
            "new": len(names[one.day]),
            "planned": one.planned,
            "before": one.planned - len(names[one.day]),
            "names": _shortened(names[one.day]),
            "left": one.balance_after,
        }
        for one in plan.days
        if one.day in names
    ]
    return {
        "plan": plan,
        "number": len(plan.placed),
        "short": _week_counts(plan.placed, today),
        "rows": rows[:DAYS_SHOWN],
        "more": rows[DAYS_SHOWN:],
        "reasons": [
            (REASONS[code], len(reasons[code]), _shortened(reasons[code])) for code in REASONS if code in reasons
        ],
    }


def _week_counts(placed: list[Placed], today: date) -> str:
    """The number of targets per day: `today 2 · Fri 2 · Mon 3`; empty if the plan exceeds 7 days."""
    counts: dict[date, int] = {}
    for _, day in placed:
        counts[day] = counts.get(day, 0) + 1
    if not counts or max(counts) > today + timedelta(days=7):
        return ""
    names = language().formats.short_days
    return " · ".join(
        f"{dates.NEAR.get((day - today).days) or names[day.weekday()]} {number}"
        for day, number in sorted(counts.items())
    )


def _shortened(names: list[str]) -> str:
    """The first names, and the number of the others."""
    shown = ", ".join(names[:NAMES_SHOWN])
    more = len(names) - NAMES_SHOWN
    return gettext("%(shown)s and %(more)s more", shown=shown, more=more) if more > 0 else shown
