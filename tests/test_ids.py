"""Ids sort by the time of their making, and tell nothing else."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from inkeeper import ids
from inkeeper.ids import new_id

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def none_made_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids only ever rise within a process, and other tests have made some."""
    monkeypatch.setattr(ids, "_last", 0)


def test_an_id_is_a_uuid_of_version_7_with_its_time() -> None:
    found = uuid.UUID(new_id(NOW))

    assert found.version == 7
    assert found.variant == uuid.RFC_4122
    assert found.int >> 80 == int(NOW.timestamp() * 1000)


def test_ids_of_one_instant_rise() -> None:
    made = [new_id(NOW) for _ in range(1000)]

    assert made == sorted(set(made))


def test_ids_rise_even_if_the_clock_steps_back() -> None:
    before = new_id(NOW + timedelta(hours=1))

    assert new_id(NOW) > before


def test_ids_of_many_threads_differ() -> None:
    made: list[str] = []

    def make() -> None:
        made.extend([new_id(NOW) for _ in range(500)])

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(made)) == 4000


def test_ids_made_after_another_lie_behind_it_whatever_the_clock_says() -> None:
    ahead = new_id(NOW + timedelta(days=400))
    ids._last = 0

    made = ids.new_ids(NOW, 3, after=ahead)

    assert [ahead, *made] == sorted({ahead, *made})
    assert new_id(NOW) < ahead, "only what has to lie behind it does"
    assert ids.new_ids(NOW + timedelta(days=401), 1, after=ahead)[0][:8] > ahead[:8]


def test_what_is_no_id_of_ours_holds_nothing_up() -> None:
    assert uuid.UUID(ids.new_ids(NOW, 1, after="zzz")[0]).version == 7
