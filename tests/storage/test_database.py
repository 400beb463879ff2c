"""Writing is one at a time and all or nothing; a database that cannot be used is named, and never replaced."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import peewee
import pytest

from inkeeper.clock import utc_now
from inkeeper.ids import new_id
from inkeeper.storage.database import DatabaseProblem, Store, open_database
from inkeeper.storage.engines import sqlite
from inkeeper.storage.models import Account, Fact, Owner
from inkeeper.storage.transaction import Transaction
from inkeeper.wording.reasons import english
from tests.rows import add_row

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

ADD_ONE_OWNER = """
import os, sys
from inkeeper.clock import utc_now
from inkeeper.storage.database import open_database
from inkeeper.storage.models import Owner
store = open_database(sys.argv[1])
with store.begin_write(None) as tx:
    Owner.insert(id=str(os.getpid()), name=str(os.getpid()), created_at=utc_now()).execute(tx.database)
store.checkpoint_and_close()
"""
OPEN_AND_TELL = """
import sys
from inkeeper.storage.database import DatabaseProblem, open_database
try:
    open_database(sys.argv[1])
except DatabaseProblem as problem:
    print(problem.which)
"""


def run(command: list[str]) -> str:
    finished = subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True, check=True)
    return finished.stdout.strip()


def add_owner(tx: Transaction, name: str) -> Owner:
    now = utc_now()
    return add_row(tx, Owner, id=new_id(now), name=name, created_at=now)


def add_owners(store: Store, numbers: Iterable[int]) -> None:
    now = utc_now()
    rows = [{"id": f"{number:06}", "name": f"owner number {number}", "created_at": now} for number in numbers]
    with store.begin_write(None) as tx:
        Owner.insert_many(rows).execute(tx.database)


def add_twice_in_one_write(store: Store, name: str) -> None:
    with store.begin_write(None) as tx:
        add_owner(tx, name)
        add_owner(tx, name)


def limit_size(store: Store, pages: int) -> None:
    """SQLite then says that the disk is full. Holds for this thread's connection, and never below the present size."""
    with store.begin_write(None) as tx:
        tx.execute(f"PRAGMA max_page_count = {pages}")


def owner_names(store: Store) -> list[str]:
    with store.read() as tx:
        return [owner.name for owner in Owner.select().order_by(Owner.id).execute(tx.database)]


def problem_of_opening(url: str) -> DatabaseProblem:
    with pytest.raises(DatabaseProblem) as caught:
        open_database(url)
    return caught.value


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "inkeeper.sqlite3"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy database is given up on soon."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)


