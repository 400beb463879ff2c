"""Advice on the plan of an account: the recommendation, its grounds, and the credits that each change would void."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, cast

from inkeeper.errors import Problem
from inkeeper.rules import books
from inkeeper.rules.advice import (
    MAX_PERIODS,
    MIN_PERIODS,
    Advice,
    Trial,
    Use,
    advise,
    days_left_when_empty,
    enough_on,
    full_periods,
    last_day_to_cancel,
    plan_daily_use,
    plans_to_try,
    ran_out_early,
    try_plan,
)
from inkeeper.rules.money import Money
from inkeeper.rules.periods import Moment, name_for_browsers
from inkeeper.rules.replay import book_of, months_of
from inkeeper.rules.report import lost_credits
from inkeeper.rules.sheets import Sheet, month_start
from inkeeper.rules.state import State
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.ledger import plan_changes
from inkeeper.services.ledger.plan_changes import PlanChange
from inkeeper.services.ledger.report import paid_plan
from inkeeper.storage import balances
from inkeeper.storage import facts as stored_facts
from inkeeper.storage.accounts import Account
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import Need, Product, Verdict
from inkeeper.wording import advice as wording


class FullPeriod(NamedTuple):
    """A full period used by the advice, with the plan at its end. Instants are UTC.

    `emptied_at` is when use first brought the balance down to 0. `ran_out_early` is only set on a plan no smaller than
    the present one.
    """

    start: datetime
    end: datetime
    plan: str
    allotment: int
    used: int
    free: int
    returned: int
    lost: int
    emptied_at: datetime | None
    days_left_when_empty: int | None
    ran_out_early: bool


class History(NamedTuple):
    """The full periods of `period_months` months, oldest first, and how many of the `needed` ones are missing.

    `enough_on` (UTC) is when the missing periods will be over.
    """

    period_months: int
    full_periods: int
    needed: int
    missing: int
    enough_on: datetime | None
    ran_out: int
    ran_out_early: int
    periods: list[FullPeriod]


class PlanOption(NamedTuple):
    """A plan of the account's rule book.

    `tried` is the account's InMails replayed on it; None without enough history. `change` is None for the present plan,
    and where the change is not possible, such as when it was made already.
    """

    plan: str
    title: str
    product: Product
    allotment: int
    present: bool
    price: Money | None
    tried: Trial | None
    change: PlanChange | None


class IfCancelled(NamedTuple):
    """The last day on which to cancel, and the credits to use per day before that (account's time zone).

    `cancelled` says whether it was cancelled already. `renews_at` is UTC.
    """

    credits: int
    days: list[Use]
    cancel_by: date
    cancelled: bool
    renews_at: datetime
    detail: str


class PlanAdvice(NamedTuple):
    """The recommendation about the plan with its grounds. `plans` are in order of their allotments, smallest first."""

    as_of: datetime
    time_zone: str
    plan: str
    verdict: Verdict
    to_plan: str | None
    need: Need
    title: str
    detail: str
    rule: str
    history: History
    plans: list[PlanOption]
    if_cancelled: IfCancelled | None


def advice(tx: Transaction, actor: Actor, account_id: str, now: datetime) -> PlanAdvice:
    """The advice on the account's plan at `now` (UTC)."""
    row = owned_account(tx, actor, account_id)
    now = balances.present(tx, account_id, now)
    months = months_of(balances.state_at(tx, account_id, now)[0])
    past = balances.period_sheets(tx, account_id, month_start(row.time_zone, now, -months * (MAX_PERIODS + 1)), now)
    state, evaluated = past.state, full_periods(past.closed)
    prices = row.prices(paid_plan([*past.closed, past.present]))
    enough = len(evaluated) >= MIN_PERIODS
    trials: dict[str, Trial] = {}
    if enough:
        facts = stored_facts.facts_of(tx, account_id, evaluated[0].start)
        trials = {plan: try_plan(state, plan, evaluated, facts, prices.get(plan)) for plan in plans_to_try(state)}
    found = advise(state, evaluated, trials, prices)
    plans = [_plan(tx, actor, row, state, plan, trials.get(plan), prices, now) for plan in plans_to_try(state)]
    said = wording.render(_ground(row, state, found, evaluated, trials))
    return PlanAdvice(
        as_of=now,
        time_zone=name_for_browsers(row.time_zone),
        plan=state.plan,
        verdict=found.verdict,
        to_plan=found.plan,
        need=found.need,
        title=said.title,
        detail=said.detail,
        rule=wording.RULE,
        history=_history(row.time_zone, state, evaluated),
        plans=plans,
        if_cancelled=None if state.plan == books.BASIC else _if_cancelled(row, state, now),
    )


def _history(zone: str, state: State, evaluated: Sequence[Sheet]) -> History:
    allotment = plans_to_try(state)[state.plan]
    missing = max(0, MIN_PERIODS - len(evaluated))
    return History(
        period_months=months_of(state),
        full_periods=len(evaluated),
        needed=MIN_PERIODS,
        missing=missing,
        enough_on=enough_on(state, len(evaluated)) if missing else None,
        ran_out=sum(sheet.emptied_at is not None for sheet in evaluated),
        ran_out_early=sum(ran_out_early(sheet, allotment) for sheet in evaluated),
        periods=[_period(zone, sheet, allotment) for sheet in evaluated],
    )


def _period(zone: str, sheet: Sheet, allotment: int) -> FullPeriod:
    tally = sheet.tally
    return FullPeriod(
        start=sheet.start,
        end=cast(datetime, sheet.end),
        plan=sheet.plan,
        allotment=sheet.allotment,
        used=tally.used,
        free=tally.free_used,
        returned=tally.credited_back,
        lost=lost_credits(tally),
        emptied_at=sheet.emptied_at,
        days_left_when_empty=days_left_when_empty(zone, sheet),
        ran_out_early=ran_out_early(sheet, allotment),
    )


def _plan(
    tx: Transaction,
    actor: Actor,
    row: Account,
    state: State,
    plan: str,
    trial: Trial | None,
    prices: Mapping[str, Money],
    now: datetime,
) -> PlanOption:
    known = book_of(state).plan(plan)
    price = prices.get(plan)
    own = plan == state.plan
    wanted = {"cancel": True} if plan == books.BASIC else {"plan": plan}
    return PlanOption(
        plan=plan,
        title=known.title,
        product=known.product,
        allotment=plans_to_try(state)[plan],
        present=own,
        price=price,
        tried=trial,
        change=None if own else _change(tx, actor, row.id, wanted, now),
    )


def _change(
    tx: Transaction, actor: Actor, account_id: str, wanted: Mapping[str, Any], now: datetime
) -> PlanChange | None:
    """The credits that the change would grant and void now; None if the change is not possible, such as when it was
    made already.
    """
    try:
        return plan_changes.preview_change(tx, actor, account_id, wanted, now)
    except Problem:
        return None


def _if_cancelled(row: Account, state: State, now: datetime) -> IfCancelled:
    """How to use the remaining credits before the last day to cancel."""
    by = last_day_to_cancel(state, now)
    return IfCancelled(
        credits=state.balance,
        days=plan_daily_use(state, now, row.working_days),
        cancel_by=by,
        cancelled=state.cancel_pending,
        renews_at=state.next_renewal,
        detail=wording.if_cancelled(
            state.balance,
            by,
            Moment(state.next_renewal, row.time_zone),
            cancelled=state.cancel_pending,
            at_renewal=book_of(state).cancel_at_renewal,
        ),
    )


def _ground(
    row: Account, state: State, found: Advice, evaluated: Sequence[Sheet], trials: Mapping[str, Trial]
) -> wording.AdviceFacts:
    """The grounds of the advice."""
    allotments = plans_to_try(state)
    advised = books.BASIC if found.verdict == "cancel" else found.plan or state.plan
    tried = trials.get(advised)
    return wording.AdviceFacts(
        found.verdict,
        found.need,
        is_free_plan=state.plan == books.BASIC,
        plan=book_of(state).plan(found.plan or state.plan).title,
        allotment=allotments[advised],
        evaluated=len(evaluated),
        months=months_of(state),
        early=sum(ran_out_early(sheet, allotments[state.plan]) for sheet in evaluated),
        short=tried.short_periods if tried else 0,
        enough_on=Moment(enough_on(state, len(evaluated)), row.time_zone),
    )
