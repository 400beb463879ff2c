"""Texts about targets: codes and states in words, for templates and toasts."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from inkeeper.services.people.targets import View
from inkeeper.vocabulary import BulkAction, TargetState
from inkeeper.web import dates
from inkeeper.web.blueprint import blueprint
from inkeeper.web.language import Translated, gettext, gettext_noop, language, ngettext

SHOWS = Translated(
    {
        "all": gettext_noop("All"),
        "today": gettext_noop("Today"),
        "month": gettext_noop("This month"),
        "waiting": gettext_noop("Waiting"),
        "done": gettext_noop("Done"),
    }
)
"""The filters of the list."""

UNREAD = Translated(
    {
        "other_link": gettext_noop("The link doesn't lead to LinkedIn."),
        "no_person": gettext_noop("The link doesn't lead to a person on LinkedIn."),
        "no_name": gettext_noop("There's no name. Add one, since this link doesn't tell it."),
        "too_long": gettext_noop("It's too long for a name."),
        "ragged": gettext_noop("It has more or fewer cells than the headings."),
        "purpose": gettext_noop("There's no such reason to write."),
        "note": gettext_noop("The note is longer than 2,000 characters."),
        "due": gettext_noop("The due day can't be read."),
        "planned_for": gettext_noop("The planned day can't be read, or is more than a year away."),
        "planned_at": gettext_noop("The time can't be read. Write 09:30, and a day."),
        "account": gettext_noop("There's no such account."),
        "text": gettext_noop("There's no such text."),
        "campaign": gettext_noop("There's no such campaign."),
    }
)
"""Why a line is not added, by code."""

NOT_ADDED = Translated(
    {
        "written": gettext_noop("written to lately"),
        "on_list": gettext_noop("on your list already"),
        "do_not_contact": gettext_noop("marked: do not contact"),
        "twice": gettext_noop("twice in this list"),
    }
)
"""Why people of a pasted list are not added, by code."""

LIST_REFUSALS = Translated(
    {
        "columns_needed": gettext_noop("Which column holds what? The name is needed."),
        "preview_outdated": gettext_noop(
            "Something changed since you looked. Choose the file again. Nothing was added."
        ),
        "idempotency_conflict": gettext_noop(
            "The file has changed since you looked. Choose it again. Nothing was added."
        ),
        "rows_not_understood": gettext_noop(
            "Some rows can't be read. Look again, then leave them out or correct the file."
        ),
        "invalid": gettext_noop("The file has changed since you looked. Choose it again."),
    }
)
"""Why a list of people is refused, by problem code."""

LIST_COLUMNS = Translated(
    {
        "name": gettext_noop("Name"),
        "first_name": gettext_noop("First name"),
        "company": gettext_noop("Company"),
        "headline": gettext_noop("Headline"),
        "profile_url": gettext_noop("Profile link"),
        "account": gettext_noop("Account"),
        "purpose": gettext_noop("Why"),
        "note": gettext_noop("Note"),
        "due": gettext_noop("Due"),
        "planned_for": gettext_noop("Planned day"),
        "planned_at": gettext_noop("Planned time"),
        "text": gettext_noop("Text"),
        "campaign": gettext_noop("Campaign"),
        "state": gettext_noop("State"),
    }
)
"""The fields that a column of a list can have."""

FIELD_NAMES = Translated(
    {
        "first_name": gettext_noop("first name"),
        "last_name": gettext_noop("last name"),
        "name": gettext_noop("name"),
        "company": gettext_noop("company"),
        "headline": gettext_noop("headline"),
        "note": gettext_noop("note"),
    }
)
"""The variables of a text within a sentence."""

STATES: Translated[TargetState, str] = Translated(
    {
        "ready": gettext_noop("Ready"),
        "held": gettext_noop("Held"),
        "planned": gettext_noop("Planned"),
        "waiting": gettext_noop("Waiting"),
        "answered": gettext_noop("Answered"),
        "done": gettext_noop("Done"),
        "dropped": gettext_noop("Dropped"),
    }
)
"""The states of targets without further facts."""

_DONE: dict[BulkAction, tuple[str, str]] = {
    "drop": (gettext_noop("Dropped %(who)s."), gettext_noop("Dropped %(people)s.")),
    "mark": (
        gettext_noop("Marked %(who)s: do not contact."),
        gettext_noop("Marked %(people)s: do not contact."),
    ),
    "first": (gettext_noop("%(who)s is at the top."), gettext_noop("%(people)s are at the top.")),
    "later": (gettext_noop("%(who)s: %(day)s."), gettext_noop("%(people)s: %(day)s.")),
}


class StateText(NamedTuple):
    """A state in words; `tone` is `good`, `held`, `late` or empty."""

    text: str
    tone: str = ""


@blueprint.app_template_filter("people")
def people(number: int) -> str:
    """`1 person`, `12 people`."""
    return ngettext("%(number)s person", "%(number)s people", number)


@blueprint.app_template_filter("field_name")
def field_name(variable: str) -> str:
    """The name of a text's variable in words: `first name`."""
    return FIELD_NAMES[variable]


