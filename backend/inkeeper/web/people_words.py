"""Texts about targets: codes and states in words, for templates and toasts."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from inkeeper.services.people.targets import View
from inkeeper.vocabulary import BulkAction
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
        "twice": gettext_noop("twice in here"),
    }
)
"""Why people of a pasted list are not added, by code."""

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

_DONE: dict[BulkAction, tuple[str, str]] = {
    "drop": (gettext_noop("Dropped %(who)s."), gettext_noop("Dropped %(number)s people.")),
    "mark": (
        gettext_noop("Marked %(who)s: do not contact."),
        gettext_noop("Marked %(number)s people: do not contact."),
    ),
    "first": (gettext_noop("%(who)s is at the top."), gettext_noop("%(number)s people are at the top.")),
    "later": (gettext_noop("%(who)s: %(day)s."), gettext_noop("%(number)s people: %(day)s.")),
}


class StateText(NamedTuple):
    """A state in words; `tone` is `good`, `held`, `late` or empty."""

    text: str
    tone: str = ""


@blueprint.app_template_filter("people")
def people(number: int) -> str:
    """`1 person`, `12 people`."""
    return ngettext("%(number)s person", "%(number)s people", number)


@blueprint.app_template_filter("state_text")
def state_text(view: View, zone: str) -> StateText:
    """A target's state: `Planned Thu 3 Dec`, `Held until 1 Dec (new credits)`, `Waiting since 20 Oct`."""
    today, row = dates.today(zone), view.target
    if view.state == "held":
        until = (
            gettext(" until %(today)s (new credits)", today=short_day(view.held_until, today))
            if view.held_until
            else ""
        )
        return StateText(f"Held{until}", "held")
    if view.state == "planned" and row.planned_on:
        late = row.planned_on < today
        time = f", {row.planned_at}" if row.planned_at else ""
        return StateText(
            gettext("Planned %(today)s%(time)s", today=dates.day_text(row.planned_on, today), time=time),
            "late" if late else "good",
        )
    if view.state == "waiting":
        if row.opens_on is not None:
            return StateText(gettext("Follow-up %(today)s", today=short_day(row.opens_on, today, "on ")))
        since = (
            gettext(" since %(today)s", today=short_day(dates.day_of(row.last_sent_at, zone), today))
            if row.last_sent_at
            else ""
        )
        return StateText(f"Waiting{since}")
    if view.state == "ready":
        return _ready(view, today)
    if view.state == "dropped" and view.person.do_not_contact:
        return StateText(gettext("Do not contact"))
    return StateText(view.state.capitalize(), "good" if view.state == "answered" else "")


def _ready(view: View, today: date) -> StateText:
    row = view.target
    if row.opens_on is not None and row.opens_on > today:
        return StateText(gettext("From %(today)s", today=short_day(row.opens_on, today)))
    if view.step > 1:
        return StateText(gettext("Follow-up due"), "late")
    if row.due is not None:
        return StateText(
            gettext("Due %(today)s", today=dates.day_text(row.due, today)), "late" if row.due < today else ""
        )
    return StateText(gettext("Ready"))


def short_day(which: date, today: date, before: str = "") -> str:
    """`today`, `tomorrow`, else `3 Dec`, with the year if it is more than 300 days away. `before` precedes a date."""
    near = dates.NEAR.get((which - today).days)
    if near:
        return near
    is_far = abs((which - today).days) > 300
    return before + (language().day_and_year(which) if is_far else language().day(which))


def done_text(action: BulkAction, names: list[str], number: int, skipped: int, day: str = "") -> str:
    """The toast of a bulk action. `names` are the people's names, `day` is the day in words."""
    one, many = _DONE[action]
    if not number:
        return (
            gettext("Nothing to do: nothing more is to be written to them.")
            if skipped != 1
            else gettext("Nothing more is to be written there.")
        )
    message = one if number == 1 and names else many
    text = gettext(message, who=names[0] if names else "", number=number, day=day)
    return text + (gettext(" %(skipped)s had nothing to come.", skipped=skipped) if skipped else "")


@blueprint.app_context_processor
def list_names() -> dict[str, Any]:
    """Template variables: texts of the list's codes."""
    return {"SHOWS": SHOWS, "UNREAD": UNREAD, "NOT_ADDED": NOT_ADDED, "LIST_COLUMNS": LIST_COLUMNS}
