"""Saved states: they make reading cheap, and dropping any of them changes no answer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inkeeper.ids import new_id
from inkeeper.rules.facts import Fact, Observed, Opened, OutcomeRecorded, PlanChanged, Retracted, Sent, Terms
from inkeeper.rules.replay import replay
from inkeeper.rules.state import dump_state
from inkeeper.storage import balances
from inkeeper.storage import facts as stored_facts
from inkeeper.storage.cached_states import STATES_KEPT
from inkeeper.storage.database import Store, open_database
from inkeeper.storage.models import Account, Owner
from tests.rows import add_row
from tests.rules import third_book
from tests.rules.histories import History
from tests.rules.test_sheets import sheets_of

OPENED = datetime(2026, 1, 10, 9, tzinfo=UTC)
DROP_ONE = (
    "DELETE FROM snapshot WHERE (account_id, at, rank, fact_id) IN"
    " (SELECT account_id, at, rank, fact_id FROM snapshot ORDER BY random() LIMIT 1)"
)


@pytest.fixture(scope="module", autouse=True)
def three_books() -> Iterator[None]:
    """The rule books of the package and the test's own."""
    with third_book.rule_books():
        yield


def begin(store: Store, book: str) -> tuple[str, list[Fact]]:
    """A new account in the store, and its opening."""
    facts: list[Fact] = [Opened(new_id(OPENED), OPENED, "premium_business", "Europe/Berlin", Terms(book))]
    account = facts[0].id
    with store.begin_write(None) as tx:
        if not Owner.select().exists(tx.database):
            add_row(tx, Owner, id="me", name="me", created_at=OPENED)
        add_row(
            tx,
            Account,
            id=account,
            owner="me",
            name="My seat",
            time_zone="Europe/Berlin",
            working_days="12345",
            reserve=0,
            created_at=OPENED,
            version=1,
        )
        balances.record(tx, account, facts, OPENED)
    return account, facts


def later_fact(draw: random.Random, facts: list[Fact], at: datetime) -> Fact:
    fact_id = new_id(at)
    sent = [fact for fact in facts if isinstance(fact, Sent) and fact.at <= at]
    kind = draw.choice(["send", "send", "send", "outcome", "retract", "observe", "plan"])
    if kind == "outcome" and sent:
        return OutcomeRecorded(fact_id, at, draw.choice(sent).id, "replied")
    if kind == "retract" and sent:
        return Retracted(fact_id, at, draw.choice(sent).id)
    if kind == "observe":
        return Observed(fact_id, at, draw.randrange(30))
    if kind == "plan":
        return PlanChanged(fact_id, at, draw.choice(["premium_career", "sales_navigator"]))
    return Sent(fact_id, at, draw.choice([0, 1, 1]))


