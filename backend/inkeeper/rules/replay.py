"""Computes the balance and the journal of an account by replaying its facts. Pure: no I/O, no clock, deterministic.

A replay to t1 that is continued to t2 equals a replay to t2, so a saved state is only a cache.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from inkeeper.rules import books, periods
from inkeeper.rules.books import ChangeRule, RuleBook
from inkeeper.rules.facts import (
    BookChosen,
    Cancelled,
    Fact,
    Observed,
    Opened,
    OutcomeRecorded,
    PlanChanged,
    Retracted,
    Sent,
    Terms,
)
from inkeeper.rules.journal import (
    FIRST_READING,
    LET_THROUGH,
    OBSERVE,
    UNCOVERED,
    Answered,
    Capped,
    Entry,
    Reason,
    Renewed,
    Shown,
)
from inkeeper.rules.state import PAST_PERIODS, ClosedPeriod, Lot, Observation, OpenSend, Position, State, Tally
from inkeeper.vocabulary import ANSWERS, HistoryFault, JournalKind

# Ranks: the order of events at one instant. Expire, void (changes of the account), grant, credit back, spend, observe.
# Facts of one kind at one instant are in the order of their ids, so the order of all events is total.
EXPIRE = 0
GRANT = 20
RANKS: dict[type[Fact], int] = {
    Opened: 10,
    BookChosen: 11,
    PlanChanged: 12,
    Cancelled: 13,
    OutcomeRecorded: 30,
    Sent: 40,
    Observed: 50,
    Retracted: 60,
}
INSTANT = timedelta(microseconds=1)

LAST = 99
"""The rank after all others: all events at the instant have been processed."""


class BadHistory(ValueError):
    """The facts cannot be replayed: no opening, two openings, or a wrong span. `fault` says why."""

    def __init__(self, fault: HistoryFault) -> None:
        super().__init__(fault)
        self.fault = fault


class ReplayResult(NamedTuple):
    """The state at the end of a replay, and the journal from the start state on."""

    state: State
    journal: list[Entry]


def position_of(fact: Fact) -> Position:
    """The position of the fact in the order of all events."""
    return Position(fact.at, RANKS[type(fact)], fact.id)


def without_retracted(facts: Iterable[Fact]) -> list[Fact]:
    """The facts without the retracted ones and without the retractions."""
    facts = list(facts)
    gone = {fact.target_id for fact in facts if isinstance(fact, Retracted)}
    return [fact for fact in facts if fact.id not in gone and not isinstance(fact, Retracted)]


def opening_of(facts: Iterable[Fact]) -> Opened:
    """The opening that the history begins with. Raises BadHistory if the first fact is not an opening."""
    # Retracted facts, openings included, may be dated before the opening.
    first = min(without_retracted(facts), key=position_of, default=None)
    if not isinstance(first, Opened):
        raise BadHistory("no_opening")
    return first


def replay(
    facts: Iterable[Fact],
    until: datetime,
    start: State | None = None,
    on_renewal: Callable[[State], None] | None = None,
    *,
    refuse_uncovered: bool = False,
) -> ReplayResult:
    """Replay the facts up to and including the instant `until` (UTC), from the beginning or from a saved state.

    - `facts`: in any order.
    - `start`: a state computed from the same earlier facts. Facts at or before its position are skipped. Not changed.
    - `on_renewal`: called with the running state after each start of a period, by a renewal or by a change of plan that
      restarts the cycle. The state changes afterwards; copy it to keep it.
    - `refuse_uncovered`: a send at a balance of 0 counts as not sent and gets an entry with the rule UNCOVERED. For
      trying other plans.

    Raises BadHistory; UnknownBook; UnknownPlan or AllotmentRequired if a plan does not fit the rule book.
    """
    ordered = sorted(facts, key=position_of)
    retracted = {fact.target_id for fact in ordered if isinstance(fact, Retracted)}
    if start is not None:
        if start.position.at > until:
            raise BadHistory("starts_later")
        run = _Run(start.copy(), on_renewal, refuse_uncovered)
    else:
        first = opening_of(ordered)
        if first.at > until:
            raise BadHistory("not_open_yet")
        run = _Run(_opening_state(first), on_renewal, refuse_uncovered)
    position, state = run.state.position, run.state
    for fact in ordered:
        if fact.at > until:
            break
        place = Position(fact.at, RANKS[type(fact)], fact.id)
        if place <= position:
            continue
        if run.next_due <= fact.at:
            run.catch_up(fact.at, place.rank)
        if fact.id in retracted:
            run.note_retracted(fact)
        else:
            run.apply(fact)
        state.position = place
    run.catch_up(until, LAST)
    state.position = Position(until, LAST, "")
    return ReplayResult(state, run.journal)


def credit_back_at(cost: int, sent_at: datetime, answered_at: datetime | None, book: RuleBook) -> datetime | None:
    """When an InMail's credit came back (UTC): at its first answer, if within the reply window of `book`, else None.

    `book` is the rule book that it was sent under.
    """
    if cost == 0 or answered_at is None or book.credit_back is None:
        return None
    return answered_at if answered_at < sent_at + timedelta(hours=book.credit_back.within_hours) else None


def book_of(state: State) -> RuleBook:
    """The rule book in force."""
    return books.rule_book(state.terms.rule_book)


def allotment_of(state: State) -> int:
    """The credits that a renewal grants on the account's plan, by the numbers of the current period."""
    return book_of(state).allotment(state.plan, state.terms, state.zone, state.numbers_at)


