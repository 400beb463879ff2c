"""What people read of those to write to where a template would have to choose between codes."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from inkeeper.services.people.targets import View
from inkeeper.vocabulary import BulkAction
from inkeeper.web import dates
from inkeeper.web.blueprint import blueprint

SHOWS = {"all": "All", "today": "Today", "month": "This month", "waiting": "Waiting", "done": "Done"}
"""The filters of the list."""

UNREAD = {
    "other_link": "The link doesn't lead to LinkedIn.",
    "no_person": "The link doesn't lead to a person on LinkedIn.",
    "no_name": "There's no name. Add one, since this link doesn't tell it.",
    "too_long": "It's too long for a name.",
    "ragged": "It has more or fewer cells than the headings.",
    "purpose": "There's no such reason to write.",
    "note": "The note is longer than 2,000 characters.",
    "due": "The due day can't be read.",
    "planned_for": "The planned day can't be read, or is more than a year away.",
    "planned_at": "The time can't be read. Write 09:30, and a day.",
    "account": "There's no such account.",
    "text": "There's no such text.",
    "campaign": "There's no such campaign.",
}
"""Why a line is not added."""

NOT_ADDED = {
    "written": "written to lately",
    "on_list": "on your list already",
    "do_not_contact": "marked: do not contact",
    "twice": "twice in here",
}
"""What keeps people of a pasted list from being added."""

LIST_COLUMNS = {
    "name": "Name",
    "first_name": "First name",
    "company": "Company",
    "headline": "Headline",
    "profile_url": "Profile link",
    "account": "Account",
    "purpose": "Why",
    "note": "Note",
    "due": "Due",
    "planned_for": "Planned day",
    "planned_at": "Planned time",
    "text": "Text",
    "campaign": "Campaign",
    "state": "State",
}
"""What a column of a list can hold."""

_DONE: dict[BulkAction, tuple[str, str]] = {
    "drop": ("Dropped {who}.", "Dropped {number} people."),
    "mark": ("Marked {who}: do not contact.", "Marked {number} people: do not contact."),
    "first": ("{who} is at the top.", "{number} people are at the top."),
    "later": ("{who}: {day}.", "{number} people: {day}."),
}


class Said(NamedTuple):
    """A state in words; `tone` is good, held, late or none."""

    text: str
    tone: str = ""


@blueprint.app_template_filter("people")
def people(number: int) -> str:
    """`1 person`, `12 people`."""
    return f"{number:,} person" if number == 1 else f"{number:,} people"


@blueprint.app_template_filter("said_state")
def said_state(view: View, zone: str) -> Said:
    """How far somebody is: `Planned Thu 3 Dec`, `Held until 1 Dec (new credits)`, `Waiting since 20 Oct`."""
    today, row = dates.today(zone), view.target
    if view.state == "held":
        until = f" until {short_day(view.held_until, today)} (new credits)" if view.held_until else ""
        return Said(f"Held{until}", "held")
    if view.state == "planned" and row.planned_on:
        late = row.planned_on < today
        time = f", {row.planned_at}" if row.planned_at else ""
        return Said(f"Planned {dates.say_day(row.planned_on, today)}{time}", "late" if late else "good")
    if view.state == "waiting":
        if row.opens_on is not None:
            return Said(f"Follow-up {short_day(row.opens_on, today, 'on ')}")
        since = f" since {short_day(dates.day_of(row.last_sent_at, zone), today)}" if row.last_sent_at else ""
        return Said(f"Waiting{since}")
    if view.state == "ready":
        return _ready(view, today)
    if view.state == "dropped" and view.person.do_not_contact:
        return Said("Do not contact")
    return Said(view.state.capitalize(), "good" if view.state == "answered" else "")


def _ready(view: View, today: date) -> Said:
    row = view.target
    if row.opens_on is not None and row.opens_on > today:
        return Said(f"From {short_day(row.opens_on, today)}")
    if view.step > 1:
        return Said("Follow-up due", "late")
    if row.due is not None:
        return Said(f"Due {dates.say_day(row.due, today)}", "late" if row.due < today else "")
    return Said("Ready")


def short_day(which: date, today: date, before: str = "") -> str:
    """`today`, `tomorrow`, else `3 Dec`, with the year where it is far. `before` stands before a date."""
    near = dates.NEAR.get((which - today).days)
    if near:
        return near
    return f"{before}{which.day} {which:%b}" + (f" {which.year}" if abs((which - today).days) > 300 else "")


def said_done(action: BulkAction, names: list[str], number: int, skipped: int, day: str = "") -> str:
    """What was done, for a toast. `names` are of those it was done with, `day` is the day in words."""
    one, many = _DONE[action]
    if not number:
        return (
            "Nothing to do: nothing more is to be written to them."
            if skipped != 1
            else "Nothing more is to be written there."
        )
    text = (one if number == 1 and names else many).format(who=names[0] if names else "", number=f"{number:,}", day=day)
    return text + (f" {skipped:,} had nothing to come." if skipped else "")


@blueprint.app_context_processor
def list_names() -> dict[str, Any]:
    """The names of codes about the list, for templates."""
    return {"SHOWS": SHOWS, "UNREAD": UNREAD, "NOT_ADDED": NOT_ADDED, "LIST_COLUMNS": LIST_COLUMNS}
