"""Weekly backups: when one is made, how many are kept, and what an interrupted one leaves."""

from __future__ import annotations

import shutil
import sqlite3
from collections import namedtuple
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inkeeper.clock import utc_now
from inkeeper.storage import weekly
from inkeeper.storage.backup import copies_beside
from inkeeper.storage.database import Store
from inkeeper.storage.models import Owner
from inkeeper.storage.restoring import go_back
from inkeeper.storage.weekly import list_backups, make_if_due
from tests.rows import add_row

pytestmark = pytest.mark.sqlite
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def path(store: Store) -> Path:
    with store.begin_write(None) as tx:
        add_row(tx, Owner, id="1", name="Kai Example", created_at=utc_now())
    assert store.path is not None
    return store.path


def names(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM owner ORDER BY id")]


def test_a_backup_is_a_whole_database_for_its_owner_alone(store: Store, path: Path) -> None:
    made = make_if_due(path, NOW, store.copy_to)

    assert made == path.with_name("inkeeper.sqlite3.backup-20261123T090000Z")
    assert names(made) == ["Kai Example"]
    assert made.stat().st_mode & 0o777 == 0o600
    assert made in copies_beside(path)


def test_there_is_one_a_week_and_four_are_kept(store: Store, path: Path) -> None:
    made = [
        at for at in (NOW + timedelta(hours=hour) for hour in range(24 * 60)) if make_if_due(path, at, store.copy_to)
    ]

    assert made == [NOW + timedelta(weeks=week) for week in range(9)]
    assert [each.made_at for each in list_backups(path)] == made[-4:]


def test_a_backup_from_the_future_holds_up_nothing(store: Store, path: Path) -> None:
    """As made while the clock was wrong."""
    for years in range(1, 6):
        path.with_name(f"{path.name}.backup-{2030 + years}0101T000000Z").write_bytes(b"")

    assert make_if_due(path, NOW, store.copy_to)
    assert make_if_due(path, NOW + timedelta(days=8), store.copy_to)

    kept = [each.made_at.year for each in list_backups(path)]
    assert kept == [2026, 2026, 2034, 2035]


def test_there_is_none_while_they_are_off(store: Store, path: Path) -> None:
    weekly.switch(path, on=False)
    assert make_if_due(path, NOW, store.copy_to) is None

    weekly.switch(path, on=True)
    assert make_if_due(path, NOW, store.copy_to)


def test_there_is_none_while_another_process_makes_one(store: Store, path: Path) -> None:
    with weekly.paused(path):
        assert make_if_due(path, NOW, store.copy_to) is None

    assert make_if_due(path, NOW, store.copy_to)


def test_the_disk_is_not_filled(store: Store, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12, 2 * 10**8))

    with pytest.raises(weekly.DiskNearlyFull):
        make_if_due(path, NOW, store.copy_to)

    assert list_backups(path) == []


def test_a_copy_that_fails_leaves_nothing(path: Path) -> None:
    def fail(_target: Path) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        make_if_due(path, NOW, fail)

    assert copies_beside(path) == []


def test_what_a_killed_process_left_does_not_count_and_is_removed(store: Store, path: Path) -> None:
    drafts = [path.with_name(f".{path.name}.backup-20261123T080000Z.77.new{ending}") for ending in ("", "-journal")]
    for draft in drafts:
        draft.write_bytes(b"half a database")
    assert list_backups(path) == []

    assert make_if_due(path, NOW, store.copy_to)

    assert not any(draft.exists() for draft in drafts)


def test_going_back_replaces_everything_and_keeps_what_was_there(store: Store, path: Path) -> None:
    backup = make_if_due(path, NOW, store.copy_to)
    assert backup is not None
    with store.begin_write(None) as tx:
        add_row(tx, Owner, id="2", name="Robin Sample", created_at=utc_now())
    store.checkpoint_and_close()

    former = go_back(f"sqlite:///{path}", backup, NOW)

    assert names(path) == ["Kai Example"]
    assert former == path.with_name("inkeeper.sqlite3.before-restore-20261123T090000Z")
    assert names(former) == ["Kai Example", "Robin Sample"]
    assert former in copies_beside(path)
    assert names(backup) == ["Kai Example"]
    assert path.stat().st_mode & 0o777 == former.stat().st_mode & 0o777 == 0o600


def test_two_copies_of_what_was_there_are_kept(store: Store, path: Path) -> None:
    backup = make_if_due(path, NOW, store.copy_to)
    assert backup is not None
    store.checkpoint_and_close()

    made = [go_back(f"sqlite:///{path}", backup, NOW + timedelta(hours=hour)) for hour in range(4)]

    assert sorted(path.parent.glob("*.before-restore-*Z")) == made[-2:]


def test_a_damaged_database_is_put_aside(store: Store, path: Path) -> None:
    backup = make_if_due(path, NOW, store.copy_to)
    assert backup is not None
    store.checkpoint_and_close()
    path.write_bytes(b"x" * 10_000)

    former = go_back(f"sqlite:///{path}", backup, NOW)

    assert names(path) == ["Kai Example"]
    assert former is not None
    assert former.read_bytes() == b"x" * 10_000
