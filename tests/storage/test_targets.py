"""The list of people to write to: what its queries find, and what follows from InMails."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inkeeper.rules.targets import TargetProgress, state_of
from inkeeper.storage import campaigns, persons, target_list, targets
from inkeeper.storage.database import Store
from inkeeper.storage.models import Account, Owner
from inkeeper.storage.target_list import Filter, Today
from inkeeper.vocabulary import OPEN_STATES, TARGET_STATES
from tests.rows import add_row

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
TODAY = date(2026, 11, 26)

days = st.sampled_from([None, date.min, TODAY - timedelta(days=9), TODAY, TODAY + timedelta(days=2)])
instants = st.sampled_from([None, NOW - timedelta(days=90), NOW - timedelta(days=89), NOW])


@st.composite
def courses(draw: st.DrawFn) -> TargetProgress:
    """How far a target may be, as `follow` writes it down."""
    last_sent_at = draw(instants)
    done = draw(st.integers(1, 2)) if last_sent_at else draw(st.integers(0, 1))
    answered_at = draw(instants) if last_sent_at else None
    opens_on = None if answered_at else draw(days)
    ends_on = draw(days) if opens_on else None
    return TargetProgress(done, last_sent_at, answered_at, opens_on, ends_on, draw(days) if opens_on else None)


@pytest.fixture
def kai(store: Store) -> str:
    """An owner with one person."""
    with store.begin_write(None) as tx:
        add_row(tx, Owner, id="kai", name="Kai Example", created_at=NOW)
        return persons.add(tx, "kai", {"name": "Robin Sample"}, None, NOW).id


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(found=st.lists(courses(), max_size=8))
def test_each_is_found_by_its_state_and_no_other(store: Store, kai: str, found: list[TargetProgress]) -> None:
    expected: dict[str, set[str]] = {state: set() for state in TARGET_STATES}
    with store.begin_write(None) as tx:
        tx.execute("DELETE FROM target")
        for course in found:
            sent = course.last_sent_at is not None
            target_id = targets.add(tx, "kai", kai, {"closed_steps": 0 if sent else course.done}, NOW)
            set_columns(
                tx,
                target_id,
                inmails=course.done if sent else 0,
                last_sent_at=course.last_sent_at,
                answered_at=course.answered_at,
                opens_on=course.opens_on,
                ends_on=course.ends_on,
                planned_on=course.planned_on,
            )
            expected[state_of(course, TODAY, NOW)].add(target_id)

        for state in set(TARGET_STATES) - {"held"}:
            rows = target_list.search(tx, "kai", Filter({state}), Today(TODAY), NOW)
            assert {row.id for row in rows} == expected[state], state
        counted = target_list.count_for(tx, "kai", "any", Today(TODAY))
        can = [
            course
            for course in found
            if state_of(course, TODAY, NOW) in OPEN_STATES and (course.opens_on or TODAY) <= TODAY
        ]
        assert counted.names == len(can)
        assert counted.ready == len([course for course in can if course.planned_on is None])


def set_columns(tx: Any, target_id: str, **columns: Any) -> None:
    for name, value in columns.items():
        tx.execute(f"UPDATE target SET {name} = ? WHERE id = ?", (targets._stored(value), target_id))


def test_days_differ_by_account(store: Store, kai: str) -> None:
    with store.begin_write(None) as tx:
        for account_id in ("east", "west"):
            values = {"owner": "kai", "name": account_id, "time_zone": "UTC", "working_days": "12345", "reserve": 0}
            add_row(tx, Account, id=account_id, created_at=NOW, version=1, **values)
        ids = [targets.add(tx, "kai", kai, {"account_id": account}, NOW) for account in ("east", "west", None)]
        for target_id in ids:
            set_columns(tx, target_id, opens_on=TODAY, inmails=1, last_sent_at=NOW)
        today = Today(TODAY - timedelta(days=1), {"east": TODAY, "west": TODAY - timedelta(days=1)})

        found = target_list.search(tx, "kai", Filter({"ready"}), today, NOW)

        assert [row.id for row in found] == [ids[0]]


def test_whom_to_write_to_next(store: Store, kai: str) -> None:
    with store.begin_write(None) as tx:
        plans = {"later": 5, "free": None, "overdue": -3, "today": 0, "free too": None}
        ids = {}
        for name, ahead in plans.items():
            day = None if ahead is None else TODAY + timedelta(days=ahead)
            ids[name] = targets.add(tx, "kai", kai, {"planned_for": day, "planned_step": 1}, NOW)
        targets.follow(tx, ids.values())

        found = [row.id for row in target_list.next_for(tx, "kai", "any", Today(TODAY), 9)]

    assert found == [ids[name] for name in ("overdue", "today", "free", "free too", "later")]


def test_a_plan_is_of_its_step_alone(store: Store, kai: str) -> None:
    with store.begin_write(None) as tx:
        target_id = targets.add(tx, "kai", kai, {"planned_for": TODAY, "planned_step": 2}, NOW)
        targets.follow(tx, [target_id])
        row = targets.get(tx, "kai", target_id)

    assert row is not None
    assert (row.planned_for, row.planned_on, row.wanted_on) == (TODAY, None, None)


def test_of_another_owner_nothing_is_found(store: Store, kai: str) -> None:
    with store.begin_write(None) as tx:
        target_id = targets.add(tx, "kai", kai, {}, NOW)
        targets.follow(tx, [target_id])

        assert targets.get(tx, "mika", target_id) is None
        assert persons.get(tx, "mika", kai) is None
        assert target_list.search(tx, "mika", Filter(), Today(TODAY), NOW) == []
        assert target_list.next_for(tx, "mika", "any", Today(TODAY), 3) == []
        assert campaigns.get(tx, "mika", "missing") is None
