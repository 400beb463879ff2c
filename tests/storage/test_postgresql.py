"""What a ledger on PostgreSQL has of its own: types and collations, start-up, locks, and connections that break."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from inkeeper.clock import utc_now
from inkeeper.ids import new_id
from inkeeper.storage import migrate
from inkeeper.storage.database import DatabaseProblem, Store, open_database
from inkeeper.storage.engines import postgresql as engine
from inkeeper.storage.models import TABLES, Owner
from inkeeper.wording.reasons import english
from tests.postgresql import Cluster
from tests.rows import add_row

pytestmark = pytest.mark.postgresql

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
OPEN_AND_TELL = """
import sys
from inkeeper.storage.database import open_database
store = open_database(sys.argv[1])
with store.read() as tx:
    print(*tx.execute("SELECT count(*), count(DISTINCT name) FROM schema_migration").fetchone())
store.checkpoint_and_close()
"""


def add_owner(store: Store, name: str) -> None:
    with store.begin_write(None) as tx:
        add_row(tx, Owner, id=new_id(utc_now()), name=name, created_at=utc_now())


def owners(store: Store) -> int:
    with store.read() as tx:
        return Owner.select().count(tx.database)


def problem(action: Callable[[], object]) -> str:
    with pytest.raises(DatabaseProblem) as caught:
        action()
    return caught.value.which


@contextmanager
def write_held(url: str) -> Iterator[None]:
    """Another process is in the middle of a write to no account."""
    other = open_database(url)
    with suppress(ZeroDivisionError), other.begin_write(None):
        yield
        raise ZeroDivisionError
    other.checkpoint_and_close()


class TestSchema:
    def test_the_columns_have_the_models_types(self, store: Store) -> None:
        wanted = {
            (model._meta.table_name, field.column_name): (
                "text"
                if field.field_type == "TEXT" or getattr(field, "rel_field", field).field_type == "TEXT"
                else "bigint",
                "YES" if field.null else "NO",
            )
            for model in TABLES
            for field in model._meta.sorted_fields
        }
        with store.read() as tx:
            rows = tx.execute(
                "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
                " WHERE table_schema = current_schema() AND table_name <> 'schema_migration'"
            ).fetchall()
        assert {(table, column): (kind, null) for table, column, kind, null in rows} == wanted

    def test_every_text_compares_by_bytes(self, store: Store) -> None:
        with store.read() as tx:
            others = tx.execute(
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
                " AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
            ).fetchall()
        assert others == []

    def test_a_number_that_is_too_large_is_refused(self, store: Store) -> None:
        with pytest.raises(engine.IntegrityError), store.begin_write(None) as tx:
            tx.execute("INSERT INTO owner (id, name, created_at) VALUES ('1', 'Kai Example', ?)", (2**63,))


class TestStarting:
    def test_six_processes_make_the_tables_once(self, empty_database_url: str) -> None:
        command = [sys.executable, "-c", OPEN_AND_TELL, empty_database_url]
        started = [subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) for _ in range(6)]
        told = {process.communicate()[0].strip() for process in started}

        assert [process.returncode for process in started] == [0] * 6
        assert told == {f"{len(migrate.steps())} {len(migrate.steps())}"}

    def test_six_processes_bring_an_earlier_version_up_to_date_once(
        self, empty_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        *earlier, _ = sorted(migrate._FOLDER.glob("0*.py"))
        for step in earlier:
            (tmp_path / step.name).write_text(step.read_text())
        with monkeypatch.context() as patch:
            patch.setattr(migrate, "_FOLDER", tmp_path)
            older = open_database(empty_database_url)
            add_owner(older, "Kai Example")
            older.checkpoint_and_close()

        self.test_six_processes_make_the_tables_once(empty_database_url)

        store = open_database(empty_database_url)
        assert owners(store) == 1
        store.checkpoint_and_close()

    def test_one_without_tables_is_only_filled_on_demand(self, empty_database_url: str) -> None:
        assert problem(lambda: open_database(empty_database_url, create=False)) == "missing"

    def test_somebody_elses_tables(self, empty_database_url: str) -> None:
        with psycopg.connect(empty_database_url, autocommit=True) as connection:
            connection.execute("CREATE TABLE song (title text)")

        assert problem(lambda: open_database(empty_database_url)) == "not_inkeeper"

    def test_a_newer_version(self, empty_database_url: str) -> None:
        open_database(empty_database_url).checkpoint_and_close()
        with psycopg.connect(empty_database_url, autocommit=True) as connection:
            connection.execute("INSERT INTO schema_migration (name, applied) VALUES ('0999_from_the_future', now())")

        assert problem(lambda: open_database(empty_database_url)) == "newer"

    def test_another_encoding(self, cluster: Cluster) -> None:
        cluster.query("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")

        assert problem(lambda: open_database(cluster.url("latin"))) == "unsupported"

    @pytest.mark.parametrize("url", ["postgresql://%zz", "postgresql://localhost/name?no_such=1"])
    def test_an_address_that_is_none(self, url: str) -> None:
        assert problem(lambda: open_database(url)) == "unsupported"

    def test_nobody_listens_there(self) -> None:
        url = "postgresql://kai:secret@127.0.0.1:1,127.0.0.1:2/ledger"
        with pytest.raises(DatabaseProblem) as caught:
            open_database(url)

        assert caught.value.which == "unreachable"
        assert "postgresql://127.0.0.1:1,127.0.0.1:2/ledger" in english(caught.value.said)
        assert "secret" not in english(caught.value.said)

    def test_no_such_database(self, cluster: Cluster) -> None:
        assert problem(lambda: open_database(cluster.url("nowhere"))) == "unreachable"

    def test_a_users_own_settings_count(self, postgresql_url: str) -> None:
        store = open_database(f"{postgresql_url}&application_name=mine&options=-c%20lock_timeout%3D7s")
        with store.read() as tx:
            shown = [tx.execute(f"SHOW {name}").fetchone()[0] for name in ("application_name", "lock_timeout")]
        assert shown == ["mine", "7s"]
        store.checkpoint_and_close()

    def test_opening_sqlite_imports_no_psycopg(self, tmp_path: Path) -> None:
        script = (
            "import sys; from inkeeper.storage.database import open_database\n"
            f"open_database('sqlite:///{tmp_path}/a.sqlite3').checkpoint_and_close()\n"
            "print([name for name in sys.modules if name.startswith('psycopg')])"
        )
        finished = subprocess.run([sys.executable, "-c", script], env=ENVIRONMENT, stdout=subprocess.PIPE, check=True)
        assert finished.stdout == b"[]\n"


class TestTransactions:
    def test_a_lock_that_another_holds_is_given_up_on(self, postgresql_url: str) -> None:
        impatient = open_database(f"{postgresql_url}&options=-c%20lock_timeout%3D50ms")
        with write_held(postgresql_url):
            assert problem(lambda: add_owner(impatient, "Kai Example")) == "locked"
            assert owners(impatient) == 0, "reading waits for nobody"
        add_owner(impatient, "Kai Example")
        assert owners(impatient) == 1
        impatient.checkpoint_and_close()

    def test_a_read_sees_one_state(self, postgresql_url: str, store: Store) -> None:
        other = open_database(postgresql_url)
        with store.read() as tx:
            before = tx.execute("SELECT count(*) FROM owner").fetchone()
            with ThreadPoolExecutor(1) as pool:
                pool.submit(add_owner, other, "Kai Example").result()
            assert tx.execute("SELECT count(*) FROM owner").fetchone() == before
        assert owners(store) == 1
        other.checkpoint_and_close()

    def test_reading_cannot_write(self, store: Store) -> None:
        with pytest.raises(DatabaseProblem) as caught, store.read() as tx:
            tx.execute("DELETE FROM owner")
        assert caught.value.which == "readonly"

    def test_an_error_that_was_caught_is_no_commit(self, store: Store) -> None:
        def write() -> None:
            with store.begin_write(None) as tx:
                tx.execute("INSERT INTO owner (id, name, created_at) VALUES ('1', 'Kai Example', 0)")
                with suppress(engine.IntegrityError):
                    tx.execute("INSERT INTO owner (id, name, created_at) VALUES ('1', 'Robin Sample', 0)")

        with pytest.raises(RuntimeError):
            write()
        assert owners(store) == 0

    def test_marks_and_percent_signs(self, store: Store) -> None:
        add_owner(store, "100 %")
        with store.read() as tx:
            assert tx.execute("SELECT 7 % 4, name FROM owner WHERE name LIKE '%!%' ESCAPE '!'").fetchall() == [
                (3, "100 %")
            ]
            assert tx.execute(
                "SELECT 7 % 4, name FROM owner WHERE name LIKE '100 %' AND name = ?", ("100 %",)
            ).fetchall() == [(3, "100 %")]
            named = {"number1": "100 %", "other": 5}
            assert tx.execute("SELECT :other::bigint FROM owner WHERE name = :number1", named).fetchall() == [(5,)]

    def test_sums_and_truth_values_are_numbers(self, store: Store) -> None:
        with store.begin_write(None) as tx:
            rows = [(str(number), str(number), True, 2**40) for number in range(3)]
            tx.executemany("INSERT INTO owner (id, name, list_version, created_at) VALUES (?, ?, ?, ?)", rows)
            total = tx.execute("SELECT sum(created_at), sum(list_version), avg(created_at) FROM owner").fetchone()
        assert total == (3 * 2**40, 3, 2**40)
        assert [type(number) for number in total[:2]] == [int, int]


class TestConnections:
    def test_they_are_made_anew_after_the_server_dropped_them(self, store: Store, cluster: Cluster) -> None:
        def read_at_once(threads: int) -> None:
            together = threading.Barrier(threads)

            def read() -> None:
                with store.read() as tx:
                    tx.execute("SELECT 1")
                    together.wait(10)

            with ThreadPoolExecutor(threads) as pool:
                for done in [pool.submit(read) for _ in range(threads)]:
                    done.result()

        read_at_once(4)
        drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'inkeeper'"
        assert len(cluster.query(drop)) == 4
        add_owner(store, "Kai Example")
        assert owners(store) == 1

        cluster.query(drop)
        assert store.read_row("SELECT count(*) FROM owner") == (1,)

    def test_one_that_breaks_in_a_write_undoes_it(self, store: Store, cluster: Cluster) -> None:
        def write() -> None:
            with store.begin_write(None) as tx:
                (backend,) = tx.execute("SELECT pg_backend_pid()").fetchone()
                tx.execute("INSERT INTO owner (id, name, created_at) VALUES ('1', 'Kai Example', 0)")
                cluster.query(f"SELECT pg_terminate_backend({backend}, 5000)")
                tx.execute("SELECT 1")

        assert problem(write) == "unreachable"
        assert owners(store) == 0

    def test_a_commit_that_is_cut_off_is_unconfirmed(self, store: Store, cluster: Cluster) -> None:
        def write() -> None:
            with store.begin_write(None) as tx:
                (backend,) = tx.execute("SELECT pg_backend_pid()").fetchone()
                cluster.query(f"SELECT pg_terminate_backend({backend}, 5000)")

        assert problem(write) == "unconfirmed"

    def test_threads_keep_no_connection(self, store: Store, cluster: Cluster) -> None:
        for _ in range(5):
            thread = threading.Thread(target=owners, args=(store,))
            thread.start()
            thread.join()

        used = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'inkeeper'"
        assert cluster.query(used) == [(1,)]
        store.checkpoint_and_close()
        until = time.monotonic() + 10
        while cluster.query(used) != [(0,)]:
            assert time.monotonic() < until
