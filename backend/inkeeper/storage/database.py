"""Opening a database (with the reason if that fails), reading from it and writing to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from inkeeper.reasons import Reason, reason
from inkeeper.storage.backup import copies_beside
from inkeeper.storage.cached_states import StateCache
from inkeeper.storage.engines import sqlite
from inkeeper.storage.engines.engine import AccountRow, Connection, DatabaseProblem, Engine, Which
from inkeeper.storage.migrate import apply_pending_steps, unknown_steps
from inkeeper.storage.transaction import Transaction
from inkeeper.storage.weekly import paused

__all__ = ["DatabaseProblem", "Store", "Which", "folder_of", "open_database"]

_POSTGRESQL = ("postgresql://", "postgres://")


class Store:
    """An open database. Thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._state_cache = StateCache()

    @property
    def name(self) -> str:
        """The database's name to show to people: its file, or its URL without a password."""
        return self._engine.name

    @property
    def path(self) -> Path | None:
        """The database's file; None for one on a server."""
        return self._engine.path

    @property
    def folder(self) -> Path:
        """The folder for files that a browser is opened with."""
        return self._engine.folder

    @contextmanager
    def begin_write(self, account_id: str | None, *, brief: bool = False) -> Iterator[Transaction]:
        """Begin a write transaction; all writes go through it. It locks before it reads. When the block ends, its
        changes are committed and on disk; if it raises, none are.

        `account_id` is the account that is written to (None: no account). Its version rises if any row changed. A
        `brief` write takes milliseconds, not seconds: it may be committed together with others that wait. Raises
        DatabaseProblem if the database cannot be written, or if it is unknown whether it was (`unconfirmed`), and
        RuntimeError in a thread that is in a transaction already.
        """
        with self._engine.writing(account_id, brief=brief) as (connection, row, group):
            transaction = self._transaction(connection, account_id, row)
            if group is not None and group.latest is not None:
                transaction.continue_from(group.latest)
            before = self._engine.changes(connection)
            yield transaction
            if account_id is not None and self._engine.changes(connection) != before:
                transaction.raise_version(account_id)
            if group is not None:
                group.latest = transaction
        if group is None:
            transaction.publish_cached_states()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Begin a read transaction, which sees one unchanging state of the database.

        Raises DatabaseProblem if the database cannot be read, and RuntimeError in a thread that is in a transaction
        already: pass that one on instead.
        """
        with self._engine.reading() as connection:
            transaction = self._transaction(connection)
            yield transaction
        transaction.publish_cached_states()

    def read_row(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of one query, without the cost of a transaction.

        Not for use inside a transaction.
        """
        return self._engine.first_row(sql, parameters)

    def copy_to(self, target: Path) -> None:
        """Write a copy of the database as it is now to the new file `target`.

        Raises FileExistsError if it exists, and DatabaseProblem where the database is no file.
        """
        self._engine.copy_to(target)

    def own_copies(self) -> list[Path]:
        """The copies of the database that the program made: see `backup.copies_beside`."""
        return copies_beside(self.path) if self.path else []

    @contextmanager
    def backups_paused(self) -> Iterator[None]:
        """Keep every process from making a weekly backup until the block ends: see `weekly.paused`."""
        if self.path is None:
            yield
            return
        with paused(self.path):
            yield

    def purge_deleted_rows(self) -> Reason | None:
        """Remove the remains of changed and deleted rows from the disk, as far as the database can do that.

        Returns where some of it is left; None if nothing is.
        """
        return self._engine.purge_deleted_rows()

    def damage(self) -> str | None:
        """The first fault that the database finds in its own files, None if there is none. Reads all of it, so it is
        slow.
        """
        return self._engine.damage()

    def checkpoint_and_close(self) -> None:
        """Write the log back into the database file and close every connection. For the end of a process.

        No other thread may be using the store any more.
        """
        self._engine.close()

    def _transaction(
        self, connection: Connection, account_id: str | None = None, row: AccountRow | None = None
    ) -> Transaction:
        transaction = Transaction(self._engine.database, connection, self._state_cache, account_id, row)
        # Without this, Peewee would commit each statement.
        self._engine.database.push_transaction(transaction)
        return transaction

    def _migrate(self) -> None:
        """Migrate the database to the schema of this version. Raises DatabaseProblem for a newer schema."""
        with self._engine.migrating() as (connection, *_):
            self._transaction(connection)
            if unknown_steps(self._engine.database):
                raise self._engine.problem("newer")
            apply_pending_steps(self._engine.database, self._engine.copied_before_migrating)


def folder_of(url: str, folder: Path | None = None) -> Path:
    """The folder of the store that `open_database` would open, without opening it.

    Raises DatabaseProblem for a URL that names no database.
    """
    if url.startswith(_POSTGRESQL):
        return folder or Path(gettempdir())
    return sqlite.path_of(url).parent


def has_file(url: str) -> bool:
    """Whether the database that this URL names is a file that is there.

    Raises DatabaseProblem for a URL that names no database.
    """
    return not url.startswith(_POSTGRESQL) and sqlite.path_of(url).exists()


def open_database(url: str, *, create: bool = True, folder: Path | None = None) -> Store:
    """Open the database that a `sqlite:///` or `postgresql://` URL names, making its tables if there are none and
    `create` is set.

    `folder` is where files that a browser is opened with go, where the database is no file; None for the system's
    folder of temporary files. Raises DatabaseProblem for one that cannot be used. An existing file is never replaced
    or emptied.
    """
    if url.startswith(_POSTGRESQL):
        return _open(_postgresql(url, folder_of(url, folder), create=create))
    return _open(sqlite.open_file(url, _make, create=create))


def _postgresql(url: str, folder: Path, *, create: bool) -> Engine:
    try:
        from inkeeper.storage.engines.postgresql import PostgresqlEngine
    except ImportError:
        raise DatabaseProblem("unsupported", reason("database.no_driver")) from None
    return PostgresqlEngine(url, folder, create=create)


def _open(engine: Engine) -> Store:
    store = Store(engine)
    try:
        engine.check()
        store._migrate()
    except BaseException:
        store.checkpoint_and_close()
        raise
    return store


def _make(engine: Engine) -> None:
    _open(engine)
