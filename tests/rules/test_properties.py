"""The invariants of the ledger, over random histories of both rule books, in zones that skip midnights and days."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkeeper.rules.facts import Fact, PlanChanged, Retracted, Sent
from inkeeper.rules.forecast import NOTHING_LOGGED, forecast
from inkeeper.rules.journal import Entry
from inkeeper.rules.replay import ReplayResult, replay, without_retracted
from inkeeper.rules.state import State, broken_invariants, dump_state, load_state
from inkeeper.rules.timeline import next_loss, timeline
from tests.rules.histories import NINETY_DAYS, History, histories, recruiter
from tests.rules.naive import naive
from tests.rules.story import Story

NOTES = ("retract", "spend")
"""What a fact that was taken back leaves in the journal, at 0 credits."""

TALLY_OF = {
    "grant": "granted",
    "credit_back": "credited_back",
    "spend": "used",
    "expire": "expired",
    "forfeit": "forfeited",
    "void": "voided",
}


COUNTED_ALONGSIDE = ("free_used", "observed_less", "observed_more")
"""Counts of a tally that are no amounts of their own: InMails, and parts of what was adjusted."""


def saved_and_loaded(state: State) -> State:
    """The state as it comes back from the database."""
    return load_state(json.loads(json.dumps(dump_state(state))))


def totals_of(journal: list[Entry]) -> dict[str, int]:
    """The amounts of a journal by kind, as a tally has them."""
    found: Counter[str] = Counter()
    for entry in journal:
        adjusted = "adjusted_up" if entry.credits > 0 else "adjusted_down"
        found[TALLY_OF.get(entry.kind, adjusted)] += abs(entry.credits)
    return {kind: credits for kind, credits in found.items() if credits}


def paid(state: State) -> dict[str, int]:
    counted = asdict(state.totals).items()
    return {kind: credits for kind, credits in counted if credits and kind not in COUNTED_ALONGSIDE}


@given(histories())
def test_1_what_came_is_what_went_and_what_is_left_at_every_instant(history: History):
    journal = replay(history.facts, history.end).journal
    for until in history.instants():
        state, so_far = replay(history.facts, until)
        assert list(broken_invariants(state)) == []
        assert so_far == [entry for entry in journal if entry.at <= until]
        assert totals_of(so_far) == paid(state)
        assert state.balance == sum(entry.credits for entry in so_far)
        assert all(lot.expires_at > until for lot in state.lots)


@given(histories())
def test_2_no_lot_and_no_balance_is_ever_below_zero(history: History):
    balance, lots = 0, Counter()
    for entry in replay(history.facts, history.end).journal:
        balance += entry.credits
        assert entry.balance == balance >= 0
        assert sum(credits for _, credits in entry.lots) == entry.credits
        for lot, credits in entry.lots:
            lots[lot] += credits
            assert lots[lot] >= 0


@given(histories(), st.randoms(use_true_random=False))
def test_3_the_order_in_which_facts_arrive_does_not_matter(history: History, random):
    told = list(history.facts)
    random.shuffle(told)
    assert replay(told, history.end) == replay(history.facts, history.end)


@given(histories(), st.data())
def test_4_going_on_from_any_saved_state_equals_replaying_at_once(history: History, data: st.DataObject):
    at_once = replay(history.facts, history.end)
    kept: list[State] = []
    assert replay(history.facts, history.end, on_renewal=lambda state: kept.append(state.copy())) == at_once
    instants = history.instants()
    for until in data.draw(st.lists(st.sampled_from(instants), min_size=1, max_size=6)):
        kept.append(replay(history.facts, until).state)
    for state in kept:
        before = dump_state(state)
        loaded = saved_and_loaded(state)
        assert loaded == state
        went_on = replay(history.facts, history.end, start=loaded)
        assert went_on.state == at_once.state
        assert went_on.journal == at_once.journal[len(at_once.journal) - len(went_on.journal) :]
        assert all(entry.at > state.position.at or state.position.rank < 99 for entry in went_on.journal)
        assert dump_state(state) == before == dump_state(loaded), "going on leaves the saved state as it was"
        # the facts before a saved state are not needed, those at its instant may be given again
        rest = [fact for fact in history.facts if fact.at >= state.position.at or isinstance(fact, Retracted)]
        assert replay(rest, history.end, start=loaded).state == at_once.state


@given(histories(), st.lists(st.integers(0, 40), min_size=1, max_size=5))
def test_4_stepping_through_time_equals_replaying_at_once(history: History, picks: list[int]):
    instants = history.instants()
    state, journal = None, []
    for until in sorted({instants[pick % len(instants)] for pick in picks} | {history.end}):
        state, news = replay(history.facts, until, start=state and saved_and_loaded(state))
        journal += news
    assert ReplayResult(state, journal) == replay(history.facts, history.end)


@settings(max_examples=20)
@given(histories())
def test_5_the_machines_time_zone_does_not_matter(history: History):
    answers = []
    before = os.environ.get("TZ")
    try:
        for zone in ("UTC", "America/Havana", "Pacific/Apia"):
            os.environ["TZ"] = zone
            time.tzset()
            answers.append(replay(history.facts, history.end))
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()
    assert answers[0] == answers[1] == answers[2]


def test_5_another_process_gives_the_same_answer():
    story = Story("premium_career", "2026-01-31", book="rolling", zone="America/Santiago")
    inmails = story.sends("2026-02-01", "2026-02-02", "2026-09-06")
    story.outcome("2026-03-01", inmails[1])
    story.observe("2026-04-01", 7)
    until = story.time("2026-12-01")
    script = (
        "import sys, pickle, json;"
        "from inkeeper.rules.replay import replay; from inkeeper.rules.state import dump_state;"
        "facts, until = pickle.loads(sys.stdin.buffer.read()); state, journal = replay(facts, until);"
        "print(json.dumps([dump_state(state), [list(map(str, entry)) for entry in journal]]))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            input=pickle.dumps((story.facts, until)),
            env=os.environ
            | {"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in [("1", "UTC"), ("2", "Asia/Kolkata")]
    }
    assert len(answers) == 1


@given(histories(), st.booleans())
def test_the_ledger_agrees_with_the_naive_one_at_every_instant(history: History, contract: bool):
    if contract and not any(isinstance(fact, PlanChanged) for fact in history.facts):
        history = recruiter(history)
    for until in [*history.instants()[::3], history.end]:
        assert_agrees(history.facts, until)


def assert_agrees(facts: list[Fact], until: datetime) -> None:
    """Both ledgers have the same balance, lots, totals by kind, use of the period and discrepancy."""
    state, judge = replay(facts, until).state, naive(facts, until)
    assert state.balance == judge.balance()
    assert {kind: credits for kind, credits in asdict(state.totals).items() if credits} == {
        kind: credits for kind, credits in judge.counts.items() if credits
    }
    assert [(lot.granted_at, lot.expires_at, lot.left) for lot in state.lots if lot.left] == judge.lots()
    assert (state.period.used, state.period.free_used) == (judge.period_used, judge.period_free)
    assert (state.discrepancy_at is not None) == judge.discrepancy


@given(histories(), st.integers(0, 40))
def test_the_forecast_rests_on_what_the_naive_ledger_takes_for_evidence(history: History, days: int):
    for until in [*history.instants()[::4], history.end]:
        now = until + timedelta(days=days)
        state = replay(history.facts, now).state
        loss = next_loss(timeline(state, now, history.after(now)))
        told, rate = forecast(state, now, loss), naive(history.facts, now).rate(now)
        if rate is None:
            assert told.basis == NOTHING_LOGGED
            assert told.lost == (None if loss and state.balance else 0)
        elif loss and state.balance:
            used, over = rate
            last = (loss.at - timedelta(microseconds=1)).astimezone(ZoneInfo(state.zone)).date()
            to_come = (last - now.astimezone(ZoneInfo(state.zone)).date()).days
            assert told.lost == max(0, -loss.credits - used * to_come // over)
        else:
            assert told.lost == 0


@given(histories())
def test_a_fact_taken_back_is_as_good_as_never_told(history: History):
    with_notes = replay(history.facts, history.end)
    without = replay(without_retracted(history.facts), history.end)
    assert with_notes.state == without.state
    assert [entry for entry in with_notes.journal if entry.rule != "retract"] == without.journal
    notes = [entry for entry in with_notes.journal if entry.rule == "retract"]
    assert all(entry.kind in NOTES and entry.credits == 0 for entry in notes)
    assert {fact.id for fact in history.facts if isinstance(fact, Retracted)} <= {entry.fact_id for entry in notes}


@given(histories())
def test_the_journal_has_each_send_once_each_credit_back_once_and_no_two_allotments_at_one_instant(history: History):
    journal = replay(history.facts, history.end).journal
    sent = {fact.id: fact for fact in history.facts if isinstance(fact, Sent)}
    assert Counter(entry.fact_id for entry in journal if entry.kind == "spend") == Counter(sent.keys())
    back = [entry for entry in journal if entry.kind == "credit_back"]
    assert max(Counter(entry.fact_id for entry in back).values(), default=1) == 1
    for entry in back:
        assert entry.credits == sent[entry.fact_id].cost == 1
        assert sent[entry.fact_id].at <= entry.at < sent[entry.fact_id].at + NINETY_DAYS
    changes = Counter(fact.at for fact in without_retracted(history.facts) if isinstance(fact, PlanChanged))
    grants = Counter(entry.at for entry in journal if entry.kind == "grant")
    assert all(many <= max(1, changes[at]) for at, many in grants.items())
    assert [entry.at for entry in journal] == sorted(entry.at for entry in journal)


@pytest.mark.parametrize("broken", [{}, {"position": [0, 0, ""]}, {"position": None}])
def test_a_saved_state_that_is_none_is_refused(broken: dict):
    with pytest.raises((KeyError, TypeError, ValueError)):
        load_state(broken)
