"""A ledger in one SQLite file: a single writer, readers beside it, and everything on disk at each commit."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from peewee import IntegrityError, PeeweeException, SqliteDatabase

from inkeeper.reasons import Reason, reason
from inkeeper.storage.backup import copy_database
from inkeeper.storage.engines.engine import Connection, DatabaseProblem, Engine, Locked, Parameters, Which
from inkeeper.storage.engines.group_commit import GroupCommit, TurnTimeout
from inkeeper.storage.files import new_private_file

BUSY_SECONDS = 5
APPLICATION_ID = int.from_bytes(b"InkP")
"""What SQLite stores in the head of a database of Inkeeper's."""

_SMALLEST_BYTES = 512  # one page of the smallest kind
# Checking every page takes time in proportion to the file. A start must stay quick, so a file that is larger than
# this is only checked where it is read; `inkeeper doctor` checks all of it.
_CHECKED_AT_START_BYTES = 16 * 1024 * 1024

_WHICH_BY_CODE: dict[int, Which] = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "readonly",
    sqlite3.SQLITE_PERM: "readonly",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_NOTADB: "corrupt",
    sqlite3.SQLITE_IOERR: "corrupt",
    sqlite3.SQLITE_CANTOPEN: "unopenable",
}
_WHICH_BY_ERRNO: dict[int, Which] = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "full",
    errno.EROFS: "readonly",
    errno.EACCES: "readonly",
    errno.EPERM: "readonly",
}

_LEFT_IN_LOG = reason("erased.left_in_log")


