"""Planning in bulk: spreads targets over days, as a preview or in one write.

`rules/spreading.py` places; this module gathers what it needs to know. The functions that write need
a write transaction to the account: two plans at the same time come one after the other, so never more are planned than
there are credits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from inkeeper.errors import invalid
from inkeeper.reasons import reason
from inkeeper.rules import people
from inkeeper.rules.facts import Fact, Sent
from inkeeper.rules.periods import day_start, local_day
from inkeeper.rules.replay import INSTANT
from inkeeper.rules.spreading import Candidate, Credits, Plan, find_held, spread
from inkeeper.rules.targets import ALWAYS
from inkeeper.rules.timeline import HORIZON, next_loss, timeline
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.people import campaigns as campaign_services
from inkeeper.services.people.holding import Ahead, credits_to_come
from inkeeper.services.people.sent import written_to_since
from inkeeper.services.people.targets import WRITTEN_WITHIN, View, describe_all
from inkeeper.storage import campaigns, target_list, targets
from inkeeper.storage.accounts import Account
from inkeeper.storage.persons import Person
from inkeeper.storage.target_list import Filter, Today
from inkeeper.storage.transaction import Transaction

ALL_READY = "all_ready"


class Placed(NamedTuple):
    """A target (its id) with the local day it is planned for."""

    target: str
    day: date


class Unplaced(NamedTuple):
    """A target (its id) that got no day, and the code of the reason, one of `vocabulary.NOT_PLACED`."""

    target: str
    code: str


class PlanDay(NamedTuple):
    """A local day with the number of InMails planned for it, earlier plans included, and the balance at its end if all
    planned InMails are sent.
    """

    day: date
    planned: int
    balance_after: int


class SpreadPlan(NamedTuple):
    """Which targets are planned for which days.

    `credits` are those that can be used up to the last day that is planned (`until`, else the last day with an InMail,
    else the day of the next loss), the reserve left out. `named` are the InMails planned up to then that will have one;
    those that are held count on the day on which theirs comes.
    """

    placed: list[Placed]
    not_placed: list[Unplaced]
    credits: int
    named: int
    days: list[PlanDay]


class Planned(NamedTuple):
    """A plan, and its targets by their ids."""

    plan: SpreadPlan
    views: Mapping[str, View]


def preview(tx: Transaction, actor: Actor, account_id: str, wanted: Mapping[str, Any], now: datetime) -> Planned:
    """What `store` would store, without storing it. Raises the same Problems."""
    row = owned_account(tx, actor, account_id)
    today = local_day(row.time_zone, now)
    _check_span(wanted, today)
    views = _chosen(tx, actor, account_id, wanted["targets"], now)
    ahead = credits_to_come(tx, account_id, today, now)
    taken = target_list.planned_days(tx, actor.owner_id, account_id, Today(today), with_unassigned=True)
    plan = spread(
        _candidates(tx, actor, views, now),
        without_reserve(ahead.credits, row.reserve),
        today,
        row.working_days,
        first=wanted.get("from"),
        until=wanted.get("until"),
        per_day=wanted.get("per_day"),
        budgets=_budgets_left(tx, actor, views, now),
        taken=_by_day(max(one.day, today) for one in taken),
    )
    return Planned(_spread_plan(row, ahead, taken, plan, wanted), {view.target.id: view for view in views})


def store(tx: Transaction, actor: Actor, account_id: str, wanted: Mapping[str, Any], now: datetime) -> SpreadPlan:
    """Plan targets for days, in one write. `wanted` holds the fields of the HTTP contract.

    Targets without an account become the account's. Raises the 404 Problem for the account, the 422 Problem for targets
    that are not there or of another account, and for days that cannot be planned.
    """
    plan, views = preview(tx, actor, account_id, wanted, now)
    by_step: dict[tuple[date, int], list[str]] = {}
    for target_id, day in plan.placed:
        row = views[target_id].target
        by_step.setdefault((day, row.done + 1), []).append(row.id)
    for (day, step), ids in by_step.items():
        columns = {"planned_for": day, "planned_at": None, "planned_step": step, "account_id": account_id}
        targets.update(tx, ids, columns)
    placed = [views[target_id].target for target_id, _ in plan.placed]
    if placed:
        targets.follow(tx, [row.id for row in placed])
        targets.changed(tx, actor.owner_id, {account_id, *(row.account_id for row in placed)})
    return plan


def unplan(tx: Transaction, actor: Actor, plan: Mapping[str, date]) -> int:
    """Undo a plan, for those of its targets (ids) that are still planned for its days. Returns their number."""
    rows = [row for row in targets.get_all(tx, actor.owner_id, plan) if row.planned_on == plan[row.id]]
    targets.update(tx, [row.id for row in rows], {"planned_for": None, "planned_at": None, "planned_step": None})
    if rows:
        targets.follow(tx, [row.id for row in rows])
        targets.changed(tx, actor.owner_id, {row.account_id for row in rows})
    return len(rows)


def without_reserve(credits: Sequence[Credits], reserve: int) -> list[Credits]:
    """The credits without those that are kept in reserve: as for the pace, so many of each set that is lost together,
    those that came first.
    """
    kept: dict[date | None, int] = {}
    found = []
    for one in credits:
        keep = min(one.count, reserve - kept.get(one.last, 0))
        kept[one.last] = kept.get(one.last, 0) + keep
        if one.count > keep:
            found.append(one._replace(count=one.count - keep))
    return found


def _check_span(wanted: Mapping[str, Any], today: date) -> None:
    first, until = wanted.get("from"), wanted.get("until")
    last = today + HORIZON
    for field, day in (("from", first), ("until", until)):
        if day is not None and not today <= day <= last:
            raise invalid(field, reason("date.from_today", today=today, last=last))
    if first is not None and until is not None and until < first:
        raise invalid("until", reason("date.not_before", first=first))


def _chosen(tx: Transaction, actor: Actor, account_id: str, wanted: Sequence[str] | str, now: datetime) -> list[View]:
    """The targets to plan, in the order of the list."""
    if wanted == ALL_READY:
        filters = Filter(states=["ready"], account_id=account_id)
        found = target_list.search(tx, actor.owner_id, filters, target_list.today_of(tx, actor.owner_id, now), now)
    else:
        found = targets.get_all(tx, actor.owner_id, wanted)
        campaign_services.check_there(list(wanted), {row.id for row in found})
        others = {row.id for row in found if row.account_id not in (None, account_id)}
        if others:
            number = next(number for number, target_id in enumerate(wanted) if target_id in others)
            raise invalid(f"targets.{number}", reason("target.other_account"))
    return describe_all(tx, actor, found, now)


def _candidates(tx: Transaction, actor: Actor, views: Sequence[View], now: datetime) -> list[Candidate]:
    planned = target_list.planned_people(tx, actor.owner_id, target_list.today_of(tx, actor.owner_id, now))
    first_steps = [view for view in views if not _is_follow_up(view)]
    spellings = {view.person.id: _spellings(view.person) for view in first_steps}
    written = written_to_since(tx, actor, spellings, now - WRITTEN_WITHIN)
    return [
        Candidate(
            view.target.id,
            view.person.id,
            None if view.target.done else view.target.due,
            _earliest(view),
            view.target.ends_on,
            view.target.campaign_id,
            _block(view, planned, written),
        )
        for view in views
    ]


def _block(view: View, planned: Mapping[str, str], written: set[str]) -> str | None:
    """The code of why this target cannot be planned; None if it can."""
    row = view.target
    if view.person.do_not_contact:
        return "do_not_contact"
    if row.opens_on is None:
        return "nothing_to_write"
    if not view.has_next_step:
        return "outside_campaign"
    if view.person.id in planned:
        return "already_planned"
    if not _is_follow_up(view) and view.person.id in written:
        return "written_recently"
    return None


def _is_follow_up(view: View) -> bool:
    return view.target.done > 0 or view.purpose == "follow_up"


def _earliest(view: View) -> date | None:
    """The first day on which the next step can be done."""
    days = [view.target.opens_on, view.campaign and view.campaign.starts]
    return max((day for day in days if day is not None and day != ALWAYS), default=None)


def _spellings(person: Person) -> list[people.Person]:
    return [people.Person(person.name, link) for link in person.links or (None,)]


def _budgets_left(tx: Transaction, actor: Actor, views: Iterable[View], now: datetime) -> dict[str, int]:
    """The remaining budget of each campaign in credits, without what is spent or planned already."""
    limits = {
        view.campaign.id: view.campaign.budget
        for view in views
        if view.campaign is not None and view.campaign.budget is not None
    }
    spent = campaigns.sent_in(tx, limits)
    counts = target_list.count_by_campaign(tx, list(limits), target_list.today_of(tx, actor.owner_id, now), now)
    return {
        campaign_id: max(0, budget - spent[campaign_id].credits - counts[campaign_id].planned)
        for campaign_id, budget in limits.items()
    }


def _by_day(days: Iterable[date]) -> dict[date, int]:
    found: dict[date, int] = {}
    for day in days:
        found[day] = found.get(day, 0) + 1
    return found


def _spread_plan(
    row: Account, ahead: Ahead, taken: Sequence[target_list.PlannedDay], plan: Plan, wanted: Mapping[str, Any]
) -> SpreadPlan:
    """The plan with its days and credits."""
    before = [(one.id, max(one.day, ahead.today)) for one in taken]
    waiting = find_held(before, ahead.credits, ahead.today)
    served = (waiting.get(target_id, day) for target_id, day in before)
    named = [*(day for day in served if day is not None), *(day for _, day in plan.placed)]
    loss = next_loss(ahead.changes)
    last_useful = local_day(row.time_zone, loss.at - INSTANT) if loss else ahead.today
    end = wanted.get("until") or max(named, default=last_useful)
    usable = without_reserve(ahead.credits, row.reserve)
    planned = _by_day([*(day for _, day in before), *(day for _, day in plan.placed)])
    after = _balances(ahead, row.time_zone, _by_day(named), planned)
    credits = sum(one.count for one in usable if one.first <= end)
    return SpreadPlan(
        placed=[Placed(target_id, day) for target_id, day in plan.placed],
        not_placed=[Unplaced(target_id, code) for target_id, code in plan.not_placed],
        credits=credits,
        # Targets planned by hand may use the reserve as well.
        named=min(credits, sum(1 for day in named if day <= end)),
        days=[PlanDay(day, planned[day], after[day]) for day in sorted(planned)],
    )


def _balances(ahead: Ahead, zone: str, sent: Mapping[date, int], days: Iterable[date]) -> dict[date, int]:
    """The balance at the end of each of the days, if these InMails are sent and nothing else happens.

    Replayed by the account's own rules, since a credit that is used may make room for another one.
    """
    facts: list[Fact] = []
    for day, count in sorted(sent.items()):
        at = max(day_start(zone, day), ahead.now) + INSTANT
        facts += [Sent(f"planned-{day}-{number:05}", at, 1) for number in range(count)]
    changes = timeline(ahead.state, ahead.now, [*ahead.coming, *facts])
    found = {}
    for day in days:
        end = day_start(zone, day + timedelta(days=1))
        found[day] = next((change.balance for change in reversed(changes) if change.at < end), ahead.state.balance)
    return found