def months_of(state: State) -> int:
    """The number of months for which the account's plan grants its allotment."""
    return book_of(state).renewal_of(state.plan).months


def cap_of(state: State) -> int | None:
    """The most credits that a grant may raise the balance to, by the numbers of the current period, or None."""
    return book_of(state).cap(state.plan, state.terms, state.zone, state.numbers_at)


def cycle_of(state: State) -> periods.Cycle:
    """The renewal cycle of the account's current plan and rule book."""
    renewal = book_of(state).renewal_of(state.plan)
    zone = "UTC" if renewal.zone == "utc" else state.zone
    if renewal.day == "first":
        return periods.Cycle(zone, 1, renewal.months)
    return periods.Cycle(zone, state.cycle_day, renewal.months, state.cycle_month)


def _cycle_first_day(plan: str, terms: Terms, zone: str, at: datetime) -> date:
    """The local day of `at` (UTC), on which a cycle of renewal day `own` begins, in the time zone of the plan's
    renewals.
    """
    renewal = books.rule_book(terms.rule_book).renewal_of(plan)
    return periods.local_day("UTC" if renewal.day == "own" and renewal.zone == "utc" else zone, at)


def _opening_state(fact: Opened) -> State:
    first_day = _cycle_first_day(fact.plan, fact.terms, fact.time_zone, fact.at)
    state = State(
        position=Position(fact.at, RANKS[Opened] - 1, ""),
        opened_at=fact.at,
        plan=fact.plan,
        zone=fact.time_zone,
        terms=fact.terms,
        cycle_day=fact.terms.renewal_day or first_day.day,
        cycle_month=periods.month_number(first_day),
        period_start=fact.at,
        # The opening is the first renewal and grants the whole allotment. Facts at the same instant, such as a choice
        # of the rule book, apply before it.
        next_renewal=fact.at,
        numbers_at=fact.at,
    )
    allotment_of(state)
    return state