class SqliteEngine(Engine):
    """An open SQLite file."""

    database: _Sqlite
    path: Path

    def __init__(self, path: Path, *, fresh: bool) -> None:
        self.path = path
        self.folder = path.parent
        self.name = str(path)
        self.database = _Sqlite(path)
        self._fresh = fresh
        # Waiting for a turn costs a thread nothing. SQLite's own lock is polled with growing pauses, which for a few
        # busy threads makes the slowest wait ten times as long.
        self._writes = GroupCommit(partial(self.database.lent, for_writing=True), BUSY_SECONDS)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """See `Engine.reading`."""
        with self._problems_named(), self.database.lent() as connection:
            connection.execute("BEGIN DEFERRED")
            with _ended(connection):
                yield connection

    @contextmanager
    def writing(self, account_id: str | None, *, brief: bool = False) -> Iterator[Locked]:  # noqa: ARG002 (there is one lock for all accounts)
        """See `Engine.writing`."""
        self.database.check_none_lent()
        with self._problems_named(), self._writes.writing(brief=brief) as (connection, group):
            yield Locked(connection, None, group)

    def first_row(self, sql: str, parameters: Parameters) -> tuple[Any, ...] | None:
        """See `Engine.first_row`."""
        with self.database.lent() as connection:
            try:
                row: tuple[Any, ...] | None = connection.execute(sql, parameters).fetchone()
            except sqlite3.Error as error:
                if problem := self._problem_behind(error):
                    raise problem from error
                raise
            return row

    def changes(self, connection: Connection) -> int:
        """See `Engine.changes`."""
        assert isinstance(connection, sqlite3.Connection)
        return connection.total_changes

    def check(self) -> None:
        """See `Engine.check`."""
        with self._problems_named(), self.database.lent(for_writing=True) as connection:
            if self._fresh:
                # An InMail changes a little on each of a dozen pages, all of which are written: smaller ones cost less.
                connection.execute("PRAGMA page_size = 2048")
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            elif connection.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
                raise self.problem("not_inkeeper")
            elif self.path.stat().st_size <= _CHECKED_AT_START_BYTES:
                self._check_pages(connection)
            connection.execute("PRAGMA journal_mode = WAL")

    @property
    def copied_before_migrating(self) -> Path | None:
        """See `Engine.copied_before_migrating`."""
        return None if self._fresh else self.path

    def problem(self, which: Which) -> DatabaseProblem:
        """See `Engine.problem`."""
        return problem(which, self.path)

    def copy_to(self, target: Path) -> None:
        """See `Engine.copy_to`."""
        with self._problems_named(), self.database.lent() as connection:
            copy_database(connection, target)

    def purge_deleted_rows(self) -> Reason | None:
        """Rewrite the file without the remains of changed and deleted rows, and empty the log.

        While another process has the database open, its log may keep some until that process ends.
        """
        with self._problems_named(), self._writes.connection() as connection:
            connection.execute("VACUUM")
            (in_use, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return _LEFT_IN_LOG if in_use else None

    def damage(self) -> str | None:
        """The first fault that SQLite finds in any page or index; None if there is none. Reads the whole file, so it is
        slow.
        """
        with self.reading() as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        return None if verdict == "ok" else str(verdict)

    def close(self) -> None:
        """Write the log back into the database file, and close every connection."""
        # What cannot be written back stays in the write-ahead log, which the next start reads.
        with suppress(sqlite3.Error, PeeweeException), self.database.lent(for_writing=True) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.database.close_everywhere()

    @contextmanager
    def _problems_named(self) -> Iterator[None]:
        try:
            yield
        except TurnTimeout as error:
            raise self.problem("locked") from error
        except (sqlite3.Error, PeeweeException) as error:
            if problem := self._problem_behind(error):
                raise problem from error
            raise

    def _problem_behind(self, error: Exception) -> DatabaseProblem | None:
        which = _which(error)
        return None if which is None else self.problem(which)

    def _check_pages(self, connection: sqlite3.Connection) -> None:
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise self.problem("corrupt")


def open_file(url: str, make: Callable[[Engine], None], *, create: bool) -> SqliteEngine:
    """The engine over the file that a `sqlite:///` URL names.

    `make` creates the schema of a new file, which is put in its place when it is whole. Raises DatabaseProblem for one
    that cannot be used. An existing file is never replaced or emptied.
    """
    path = path_of(url)
    try:
        if path.exists():
            # A new database is put in its place whole, so one that is (nearly) empty has lost its content. SQLite
            # would take it for a new one.
            if path.stat().st_size < _SMALLEST_BYTES:
                raise problem("corrupt", path)
        elif path.is_symlink():
            # A broken link, perhaps to a disk that is not mounted.
            raise problem("unopenable", path)
        elif create:
            _create(path, make)
        else:
            raise problem("missing", path)
    except OSError as error:
        raise problem(_WHICH_BY_ERRNO.get(error.errno or 0, "unopenable"), path) from error
    return SqliteEngine(path, fresh=False)


def problem(which: Which, path: Path) -> DatabaseProblem:
    """The problem with the database in this file."""
    return DatabaseProblem(which, reason(f"sqlite.{which}", path=str(path)))


def problem_of(error: sqlite3.Error, path: Path) -> Exception:
    """The DatabaseProblem behind an error of SQLite's; the error itself if it is a mistake in the program."""
    which = _which(error)
    return error if which is None else problem(which, path)


def path_of(url: str) -> Path:
    """The absolute path of the file that a `sqlite:///` URL names. Raises DatabaseProblem for another URL."""
    scheme, separator, rest = url.partition(":///")
    if scheme != "sqlite" or not separator or not rest or ":memory:" in rest:
        raise DatabaseProblem(
            "unsupported",
            reason("database.address"),
        )
    return Path(unquote(rest)).absolute()


def _create(path: Path, make: Callable[[Engine], None]) -> None:
    # A log without its database file: SQLite would apply it to the new file.
    if path.with_name(path.name + "-wal").exists():
        raise problem("corrupt", path)
    # Another process that creates the same database at this moment may be first; then its file is opened.
    with suppress(FileExistsError), new_private_file(path) as draft:
        engine = SqliteEngine(draft, fresh=True)
        make(engine)
        engine.close()


def _which(error: Exception) -> Which | None:
    """The kind of trouble that an error of SQLite's means; None for a mistake in the program."""
    original = getattr(error, "orig", error)
    # Errors raised by the Python module itself have no code.
    code = getattr(original, "sqlite_errorcode", None)
    # The low byte is the kind, the rest a finer distinction.
    return None if code is None else _WHICH_BY_CODE.get(code & 0xFF)


@contextmanager
def _ended(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit at the end of the block, or roll back if it raises."""
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # When the disk is full, SQLite has rolled back already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


class _Connection(sqlite3.Connection):
    """A connection that raises Peewee's IntegrityError for what the schema does not allow, as every engine does."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        try:
            return super().execute(sql, parameters)
        except sqlite3.IntegrityError as error:
            raise IntegrityError(error, *error.args) from error

    def executemany(self, sql: str, rows: Iterable[Any], /) -> sqlite3.Cursor:
        try:
            return super().executemany(sql, rows)
        except sqlite3.IntegrityError as error:
            raise IntegrityError(error, *error.args) from error


class _Sqlite(SqliteDatabase):
    """Peewee's SQLite with connections that go from thread to thread.

    Any other connection's write makes SQLite forget all pages that a connection has in memory. So one connection does
    all writing, and reads reuse the connection that was used last.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(
            str(path),
            # A checkpoint takes some milliseconds, during which writes wait. With the default of 1,000 pages there is
            # one every 80 InMails.
            pragmas={"synchronous": "FULL", "foreign_keys": 1, "wal_autocheckpoint": 4000},
            timeout=BUSY_SECONDS,
            autoconnect=False,
            check_same_thread=False,
            factory=_Connection,
        )
        self._open: list[sqlite3.Connection] = []
        self._for_reading: list[sqlite3.Connection] = []
        self._for_writing: list[sqlite3.Connection] = []

    def check_none_lent(self) -> None:
        """Raise RuntimeError if this thread has a connection already."""
        if not self._state.closed:  # type: ignore[attr-defined]
            raise RuntimeError("This thread is in a transaction already.")

    @contextmanager
    def lent(self, *, for_writing: bool = False) -> Iterator[sqlite3.Connection]:
        """Give this thread a connection until the block ends. Only one thread at a time may have that for writing."""
        self.check_none_lent()
        of_thread = self._state  # type: ignore[attr-defined]
        idle = self._for_writing if for_writing else self._for_reading
        # Not asking first whether there is one: another thread might take it in between.
        try:
            connection = idle.pop()
        except IndexError:
            connection = self._connect()  # type: ignore[attr-defined]
            self._open.append(connection)
        of_thread.set_connection(connection)
        try:
            yield connection
        finally:
            of_thread.reset()
            idle.append(connection)

    def close_everywhere(self) -> None:
        """Close all connections. None may be in use any more."""
        while self._open:
            self._open.pop().close()
        self._for_reading.clear()
        self._for_writing.clear()
        self.dispose()
