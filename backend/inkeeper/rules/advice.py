"""Advises to stay on, upgrade, downgrade or cancel a plan, from the account's last periods. The rule is in `advise`.

Other plans are evaluated by replaying the account's own InMails on them.
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
from inkeeper.rules.journal import UNCOVERED
from inkeeper.rules.money import Money, divide
from inkeeper.rules.pace import days_until
from inkeeper.rules.replay import INSTANT, book_of, cycle_of, months_of, replay, without_retracted
from inkeeper.rules.report import lost_credits
from inkeeper.rules.sheets import Sheet, build_sheets, total
from inkeeper.rules.state import State
from inkeeper.vocabulary import Need, Verdict

MAX_PERIODS = 12
"""The most full periods that an advice evaluates."""

MIN_PERIODS = 3
"""The least number of full periods for an advice."""

SHORTEST_MONTH = timedelta(days=27)
"""The least length of a full period, for each of its months. A calendar month is longer, changes of the clocks
included; a period cut short by a change of plan or by the opening is usually shorter.
"""

EARLY_BY = timedelta(days=7)
"""An account ran out of credits early if it was more than this before the end of its period."""

RECENT_PERIODS = 3
"""How many of the last periods count as recent."""

_MEAN_MONTH = timedelta(days=365.2425 / 12)
_MAX_UNLOGGED = 10_000


class Trial(NamedTuple):
    """The result of replaying the account's own InMails on a plan, over `months` months.

    - `used`, `lost`, `returned`: credits.
    - `uncovered`: the number of InMails without a credit; `short_periods`: the number of periods with such InMails.
    - `covers`: the plan is sufficient by rule 3 of `advise`.
    - `paid`: the price of the months; None if the plan's is not known. `used_credit`: paid ÷ used.
    """

    months: int
    used: int
    lost: int
    returned: int
    uncovered: int
    short_periods: int
    covers: bool
    paid: Money | None
    used_credit: Money | None


class Advice(NamedTuple):
    """The recommendation of `advise`: the plan to change to (None: no other plan), and the reason."""

    verdict: Verdict
    plan: str | None
    need: Need


class Use(NamedTuple):
    """How many credits to use on a local day."""

    day: date
    credits: int


def full_periods(closed: Iterable[Sheet]) -> list[Sheet]:
    """The last MAX_PERIODS periods that were not cut short, oldest first."""
    full = [sheet for sheet in closed if sheet.end and sheet.end - sheet.start >= sheet.months * SHORTEST_MONTH]
    return full[-MAX_PERIODS:]


def enough_on(state: State, full: int) -> datetime:
    """The instant (UTC) from which there are MIN_PERIODS full periods, if the plan is not changed.

    `full` is the number of full periods so far.
    """
    start, end = state.period_start, state.next_renewal
    missing = MIN_PERIODS - full - (end - start >= months_of(state) * SHORTEST_MONTH)
    for _ in range(missing):
        end = periods.next_renewal(cycle_of(state), end)
    return end


def ran_out_early(sheet: Sheet, allotment: int) -> bool:
    """Whether InMails used all credits more than EARLY_BY before the period's end.

    False for a period with a smaller allotment than `allotment`: it says nothing about the larger plan.
    """
    if sheet.emptied_at is None or sheet.end is None or sheet.allotment < allotment:
        return False
    return sheet.end - sheet.emptied_at > EARLY_BY


def days_left_when_empty(zone: str, sheet: Sheet) -> int | None:
    """How many local days of the period were left after the day on which InMails used all credits. None if they did
    not.
    """
    if sheet.emptied_at is None or sheet.end is None:
        return None
    return len(days_until(zone, sheet.emptied_at, sheet.end)) - 1


def plans_to_try(state: State) -> dict[str, int]:
    """The plans to evaluate and their allotments today, smallest first.

    These are the account's own plan with its own numbers, and each other plan of its rule book whose allotment is not
    set by contract, the free plan included.
    """
    book = book_of(state)
    tried = [plan.id for plan in book.plans.values() if plan.id == state.plan or not plan.set_by_contract]
    known = {plan: book.allotment(plan, _terms_on(state, plan), state.zone, state.position.at) for plan in tried}
    return dict(sorted(known.items(), key=lambda item: item[1]))


def try_plan(
    state: State, plan: str, evaluated: Sequence[Sheet], facts: Iterable[Fact], price: Money | None = None
) -> Trial:
    """Replay the account's InMails of the `evaluated` periods, as if it was opened with `plan` at the start of the
    first.

    `facts` are the account's facts since then; earlier ones are ignored. `price` is the plan's, per month. The rule
    book and the plan's numbers are today's. Credits missing from an observed balance count as InMails sent one second
    before the end of their period.
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
    # Without carry-over, the balance at the end of the last period is lost one instant after the replay ends.
    left = after.balance if book_of(after).lot_hours is None else 0
    months = max(1, round((end - begin) / _MEAN_MONTH))
    paid = price and price._replace(amount_minor=price.amount_minor * months)
    return Trial(
        months=months,
        used=whole.used,
        lost=lost_credits(whole) + left,
        returned=whole.credited_back,
        uncovered=short.total(),
        short_periods=len(short),
        covers=len(short) <= 1 and max(short, default=0) <= len(starts) - RECENT_PERIODS,
        paid=paid,
        used_credit=paid and divide(paid, whole.used),
    )