class _Run:
    """A running replay: the state, changed in place, and the journal."""

    def __init__(self, state: State, on_renewal: Callable[[State], None] | None, refuse_uncovered: bool) -> None:
        self.state = state
        self.journal: list[Entry] = []
        self.on_renewal = on_renewal
        self.refuse_uncovered = refuse_uncovered
        self.book = book_of(state)
        self.next_due = self._next_due()
        self.unmatched: dict[str, OutcomeRecorded] = {}
        self.ending_plan: tuple[datetime, _PeriodPlan] | None = None
        self._opened = state.position.rank >= RANKS[Opened]

    # Events caused by time: expiries and renewals.

    def catch_up(self, until: datetime, rank: int) -> None:
        """Process each expiry and renewal before (until, rank) in the order of events."""
        state = self.state
        while (due := self.next_due) <= until:
            if state.lots and state.lots[0].expires_at <= state.next_renewal:
                self._expire(due)
            elif due == until and rank < GRANT:
                # The renewal follows the changes of the account at this instant.
                self._keep_ending_plan(due)
                return
            else:
                self._renew(due)
            self.next_due = self._next_due()

    def _next_due(self) -> datetime:
        state = self.state
        if state.lots and state.lots[0].expires_at <= state.next_renewal:
            return state.lots[0].expires_at
        return state.next_renewal

    def _expire(self, at: datetime) -> None:
        state, parts = self.state, []
        while state.lots and state.lots[0].expires_at <= at:
            lot = state.lots.pop(0)
            if lot.left:
                parts.append((lot.id, -lot.left))
        lost = -sum(part[1] for part in parts)
        if lost:
            state.period.expired += lost
            state.totals.expired += lost
            self._change(at, "expire", -lost, _EXPIRED, "lot_life", None, tuple(parts))

    def _renew(self, at: datetime) -> None:
        state = self.state
        ends = state.cancel_pending and at > state.opened_at
        if ends:
            self._void(at, _SUBSCRIPTION_ENDED, "cancel", None)
        self._close_period(at)
        if ends:
            self._move_to_basic()
        state.numbers_at = at
        self._begin_cycle(at)
        plan = self._period_plan()
        is_opening = at == state.opened_at
        why = _FIRST_ALLOTMENT if is_opening else Reason("renewed", Renewed(plan.months))
        kept = self._grant(at, plan.allotment, why, "renewal", None)
        state.unseen_grant = 0 if is_opening else kept
        state.position = Position(at, GRANT, "")
        if self.on_renewal:
            self.on_renewal(state)

    def _close_period(self, at: datetime) -> bool:
        """End the period. Returns False, without a change, if the period began at this instant."""
        state, period = self.state, self.state.period
        if at == state.period_start:
            return False
        plan = self.ending_plan[1] if self.ending_plan and self.ending_plan[0] == at else self._period_plan()
        closed = ClosedPeriod(state.period_start, at, period.used, period.free_used, *plan)
        # The last period is kept for its sheet, earlier ones with InMails for the forecast.
        state.past = [*[each for each in state.past if each.has_inmails][-PAST_PERIODS:], closed]
        state.period = Tally()
        state.period_start = at
        return True

    def _keep_ending_plan(self, at: datetime) -> None:
        """Keep the plan from before the account's changes at this instant. It is that of a period that ends at it."""
        if self.ending_plan is None or self.ending_plan[0] != at:
            self.ending_plan = (at, self._period_plan())

    def _period_plan(self) -> _PeriodPlan:
        state, book = self.state, self.book
        allotment = book.allotment(state.plan, state.terms, state.zone, state.numbers_at)
        return _PeriodPlan(state.plan, allotment, book.renewal_of(state.plan).months)

    def _begin_cycle(self, at: datetime) -> None:
        self.state.next_renewal = periods.next_renewal(cycle_of(self.state), at)
        self._drop_closed_windows(at)

    def _drop_closed_windows(self, at: datetime) -> None:
        """Drop sends whose reply window has closed, so that the state does not grow with the history."""
        sends = self.state.open_sends
        for inmail_id in [key for key, sent in sends.items() if at >= sent.sent_at + _reply_window(sent.rule_book)]:
            del sends[inmail_id]

    # Events caused by facts.

    def apply(self, fact: Fact) -> None:
        if type(fact) is Sent:
            self._spend(fact)
        elif type(fact) is OutcomeRecorded:
            self._credit_back(fact)
        elif type(fact) is Observed:
            self._observe(fact)
        elif type(fact) is PlanChanged:
            self._change_plan(fact)
        elif type(fact) is Cancelled:
            self._cancel(fact)
        elif type(fact) is BookChosen:
            self._choose_book(fact)
        elif type(fact) is Opened:
            if self._opened:
                raise BadHistory("second_opening")
            self._opened = True
        elif type(fact) is Retracted:
            self._note(fact, "retract", _TAKEN_BACK)

    def note_retracted(self, fact: Fact) -> None:
        """Add a journal entry without credits for a retracted send. Other retracted facts get none."""
        if type(fact) is Sent:
            self._note(fact, "spend", _SENT_AND_TAKEN_BACK)

    def _note(self, fact: Fact, kind: JournalKind, why: Reason) -> None:
        self.journal.append(Entry(fact.at, kind, 0, self.state.balance, why, "retract", fact.id, ()))

    def _spend(self, fact: Sent) -> None:
        state = self.state
        if fact.cost == 0:
            state.period.free_used += 1
            state.totals.free_used += 1
            self.journal.append(Entry(fact.at, "spend", 0, state.balance, _SENT_FREE, "free", fact.id, ()))
            return
        if state.balance == 0 and self.refuse_uncovered:
            self.journal.append(Entry(fact.at, "spend", 0, 0, _NOT_COVERED, UNCOVERED, fact.id, ()))
            return
        if state.unseen_grant and self._spends_unseen_grant():
            state.unseen_grant = 0
        if state.balance == 0:
            lot = self._add_lot(fact.at, 1, "adjust")
            self._adjust_up(fact.at, 1, _LET_THROUGH, LET_THROUGH, fact.id, lot)
            state.discrepancy_at = fact.at
        else:
            lot = next(lot for lot in state.lots if lot.left)
        lot.left -= 1
        state.period.used += 1
        state.totals.used += 1
        self._change(fact.at, "spend", -1, _SENT, "spend", fact.id, ((lot.id, -1),))
        if self.book.credit_back:
            state.open_sends[fact.id] = OpenSend(fact.at, self.book.id, lot.id)
            if (answer := self.unmatched.pop(fact.id, None)) and answer.at == fact.at:
                self._credit_back(answer)
        elif not lot.left and lot.origin != "grant" and all(x.lot_id != lot.id for x in state.open_sends.values()):
            state.lots.remove(lot)
            self.next_due = self._next_due()

    def _credit_back(self, fact: OutcomeRecorded) -> None:
        if fact.outcome not in ANSWERS:
            return
        state = self.state
        sent = state.open_sends.pop(fact.inmail_id, None)
        if sent is None:
            # An answer at the instant of sending is replayed before the send, which then looks it up here.
            self.unmatched[fact.inmail_id] = fact
            return
        if credit_back_at(1, sent.sent_at, fact.at, books.rule_book(sent.rule_book)) is None:
            return
        lot = next((lot for lot in state.lots if lot.id == sent.lot_id), None)
        if lot:
            lot.left += 1
        else:
            lot = self._add_lot(fact.at, 1, "credit_back", hours=_credit_back_rule(sent.rule_book).new_lot_hours)
        state.period.credited_back += 1
        state.totals.credited_back += 1
        why = Reason("answered", Answered(fact.outcome))
        self._change(fact.at, "credit_back", 1, why, "credit_back", fact.inmail_id, ((lot.id, 1),))
        if _credit_back_rule(sent.rule_book).cap_applies:
            self._forfeit_over_cap(fact.at, lot, 1, fact.inmail_id)

    def _observe(self, fact: Observed) -> None:
        state = self.state
        computed, difference = state.balance, fact.balance - state.balance
        # The first observation of an account without InMails sets its starting balance and is no discrepancy.
        first_reading = state.observed is None and not (state.totals.used or state.totals.free_used)
        state.observed = Observation(fact.at, fact.balance, self._allowed())
        # The observed balance resolves the discrepancy. The difference is counted for the report.
        state.discrepancy_at = None
        why = Reason("observed", Shown(fact.balance, computed))
        rule = FIRST_READING if first_reading else OBSERVE
        if difference > 0:
            lot = self._add_lot(fact.at, difference, "adjust")
            self._adjust_up(fact.at, difference, why, rule, fact.id, lot)
        elif difference < 0:
            parts = self._take(-difference)
            state.period.adjusted_down -= difference
            state.totals.adjusted_down -= difference
            self._change(fact.at, "adjust", difference, why, rule, fact.id, parts)
        if not first_reading:
            for tally in (state.period, state.totals):
                tally.observed_more += max(difference, 0)
                tally.observed_less -= min(difference, 0)
        if first_reading or self._shortfall() < state.unseen_grant:
            state.unseen_grant = 0

    def _shortfall(self) -> int:
        """How many credits less than computed LinkedIn has shown in this period: the net of all observations."""
        period = self.state.period
        return period.observed_less - period.observed_more

    def _spends_unseen_grant(self) -> bool:
        """Whether the next InMail spends a credit of a renewal that no observation has confirmed yet."""
        return self.state.balance + self._shortfall() <= self.state.unseen_grant

    def _allowed(self) -> int | None:
        """The most credits that the rule book allows now (None: no limit).

        The credits granted to the current lots; where credits carry over, the cap.
        """
        if self.book.lot_hours is None:
            return sum(lot.granted for lot in self.state.lots if lot.origin != "adjust")
        cap = cap_of(self.state)
        return None if cap is None else max(cap, self.state.balance)

    def _change_plan(self, fact: PlanChanged) -> None:
        state = self.state
        before = self.book.allotment(state.plan, state.terms, state.zone, fact.at)
        self._keep_ending_plan(fact.at)
        state.unseen_grant = 0
        terms = replace(state.terms, allotment=fact.allotment, cap=fact.cap)
        after = self.book.allotment(fact.plan, terms, state.zone, fact.at)
        rule = self.book.upgrade if after > before else self.book.downgrade
        if rule.void:
            self._void(fact.at, _PLAN_CHANGED, _rule_key(rule, self.book), fact.id)
        renewal_due = state.next_renewal == fact.at
        began = rule.restart_cycle and self._close_period(fact.at)
        state.plan, state.terms, state.cancel_pending = fact.plan, terms, False
        state.numbers_at = fact.at
        if rule.restart_cycle:
            state.terms = replace(terms, renewal_day=None)
            first_day = _cycle_first_day(state.plan, state.terms, state.zone, fact.at)
            state.cycle_day, state.cycle_month = first_day.day, periods.month_number(first_day)
            self._begin_cycle(fact.at)
            self._grant(fact.at, after, _NEW_PLAN, _rule_key(rule, self.book), fact.id)
            if began and self.on_renewal:
                state.position = position_of(fact)
                self.on_renewal(state)
        elif not renewal_due:
            state.next_renewal = periods.next_renewal(cycle_of(state), fact.at)
            if rule.grant_at_once:
                self._grant(fact.at, after, _NEW_PLAN, _rule_key(rule, self.book), fact.id)
        # A renewal at this instant grants the new plan's allotment, so it is not granted here as well.
        self.next_due = self._next_due()

    def _cancel(self, fact: Cancelled) -> None:
        if self.book.cancel_at_renewal:
            self.state.cancel_pending = True
            return
        self._void(fact.at, _CANCELLED, "cancel", fact.id)
        self._move_to_basic()
        if self.state.next_renewal > fact.at:
            self.state.next_renewal = periods.next_renewal(cycle_of(self.state), fact.at)
        self.next_due = self._next_due()

    def _move_to_basic(self) -> None:
        state = self.state
        state.plan, state.cancel_pending, state.unseen_grant = books.BASIC, False, 0
        state.terms = replace(state.terms, allotment=None, cap=None)

    def _choose_book(self, fact: BookChosen) -> None:
        state, old, old_renewal = self.state, self.book, self.state.next_renewal
        state.terms, state.numbers_at = fact.terms, fact.at
        self.book = book_of(state)
        if fact.at == state.opened_at:
            first_day = _cycle_first_day(state.plan, state.terms, state.zone, fact.at)
            state.cycle_day, state.cycle_month = first_day.day, periods.month_number(first_day)
        if fact.terms.renewal_day is not None:
            state.cycle_day = fact.terms.renewal_day
        allotment_of(state)
        if fact.at > state.opened_at:
            # The chosen terms define the renewals from this instant on, including a renewal at this instant.
            state.next_renewal = periods.next_renewal(cycle_of(state), fact.at - INSTANT)
        moved = self.book.lot_hours is None and state.next_renewal != old_renewal
        if self.book.id != old.id or moved:
            for lot in state.lots:
                lot.expires_at = max(fact.at, self._lot_end(lot.granted_at))
            state.lots.sort(key=Lot.order)
        self.next_due = self._next_due()

    # Changes of lots, balance and journal, used by all of the above.

    def _lot_end(self, granted_at: datetime) -> datetime:
        if self.book.lot_hours is None:
            return self.state.next_renewal
        return granted_at + timedelta(hours=self.book.lot_hours)

    def _add_lot(self, at: datetime, credits: int, origin: str, hours: int | None = None) -> Lot:
        state = self.state
        expires_at = self._lot_end(at) if hours is None else at + timedelta(hours=hours)
        lot = Lot(state.next_lot_id, at, expires_at, credits, credits, origin)
        state.next_lot_id += 1
        insort(state.lots, lot, key=Lot.order)
        self.next_due = self._next_due()
        return lot

    def _grant(self, at: datetime, credits: int, why: Reason, rule: str, fact_id: str | None) -> int:
        """Grant credits. Returns how many remain after the cap."""
        if credits == 0:
            return 0
        state = self.state
        lot = self._add_lot(at, credits, "grant")
        state.period.granted += credits
        state.totals.granted += credits
        self._change(at, "grant", credits, why, rule, fact_id, ((lot.id, credits),))
        return credits - self._forfeit_over_cap(at, lot, credits, fact_id)

    def _forfeit_over_cap(self, at: datetime, lot: Lot, credits: int, fact_id: str | None) -> int:
        """Forfeit those of the `credits` just added to the lot that exceed the cap. Returns how many."""
        state = self.state
        cap = cap_of(state)
        if cap is None:
            return 0
        over = min(credits, max(0, state.balance - cap))
        if over:
            lot.left -= over
            state.period.forfeited += over
            state.totals.forfeited += over
            self._change(at, "forfeit", -over, Reason("over_cap", Capped(cap)), "cap", fact_id, ((lot.id, -over),))
        return over

    def _void(self, at: datetime, why: Reason, rule: str, fact_id: str | None) -> None:
        state = self.state
        parts = tuple((lot.id, -lot.left) for lot in state.lots if lot.left)
        lost = state.balance
        state.lots.clear()
        if lost:
            state.period.voided += lost
            state.totals.voided += lost
            self._change(at, "void", -lost, why, rule, fact_id, parts)

    def _take(self, credits: int) -> tuple[tuple[int, int], ...]:
        """Take credits from the lots, earliest expiry first. The balance must cover them. Returns changes of lots."""
        parts = []
        for lot in self.state.lots:
            taken = min(lot.left, credits)
            if taken:
                lot.left -= taken
                credits -= taken
                parts.append((lot.id, -taken))
        return tuple(parts)

    def _adjust_up(self, at: datetime, credits: int, why: Reason, rule: str, fact_id: str, lot: Lot) -> None:
        state = self.state
        state.period.adjusted_up += credits
        state.totals.adjusted_up += credits
        self._change(at, "adjust", credits, why, rule, fact_id, ((lot.id, credits),))

    def _change(
        self,
        at: datetime,
        kind: JournalKind,
        credits: int,
        why: Reason,
        rule: str,
        fact_id: str | None,
        lots: tuple[tuple[int, int], ...],
    ) -> None:
        self.state.balance += credits
        self.journal.append(Entry(at, kind, credits, self.state.balance, why, rule, fact_id, lots))


_SENT = Reason("sent")
_SENT_FREE = Reason("sent_free")
_SENT_AND_TAKEN_BACK = Reason("sent_and_taken_back")
_NOT_COVERED = Reason("not_covered")
_TAKEN_BACK = Reason("taken_back")
_LET_THROUGH = Reason("let_through")
_FIRST_ALLOTMENT = Reason("first_allotment")
_NEW_PLAN = Reason("new_plan")
_EXPIRED = Reason("expired")
_PLAN_CHANGED = Reason("plan_changed")
_CANCELLED = Reason("cancelled")
_SUBSCRIPTION_ENDED = Reason("subscription_ended")


class _PeriodPlan(NamedTuple):
    """The plan at the end of a period, and its allotment for `months` months."""

    plan: str
    allotment: int
    months: int


def _credit_back_rule(book_id: str) -> books.CreditBack:
    rule = books.rule_book(book_id).credit_back
    # Only sends under a book with credit back are kept open.
    assert rule is not None
    return rule


def _reply_window(book_id: str) -> timedelta:
    return timedelta(hours=_credit_back_rule(book_id).within_hours)


def _rule_key(rule: ChangeRule, book: RuleBook) -> str:
    return "upgrade" if rule is book.upgrade else "downgrade"
