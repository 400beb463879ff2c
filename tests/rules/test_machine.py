"""An account lived through step by step, facts out of order and states saved on the way.

The naive ledger judges it after each step.
"""

from __future__ import annotations

import json
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

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
from inkeeper.rules.replay import position_of, replay
from inkeeper.rules.state import State, broken_invariants, dump_state, load_state
from tests.rules.histories import INSTANT, OPEN_FOR_AN_ANSWER, PLANS, openings, terms
from tests.rules.test_properties import assert_agrees

LATE = st.sampled_from(
    [timedelta(0), timedelta(0), timedelta(0), INSTANT, timedelta(hours=5), timedelta(days=12), timedelta(days=40)]
)


class AccountMachine(RuleBasedStateMachine):
    """What a user does, at the time or told later; time passes in days and to the very instants of renewals."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: list[Fact] = []
        self.saved: list[str] = []

    @initialize(opened=openings())
    def open(self, opened: Opened) -> None:
        self.facts, self.now = [opened], opened.at

    def tell(self, kind: type, late: timedelta, *details) -> None:
        """A fact happens now, or a while ago and is told now. Saved states that it makes out of date are dropped."""
        at = max(self.now - late, self.facts[0].at)
        fact = kind(f"{len(self.facts):03}", at, *details)
        self.facts.append(fact)
        told = position_of(fact)
        if isinstance(fact, Retracted):
            told = min(position_of(other) for other in self.facts if other.id in (fact.target_id, fact.id))
        self.saved = [text for text in self.saved if load_state(json.loads(text)).position < told]

    @rule(late=LATE, cost=st.sampled_from([1, 1, 1, 0]))
    def send(self, late: timedelta, cost: int) -> None:
        self.tell(Sent, late, cost)

    @rule(count=st.integers(2, 6))
    def send_several(self, count: int) -> None:
        for _ in range(count):
            self.tell(Sent, timedelta(0), 1)

    @precondition(lambda self: len(self.facts) > 1)
    @rule(data=st.data(), late=LATE)
    def retract(self, data: st.DataObject, late: timedelta) -> None:
        targets = [fact.id for fact in self.facts[1:] if not isinstance(fact, Retracted)]
        if targets:
            self.tell(Retracted, late, data.draw(st.sampled_from(targets)))

    @precondition(lambda self: any(isinstance(fact, Sent) for fact in self.facts))
    @rule(data=st.data(), late=LATE, outcome=st.sampled_from(["accepted", "declined", "replied", "no_response"]))
    def outcome(self, data: st.DataObject, late: timedelta, outcome: str) -> None:
        inmail = data.draw(st.sampled_from([fact.id for fact in self.facts if isinstance(fact, Sent)]))
        self.tell(OutcomeRecorded, late, inmail, outcome)

    @precondition(lambda self: any(isinstance(fact, Sent) for fact in self.facts))
    @rule(data=st.data(), after=st.sampled_from(OPEN_FOR_AN_ANSWER))
    def answer_at_the_edge(self, data: st.DataObject, after: timedelta) -> None:
        sent = data.draw(st.sampled_from([fact for fact in self.facts if isinstance(fact, Sent)]))
        self.now = max(self.now, sent.at + after)
        self.tell(OutcomeRecorded, self.now - (sent.at + after), sent.id, "replied")

    @rule(late=LATE, balance=st.integers(0, 9))
    def observe(self, late: timedelta, balance: int) -> None:
        self.tell(Observed, late, balance)

    @rule(late=LATE, plan=st.sampled_from(PLANS), own=terms())
    def change_plan(self, late: timedelta, plan: str, own: Terms) -> None:
        self.tell(PlanChanged, late, plan, own.allotment, own.cap)

    @rule(late=LATE)
    def cancel(self, late: timedelta) -> None:
        self.tell(Cancelled, late)

    @rule(late=st.one_of(LATE, st.just(timedelta(days=9999))), chosen=terms())
    def switch_book(self, late: timedelta, chosen: Terms) -> None:
        self.tell(BookChosen, late, chosen)

    @rule(later=st.integers(1, 60 * 24 * 40).map(lambda minutes: timedelta(minutes=minutes)))
    def time_passes(self, later: timedelta) -> None:
        self.now += later

    @rule(off=st.sampled_from([-INSTANT, timedelta(0), timedelta(0), INSTANT]))
    def time_passes_to_the_renewal(self, off: timedelta) -> None:
        self.now = max(self.now, self.state().next_renewal + off)

    @rule()
    def time_passes_to_the_next_expiry(self) -> None:
        self.now = min((lot.expires_at for lot in self.state().lots), default=self.now)

    @rule()
    def save(self) -> None:
        replay(self.facts, self.now, on_renewal=self.keep)
        self.keep(self.state())

    def keep(self, state: State) -> None:
        self.saved.append(json.dumps(dump_state(state)))

    def state(self) -> State:
        return replay(self.facts, self.now).state

    @invariant()
    def the_naive_ledger_agrees(self) -> None:
        if self.facts:
            assert_agrees(self.facts, self.now)

    @invariant()
    def nothing_is_broken_and_saved_states_change_no_answer(self) -> None:
        if not self.facts:
            return
        state = self.state()
        assert list(broken_invariants(state)) == []
        for text in self.saved[-4:]:
            start = load_state(json.loads(text))
            since = [fact for fact in self.facts if fact.at >= start.position.at or isinstance(fact, Retracted)]
            assert replay(since, self.now, start=start).state == state


TestAccount = AccountMachine.TestCase
TestAccount.settings = settings(max_examples=60, stateful_step_count=30)
