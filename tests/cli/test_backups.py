"""A running server makes its weekly backup; `restore` goes back to it; `doctor` says when it was made."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from e2e.harness.wait import until
from inkeeper.clock import utc_now
from inkeeper.ids import new_id
from inkeeper.services.access import Actor
from inkeeper.services.ledger import accounts
from inkeeper.storage.database import open_database
from inkeeper.storage.models import Owner
from tests.cli.conftest import Serving
from tests.rows import add_row

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with an account."""
    path = tmp_path / "data" / "inkeeper.sqlite3"
    path.parent.mkdir(mode=0o700)
    store = open_database(f"sqlite:///{path}")
    with store.begin_write(None) as tx:
        owner = add_row(tx, Owner, id=new_id(utc_now()), name="Kai Example", created_at=utc_now()).id
        terms = {"name": "Seat", "plan": "premium_career", "rule_book": "month_end", "time_zone": "UTC"}
        accounts.create_account(tx, Actor(owner), terms, utc_now())
    store.checkpoint_and_close()
    return path


@pytest.fixture
def serve(environment: dict[str, str]) -> Iterator[Callable[..., Serving]]:
    started: list[Serving] = []

    def start(*arguments: str) -> Serving:
        started.append(Serving(environment, "--port", "0", *arguments))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.stop()
        for stream in (each.process.stdout, each.process.stderr):
            assert stream is not None
            stream.close()


def backups(database: Path) -> list[Path]:
    return sorted(database.parent.glob(f"{database.name}.backup-2*"))


def owners(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM owner")]


def test_two_servers_make_one_backup(serve: Callable[..., Serving], database: Path) -> None:
    servers = [serve(), serve()]

    until(lambda: backups(database), "a backup", seconds=60)
    for server in servers:
        assert server.stop()[0] == 0

    [backup] = backups(database)
    assert owners(backup) == ["Kai Example"]


def test_a_server_makes_none_where_that_is_off(serve: Callable[..., Serving], database: Path) -> None:
    assert serve("--no-backups").stop()[0] == 0
    (database.parent / "inkeeper.sqlite3.backups-off").touch()
    assert serve().stop()[0] == 0

    assert backups(database) == []


def test_a_database_without_an_account_has_nothing_to_back_up(serve: Callable[..., Serving], tmp_path: Path) -> None:
    first = serve()
    first.post("/api/v1/pairings", {"device": "Chrome on Linux"})
    assert first.stop()[0] == 0
    assert serve().stop()[0] == 0

    assert [file.name for file in (tmp_path / "data").iterdir()] == ["inkeeper.sqlite3"]


SLOW = """
import os, sys, time
from inkeeper.clock import utc_now
from inkeeper.storage import backup, engines
from inkeeper.storage.engines import sqlite
from inkeeper.storage.database import open_database
from inkeeper.services.takeout.backups import make_if_due

def stop_halfway(source, target):
    with backup.new_private_file(target) as draft, backup.closing(backup.sqlite3.connect(draft)) as copy:
        source.backup(copy, pages=1, progress=lambda *_: (print("halfway", flush=True), time.sleep(600)))

sqlite.copy_database = stop_halfway
make_if_due(open_database(sys.argv[1]), utc_now())
"""


def test_a_backup_that_is_killed_does_not_count(
    serve: Callable[..., Serving], database: Path, environment: dict[str, str]
) -> None:
    command = [sys.executable, "-c", SLOW, f"sqlite:///{database}"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as making:
        assert making.stdout is not None
        assert making.stdout.readline() == "halfway\n"
        making.send_signal(signal.SIGKILL)
    assert list(database.parent.glob(f".{database.name}.backup-*.new"))
    assert backups(database) == []

    server = serve()
    until(lambda: backups(database), "a backup", seconds=60)
    server.stop()

    [backup] = backups(database)
    assert owners(backup) == ["Kai Example"]
    assert not list(database.parent.glob(f".{database.name}.backup-*.new"))


def test_doctor_says_when_the_last_one_was_made(serve: Callable[..., Serving], inkeeper: Run, database: Path) -> None:
    assert "There is no backup yet." in inkeeper("doctor").stdout

    server = serve()
    until(lambda: backups(database), "a backup", seconds=60)
    server.stop()

    assert f"Last backup today: {backups(database)[0]}\n" in inkeeper("doctor").stdout


def test_restore_goes_back_to_a_backup(inkeeper: Run, database: Path, tmp_path: Path) -> None:
    assert inkeeper("backup", "copy.db").returncode == 0
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE owner SET name = 'Robin Sample'")
        connection.commit()

    finished = inkeeper("restore", "copy.db")

    assert (finished.returncode, finished.stderr) == (0, "")
    former = re.search(r"What was there before is in (.*)\n", finished.stdout)
    assert former is not None
    assert owners(database) == ["Kai Example"]
    assert owners(Path(former[1])) == ["Robin Sample"]
    assert inkeeper("doctor").returncode == 0


def test_restore_refuses_while_a_server_runs(serve: Callable[..., Serving], inkeeper: Run, database: Path) -> None:
    assert inkeeper("backup", "copy.db").returncode == 0
    server = serve("--no-backups")

    finished = inkeeper("restore", "copy.db")

    assert finished.returncode == 1
    assert finished.stderr == (
        f"Error: A running Inkeeper has the database {database} open. Stop it, then try again.\n"
    )
    assert not list(database.parent.glob("*.before-restore-*"))
    assert server.stop()[0] == 0


def test_restore_into_a_new_place(inkeeper: Run, database: Path, tmp_path: Path) -> None:
    assert inkeeper("backup", "copy.db").returncode == 0

    finished = inkeeper("restore", "copy.db", "--data-dir", tmp_path / "new")

    assert (finished.returncode, finished.stderr) == (0, "")
    assert owners(tmp_path / "new" / "inkeeper.sqlite3") == ["Kai Example"]


@pytest.mark.parametrize("content", [b"SQLite format 3\0" + b"x" * 5000, None])
def test_restore_refuses_what_is_no_backup(
    inkeeper: Run, database: Path, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "other.db"
    if content is None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("CREATE TABLE t (a)")
    else:
        file.write_bytes(content)

    finished = inkeeper("restore", "other.db")

    assert finished.returncode == 1
    assert len(finished.stderr.splitlines()) == 1
    assert owners(database) == ["Kai Example"]


def test_restore_refuses_a_newer_backup(inkeeper: Run, database: Path, tmp_path: Path) -> None:
    assert inkeeper("backup", "copy.db").returncode == 0
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        connection.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_later', '2030-01-01')")
        connection.commit()

    finished = inkeeper("restore", "copy.db")

    assert "was written by a newer version of Inkeeper" in finished.stderr
    assert owners(database) == ["Kai Example"]
