"""A key's work is done once, whichever process its requests come to, and keys are deleted in their time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from inkeeper.services import idempotency
from inkeeper.services.idempotency import KEPT, PRUNE_EVERY, run_once
from inkeeper.storage.database import Store, open_database
from inkeeper.storage.models import Device, Owner
from inkeeper.storage.transaction import Transaction
from tests.rows import add_row

NOW = datetime.fromisoformat("2026-05-04T09:00:00+00:00")


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[list[Store]]:
    """One database, opened as two processes would."""
    url = f"sqlite:///{tmp_path / 'inkeeper.sqlite3'}"
    opened = [open_database(url), open_database(url)]
    with opened[0].begin_write(None) as tx:
        owner = add_row(tx, Owner, id="me", name="me", created_at=NOW)
        add_row(tx, Device, id="device", owner=owner, name="Browser", token_hash="hash", created_at=NOW)
    yield opened
    for store in opened:
        store.checkpoint_and_close()


def once(store: Store, key: str, work: Callable[[Transaction], tuple[int, Any]], now: datetime = NOW) -> Any:
    return run_once(store, "device", key, "the same request", None, work, now)


def keys(store: Store) -> list[str]:
    with store.read() as tx:
        return [key for (key,) in tx.execute("SELECT key FROM idempotency ORDER BY key").fetchall()]


def test_of_two_processes_with_one_key_one_does_the_work(stores: list[Store]) -> None:
    at_work, may_end = Event(), Event()
    done: list[int] = []
    answers: list[tuple[int, str, bool]] = []

    def work(_: Transaction) -> tuple[int, Any]:
        done.append(1)
        at_work.set()
        assert may_end.wait(10)
        return 201, {"number": len(done)}

    first, second = (Thread(target=lambda store=store: answers.append(once(store, "key", work))) for store in stores)
    first.start()
    assert at_work.wait(10)
    second.start()
    may_end.set()
    first.join()
    second.join()

    assert len(done) == 1
    assert sorted(answers) == [(201, '{"number":1}', False), (201, '{"number":1}', True)]


def test_a_key_is_stored_before_its_work_is_done(stores: list[Store]) -> None:
    def work(tx: Transaction) -> tuple[int, Any]:
        return 200, tx.execute("SELECT key FROM idempotency").fetchall()

    assert once(stores[0], "key", work)[1] == '[["key"]]'


def test_a_key_whose_work_failed_is_free(stores: list[Store]) -> None:
    def fail(_: Transaction) -> tuple[int, Any]:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        once(stores[0], "key", fail)

    assert once(stores[1], "key", lambda _: (200, "done")) == (200, '"done"', False)


def test_a_process_that_ends_after_few_writes_deletes_old_keys_too(
    stores: list[Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    for start in range(3):
        monkeypatch.setattr(idempotency, "_new_keys", itertools.count())
        once(stores[0], f"key-{start}", lambda _: (200, None), NOW + start * (KEPT + timedelta(seconds=1)))

    assert keys(stores[0]) == ["key-2"]


def test_a_write_deletes_few_old_keys_and_the_oldest_first(
    stores: list[Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3 * PRUNE_EVERY):
        once(stores[0], f"key-{number:03}", lambda _: (200, None), NOW + timedelta(seconds=number))
    monkeypatch.setattr(idempotency, "_new_keys", itertools.count())

    once(stores[0], "new", lambda _: (200, None), NOW + KEPT + timedelta(hours=1))

    assert keys(stores[0]) == [*(f"key-{number:03}" for number in range(2 * PRUNE_EVERY, 3 * PRUNE_EVERY)), "new"]


def test_old_keys_are_found_by_an_index(stores: list[Store]) -> None:
    with stores[0].read() as tx:
        plan = tx.execute(
            "EXPLAIN QUERY PLAN SELECT device_id, key FROM idempotency WHERE created_at < 1"
            " ORDER BY created_at, device_id, key LIMIT 1"
        ).fetchall()

    assert any("idempotency_created_at" in step for *_, step in plan), plan
