"""The one way to a database: open it or learn why not, read from it, and write to it one writer at a time."""

from __future__ import annotations

import errno
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

from peewee import PeeweeException, SqliteDatabase

from inkeeper.storage.backup import copies_beside, copy_database
from inkeeper.storage.files import new_private_file
from inkeeper.storage.heads import Heads
from inkeeper.storage.migrate import apply_pending_steps, unknown_steps
from inkeeper.storage.models import database_of_thread
from inkeeper.storage.transaction import Transaction, enter

BUSY_SECONDS = 5
_APPLICATION_ID = int.from_bytes(b"InkP")
_SMALLEST_BYTES = 512  # one page of the smallest kind
# Checking every page takes time in proportion to the file. A start must stay quick, so a file that is larger than
# this is only checked where it is read; `inkeeper doctor` checks all of it.
_CHECKED_AT_START_BYTES = 16 * 1024 * 1024

Which = Literal[
    "locked", "full", "readonly", "corrupt", "newer", "not_inkeeper", "missing", "unopenable", "unsupported"
]

_WHICH_BY_SQLITE_CODE: dict[int, Which] = {
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
_WORDS: dict[Which, str] = {
    "locked": "Another program keeps the database {path} locked. Close it, then try again.",
    "full": "There is no space left to write the database {path}. Free some, then try again.",
    "readonly": "The database {path} cannot be written. Give your user the right to write the file and its folder.",
    "corrupt": "The database {path} is damaged. Put a backup in its place; the damaged file was left as it is.",
    "newer": "The database {path} was written by a newer version of Inkeeper. Install that version.",
    "not_inkeeper": "The file {path} is a database, but not one of Inkeeper's. Name another file.",
    "missing": "There is no database {path} yet. Start with `inkeeper serve`, or name another with --database.",
    "unopenable": "The database {path} cannot be opened. See that its folder exists and that your user may read it.",
    "unsupported": "Only SQLite databases are supported: sqlite:///relative/path or sqlite:////absolute/path.",
}


class DatabaseProblem(Exception):
    """The database cannot be used: `which` says why in one word, `detail` in a sentence with what to do."""

    def __init__(self, which: Which, detail: str) -> None:
        super().__init__(detail)
        self.which = which
        self.detail = detail


class _OfThread(threading.local):
    transaction: Transaction | None = None


class Store:
    """An open database, for any number of threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database = _Sqlite(path)
        self._write_lock = threading.Lock()
        self._heads = Heads()
        self._of_thread = _OfThread()

    @contextmanager
    def begin_write(self, account_id: str | None) -> Iterator[Transaction]:
        """The only door to writing: one writer at a time, committed and on disk when the block ends, or not at all.

        Names the account that is written to, whose version rises if anything is; None for a write to no account. Raises
        DatabaseProblem if the database cannot be written.
        """
        if self._of_thread.transaction:
            raise RuntimeError("A write must begin as a write, not inside another transaction.")
        # Waiting here costs a thread nothing. SQLite's own lock is polled with growing pauses, which for a few busy
        # threads makes the slowest wait ten times as long.
        if not self._write_lock.acquire(timeout=BUSY_SECONDS):
            raise self._problem("locked")
        try:
            # IMMEDIATE, since a transaction that only turns into a write later fails at once if another came first.
            with self._transaction("IMMEDIATE", account_id) as transaction:
                before = transaction.connection.total_changes
                yield transaction
                if account_id is not None and transaction.connection.total_changes != before:
                    transaction.raise_version(account_id)
        finally:
            self._write_lock.release()

    def read(self) -> AbstractContextManager[Transaction]:
        """Read one unchanging state of the database; inside a write, what has been written so far.

        Raises DatabaseProblem if the database cannot be read.
        """
        return (
            nullcontext(self._of_thread.transaction) if self._of_thread.transaction else self._transaction("DEFERRED")
        )

    def read_row(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of one query, for where a transaction around it would cost more than the query itself.

        Not for use inside a transaction.
        """
        with self._database.lent() as connection:
            try:
                row: tuple[Any, ...] | None = connection.execute(sql, parameters).fetchone()
            except sqlite3.Error as error:
                if problem := self._problem_behind(error):
                    raise problem from error
                raise
            return row

    def copy_to(self, target: Path) -> None:
        """Write a copy of the database as it is now to the new file `target`. Raises FileExistsError if it exists."""
        with self._problems_named(), self._database.lent() as connection:
            copy_database(connection, target)

    def own_copies(self) -> list[Path]:
        """The copies of the database that the program made of its own accord."""
        return copies_beside(self.path)

    def forget_what_was_deleted(self) -> bool:
        """Write the file anew without the remains of what was changed or deleted, and empty the log.

        Answers whether that was possible at once: while another process has the database open, its log may keep some
        until that process ends.
        """
        with self._write_lock, self._problems_named(), self._database.lent(for_writing=True) as connection:
            connection.execute("VACUUM")
            (in_use, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not in_use

    def damage(self) -> str | None:
        """What SQLite finds wrong when it looks at every page and index; None if nothing. Takes its time."""
        with self.read() as transaction:
            (verdict,) = transaction.execute("PRAGMA integrity_check(1)").fetchone()
        return None if verdict == "ok" else str(verdict)

    def checkpoint_and_close(self) -> None:
        """Bring all that was written into the one file and close every connection. For the end of a process.

        No other thread may be using the store any more.
        """
        # What cannot be brought over stays in the write-ahead log, from where the next start reads it.
        with suppress(sqlite3.Error, PeeweeException), self._database.lent(for_writing=True) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._database.close_everywhere()

    @contextmanager
    def _transaction(self, kind: str, account_id: str | None = None) -> Iterator[Transaction]:
        with self._problems_named(), self._database.lent(for_writing=kind == "IMMEDIATE") as connection:
            connection.execute(f"BEGIN {kind}")
            transaction = Transaction(self._database, connection, self._heads, account_id)
            self._database.push_transaction(transaction)
            database_before, database_of_thread.obj = database_of_thread.obj, self._database
            before = enter(transaction)
            self._of_thread.transaction = transaction
            try:
                yield transaction
                connection.execute("COMMIT")
            except BaseException:
                # When the disk is full, SQLite has rolled back already.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                self._of_thread.transaction = None
                enter(before)
                database_of_thread.obj = database_before
            transaction.keep_what_was_learned()

    @contextmanager
    def _problems_named(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, PeeweeException) as error:
            if problem := self._problem_behind(error):
                raise problem from error
            raise

    def _problem_behind(self, error: Exception) -> DatabaseProblem | None:
        which = _which(error)
        return None if which is None else self._problem(which)

    def _problem(self, which: Which) -> DatabaseProblem:
        return DatabaseProblem(which, _WORDS[which].format(path=self.path))

    def _make_usable(self, *, fresh: bool) -> None:
        """Refuse what is not a sound database of this version or an older one, and bring an older one up to date."""
        with self._problems_named(), self._database.lent(for_writing=True) as connection:
            if fresh:
                # An InMail changes a little on each of a dozen pages, all of which are written: smaller ones cost less.
                connection.execute("PRAGMA page_size = 2048")
                connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            elif connection.execute("PRAGMA application_id").fetchone() != (_APPLICATION_ID,):
                raise self._problem("not_inkeeper")
            elif self.path.stat().st_size <= _CHECKED_AT_START_BYTES:
                self._check_pages(connection)
            if unknown_steps(self._database):
                raise self._problem("newer")
            connection.execute("PRAGMA journal_mode = WAL")
        # Also where nothing is to be done: it is better to learn now than at the first InMail that nothing can be
        # written.
        with self.begin_write(None):
            apply_pending_steps(self._database, None if fresh else self.path)

    def _check_pages(self, connection: sqlite3.Connection) -> None:
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise self._problem("corrupt")


def open_database(url: str, *, create: bool = True) -> Store:
    """Open the database that a `sqlite:///` URL names, creating it if there is no such file and `create` is set.

    Raises DatabaseProblem for one that cannot be used. An existing file is never replaced or emptied.
    """
    path = _path_of(url)
    try:
        if path.exists():
            # A new database is put in its place whole, so one that is (nearly) empty has lost its content. SQLite
            # would take it for a new one.
            if path.stat().st_size < _SMALLEST_BYTES:
                raise DatabaseProblem("corrupt", _WORDS["corrupt"].format(path=path))
        elif path.is_symlink():
            # It leads nowhere, perhaps to a disk that is not there at the moment.
            raise DatabaseProblem("unopenable", _WORDS["unopenable"].format(path=path))
        elif create:
            _create(path)
        else:
            raise DatabaseProblem("missing", _WORDS["missing"].format(path=path))
    except OSError as error:
        which = _WHICH_BY_ERRNO.get(error.errno or 0, "unopenable")
        raise DatabaseProblem(which, _WORDS[which].format(path=path)) from error
    return _open(path, fresh=False)


def _open(path: Path, *, fresh: bool) -> Store:
    store = Store(path)
    try:
        store._make_usable(fresh=fresh)
    except BaseException:
        store._database.close_everywhere()
        raise
    return store


def _path_of(url: str) -> Path:
    scheme, separator, rest = url.partition(":///")
    if scheme != "sqlite" or not separator or not rest or ":memory:" in rest:
        raise DatabaseProblem("unsupported", _WORDS["unsupported"])
    return Path(unquote(rest)).absolute()


def _create(path: Path) -> None:
    # The log of a database whose file is gone: SQLite would play it into the new one.
    if path.with_name(path.name + "-wal").exists():
        raise DatabaseProblem("corrupt", _WORDS["corrupt"].format(path=path))
    # Another process that creates the same database at this moment may be first; then its file is opened.
    with suppress(FileExistsError), new_private_file(path) as draft:
        _open(draft, fresh=True).checkpoint_and_close()


def _which(error: Exception) -> Which | None:
    """The kind of trouble that an error of the database's tells of; None for a mistake in the program."""
    original = getattr(error, "orig", error)
    # Errors that the Python module raises itself carry no code.
    code = getattr(original, "sqlite_errorcode", None)
    # The low byte is the kind, the rest a finer distinction.
    return None if code is None else _WHICH_BY_SQLITE_CODE.get(code & 0xFF)


class _Sqlite(SqliteDatabase):
    """Peewee's SQLite with connections that go from thread to thread.

    Any other connection's write makes SQLite forget all pages that a connection has in memory. So there is one for all
    writing, and for reading that which was used last comes first.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(
            str(path),
            # Bringing the log over takes some milliseconds, during which nobody can write: with the default of 1,000
            # pages that is once in 80 InMails.
            pragmas={"synchronous": "FULL", "foreign_keys": 1, "wal_autocheckpoint": 4000},
            timeout=BUSY_SECONDS,
            autoconnect=False,
            check_same_thread=False,
        )
        self._open: list[sqlite3.Connection] = []
        self._for_reading: list[sqlite3.Connection] = []
        self._for_writing: list[sqlite3.Connection] = []

    @contextmanager
    def lent(self, *, for_writing: bool = False) -> Iterator[sqlite3.Connection]:
        """Give this thread a connection until the block ends. Only one thread at a time may have that for writing."""
        of_thread = self._state  # type: ignore[attr-defined]
        if not of_thread.closed:
            raise RuntimeError("This thread has a connection already.")
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
