"""Changes of plan and cancellations: previewing, storing, listing and withdrawing them.

The functions that write need a write transaction to the account.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.errors import conflict, invalid, not_found
from inkeeper.reasons import reason
from inkeeper.rules import books, money
from inkeeper.rules.facts import Cancelled, PlanChanged, Retracted
from inkeeper.rules.journal import Entry
from inkeeper.rules.money import Money
from inkeeper.rules.periods import Moment
from inkeeper.rules.replay import allotment_of, book_of, months_of
from inkeeper.rules.state import State
from inkeeper.rules.timeline import next_grant, timeline
from inkeeper.services import dates
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.ledger.accounts import refusals
from inkeeper.services.ledger.observations import Withdrawn
from inkeeper.services.ledger.summary import NextRenewal
from inkeeper.storage import balances
from inkeeper.storage import facts as stored_facts
from inkeeper.storage.accounts import Account
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import Direction
from inkeeper.wording import plan_changes as wording


class PlanChange(NamedTuple):
    """A plan change and its effect on the credits at `effective_at`. Instants are UTC; `id` is None in a preview.

    `value_voided` is what the voided credits cost, None without a price.
    """

    id: str | None
    at: datetime
    effective_at: datetime
    direction: Direction
    from_plan: str
    to_plan: str
    granted: int
    voided: int
    balance_before: int
    balance_after: int
    next_renewal: NextRenewal | None
    value_voided: Money | None
    detail: str


class ListedChange(NamedTuple):
    """A change of plan or cancellation that was not withdrawn. `plan` is None for a cancellation."""

    id: str
    at: datetime
    cancel: bool
    plan: str | None


def preview_change(
    tx: Transaction, actor: Actor, account_id: str, wanted: Mapping[str, Any], now: datetime
) -> PlanChange:
    """What a change of plan (or `cancel`) would grant, void and leave, in credits and money. Nothing is stored."""
    row = owned_account(tx, actor, account_id)
    fact, before = _fact(tx, account_id, wanted, now)
    return _effects(tx, row, fact, before, now)._replace(id=None)


def change_plan(tx: Transaction, actor: Actor, account_id: str, wanted: Mapping[str, Any], now: datetime) -> PlanChange:
    """Store a change of plan or a cancellation, now, in the past or planned.

    Raises 409 where there is nothing to change, 422 for a plan that the rule book lacks.
    """
    row = owned_account(tx, actor, account_id)
    fact, before = _fact(tx, account_id, wanted, now)
    change = _effects(tx, row, fact, before, now)
    balances.record(tx, account_id, [fact], now)
    return change


def list_changes(tx: Transaction, actor: Actor, account_id: str) -> list[ListedChange]:
    """The account's changes of plan and cancellations that were not withdrawn, in order of time."""
    owned_account(tx, actor, account_id)
    return [
        ListedChange(
            id=fact.id,
            at=fact.at,
            cancel=isinstance(fact, Cancelled),
            plan=fact.plan if isinstance(fact, PlanChanged) else None,
        )
        for fact in stored_facts.terms_facts(tx, account_id)
        if isinstance(fact, PlanChanged | Cancelled)
    ]


def withdraw_change(tx: Transaction, actor: Actor, account_id: str, change_id: str, now: datetime) -> Withdrawn:
    """Withdraw a change of plan that was entered by mistake.

    Idempotent. Raises a 404 Problem.
    """
    owned_account(tx, actor, account_id)
    fact = stored_facts.fact_of(tx, account_id, change_id)
    if not isinstance(fact, PlanChanged | Cancelled):
        raise not_found("plan change")
    retracted_at = stored_facts.retraction_of(tx, change_id)
    if retracted_at is None:
        retracted_at = max(now, fact.at)
        with refusals():
            balances.record(
                tx, account_id, [Retracted(stored_facts.new_fact_id(tx, account_id, now), retracted_at, change_id)], now
            )
    balance = balances.state_at(tx, account_id, now)[0].balance
    return Withdrawn(change_id, retracted_at, balance)


def _fact(
    tx: Transaction, account_id: str, wanted: Mapping[str, Any], now: datetime
) -> tuple[PlanChanged | Cancelled, State]:
    """The fact to store, and the account just before it. Raises a Problem where it makes no sense there."""
    at = dates.plannable("at", wanted.get("at"), now, balances.opened_at(tx, account_id))
    before, _ = balances.state_at(tx, account_id, at)
    if wanted.get("cancel"):
        if before.plan == books.BASIC:
            raise conflict("nothing_to_cancel", reason("plan.free_already"))
        if before.cancel_pending:
            raise conflict("nothing_to_cancel", reason("plan.cancelled_already"))
        return Cancelled(stored_facts.new_fact_id(tx, account_id, now), at), before
    plan = wanted["plan"]
    fact = PlanChanged(
        stored_facts.new_fact_id(tx, account_id, now), at, plan, wanted.get("allotment"), wanted.get("cap")
    )
    with refusals():
        book_of(before).plan(plan)
    if plan == books.BASIC:
        raise invalid("plan", reason("plan.send_cancel"))
    same_numbers = (fact.allotment, fact.cap) == (before.terms.allotment, before.terms.cap)
    if plan == before.plan and same_numbers and not before.cancel_pending:
        raise conflict("same_plan", reason("plan.same"))
    return fact, before


def _effects(tx: Transaction, row: Account, fact: PlanChanged | Cancelled, before: State, now: datetime) -> PlanChange:
    """The effects of the fact, read from the journal of a replay with it."""
    effective_at = fact.at
    if isinstance(fact, Cancelled) and book_of(before).cancel_at_renewal:
        effective_at = before.next_renewal
    with refusals():
        after = balances.preview(tx, row.id, [fact], effective_at)
    caused = [entry for entry in after.journal if entry.at == effective_at and _belongs(entry, fact)]
    balance_before = caused[0].balance - caused[0].credits if caused else after.state.balance
    granted = sum(entry.credits for entry in caused if entry.kind in ("grant", "forfeit"))
    voided = -sum(entry.credits for entry in caused if entry.kind == "void")
    grant = next_grant(timeline(after.state, effective_at, after.coming))
    worth = money.value_of(voided, row.price, allotment_of(before), months_of(before)) if voided else None
    return PlanChange(
        id=fact.id,
        at=fact.at,
        effective_at=effective_at,
        direction=_direction(fact, before, after.state),
        from_plan=before.plan,
        to_plan=books.BASIC if isinstance(fact, Cancelled) else fact.plan,
        granted=granted,
        voided=voided,
        balance_before=balance_before,
        balance_after=balance_before + granted - voided,
        next_renewal=grant and NextRenewal(grant.at, grant.credits),
        value_voided=worth,
        detail=wording.render(
            None if effective_at <= now else Moment(effective_at, row.time_zone), granted, voided, balance_before
        ),
    )


def _belongs(entry: Entry, fact: PlanChanged | Cancelled) -> bool:
    return entry.fact_id == fact.id or (isinstance(fact, Cancelled) and entry.kind == "void" and entry.rule == "cancel")


def _direction(fact: PlanChanged | Cancelled, before: State, after: State) -> Direction:
    if isinstance(fact, Cancelled):
        return "cancel"
    today = book_of(before).allotment(before.plan, before.terms, before.zone, fact.at)
    return "upgrade" if allotment_of(after) > today else "downgrade"
