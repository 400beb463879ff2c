"""The list of people to write to for its page: filters, pages of rows, editing a row, and the choices for its
fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from inkeeper.errors import invalid
from inkeeper.reasons import reason
from inkeeper.rules.people import parse_link
from inkeeper.services.access import Actor
from inkeeper.services.people import persons, targets
from inkeeper.services.people.targets import ListFilter, View
from inkeeper.storage import campaigns, texts
from inkeeper.storage import persons as stored_persons
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import ENDED_STATES, OPEN_STATES, TargetFilter, TargetState

_STATES: dict[TargetFilter, tuple[tuple[TargetState, ...], ...]] = {
    "all": (OPEN_STATES, ("waiting",), ENDED_STATES),
    "today": (OPEN_STATES,),
    "month": ((*OPEN_STATES, "waiting"),),
    "waiting": (("waiting",),),
    "done": (ENDED_STATES,),
}
"""The states that each filter shows, in groups that follow each other."""

Place = tuple[int, int, str]
"""The position of a row: its group, its place in the list, its id."""


class Choices(NamedTuple):
    """The names of the owner's texts and campaigns by their ids, in order of the names."""

    texts: Mapping[str, str]
    campaigns: Mapping[str, str]


def choices(tx: Transaction, actor: Actor, *, archived: bool = False) -> Choices:
    """What a target can be given; with `archived` also what only earlier InMails have."""
    return Choices(
        texts.names(tx, actor.owner_id, archived=archived), campaigns.names(tx, actor.owner_id, archived=archived)
    )


def filters_of(show: TargetFilter, wanted: ListFilter, today: date) -> list[ListFilter]:
    """The filters for `targets.search`, one for each group of states that follow each other: `wanted` with the states
    and days that `show` means. `today` is the local day.
    """
    until = None
    if show == "today":
        until = today
    elif show == "month":
        until = (today.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return [wanted._replace(states=states, wanted_until=until) for states in _STATES[show]]


def page(
    tx: Transaction,
    actor: Actor,
    filters: Sequence[ListFilter],
    after: Place | None,
    limit: int,
    now: datetime,
) -> list[tuple[Place, View]]:
    """Up to `limit` targets, group by group, after the place `after`."""
    found: list[tuple[Place, View]] = []
    for group, wanted in enumerate(filters):
        if (after and group < after[0]) or len(found) == limit:
            continue
        start = after[1:] if after and group == after[0] else None
        views = targets.search(tx, actor, wanted, start, limit - len(found), now)
        found += [((group, view.target.place, view.target.id), view) for view in views]
    return found


def edit(
    tx: Transaction,
    actor: Actor,
    target_id: str,
    person: Mapping[str, Any],
    links: Sequence[str],
    target: Mapping[str, Any],
    now: datetime,
) -> View:
    """Change a target and what is known of its person in one; `links` are all that the person then has.

    Raises the 404 Problem, and 422 for invalid values: `links` for a link to no person or to another one.
    """
    view = targets.get(tx, actor, target_id, now)
    wanted = [parse_link(link) for link in links]
    found = {link.kind: link for link in wanted if link}
    if len(found) != len(links):
        raise invalid("links", reason("person.links"))
    if stored_persons.set_links(tx, actor.owner_id, view.person, list(found.values())):
        raise invalid("links", reason("person.link_of_another"))
    persons.update(tx, actor, view.person.id, person)
    targets.update(tx, actor, target_id, target, now)
    return targets.get(tx, actor, target_id, now)