def advise(
    state: State, evaluated: Sequence[Sheet], trials: Mapping[str, Trial], prices: Mapping[str, Money]
) -> Advice:
    """The recommendation by the rule below. `trials` and `prices` are by plan; all of `plans_to_try` must be tried.

    1. Evaluate the last full periods, at least MIN_PERIODS and at most MAX_PERIODS.
    2. Upgrade if use emptied the account more than EARLY_BY before the period's end in at least half of them and in 2
       of the last RECENT_PERIODS. If that happened less often, it was a busy month and not a lasting need.
    3. Downgrade (cancel, if it is the free plan) if a smaller plan had a credit for every InMail in all of these
       periods except at most one, and in each of the last RECENT_PERIODS, and is cheaper where both prices are known.
    4. Otherwise stay. Other benefits of a plan are not considered.
    """
    if state.plan == books.BASIC:
        return Advice("stay", None, "covered")
    if len(evaluated) < MIN_PERIODS:
        return Advice("not_enough_history", None, "unknown")
    allotments = plans_to_try(state)
    allotment = allotments[state.plan]
    early = [ran_out_early(sheet, allotment) for sheet in evaluated]
    if 2 * sum(early) >= len(early) and sum(early[-RECENT_PERIODS:]) >= 2:
        larger = next((plan for plan, credits in allotments.items() if credits > allotment), None)
        return Advice("upgrade" if larger else "stay", larger, "lasting")
    for plan, credits in allotments.items():
        if credits < allotment and trials[plan].covers and _is_cheaper(plan, state.plan, prices):
            if plan == books.BASIC:
                return Advice("cancel", None, "smaller")
            return Advice("downgrade", plan, "smaller")
    return Advice("stay", None, "busy_month" if any(early) else "covered")


def plan_daily_use(state: State, now: datetime, weekdays: Collection[int]) -> list[Use]:
    """How many credits to use on which day, to use the balance before the next renewal and each lot before it expires.

    The credits of a lot are spread evenly over its working days. `weekdays` are the ISO numbers of the working days; if
    none is left for a lot, all its days count.
    """
    lots = []
    for lot in state.lots:
        days = days_until(state.zone, now, min(lot.expires_at, state.next_renewal))
        lots.append((lot.left, [day for day in days if day.isoweekday() in weekdays] or days))
    plan, done = [], 0
    for day in sorted({day for _, days in lots for day in days}):
        # Of each lot, the share of its days up to this day, rounded up, so that all of it is due on its last day.
        due = sum(-(-left * sum(its_day <= day for its_day in days) // len(days)) for left, days in lots)
        if due > done:
            plan.append(Use(day, due - done))
            done = due
    return plan


def last_day_to_cancel(state: State, now: datetime) -> date:
    """The last local day before the next renewal. After that the next period must be paid."""
    return days_until(state.zone, now, state.next_renewal)[-1]


def _terms_on(state: State, plan: str) -> Terms:
    """The terms of the account on `plan`. Its own numbers apply to its current plan only."""
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
