"""The one way to a database: open it or learn why not, read from it, and write to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from inkeeper.storage.backup import copies_beside
from inkeeper.storage.engines import sqlite
from inkeeper.storage.engines.engine import AccountRow, Connection, DatabaseProblem, Engine, Which
from inkeeper.storage.heads import Heads
from inkeeper.storage.migrate import apply_pending_steps, unknown_steps
from inkeeper.storage.models import database_of_thread
from inkeeper.storage.transaction import Transaction, enter

__all__ = ["DatabaseProblem", "Store", "Which", "open_database"]


class _OfThread(threading.local):
    transaction: Transaction | None = None


class Store:
    """An open database, for any number of threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._heads = Heads()
        self._of_thread = _OfThread()

    @property
    def name(self) -> str:
        """The database as people know it: its file, or its address without a password."""
        return self._engine.name

    @property
    def path(self) -> Path | None:
        """The database's file; None for one on a server."""
        return self._engine.path

    @property
    def folder(self) -> Path:
        """Where files go that a browser is opened with."""
        return self._engine.folder

    @contextmanager
    def begin_write(self, account_id: str | None) -> Iterator[Transaction]:
        """The only door to writing: locks first and reads after, committed and on disk when the block ends, or not at
        all.

        Names the account that is written to, whose version rises if anything is; None for a write to no account. Raises
        DatabaseProblem if the database cannot be written, or if it is unknown whether it was (`unconfirmed`).
        """
        if self._of_thread.transaction:
            raise RuntimeError("A write must begin as a write, not inside another transaction.")
        with (
            self._engine.writing(account_id) as (connection, row),
            self._entered(connection, account_id, row) as transaction,
        ):
            before = self._engine.changes(connection)
            yield transaction
            if account_id is not None and self._engine.changes(connection) != before:
                transaction.raise_version(account_id)
        transaction.keep_what_was_learned()

    @contextmanager
    def _reading(self) -> Iterator[Transaction]:
        with self._engine.reading() as connection, self._entered(connection, None, None) as transaction:
            yield transaction
        transaction.keep_what_was_learned()

    def read(self) -> AbstractContextManager[Transaction]:
        """Read one unchanging state of the database; inside a write, what has been written so far.

        Raises DatabaseProblem if the database cannot be read.
        """
        return nullcontext(self._of_thread.transaction) if self._of_thread.transaction else self._reading()

    def read_row(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of one query, for where a transaction around it would cost more than the query itself.

        Not for use inside a transaction.
        """
        return self._engine.first_row(sql, parameters)

    def copy_to(self, target: Path) -> None:
        """Write a copy of the database as it is now to the new file `target`.

        Raises FileExistsError if it exists, and DatabaseProblem where the database is no file.
        """
        self._engine.copy_to(target)

    def own_copies(self) -> list[Path]:
        """The copies of the database that the program made of its own accord."""
        return copies_beside(self.path) if self.path else []

    def forget_what_was_deleted(self) -> bool:
        """Remove what is left on disk of changed and deleted rows, as far as the database can do that itself.

        Returns whether nothing is left there.
        """
        return self._engine.forget_what_was_deleted()

    def damage(self) -> str | None:
        """What the database finds wrong with its own files; None if nothing. Takes its time."""
        return self._engine.damage()

    def checkpoint_and_close(self) -> None:
        """Bring all that was written to its place and close every connection. For the end of a process.

        No other thread may be using the store any more.
        """
        self._engine.close()

    @contextmanager
    def _entered(self, connection: Connection, account_id: str | None, row: AccountRow | None) -> Iterator[Transaction]:
        """This thread in a transaction of the connection's, for the models too."""
        transaction = Transaction(self._engine.database, connection, self._heads, account_id, row)
        self._engine.database.push_transaction(transaction)
        database_before, database_of_thread.obj = database_of_thread.obj, self._engine.database
        before = enter(transaction)
        self._of_thread.transaction = transaction
        try:
            yield transaction
        finally:
            self._of_thread.transaction = None
            enter(before)
            database_of_thread.obj = database_before

    def _migrate(self) -> None:
        """Bring the database to the schema of this version, or refuse a newer one's."""
        with self._engine.migrating() as (connection, _), self._entered(connection, None, None):
            if unknown_steps(self._engine.database):
                raise self._engine.problem("newer")
            apply_pending_steps(self._engine.database, self._engine.copied_before_migrating)


def open_database(url: str, *, create: bool = True, folder: Path | None = None) -> Store:
    """Open the database that a `sqlite:///` or `postgresql://` URL names, making its tables if there are none and
    `create` is set.

    `folder` is where files that a browser is opened with go, where the database is no file; None for the system's
    folder of temporary files. Raises DatabaseProblem for one that cannot be used. An existing file is never replaced
    or emptied.
    """
    if url.startswith(("postgresql://", "postgres://")):
        return _open(_postgresql(url, folder or Path(gettempdir()), create=create))
    return _open(sqlite.open_file(url, _make, create=create))


def _postgresql(url: str, folder: Path, *, create: bool) -> Engine:
    try:
        from inkeeper.storage.engines.postgresql import PostgresqlEngine
    except ImportError:
        raise DatabaseProblem(
            "unsupported", "PostgreSQL needs a package that is not installed: pip install 'inkeeper[postgresql]'."
        ) from None
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
