"""Advice: stay, upgrade, downgrade or cancel, from the account's own last periods and by one rule: see `advise`.

What another plan would have done is found by replaying the account's own InMails on it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from inkeeper.rules import books, periods
from inkeeper.rules.facts import Fact, Opened, OutcomeRecorded, Sent, Terms
from inkeeper.rules.money import Money
from inkeeper.rules.pace import days_until
from inkeeper.rules.replay import (
    INSTANT,
    UNCOVERED,
    allotment_of,
    book_of,
    cycle_of,
    months_of,
    replay,
    without_retracted,
)
from inkeeper.rules.report import lost
from inkeeper.rules.sheets import Sheet, build_sheets, total
from inkeeper.rules.state import State
from inkeeper.vocabulary import Need, Verdict

MAX_PERIODS = 12
MIN_PERIODS = 3
SHORTEST_MONTH = timedelta(days=27)
"""Days for each of its months that a full period has at least. No month is shorter, whatever the clocks do; a period
cut short by a change of plan or a late opening is.
"""

EARLY_BY = timedelta(days=7)
RECENT_PERIODS = 3
"""How many of the last periods tell what is needed by now."""
_MEAN_MONTH = timedelta(days=365.2425 / 12)
_MAX_UNLOGGED = 10_000


class Trial(NamedTuple):
    """How a plan would have done on the account's own InMails, over so many months: credits used, lost and returned,
    and the InMails left without a credit, in all and in how many periods.

    `covers` says whether that is enough by the rule.
    """

    plan: str
    allotment: int
    months: int
    used: int
    lost: int
    returned: int
    uncovered: int
    short_periods: int
    covers: bool


class Advice(NamedTuple):
    """What to do by the rule: to which plan (None: none), and what need that rests on."""

    verdict: Verdict
    plan: str | None
    need: Need


class Use(NamedTuple):
    """How many credits to use on a local day."""

    day: date
    credits: int


def full_periods(closed: Iterable[Sheet]) -> list[Sheet]:
    """The last periods that were not cut short, oldest first."""
    full = [sheet for sheet in closed if sheet.end and sheet.end - sheet.start >= sheet.months * SHORTEST_MONTH]
    return full[-MAX_PERIODS:]


def enough_on(state: State, full: int) -> datetime:
    """When the last of the periods that are needed will have ended (UTC), if the plan stays."""
    start, end = state.period_start, state.next_renewal
    missing = MIN_PERIODS - full - (end - start >= months_of(state) * SHORTEST_MONTH)
    for _ in range(missing):
        end = periods.next_renewal(cycle_of(state), end)
    return end


def ran_out_early(sheet: Sheet, allotment: int) -> bool:
    """Whether use emptied the account long before the period's end, on a plan no smaller than one of that allotment.

    Running out on a smaller one says nothing of this one.
    """
    if sheet.emptied_at is None or sheet.end is None or sheet.allotment < allotment:
        return False
    return sheet.end - sheet.emptied_at > EARLY_BY


def days_left_when_empty(zone: str, sheet: Sheet) -> int | None:
    """How many local days were left after the one on which use emptied the account; None where it did not."""
    if sheet.emptied_at is None or sheet.end is None:
        return None
    return len(days_until(zone, sheet.emptied_at, sheet.end)) - 1


def plans_to_try(state: State) -> dict[str, int]:
    """The plans of the account's rule book and their allotments today, smallest first: the free one, the account's own
    with its own numbers, and all whose allotment no contract sets.
    """
    book = book_of(state)
    tried = [plan.id for plan in book.plans.values() if plan.id == state.plan or not plan.set_by_contract]
    known = {plan: book.allotment(plan, _terms_on(state, plan), state.zone, state.position.at) for plan in tried}
    return dict(sorted(known.items(), key=lambda item: item[1]))


def try_plan(state: State, plan: str, evaluated: Sequence[Sheet], facts: Iterable[Fact]) -> Trial:
    """The account's InMails of those periods, replayed as if it had opened with that plan as the first of them began.

    `facts` are those since then, or more; the rule book and the plan's numbers are today's. What LinkedIn showed as
    gone without an InMail counts as sent at its period's end.
    """
    begin, end = evaluated[0].start, evaluated[-1].end
    assert end is not None
    book, own, today = book_of(state), _terms_on(state, plan), state.position.at
    terms = replace(
        own,
        allotment=book.allotment(plan, own, state.zone, today),
        cap=book.cap(plan, own, state.zone, today),
        renewal_day=state.cycle_day,
    )
    trial_facts: list[Fact] = [Opened("trial", begin, plan, state.zone, terms), *_unlogged(evaluated)]
    trial_facts += [
        fact for fact in without_retracted(facts) if isinstance(fact, Sent | OutcomeRecorded) and begin <= fact.at < end
    ]
    period_states: list[State] = []
    after, journal = replay(
        trial_facts, end - INSTANT, None, lambda at: period_states.append(at.copy()), refuse_uncovered=True
    )
    closed, present = build_sheets(None, period_states, journal, after)
    starts = [sheet.start for sheet in (*closed, present)]
    short = Counter(bisect_right(starts, entry.at) for entry in journal if entry.rule == UNCOVERED)
    whole = total(sheet.tally for sheet in (*closed, present))
    # What is left at the end of the last period of a rule book without carry-over is lost a moment later.
    left = after.balance if book_of(after).lot_hours is None else 0
    return Trial(
        plan,
        allotment_of(after),
        max(1, round((end - begin) / _MEAN_MONTH)),
        whole.used,
        lost(whole) + left,
        whole.credited_back,
        short.total(),
        len(short),
        len(short) <= 1 and max(short, default=0) <= len(starts) - RECENT_PERIODS,
    )


def advise(state: State, evaluated: Sequence[Sheet], trials: Sequence[Trial], prices: Mapping[str, Money]) -> Advice:
    """What to do, by this rule. `trials` are of the plans to try, smallest first.

    1. Evaluate the last full periods, at least MIN_PERIODS and at most MAX_PERIODS.
    2. Upgrade if use emptied the account more than EARLY_BY before the period's end in at least half of them and in 2
       of the last RECENT_PERIODS. If that happened less often, it was a busy month and not a lasting need.
    3. Downgrade (or cancel, on the free plan) if a smaller plan had a credit for every InMail in all of these periods
       except at most one, and in each of the last RECENT_PERIODS, and is cheaper where both prices are known.
    4. Otherwise stay. Other benefits of a plan are not considered.
    """
    if state.plan == books.BASIC:
        return Advice("stay", None, "covered")
    if len(evaluated) < MIN_PERIODS:
        return Advice("not_enough_history", None, "unknown")
    allotment = plans_to_try(state)[state.plan]
    early = [ran_out_early(sheet, allotment) for sheet in evaluated]
    if 2 * sum(early) >= len(early) and sum(early[-RECENT_PERIODS:]) >= 2:
        larger = next((trial.plan for trial in trials if trial.allotment > allotment), None)
        return Advice("upgrade" if larger else "stay", larger, "lasting")
    for trial in trials:
        if trial.allotment < allotment and trial.covers and _is_cheaper(trial.plan, state.plan, prices):
            if trial.plan == books.BASIC:
                return Advice("cancel", None, "smaller")
            return Advice("downgrade", trial.plan, "smaller")
    return Advice("stay", None, "busy_month" if any(early) else "covered")


def plan_daily_use(state: State, now: datetime, weekdays: Collection[int]) -> list[Use]:
    """How to use what is left before the next renewal: evenly over the working days (ISO weekdays; all days where none
    is left), and each lot before it expires.
    """
    lots = []
    for lot in state.lots:
        days = days_until(state.zone, now, min(lot.expires_at, state.next_renewal))
        lots.append((lot.left, [day for day in days if day.isoweekday() in weekdays] or days))
    plan, done = [], 0
    for day in sorted({day for _, days in lots for day in days}):
        # Of each lot, the share of its days that are over: so it is used up on the last of them.
        due = sum(-(-left * sum(its_day <= day for its_day in days) // len(days)) for left, days in lots)
        if due > done:
            plan.append(Use(day, due - done))
            done = due
    return plan


def last_day_to_cancel(state: State, now: datetime) -> date:
    """The last local day before the next renewal, which would be paid."""
    return days_until(state.zone, now, state.next_renewal)[-1]


def _terms_on(state: State, plan: str) -> Terms:
    """The terms that the account would have on the plan: its own numbers end with its own plan."""
    return state.terms if plan == state.plan else Terms(state.terms.rule_book)


def _unlogged(evaluated: Iterable[Sheet]) -> list[Fact]:
    return [
        Sent(f"unlogged-{sheet.end.isoformat()}-{number}", sheet.end - timedelta(seconds=1), 1)
        for sheet in evaluated
        if sheet.end
        for number in range(min(sheet.tally.adjusted_down, _MAX_UNLOGGED))
    ]


def _is_cheaper(plan: str, present: str, prices: Mapping[str, Money]) -> bool:
    if plan == books.BASIC or plan not in prices or present not in prices:
        return True
    return prices[plan].amount_minor < prices[present].amount_minor
