"""Targets (the list of people to write to): adding, planning, postponing and dropping them, and the next ones to write
to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from inkeeper.errors import Problem, conflict, invalid
from inkeeper.reasons import reason
from inkeeper.rules import people
from inkeeper.rules.people import normal_name, parse_link
from inkeeper.rules.periods import day_start, local_day
from inkeeper.rules.targets import state_of
from inkeeper.services.access import Actor, owned_account, owned_target
from inkeeper.services.people import persons, texts
from inkeeper.services.people.campaigns import joinable
from inkeeper.services.people.holding import Holding
from inkeeper.services.people.kept import ValueCache
from inkeeper.services.people.persons import PersonEntry
from inkeeper.services.people.sent import last_inmail_of_owner
from inkeeper.services.people.texts import FilledText
from inkeeper.storage import campaigns, target_list, targets
from inkeeper.storage import persons as stored_persons
from inkeeper.storage import texts as stored_texts
from inkeeper.storage.campaigns import Campaign
from inkeeper.storage.persons import Person
from inkeeper.storage.target_list import Filter, Today
from inkeeper.storage.targets import Target
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import OPEN_STATES, TargetState

NEXT_SHOWN = 3
MOST_OF_A_DAY = 1_000
"""A bound on the targets of one day."""

WRITTEN_WITHIN = timedelta(days=90)
"""A person who was sent an InMail within this time is not planned again, except for a follow-up."""


class TargetEntry(NamedTuple):
    """A target as clients see one. Dates are local to its account (without an account: the owner's first account).

    - `account`, `text`, `campaign`: ids.
    - `purpose`, `text`, `step`: of the next InMail; of the last step if all are done.
    - `due`: the day on which it is wanted.
    - `planned_at`: a time of the planned day, as HH:MM.
    - `held_until`: of a held target, the day on which its credit comes, if that is known.
    - `position`: its place in the list.
    - `copy`: the text for the next InMail, filled in; None in lists.
    - `told`: codes of notes about a person who was just added to the list.
    """

    id: str
    state: TargetState
    person: PersonEntry
    account: str | None
    purpose: str | None
    note: str | None
    due: date | None
    text: str | None
    campaign: str | None
    step: int
    planned_for: date | None
    planned_at: str | None
    held_until: date | None
    position: int
    created_at: datetime
    last_sent_at: datetime | None
    copy: FilledText | None = None
    told: tuple[str, ...] = ()


class ListFilter(NamedTuple):
    """Which targets of the owner's list are meant; the default is all of them. Days are included.

    - `account`: those for this account (its id), or for any.
    - `campaign`: those in this campaign (its id).
    - `q`: part of a name, company, link or note, in any spelling.
    - `planned_until`: those planned for this day or before; `wanted_until` those planned or due then.
    """

    states: Collection[TargetState] = ()
    account: str | None = None
    campaign: str | None = None
    q: str | None = None
    planned_until: date | None = None
    wanted_until: date | None = None


class ListSummary(NamedTuple):
    """The list's part of an account's summary.

    - `next`: the first targets to write to from the account.
    - `names`: how many people can be written to; of these, `ready` have no planned day, `today` are planned or due
      today or earlier, and `held` wait for credits.
    - `sent_today`: how many were sent today.
    """

    next: list[TargetEntry]
    names: int
    ready: int
    today: int
    sent_today: int
    held: int


_LISTS_KEPT = 200
_OUTLOOKS = ValueCache[tuple[target_list.Counts, list[Target]]](_LISTS_KEPT)
_NEXT = ValueCache[list[TargetEntry]](_LISTS_KEPT)
"""Caches for the summary, valid while the list and the local day stay the same."""

_FIELDS = {
    "account": "account_id",
    "purpose": "purpose",
    "note": "note",
    "due": "due",
    "text": "text_id",
    "campaign": "campaign_id",
}
"""The columns of the fields that are stored unchanged."""


class View(NamedTuple):
    """A target with the data that describes it. `held_until` is the day on which its credit comes, if it is held;
    `has_next_step` says whether a step can be done, now or later.
    """

    target: Target
    state: TargetState
    person: Person
    campaign: Campaign | None
    held_until: date | None = None
    has_next_step: bool = False

    @property
    def step(self) -> int:
        """The number of the next step; of the last step if all are done."""
        return min(self.target.done + 1, max(1, len(self.campaign.steps) if self.campaign else 1))

    @property
    def purpose(self) -> str | None:
        """The purpose of the next InMail."""
        if self.campaign and self.step <= len(self.campaign.steps):
            of_step = self.campaign.steps[self.step - 1].purpose
            if of_step:
                return of_step
        return "follow_up" if self.step > 1 else self.target.purpose

    @property
    def text_id(self) -> str | None:
        """The text for the next InMail: the target's own for the first, else that of the campaign's step."""
        if self.step == 1 and self.target.text_id:
            return self.target.text_id
        texts = self.campaign.steps[self.step - 1].texts if self.campaign and self.campaign.steps else ()
        return texts[self.target.variant % len(texts)] if texts else None


def add(tx: Transaction, actor: Actor, wanted: Mapping[str, Any], now: datetime) -> TargetEntry:
    """Put a person on the list. `wanted` holds the fields of the HTTP contract. The result has the notes about the
    person, `told`.

    Raises the 409 Problems `already_on_list` (with the target) and `do_not_contact`; 422 for what is not there.
    """
    try:
        person = persons.find_or_add(tx, actor, wanted["person"], now).person
    except Problem as problem:
        raise _within("person", problem) from None
    if person.do_not_contact:
        raise conflict(
            "do_not_contact",
            reason("person.do_not_contact_remove", name=person.name),
            person=persons.entry_of(person),
        )
    there = [target for target in targets.of_person(tx, actor.owner_id, person.id) if target.opens_on is not None]
    views = [view for view in describe_all(tx, actor, there, now) if view.has_next_step]
    if views:
        raise conflict("already_on_list", reason("person.on_list", name=person.name), target=entry_of(views[0]))
    columns = _columns(tx, actor, wanted, None, now)
    target_id = targets.add(tx, actor.owner_id, person.id, columns, now)
    _follow(tx, actor, [target_id])
    made = get(tx, actor, target_id, now)
    return with_copy(tx, actor, made)._replace(told=_notes_about(tx, actor, person, now))


def get(tx: Transaction, actor: Actor, target_id: str, now: datetime) -> View:
    """The owner's target of this id. Raises the 404 Problem."""
    return describe_all(tx, actor, [owned_target(tx, actor, target_id)], now)[0]


def update(tx: Transaction, actor: Actor, target_id: str, changes: Mapping[str, Any], now: datetime) -> TargetEntry:
    """Change a target's fields, or do one `action` with it. Raises the 404 Problem, 422 for invalid values, and the 409
    Problem `conflict` for an action that needs a step to come where there is none.
    """
    view = get(tx, actor, target_id, now)
    columns = _columns(tx, actor, changes, view.target, now)
    if "action" in changes:
        columns |= _action(tx, actor, view, changes, now)
    if not columns:
        return with_copy(tx, actor, view)
    targets.update(tx, [target_id], columns)
    _follow(tx, actor, [target_id], before=[view.target.account_id])
    return with_copy(tx, actor, get(tx, actor, target_id, now))


def search(
    tx: Transaction, actor: Actor, filters: ListFilter, after: tuple[int, str] | None, limit: int, now: datetime
) -> list[View]:
    """Up to `limit` of the owner's targets in the order of the list, after (place, id) `after`."""
    states = set(filters.states)
    wanted = Filter(
        (states - {"held"}) | ({"planned"} if "held" in states else set()),
        filters.account,
        filters.campaign,
        normal_name(filters.q) if filters.q else None,
        filters.wanted_until,
        filters.planned_until,
    )
    found: list[View] = []
    holding = Holding(tx, actor, now, wanted.account_id)
    while len(found) < limit:
        rows = target_list.search(tx, actor.owner_id, wanted, holding.today, now, after, limit)
        views = describe_all(tx, actor, rows, now, holding)
        found += [view for view in views if not states or view.state in states]
        if len(rows) < limit:
            break
        after = (rows[-1].place, rows[-1].id)
    return found[:limit]


def of_person(
    tx: Transaction, actor: Actor, name: str, profile_url: str | None, now: datetime
) -> tuple[Person | None, View | None]:
    """The owner's person with this name and link, and their target: the open one, else one that waits for an answer."""
    wanted = people.Person(name, parse_link(profile_url) if profile_url else None)
    person = stored_persons.find(tx, actor.owner_id, wanted)
    if person is None:
        return None, None
    views = describe_all(tx, actor, targets.of_person(tx, actor.owner_id, person.id), now)
    for states in (OPEN_STATES, {"waiting"}):
        for view in views:
            if view.state in states:
                return person, view
    return person, None


def is_used(tx: Transaction, actor: Actor) -> bool:
    """Whether the owner has any targets."""
    return targets.has_any(tx, actor.owner_id)


def for_summary(tx: Transaction, actor: Actor, account_id: str, zone: str, now: datetime) -> ListSummary:
    """The summary's data on the list: the next targets to write to from the account, and counts. `zone` is the
    account's.
    """
    today = local_day(zone, now)
    if not targets.has_any(tx, actor.owner_id):
        return ListSummary([], names=0, ready=0, today=0, sent_today=0, held=0)
    key = (actor.owner_id, account_id, today, targets.list_version(tx, actor.owner_id))
    local, holding = Today(today), Holding(tx, actor, now, account_id)
    counts, following = _OUTLOOKS.of(
        key,
        lambda: (
            target_list.count_for(tx, actor.owner_id, account_id, local),
            target_list.next_for(tx, actor.owner_id, account_id, local, NEXT_SHOWN),
        ),
    )
    held = holding.in_account(account_id)
    states = tuple((row.id in held.until, held.until.get(row.id)) for row in following)
    described = _NEXT.of(
        (key, states),
        lambda: [with_copy(tx, actor, view) for view in describe_all(tx, actor, following, now, holding)],
    )
    sent = targets.sent_on(tx, account_id, day_start(zone, today), day_start(zone, today + timedelta(days=1)))
    return ListSummary(described, *counts, sent_today=sent, held=len(held.now))


def wanted_today(tx: Transaction, actor: Actor, account_id: str, zone: str, now: datetime) -> list[View]:
    """The targets to write to today from the account, by planned or due day, as far as there are credits; in the order
    of the list. Those without an account count for the owner's first. `zone` is the account's.
    """
    filters = ListFilter(("ready", "planned"), account_id, wanted_until=local_day(zone, now))
    first = next(iter(target_list.today_of(tx, actor.owner_id, now).by_account), None)
    found = search(tx, actor, filters, None, MOST_OF_A_DAY, now)
    return [view for view in found if view.target.account_id or account_id == first]


def describe_all(
    tx: Transaction, actor: Actor, rows: Sequence[Target], now: datetime, holding: Holding | None = None
) -> list[View]:
    """The targets with their people, campaigns and states at `now` (UTC). `holding` is shared by calls of one request;
    without one, targets without an account count for the owner's first.
    """
    if not rows:
        return []
    holding = holding or Holding(tx, actor, now)
    known = stored_persons.get_all(tx, actor.owner_id, [row.person_id for row in rows])
    every = campaigns.get_all(tx, [row.campaign_id for row in rows if row.campaign_id])
    views = []
    for row in rows:
        today = holding.today.of(row.account_id)
        state, held_until = _state(row, holding, today, now)
        campaign = every.get(row.campaign_id or "")
        views.append(View(row, state, known[row.person_id], campaign, held_until, _has_next_step(row, today)))
    return views


def _has_next_step(row: Target, today: date) -> bool:
    return row.opens_on is not None and (row.ends_on is None or today <= row.ends_on)


def describe_without_credits(tx: Transaction, actor: Actor, row: Target, now: datetime) -> View:
    """The target as in `describe_all`, but `planned` even if it is held, since the account's credits are not read."""
    [person] = stored_persons.get_all(tx, actor.owner_id, [row.person_id]).values()
    campaign = campaigns.get_all(tx, [row.campaign_id]).get(row.campaign_id) if row.campaign_id else None
    today = target_list.today_of(tx, actor.owner_id, now).of(row.account_id)
    return View(row, state_of(row.course, today, now), person, campaign, None, _has_next_step(row, today))


def with_copy(tx: Transaction, actor: Actor, view: View) -> TargetEntry:
    """The target as clients see it, with the text for its next InMail filled in."""
    if view.text_id is None or not view.has_next_step:
        return entry_of(view)
    return entry_of(view)._replace(copy=texts.copy_of(tx, actor, view.text_id, view.person, view.target.note))


def entry_of(view: View) -> TargetEntry:
    """The target as clients see it in lists, where the text is not filled in."""
    row = view.target
    return TargetEntry(
        id=row.id,
        state=view.state,
        person=persons.entry_of(view.person),
        account=row.account_id,
        purpose=view.purpose,
        note=row.note,
        due=row.wanted_on or row.due,
        text=view.text_id,
        campaign=row.campaign_id,
        step=view.step,
        planned_for=row.planned_on,
        planned_at=row.planned_at if row.planned_on else None,
        held_until=view.held_until,
        position=row.place,
        created_at=row.created_at,
        last_sent_at=row.last_sent_at,
    )


def _state(row: Target, holding: Holding, today: date, now: datetime) -> tuple[TargetState, date | None]:
    state = state_of(row.course, today, now)
    if state == "planned":
        is_held, until = holding.of(row)
        if is_held:
            return "held", until
    return state, None


def _follow(tx: Transaction, actor: Actor, target_ids: Iterable[str], before: Collection[str | None] = ()) -> None:
    """Recompute these targets, and invalidate cached answers about them. `before` are their former accounts."""
    ids = list(target_ids)
    targets.follow(tx, ids)
    targets.changed(
        tx, actor.owner_id, {*before, *(target.account_id for target in targets.get_all(tx, actor.owner_id, ids))}
    )


def _notes_about(tx: Transaction, actor: Actor, person: Person, now: datetime) -> tuple[str, ...]:
    """Codes of notes about a person who was just added to the list."""
    for link in person.links or (None,):
        last = last_inmail_of_owner(tx, actor, people.Person(person.name, link), now - WRITTEN_WITHIN)
        if last:
            return ("already_written",)
    return ()


def _columns(
    tx: Transaction, actor: Actor, wanted: Mapping[str, Any], row: Target | None, now: datetime
) -> dict[str, Any]:
    """The columns for the given fields. Raises 422 for ids that do not exist."""
    columns = {column: wanted[field] for field, column in _FIELDS.items() if field in wanted}
    if columns.get("account_id"):
        try:
            owned_account(tx, actor, columns["account_id"])
        except Problem:
            raise invalid("account", reason("account.none")) from None
    if columns.get("campaign_id"):
        columns |= _of_campaign(tx, actor, columns["campaign_id"], row, now)
    if columns.get("text_id"):
        text = stored_texts.get(tx, actor.owner_id, columns["text_id"])
        # A target may keep a text that was archived later.
        if text is None or (text.archived_at and not (row and row.text_id == text.id)):
            raise invalid("text", reason("text.none"))
    if "planned_for" in wanted:
        check_day(tx, actor, columns.get("account_id"), "planned_for", wanted["planned_for"], now)
        columns |= {"planned_for": wanted["planned_for"], "planned_step": (row.done if row else 0) + 1}
        if wanted["planned_for"] is None:
            columns["planned_at"] = None
    if "planned_at" in wanted:
        if wanted["planned_at"] and not (columns.get("planned_for") or (row and row.planned_on)):
            raise invalid("planned_at", reason("date.which_day"))
        columns["planned_at"] = wanted["planned_at"]
    return columns


def _of_campaign(tx: Transaction, actor: Actor, campaign_id: str, row: Target | None, now: datetime) -> dict[str, Any]:
    """The columns that a campaign decides. Raises the 422 Problem as `joinable`, unless the target is in it already."""
    if row is not None and row.campaign_id == campaign_id:
        return {"account_id": row.account_id}
    campaign = joinable(tx, actor, campaign_id, now)
    return {"account_id": campaign.account_id, "variant": targets.count_in_campaign(tx, campaign.id) % 2}


def check_day(
    tx: Transaction, actor: Actor, account_id: str | None, field: str, day: date | None, now: datetime
) -> None:
    """Raise the 422 Problem for a day to plan for that has passed on the account's clocks, or is over a year away."""
    today = target_list.today_of(tx, actor.owner_id, now).of(account_id)
    if day is not None and not today <= day <= today + timedelta(days=366):
        raise invalid(field, reason("date.within_a_year", today=today))


def _action(tx: Transaction, actor: Actor, view: View, changes: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The columns that an action changes."""
    action, row = changes["action"], view.target
    if action == "reopen":
        _check_reopening(tx, actor, view, now)
        return {"dropped_at": None}
    if not view.has_next_step:
        raise conflict("conflict", reason("target.done", name=view.person.name, state=view.state))
    if action == "later":
        check_day(tx, actor, row.account_id, "until", changes["until"], now)
        return {"planned_for": changes["until"], "planned_at": None, "planned_step": row.done + 1}
    if action == "drop":
        return {"dropped_at": now}
    if action == "close":
        return {"closed_steps": row.closed_steps + 1, "closed_at": now}
    return {"place": targets.first_place(tx, actor.owner_id)}


def _check_reopening(tx: Transaction, actor: Actor, view: View, now: datetime) -> None:
    """Raise the 409 Problem that putting the person on the list would raise."""
    if view.person.do_not_contact:
        raise conflict("do_not_contact", reason("person.do_not_contact", name=view.person.name))
    if view.target.dropped_at is None:
        return
    others = [row for row in targets.of_person(tx, actor.owner_id, view.person.id) if row.id != view.target.id]
    for other in describe_all(tx, actor, others, now):
        if other.has_next_step:
            raise conflict("already_on_list", reason("person.on_list", name=view.person.name), target=entry_of(other))


def _within(path: str, problem: Problem) -> Problem:
    """The refusal with its field's path inside `path`."""
    if not problem.faults:
        return problem
    [fault] = problem.faults
    return invalid(f"{path}.{fault.path}", fault.said)