@contextmanager
def write_locked(path: Path) -> Iterator[None]:
    """Another program is in the middle of a write."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


class TestWriting:
    def test_what_is_written_is_there_after_the_end(self, store: Store, database_url: str) -> None:
        with store.begin_write(None) as tx:
            add_owner(tx, "Kai Example")
        store.checkpoint_and_close()

        again = open_database(database_url)

        assert owner_names(again) == ["Kai Example"]
        again.checkpoint_and_close()

    def test_an_exception_undoes_all_of_it(self, store: Store) -> None:
        with pytest.raises(peewee.IntegrityError):
            add_twice_in_one_write(store, "Kai Example")

        assert owner_names(store) == []

    def test_a_write_may_follow_one_that_failed(self, store: Store) -> None:
        with pytest.raises(peewee.IntegrityError):
            add_twice_in_one_write(store, "Kai Example")

        with store.begin_write(None) as tx:
            add_owner(tx, "Robin Sample")

        assert owner_names(store) == ["Robin Sample"]

    def test_reading_inside_a_write_sees_what_was_written_so_far(self, store: Store) -> None:
        with store.begin_write(None) as tx:
            add_owner(tx, "Kai Example")
            assert [owner.name for owner in Owner.select().execute(tx.database)] == ["Kai Example"]

    def test_a_transaction_inside_another_is_a_mistake_in_the_program(self, store: Store) -> None:
        with store.read(), pytest.raises(RuntimeError), store.begin_write(None):
            pass
        with store.begin_write(None), pytest.raises(RuntimeError), store.begin_write(None):
            pass
        with store.begin_write(None), pytest.raises(RuntimeError), store.read():
            pass

    def test_what_is_written_to_an_account_raises_its_version(self, store: Store) -> None:
        now = utc_now()
        with store.begin_write(None) as tx:
            account = add_row(
                tx,
                Account,
                id=new_id(now),
                owner=add_owner(tx, "Kai Example"),
                name="My seat",
                time_zone="UTC",
                working_days="12345",
                reserve=0,
                created_at=now,
                version=1,
            )

        with store.begin_write(account.id):
            pass

        with store.read() as tx:
            assert Account.select().where(Account.id == account.id).get(tx.database).version == 1

        with store.begin_write(account.id) as tx:
            Account.update(reserve=1).execute(tx.database)

        with store.read() as tx:
            assert Account.select().where(Account.id == account.id).get(tx.database).version == 2

    def test_threads_that_race_lose_nothing(self, store: Store) -> None:
        def add_ten(number: int) -> None:
            for turn in range(10):
                with store.begin_write(None) as tx:
                    # Reads first and writes then, which is how credits get overspent where a write begins as a read.
                    count = Owner.select().count(tx.database)
                    add_owner(tx, f"{count} {number} {turn}")

        threads = [threading.Thread(target=add_ten, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert [int(name.split()[0]) for name in owner_names(store)] == list(range(80))

    def test_two_open_stores_do_not_mix(self, store: Store, tmp_path: Path) -> None:
        other = open_database(f"sqlite:///{tmp_path}/other.sqlite3")
        with store.begin_write(None) as tx:
            add_owner(tx, "Kai Example")
        with other.begin_write(None) as tx:
            add_owner(tx, "Robin Sample")

        assert owner_names(store) == ["Kai Example"]
        assert owner_names(other) == ["Robin Sample"]
        other.checkpoint_and_close()

    def test_the_models_need_a_transactions_database(self, store: Store) -> None:
        with store.read(), pytest.raises(peewee.InterfaceError):
            Owner.select().count()

    def test_connections_of_threads_that_ended_are_closed(self, store: Store) -> None:
        def open_files() -> int:
            return len(list(Path("/dev/fd").iterdir()))

        def read_in_a_thread() -> None:
            thread = threading.Thread(target=owner_names, args=(store,))
            thread.start()
            thread.join()

        read_in_a_thread()
        before = open_files()
        for _ in range(20):
            read_in_a_thread()

        # A few may be waiting for SQLite to let go of them, but not one for each thread.
        assert open_files() < before + 10


class TestSchema:
    def test_a_text_is_refused_where_a_number_belongs(self, store: Store) -> None:
        with pytest.raises(peewee.IntegrityError), store.begin_write(None) as tx:
            tx.execute("INSERT INTO owner (id, name, created_at) VALUES ('1', 'Kai Example', 'today')")

    def test_a_fact_needs_its_account(self, store: Store) -> None:
        now = utc_now()
        with pytest.raises(peewee.IntegrityError), store.begin_write(None) as tx:
            add_row(tx, Fact, id="1", account="nobody's", kind="sent", at=now, recorded_at=now, data="{}")

    def test_a_naive_time_is_refused(self, store: Store) -> None:
        with pytest.raises(ValueError, match="time zone"), store.begin_write(None) as tx:
            add_row(tx, Owner, id="1", name="Kai Example", created_at=utc_now().replace(tzinfo=None))

    def test_instants_keep_every_microsecond(self, store: Store) -> None:
        now = utc_now().replace(microsecond=999_999)
        with store.begin_write(None) as tx:
            add_row(tx, Owner, id="1", name="Kai Example", created_at=now)

        with store.read() as tx:
            assert Owner.select().get(tx.database).created_at == now


class TestOpening:
    @pytest.mark.sqlite
    def test_a_new_database_is_for_its_owner_alone(self, store: Store, path: Path) -> None:
        with store.begin_write(None) as tx:
            add_owner(tx, "Kai Example")
        for companion in path.parent.glob("inkeeper.sqlite3*"):
            assert companion.stat().st_mode & 0o777 == 0o600, companion

    @pytest.mark.sqlite
    def test_nothing_is_left_beside_it_after_closing(self, database_url: str, path: Path) -> None:
        open_database(database_url).checkpoint_and_close()

        assert list(path.parent.iterdir()) == [path]

    def test_many_that_create_it_at_once_share_it(self, database_url: str) -> None:
        command = [sys.executable, "-c", ADD_ONE_OWNER, database_url]
        started = [subprocess.Popen(command, env=ENVIRONMENT) for _ in range(4)]
        assert [process.wait() for process in started] == [0, 0, 0, 0]

        opened = open_database(database_url)
        assert len(owner_names(opened)) == 4
        opened.checkpoint_and_close()

    @pytest.mark.sqlite
    def test_one_that_is_missing_is_only_created_on_demand(self, database_url: str, path: Path) -> None:
        with pytest.raises(DatabaseProblem) as caught:
            open_database(database_url, create=False)

        assert caught.value.which == "missing"
        assert not path.exists()

    @pytest.mark.parametrize(
        "url",
        ["mysql://localhost/inkeeper", "inkeeper.sqlite3", "sqlite://", "sqlite:///", "sqlite:///:memory:", ""],
    )
    def test_other_kinds_of_address_are_refused(self, url: str) -> None:
        assert problem_of_opening(url).which == "unsupported"

    def test_a_folder_that_is_missing(self, tmp_path: Path) -> None:
        assert problem_of_opening(f"sqlite:///{tmp_path}/nowhere/inkeeper.sqlite3").which == "unopenable"

    def test_spaces_and_percent_signs_in_the_path(self, tmp_path: Path) -> None:
        open_database(f"sqlite:///{tmp_path}/my%20ledger%25.sqlite3").checkpoint_and_close()

        assert (tmp_path / "my ledger%.sqlite3").exists()


@pytest.mark.sqlite
class TestRefusing:
    """Each names the trouble and leaves the file as it was."""

    @pytest.fixture(autouse=True)
    def filled(self, database_url: str) -> None:
        opened = open_database(database_url)
        add_owners(opened, range(2000))
        opened.checkpoint_and_close()

    @pytest.mark.usefixtures("impatient")
    def test_locked(self, database_url: str, path: Path) -> None:
        with write_locked(path):
            problem = problem_of_opening(database_url)

        assert problem.which == "locked"
        assert problem.said.arguments == {"path": str(path)}

    @pytest.mark.usefixtures("impatient")
    def test_locked_while_running(self, database_url: str, path: Path) -> None:
        opened = open_database(database_url)

        with write_locked(path), pytest.raises(DatabaseProblem) as caught, opened.begin_write(None):
            pass

        assert caught.value.which == "locked"
        assert len(owner_names(opened)) == 2000
        opened.checkpoint_and_close()

    def test_full_while_running(self, database_url: str) -> None:
        opened = open_database(database_url)
        limit_size(opened, 1)
        with pytest.raises(DatabaseProblem) as caught:
            add_owners(opened, range(2000, 4000))
        assert caught.value.which == "full"
        assert len(owner_names(opened)) == 2000

        limit_size(opened, 1_000_000)
        add_owners(opened, range(2000, 4000))
        assert len(owner_names(opened)) == 4000
        opened.checkpoint_and_close()

    def test_full_while_creating(self, tmp_path: Path) -> None:
        # The system refuses every byte beyond the first 20,000 of a file, much as a full disk would.
        limited = f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
{OPEN_AND_TELL}
"""
        which = run([sys.executable, "-B", "-c", limited, f"sqlite:///{tmp_path}/new.sqlite3"])

        assert which in ("full", "corrupt")
        assert not (tmp_path / "new.sqlite3").exists()

    def test_read_only(self, database_url: str, path: Path) -> None:
        which = opening_without_rights(database_url, path)

        assert which == "readonly"

    def test_empty(self, database_url: str, path: Path) -> None:
        path.write_bytes(b"")

        assert problem_of_opening(database_url).which == "corrupt"
        assert path.read_bytes() == b""

    @pytest.mark.parametrize("length", [1, 100, 5000, 50_000])
    def test_cut_short(self, database_url: str, path: Path, length: int) -> None:
        rest = path.read_bytes()[:length]
        path.write_bytes(rest)

        assert problem_of_opening(database_url).which == "corrupt"
        assert path.read_bytes() == rest

    @pytest.mark.parametrize("position", [0, 20, 4096, 3 * 4096, 20 * 4096])
    def test_overwritten_in_part(self, database_url: str, path: Path, position: int) -> None:
        damaged = bytearray(path.read_bytes())
        damaged[position : position + 2000] = b"\xff" * 2000
        path.write_bytes(damaged)

        assert problem_of_opening(database_url).which in ("corrupt", "not_inkeeper")
        assert path.read_bytes() == damaged

    def test_not_a_database(self, database_url: str, path: Path) -> None:
        path.write_text("This is a letter, not a ledger. " * 1000)

        assert problem_of_opening(database_url).which == "corrupt"

    def test_the_log_of_a_file_that_is_gone(self, database_url: str, path: Path) -> None:
        path.rename(path.with_suffix(".moved"))
        log = path.with_name(path.name + "-wal")
        log.write_bytes(b"all that is left")

        assert problem_of_opening(database_url).which == "corrupt"
        assert not path.exists()
        assert log.read_bytes() == b"all that is left"

    def test_somebody_elses_database(self, database_url: str, path: Path) -> None:
        path.unlink()
        with closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE song (title TEXT)")
            other.commit()
        before = path.read_bytes()

        assert problem_of_opening(database_url).which == "not_inkeeper"
        assert path.read_bytes() == before

    def test_newer(self, database_url: str, path: Path) -> None:
        with closing(sqlite3.connect(path)) as newer:
            newer.execute("INSERT INTO schema_migration (name, applied) VALUES ('0999_from_the_future', '2030-01-01')")
            newer.commit()

        problem = problem_of_opening(database_url)

        assert problem.which == "newer"
        assert "newer version" in english(problem.said)

    def test_damage_that_only_a_full_look_finds(self, database_url: str, path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA writable_schema = ON")
            # The index now claims to hold other rows than the table does.
            connection.execute(
                "UPDATE sqlite_master SET sql = replace(sql, '\"name\")', '\"id\")') WHERE name = 'owner_name'"
            )
            connection.commit()

        opened = open_database(database_url)

        assert opened.damage() is not None
        opened.checkpoint_and_close()

    def test_no_damage(self, database_url: str) -> None:
        opened = open_database(database_url)
        assert opened.damage() is None
        opened.checkpoint_and_close()


def opening_without_rights(url: str, path: Path) -> str:
    """What opening says in a process that may read the file but not write it."""
    command = [sys.executable, "-c", OPEN_AND_TELL, url]
    if os.getuid() == 0:
        # Root may write everything; without these two capabilities it may only do what the file's mode says.
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        return run(command)
    finally:
        path.parent.chmod(0o755)
        path.chmod(0o600)
