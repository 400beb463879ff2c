"""Writes that wait for one another share a commit: each is done or undone by itself, and none returns before it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import peewee
import pytest

from inkeeper.clock import utc_now
from inkeeper.storage.database import DatabaseProblem, Store, open_database
from inkeeper.storage.engines import sqlite
from inkeeper.storage.models import Account, Owner
from inkeeper.storage.transaction import Transaction
from tests.rows import add_row
from tests.together import together

pytestmark = pytest.mark.sqlite

Work = Callable[[Transaction], Any]


def adding(name: str) -> Work:
    return lambda tx: add_row(tx, Owner, id=name, name=name, created_at=utc_now()).name


def adding_and_failing(name: str) -> Work:
    def work(tx: Transaction) -> None:
        adding(name)(tx)
        raise LookupError(name)

    return work


def adding_many(tx: Transaction) -> None:
    now = utc_now()
    Owner.insert_many([{"id": f"{n:06}", "name": f"{n:06}", "created_at": now} for n in range(4000)]).execute(
        tx.database
    )


def adding_what_no_commit_accepts(tx: Transaction) -> None:
    # With the check postponed, only the commit finds that the owner is missing.
    tx.execute("PRAGMA defer_foreign_keys = 1")
    tx.execute(
        "INSERT INTO account (id, owner_id, name, time_zone, working_days, reserve, created_at, version)"
        " VALUES ('seat', 'missing', 'Seat', 'UTC', '', 0, 0, 0)"
    )


def brief(store: Store, work: Work) -> Callable[[], Any]:
    def write() -> Any:
        with store.begin_write(None, brief=True) as tx:
            return work(tx)

    return write


def stored(store: Store) -> list[str]:
    with store.read() as tx:
        return [owner.name for owner in Owner.select().order_by(Owner.id).execute(tx.database)]


def committed(path: Path) -> int:
    """How many owners another program sees."""
    with closing(sqlite3.connect(path)) as other:
        (count,) = other.execute("SELECT count(*) FROM owner").fetchone()
        return int(count)


def test_those_that_wait_share_one_commit(store: Store, statements: list[str]) -> None:
    names = [f"owner {number}" for number in range(5)]

    assert together(store, [brief(store, adding(name)) for name in names]) == names

    own = statements[statements.index("COMMIT") + 1 :]  # after that of the write that they waited for
    assert own.count("COMMIT") == 1
    assert stored(store) == names


def test_one_alone_needs_no_more_statements(store: Store, statements: list[str]) -> None:
    brief(store, adding("Kai Example"))()

    assert [statement.split()[0] for statement in statements] == ["BEGIN", "INSERT", "COMMIT"]


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_one_that_fails_is_undone_alone(store: Store, failing: int) -> None:
    writes = [brief(store, adding(f"owner {number}")) for number in range(3)]
    writes[failing] = brief(store, adding_and_failing("Robin Sample"))

    outcomes = together(store, writes)

    assert type(outcomes[failing]) is LookupError
    assert stored(store) == [f"owner {number}" for number in range(3) if number != failing]


def test_all_may_fail(store: Store) -> None:
    outcomes = together(store, [brief(store, adding_and_failing(f"owner {number}")) for number in range(3)])

    assert [str(outcome) for outcome in outcomes] == ["owner 0", "owner 1", "owner 2"]
    assert stored(store) == []


def test_none_returns_before_the_commit(store: Store) -> None:
    assert store.path is not None
    path = store.path
    returned: list[str] = []
    seen: list[tuple[int, list[str]]] = []

    def noting(write: Callable[[], Any], name: str) -> Callable[[], Any]:
        def noted() -> Any:
            try:
                return write()
            finally:
                returned.append(name)

        return noted

    def looking_around(tx: Transaction) -> None:
        adding("the last")(tx)
        # Time enough for a thread to return if it does not wait.
        threading.Event().wait(0.2)
        seen.append((committed(path), list(returned)))

    together(
        store,
        [
            noting(brief(store, adding("the first")), "the first"),
            noting(brief(store, adding_and_failing("one that is refused")), "one that is refused"),
            brief(store, looking_around),
        ],
    )

    assert seen == [(0, [])]
    assert sorted(returned) == ["one that is refused", "the first"]
    assert committed(path) == 2


@pytest.mark.parametrize("culprit", [0, 1, 2])
def test_all_fail_if_the_commit_fails(store: Store, culprit: int) -> None:
    writes = [brief(store, adding(f"owner {number}")) for number in range(3)]
    writes[culprit] = brief(store, adding_what_no_commit_accepts)

    outcomes = together(store, writes)

    assert [type(outcome) for outcome in outcomes] == [peewee.IntegrityError] * 3
    assert stored(store) == []
    brief(store, adding("Kai Example"))()
    assert stored(store) == ["Kai Example"]


def test_a_failed_commit_leaves_no_cached_states(store: Store) -> None:
    """The version of a failed write is used again by the next one."""
    with store.begin_write(None) as tx:
        owner = adding("me")(tx)
        row = {"name": "Seat", "time_zone": "UTC", "working_days": "", "reserve": 0, "created_at": utc_now()}
        add_row(tx, Account, id="mine", owner_id=owner, version=0, **row)
    states: Any = object()

    def caching(tx: Transaction) -> None:
        tx.cache_states("mine", states)
        tx.execute("UPDATE account SET name = 'Renamed' WHERE id = 'mine'")
        tx.raise_version("mine")

    together(store, [brief(store, caching), brief(store, adding_what_no_commit_accepts)])

    with store.begin_write("mine") as tx:
        tx.execute("UPDATE account SET name = 'Renamed' WHERE id = 'mine'")
    with store.read() as tx:
        assert tx.cached_states("mine") is None


def test_a_full_disk_undoes_what_it_says(store: Store) -> None:
    def limit(pages: int) -> None:
        with store.begin_write(None) as tx:
            tx.execute(f"PRAGMA max_page_count = {pages}")

    limit(1)
    outcomes = together(
        store,
        [brief(store, adding("Kai Example")), brief(store, adding_many), brief(store, adding("Robin Sample"))],
    )

    assert isinstance(outcomes[1], DatabaseProblem)
    assert outcomes[1].which == "full"
    assert stored(store) == [outcome for outcome in outcomes if isinstance(outcome, str)]
    limit(1_000_000)
    brief(store, adding_many)()
    assert len(stored(store)) >= 4000


def test_a_long_write_delays_none_before_it(store: Store) -> None:
    may_end = threading.Event()

    def long() -> None:
        with store.begin_write(None) as tx:
            adding("the long one")(tx)
            assert may_end.wait(10)

    def short_and_over() -> str:
        name = brief(store, adding("the short one"))()
        may_end.set()
        return str(name)

    assert together(store, [short_and_over, long]) == ["the short one", None]


def test_a_long_write_does_not_fail_with_those_before_it(store: Store) -> None:
    def long() -> None:
        with store.begin_write(None) as tx:
            adding("the long one")(tx)

    outcomes = together(store, [brief(store, adding_what_no_commit_accepts), long])

    assert type(outcomes[0]) is peewee.IntegrityError
    assert outcomes[1] is None
    assert stored(store) == ["the long one"]


def test_waiting_ends_in_time_and_loses_no_turn(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    store = open_database(database_url)
    outcomes: list[Any] = []

    def write(number: int) -> None:
        try:
            outcomes.append(brief(store, adding(f"owner {number}"))())
        except DatabaseProblem as problem:
            outcomes.append(problem.which)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    with store.begin_write(None):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert outcomes == ["locked"] * 3
    write(4)
    assert stored(store) == ["owner 4"]
    store.checkpoint_and_close()


def test_what_returned_is_stored_whenever_waiting_ends(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting ends at any moment here, also when the turn is just being given."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.001)
    store = open_database(database_url)
    returned: list[str] = []
    refused: set[str] = set()

    def write(number: int) -> None:
        for turn in range(40):
            try:
                returned.append(brief(store, adding(f"owner {number} {turn}"))())
            except DatabaseProblem as problem:
                refused.add(problem.which)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert stored(store) == sorted(returned)
    assert returned
    assert refused <= {"locked"}
    store.checkpoint_and_close()
