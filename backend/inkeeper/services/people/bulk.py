"""Bulk actions on targets: postpone, drop, move to the top, mark, set text or campaign; and undo."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from inkeeper.errors import invalid
from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.reasons import reason
from inkeeper.services.access import Actor
from inkeeper.services.people import targets
from inkeeper.services.people.campaigns import joinable
from inkeeper.services.people.targets import ListFilter, View
from inkeeper.storage import persons, texts
from inkeeper.storage import targets as stored
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import OPEN_STATES, BulkAction

MOST_UNDONE = 500
"""The most targets that an undo covers."""

_UNDONE: dict[BulkAction, tuple[str, ...]] = {
    "later": ("planned_for", "planned_at", "planned_step"),
    "drop": ("dropped_at",),
    "mark": (),
}
UNDOABLE = tuple(_UNDONE)
"""The actions that `undo` takes back."""

_ALL_AT_ONCE = 1000


class Done(NamedTuple):
    """How many targets were changed, and how many were not since they have no next step.

    `before` is the input of `undo`: each target's id and former values.
    """

    changed: int
    skipped: int
    before: list[list[Any]]


def find(tx: Transaction, actor: Actor, target_ids: Iterable[str], now: datetime) -> list[View]:
    """The owner's targets of these ids in the order of the list; ids of others are left out."""
    return targets.describe_all(tx, actor, stored.get_all(tx, actor.owner_id, target_ids), now)


def find_all(tx: Transaction, actor: Actor, filters: ListFilter, now: datetime) -> list[View]:
    """All of the owner's targets that fit, in the order of the list."""
    found: list[View] = []
    after: tuple[int, str] | None = None
    while some := targets.search(tx, actor, filters, after, _ALL_AT_ONCE, now):
        found += some
        after = (some[-1].target.place, some[-1].target.id)
    return found


def act(
    tx: Transaction, actor: Actor, views: Sequence[View], action: BulkAction, now: datetime, until: date | None = None
) -> Done:
    """Do one action with all of these targets that have a next step: plan them for the day `until` (`later`), take them
    off the list (`drop`), mark their people as not to be contacted (`mark`), put them at the top (`first`).

    Raises the 422 Problem for a day in the past or more than a year away.
    """
    if action == "later":
        for account_id in {view.target.account_id for view in views}:
            targets.check_day(tx, actor, account_id, "until", until, now)
    if action == "mark":
        return _mark(tx, actor, views)
    todo = [view.target for view in views if view.state in OPEN_STATES or _follows(view)]
    before = [[row.id, *(_plain(getattr(row, name)) for name in _UNDONE.get(action, ()))] for row in todo]
    if action == "later":
        names: tuple[str, ...] = _UNDONE["later"]
        stored.update_each(tx, names, [(row.id, (until, None, row.done + 1)) for row in todo])
    elif action == "drop":
        stored.update(tx, [row.id for row in todo], {"dropped_at": now})
    else:
        top = stored.first_place(tx, actor.owner_id) + 1 - len(todo)
        stored.update_each(tx, ("place",), [(row.id, (top + number,)) for number, row in enumerate(todo)])
    _follow(tx, actor, todo)
    return Done(len(todo), len(views) - len(todo), before)


def set_text(tx: Transaction, actor: Actor, views: Sequence[View], text_id: str | None) -> Done:
    """Set the text of all of these targets; None for the campaign's own. Raises the 422 Problem."""
    if text_id is not None:
        text = texts.get(tx, actor.owner_id, text_id)
        if text is None or text.archived_at:
            raise invalid("text", reason("text.none"))
    rows = [view.target for view in views]
    stored.update(tx, [row.id for row in rows], {"text_id": text_id})
    _follow(tx, actor, rows)
    return Done(len(rows), 0, [])


def set_campaign(tx: Transaction, actor: Actor, views: Sequence[View], campaign_id: str | None, now: datetime) -> Done:
    """Add all of these to a campaign, None for no campaign. Raises the 422 Problem."""
    rows = [view.target for view in views]
    if campaign_id is None:
        stored.update(tx, [row.id for row in rows], {"campaign_id": None})
    else:
        campaign = joinable(tx, actor, campaign_id, now)
        rows = [row for row in rows if row.campaign_id != campaign_id]
        first = stored.count_in_campaign(tx, campaign_id)
        stored.update_each(
            tx,
            ("campaign_id", "account_id", "variant"),
            [(row.id, (campaign_id, campaign.account_id, number % 2)) for number, row in enumerate(rows, start=first)],
        )
    _follow(tx, actor, rows)
    return Done(len(rows), len(views) - len(rows), [])


def undo(tx: Transaction, actor: Actor, action: BulkAction, before: Sequence[Sequence[Any]]) -> int:
    """Undo the actions `later`, `drop` and `mark` of `act`. Returns the number of targets.

    Raises the 422 Problem for values that `act` cannot have returned.
    """
    rows = {row.id: row for row in stored.get_all(tx, actor.owner_id, [each[0] for each in before])}
    if action == "mark":
        persons.mark_all(tx, {row.person_id for row in rows.values()}, marked=False)
    else:
        names = _UNDONE[action]
        try:
            former = [
                (target_id, [_loaded(name, value) for name, value in zip(names, values, strict=True)])
                for target_id, *values in before
            ]
        except (TypeError, ValueError, OverflowError):
            raise invalid("before", reason("list.before")) from None
        stored.update_each(tx, names, [(target_id, values) for target_id, values in former if target_id in rows])
    _follow(tx, actor, rows.values())
    return len(rows)


def _mark(tx: Transaction, actor: Actor, views: Sequence[View]) -> Done:
    marked = [view for view in views if not view.person.do_not_contact]
    people = {view.person.id for view in marked}
    persons.mark_all(tx, people, marked=True)
    theirs = [row for person_id in people for row in stored.of_person(tx, actor.owner_id, person_id)]
    _follow(tx, actor, theirs)
    return Done(len(people), len(views) - len(marked), [[view.target.id] for view in marked])


def _follow(tx: Transaction, actor: Actor, rows: Collection[stored.Target]) -> None:
    stored.follow(tx, [row.id for row in rows])
    after = stored.get_all(tx, actor.owner_id, [row.id for row in rows])
    stored.changed(tx, actor.owner_id, {row.account_id for row in (*rows, *after)})


def _follows(view: View) -> bool:
    return view.state == "waiting" and view.target.opens_on is not None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_microseconds(value)
    return value.isoformat() if isinstance(value, date) else value


def _loaded(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "planned_for":
        return date.fromisoformat(value)
    if name == "planned_at":
        return time.fromisoformat(value).strftime("%H:%M")
    return from_microseconds(int(value)) if name == "dropped_at" else int(value)