@blueprint.app_template_filter("state_text")
def state_text(view: View, zone: str) -> StateText:
    """A target's state: `Planned Thu 3 Dec`, `Held until 1 Dec (new credits)`, `Waiting since 20 Oct`."""
    today, row = dates.today(zone), view.target
    if view.state == "held":
        return StateText(_held(view, today), "held")
    if view.state == "planned" and row.planned_on:
        return StateText(_planned(row.planned_on, row.planned_at, today), "late" if row.planned_on < today else "good")
    if view.state == "waiting":
        return StateText(_waiting(view, zone, today))
    if view.state == "ready":
        return _ready(view, today)
    if view.state == "dropped" and view.person.do_not_contact:
        return StateText(gettext("Do not contact"))
    return StateText(STATES[view.state], "good" if view.state == "answered" else "")


def _held(view: View, today: date) -> str:
    if not view.held_until:
        return STATES["held"]
    return gettext("Held until %(day)s (new credits)", day=short_day(view.held_until, today))


def _planned(which: date, time: str | None, today: date) -> str:
    day = dates.day_text(which, today)
    return gettext("Planned %(day)s, %(time)s", day=day, time=time) if time else gettext("Planned %(day)s", day=day)


def _waiting(view: View, zone: str, today: date) -> str:
    row = view.target
    if row.opens_on is not None:
        if dates.NEAR.get((row.opens_on - today).days):
            return gettext("Follow-up %(day)s", day=short_day(row.opens_on, today))
        return gettext("Follow-up on %(day)s", day=short_day(row.opens_on, today))
    if row.last_sent_at:
        return gettext("Waiting since %(day)s", day=short_day(dates.day_of(row.last_sent_at, zone), today))
    return STATES["waiting"]


def _ready(view: View, today: date) -> StateText:
    row = view.target
    if row.opens_on is not None and row.opens_on > today:
        return StateText(gettext("From %(day)s", day=short_day(row.opens_on, today)))
    if view.step > 1:
        return StateText(gettext("Follow-up due"), "late")
    if row.due is not None:
        return StateText(
            gettext("Due %(day)s", day=dates.on_day_text(row.due, today)), "late" if row.due < today else ""
        )
    return StateText(STATES["ready"])


def short_day(which: date, today: date) -> str:
    """`today`, `tomorrow`, else `3 Dec`, with the year if it is more than 300 days away."""
    near = dates.NEAR.get((which - today).days)
    if near:
        return near
    is_far = abs((which - today).days) > 300
    return language().day_and_year(which) if is_far else language().day(which)


def done_text(action: BulkAction, names: list[str], number: int, skipped: int, day: str = "") -> str:
    """The toast of a bulk action. `names` are the people's names, `day` is the day in words."""
    one, many = _DONE[action]
    if not number:
        return (
            gettext("Nothing to do: there's nothing left to write to them.")
            if skipped != 1
            else gettext("There's nothing left to write there.")
        )
    message = one if number == 1 and names else many
    text = gettext(message, who=names[0] if names else "", people=people(number), day=day)
    if not skipped:
        return text
    rest = gettext("There was nothing left to write to %(skipped)s.", skipped=skipped)
    return f"{text} {rest}"


@blueprint.app_context_processor
def list_names() -> dict[str, Any]:
    """Template variables: texts of the list's codes."""
    return {
        "SHOWS": SHOWS,
        "UNREAD": UNREAD,
        "NOT_ADDED": NOT_ADDED,
        "LIST_COLUMNS": LIST_COLUMNS,
        "LIST_REFUSALS": LIST_REFUSALS,
    }
