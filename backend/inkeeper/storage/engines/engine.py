"""The interface of engines to `Store`, and the error for a database that cannot be used."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from peewee import Database, IntegrityError

from inkeeper.reasons import Reason

if TYPE_CHECKING:
    from inkeeper.storage.transaction import Transaction

Which = Literal[
    "locked",
    "full",
    "readonly",
    "corrupt",
    "newer",
    "not_inkeeper",
    "missing",
    "unopenable",
    "unsupported",
    "unreachable",
    "unconfirmed",
]

Parameters = Sequence[Any] | Mapping[str, Any]


class DatabaseProblem(Exception):
    """The database cannot be used. `which` is the kind of problem, `said` the reason with what to do.

    With `unconfirmed` it is unknown whether the write was stored; with all others it was not.
    """

    def __init__(self, which: Which, said: Reason) -> None:
        super().__init__(which, said)
        self.which = which
        self.said = said


class RowRefused(IntegrityError):
    """One of an iterator's rows does not fit its table: `row` is which, counted from 0."""

    def __init__(self, error: IntegrityError, row: int) -> None:
        super().__init__(error, *error.args)
        self.row = row


class Cursor(Protocol):
    """The rows that a statement returned."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed, of `executemany` all together."""

    def fetchone(self) -> Any:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """All rows that are left."""

    def close(self) -> None:
        """Drop the rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """A connection that runs statements with `?` for each parameter, or `:name` where they are given by name.

    They raise Peewee's IntegrityError for what the schema does not allow, and the driver's own errors else.
    """

    def execute(self, sql: str, parameters: Parameters = ..., /) -> Cursor:
        """Run one statement."""

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Cursor:
        """Run one statement for each row."""


class AccountRow(NamedTuple):
    """The columns of an account that describe its facts: see `models.Account`."""

    version: int
    last_fact_id: str | None
    facts_recorded: int


class Group:
    """Writes that are committed together. `latest` is the last of them that was done, None if none was."""

    def __init__(self) -> None:
        self.latest: Transaction | None = None
        self._error: BaseException | None = None
        self._ended = threading.Event()

    def end(self, error: BaseException | None = None) -> None:
        """Let all writes return; raise the error in each of them if the group failed with one."""
        self._error = error
        if error is None and self.latest is not None:
            # It began with the cached states of the writes before it.
            self.latest.publish_cached_states()
        self._ended.set()

    def wait(self) -> None:
        """Wait until the group has ended. Raises the error that it failed with."""
        self._ended.wait()
        if self._error is not None:
            raise self._error


class Locked(NamedTuple):
    """An open write: its connection, and the account's row if the engine read it for the lock.

    `group` has the writes that are committed together with it, None where each write has its own commit.
    """

    connection: Connection
    account: AccountRow | None
    group: Group | None = None


class Engine(ABC):
    """An open database of one kind, for any number of threads. Its methods raise DatabaseProblem."""

    database: Database
    """For Peewee: its queries run on the connection of the thread's transaction."""

    name: str
    """The database's name to show to people, without a password."""

    path: Path | None
    """The database's file; None where it is none."""

    folder: Path
    """The folder for files that a browser is opened with."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that reads one unchanging state."""

    @abstractmethod
    def writing(self, account_id: str | None, *, brief: bool = False) -> AbstractContextManager[Locked]:
        """A transaction that writes to this account, or to no account, and has locked before it reads.

        Committed and on disk when the block ends, or not at all if it raises. A `brief` one takes milliseconds, not
        seconds, and may be committed together with others.
        """

    @abstractmethod
    def first_row(self, sql: str, parameters: Parameters) -> tuple[Any, ...] | None:
        """The first row of one query, run without a transaction around it."""

    @abstractmethod
    def changes(self, connection: Connection) -> int:
        """How many rows were inserted, updated and deleted on this connection so far."""

    @abstractmethod
    def check(self) -> None:
        """Refuse what is not a sound database of Inkeeper's, or not there. For the opening, before `migrating`."""

    def migrating(self) -> AbstractContextManager[Locked]:
        """A write during which the schema may change, and no other process changes it."""
        return self.writing(None)

    @property
    def copied_before_migrating(self) -> Path | None:
        """The file to copy before the schema changes; None for a new database, or one that is not a file."""
        return None

    @abstractmethod
    def problem(self, which: Which) -> DatabaseProblem:
        """The problem with this database, in words."""

    @abstractmethod
    def copy_to(self, target: Path) -> None:
        """Write a copy of the database as it is now to the new file `target`. Raises FileExistsError if it exists."""

    @abstractmethod
    def purge_deleted_rows(self) -> Reason | None:
        """Remove the remains of changed and deleted rows from the disk, as far as the engine can do that.

        Returns where some of it is left; None if nothing is.
        """

    @abstractmethod
    def damage(self) -> str | None:
        """The first fault that the engine finds in its own files; None if there is none, or if it has no such check."""

    @abstractmethod
    def close(self) -> None:
        """Close every connection. For the end of a process: no other thread may use the engine any more."""