def facts_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many facts each reading of them gave, from here on."""
    read: list[int] = []
    facts_of = stored_facts.facts_of
    monkeypatch.setattr(stored_facts, "facts_of", lambda *of: read.append(len(facts_of(*of))) or facts_of(*of))
    return read


def send(store: Store, account: str, at: datetime, now: datetime | None = None) -> None:
    with store.begin_write(account) as tx:
        balances.record(tx, account, [Sent(new_id(at), at, 0)], now or at)


def balance_and_sends(store: Store, account: str, now: datetime) -> tuple[int, int]:
    with store.read() as tx:
        state = balances.state_at(tx, account, now)[0]
    return state.balance, state.totals.free_used


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), book=st.sampled_from(["month_end", "rolling", "quarterly"]))
def test_dropping_any_saved_state_changes_no_answer(store: Store, seed: int, book: str) -> None:
    draw = random.Random(seed)
    account, facts = begin(store, book)
    now = OPENED
    for _ in range(25):
        now += timedelta(hours=draw.choice([1, 30, 400]))
        # Most facts are fresh; some arrive late, from days or months ago.
        at = max(OPENED, now - timedelta(hours=draw.choice([0, 0, 0, 5, 100, 2000])))
        fact = later_fact(draw, facts, at)
        facts.append(fact)
        with store.begin_write(account) as tx:
            recorded = balances.record(tx, account, [fact], now)
            if draw.random() < 0.3:
                tx.execute(DROP_ONE)
            if draw.random() < 0.3:
                tx.cache_states(account, None)
        assert dump_state(recorded.state) == dump_state(replay(facts, now).state)
        for asked in (now, now - timedelta(hours=draw.randrange(3000)), now + timedelta(days=40)):
            if asked >= OPENED:
                with store.read() as tx:
                    state, coming = balances.state_at(tx, account, asked)
                assert dump_state(state) == dump_state(replay(facts, asked).state)
                assert {fact.id for fact in coming} == {fact.id for fact in facts if fact.at > asked}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), book=st.sampled_from(["month_end", "rolling", "quarterly"]))
def test_the_sheets_of_past_periods_are_what_a_replay_of_everything_draws_up(
    store: Store, seed: int, book: str
) -> None:
    draw = random.Random(seed)
    account, facts = begin(store, book)
    now = OPENED
    for _ in range(15):
        now += timedelta(hours=draw.choice([1, 30, 400, 900]))
        at = max(OPENED, now - timedelta(hours=draw.choice([0, 0, 0, 5, 100, 2000])))
        facts.append(later_fact(draw, facts, at))
        with store.begin_write(account) as tx:
            balances.record(tx, account, facts[-1:], now)
            if draw.random() < 0.2:
                tx.execute(DROP_ONE)
        asked = now + timedelta(days=draw.choice([0, 40]))
        since = asked - timedelta(days=draw.choice([20, 60, 365]))
        with store.read() as tx:
            found = balances.period_sheets(tx, account, since, asked)
        closed, present, _ = sheets_of(History(facts, asked), asked)
        assert found.present == present
        assert found.closed == [sheet for sheet in closed if sheet.end and sheet.end > since]
        assert dump_state(found.state) == dump_state(replay(facts, asked).state)


def test_a_report_of_the_past_replays_the_open_period_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    account, _ = begin(store, "month_end")
    now = OPENED
    for _ in range(60):
        now += timedelta(days=2)
        with store.begin_write(account) as tx:
            balances.record(tx, account, [Sent(new_id(now), now, 0)], now)
    read = facts_read(monkeypatch)
    with store.read() as tx:
        found = balances.period_sheets(tx, account, OPENED, now)
    assert len(found.closed) == 4
    assert sum(sheet.tally.free_used for sheet in [*found.closed, found.present]) == 60
    assert read == [found.present.tally.free_used]


def test_what_is_known_of_the_latest_state_is_read_from_memory(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    account, _ = begin(store, "month_end")
    for minutes in range(20):
        send(store, account, OPENED + timedelta(minutes=minutes))
    read = facts_read(monkeypatch)
    assert balance_and_sends(store, account, OPENED + timedelta(days=1)) == (15, 20)
    send(store, account, OPENED + timedelta(days=2))
    assert balance_and_sends(store, account, OPENED + timedelta(days=3)) == (15, 21)
    assert read == []


def test_a_new_process_replays_the_open_period_once(
    store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, _ = begin(store, "month_end")
    now = OPENED
    for _ in range(60):
        now += timedelta(days=2)
        send(store, account, now)
    in_period = (now - datetime(2026, 5, 1, tzinfo=UTC)).days // 2 + 1
    another = open_database(database_url)
    read = facts_read(monkeypatch)
    assert balance_and_sends(another, account, now) == (15, 60)
    assert balance_and_sends(another, account, now) == (15, 60)
    assert read == [in_period]
    another.checkpoint_and_close()


def test_what_another_process_writes_is_seen_at_once(store: Store, database_url: str) -> None:
    account, _ = begin(store, "month_end")
    another = open_database(database_url)
    for minutes, writer in enumerate([store, another, another, store]):
        at = OPENED + timedelta(minutes=minutes)
        send(writer, account, at)
        for reader in (store, another):
            assert balance_and_sends(reader, account, at) == (15, minutes + 1)
    another.checkpoint_and_close()


def test_what_another_process_writes_costs_no_replay_of_the_period(
    store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, _ = begin(store, "month_end")
    another = open_database(database_url)
    for minutes in range(100):
        send(store, account, OPENED + timedelta(minutes=minutes))
    assert balance_and_sends(another, account, OPENED + timedelta(hours=2)) == (15, 100)
    read = facts_read(monkeypatch)
    for number in range(1, 4):
        at = OPENED + timedelta(hours=2 + number)
        send(another, account, at)
        assert balance_and_sends(store, account, at) == (15, 100 + number)
    assert max(read) <= STATES_KEPT + 1
    another.checkpoint_and_close()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), book=st.sampled_from(["month_end", "rolling", "quarterly"]))
def test_processes_that_write_in_turn_know_the_same(store: Store, database_url: str, seed: int, book: str) -> None:
    draw = random.Random(seed)
    stores = [store, open_database(database_url)]
    account, facts = begin(store, book)
    now = OPENED
    for _ in range(25):
        now += timedelta(hours=draw.choice([0, 1, 30, 400]))
        at = max(OPENED, now - timedelta(hours=draw.choice([0, 0, 0, 0, 5, 100, 2000])))
        with draw.choice(stores).begin_write(account) as tx:
            facts.append(replace(later_fact(draw, facts, at), id=tx.next_ids(account, now, 1)[0]))
            recorded = balances.record(tx, account, facts[-1:], now)
        assert dump_state(recorded.state) == dump_state(replay(facts, now).state)
        for asked in (now, now - timedelta(hours=draw.randrange(100))):
            if asked >= OPENED:
                with draw.choice(stores).read() as tx:
                    state, coming = balances.state_at(tx, account, asked)
                assert dump_state(state) == dump_state(replay(facts, asked).state)
                assert {fact.id for fact in coming} == {fact.id for fact in facts if fact.at > asked}
    stores[1].checkpoint_and_close()


def test_what_a_refused_write_led_to_is_not_kept(store: Store) -> None:
    account, _ = begin(store, "month_end")
    send(store, account, OPENED + timedelta(minutes=1))
    at = OPENED + timedelta(minutes=2)

    def record_and_fail() -> None:
        with store.begin_write(account) as tx:
            balances.record(tx, account, [Sent(new_id(at), at, 1)], at)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record_and_fail()
    assert balance_and_sends(store, account, at) == (15, 1)
    send(store, account, at)
    assert balance_and_sends(store, account, at) == (15, 2)


def test_a_write_that_names_no_account_makes_what_is_known_of_one_out_of_date(store: Store) -> None:
    account, _ = begin(store, "month_end")
    at = OPENED + timedelta(minutes=1)
    assert balance_and_sends(store, account, at) == (15, 0)
    with store.begin_write(None) as tx:
        balances.record(tx, account, [Sent(new_id(at), at, 0)], at)
    assert balance_and_sends(store, account, at) == (15, 1)


def test_a_state_saved_under_other_rules_is_not_used(store: Store) -> None:
    account, _ = begin(store, "month_end")
    with store.begin_write(account) as tx:
        tx.execute("""UPDATE snapshot SET state = '["other rules", {}]'""")
    with store.read() as tx:
        assert balances.state_at(tx, account, OPENED)[0].balance == 15


def test_facts_come_back_as_they_went_in(store: Store) -> None:
    account, _ = begin(store, "rolling")
    at = OPENED + timedelta(days=1, microseconds=1)
    sent = Sent(new_id(at), at, 1)
    wanted: list[Fact] = [
        sent,
        OutcomeRecorded(new_id(at), at, sent.id, "accepted"),
        Observed(new_id(at), at, 3, "page"),
        PlanChanged(new_id(at), at, "sales_navigator", 60, None),
        Retracted(new_id(at), at, sent.id),
    ]
    with store.begin_write(account) as tx:
        balances.record(tx, account, wanted, at)
    with store.read() as tx:
        assert stored_facts.facts_of(tx, account, at) == wanted
        assert stored_facts.outcomes_of(tx, sent.id) == [wanted[1]]
        assert stored_facts.retraction_of(tx, sent.id) == at


@pytest.mark.parametrize("statement", ["UPDATE fact SET at = 0", "DELETE FROM fact"])
def test_the_database_itself_keeps_facts_as_they_are(store: Store, statement: str) -> None:
    begin(store, "month_end")
    with pytest.raises(Exception, match="never changed"), store.begin_write(None) as tx:
        tx.execute(statement)


def test_a_fact_that_comes_in_just_after_a_later_one_costs_no_replay_of_the_month(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, _ = begin(store, "month_end")
    times = [OPENED + timedelta(minutes=minute) for minute in range(1, 41)]
    late = times.pop(-3)
    for at in times:
        send(store, account, at)
    read = facts_read(monkeypatch)

    send(store, account, late, now=times[-1])
    send(store, account, late + timedelta(seconds=1), now=times[-1])

    # Those from the one before it on.
    assert read == [3, 4]
    assert balance_and_sends(store, account, times[-1]) == (15, 41)
