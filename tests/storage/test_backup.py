"""A backup is a whole database of one instant, taken while others write, and replaces no file."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from inkeeper.clock import utc_now
from inkeeper.ids import new_id
from inkeeper.storage.database import DatabaseProblem, Store, open_database
from inkeeper.storage.models import Owner
from inkeeper.storage.transaction import Transaction
from inkeeper.wording.reasons import english
from tests.rows import add_row


def add_pair(tx: Transaction, number: int) -> None:
    """Two rows that only make sense together."""
    now = utc_now()
    add_row(tx, Owner, id=new_id(now), name=f"left {number}", created_at=now)
    add_row(tx, Owner, id=new_id(now), name=f"right {number}", created_at=now)


@pytest.mark.sqlite
def test_taken_while_others_write(store: Store, tmp_path: Path) -> None:
    stop = threading.Event()

    def write_on() -> None:
        number = 0
        while not stop.is_set():
            with store.begin_write(None) as tx:
                add_pair(tx, number)
            number += 1

    with store.begin_write(None) as tx:
        add_pair(tx, -1)
    writer = threading.Thread(target=write_on)
    writer.start()
    store.copy_to(tmp_path / "copy.sqlite3")
    stop.set()
    writer.join()

    copy = open_database(f"sqlite:///{tmp_path}/copy.sqlite3")
    with copy.read() as tx:
        names = {owner.name for owner in Owner.select().execute(tx.database)}
    assert "left -1" in names
    assert {name.split()[1] for name in names if "left" in name} == {n.split()[1] for n in names if "right" in n}
    assert copy.damage() is None
    copy.checkpoint_and_close()


@pytest.mark.sqlite
def test_is_for_its_owner_alone(store: Store, tmp_path: Path) -> None:
    store.copy_to(tmp_path / "copy.sqlite3")

    assert (tmp_path / "copy.sqlite3").stat().st_mode & 0o777 == 0o600


@pytest.mark.sqlite
def test_replaces_no_file(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    target.write_text("mine")

    with pytest.raises(FileExistsError):
        store.copy_to(target)

    assert target.read_text() == "mine"
    assert sorted(file.name for file in tmp_path.iterdir() if "copy" in file.name) == ["copy.sqlite3"]


@pytest.mark.postgresql
def test_a_database_on_a_server_is_copied_by_its_own_program(store: Store, tmp_path: Path) -> None:
    with pytest.raises(DatabaseProblem) as refused:
        store.copy_to(tmp_path / "copy")

    assert "pg_dump --format=custom --file=" in english(refused.value.said)
    assert not (tmp_path / "copy").exists()
