"""Group commit for SQLite: writes that wait for one another share a transaction, and return after its one commit.

A commit waits for the disk, and writes pages that the next write changes again. So a brief write leaves the transaction
open if another write is waiting. That one continues in it, under a savepoint, and the last one commits for all:

- A write that fails is rolled back to its savepoint; the others stay.
- No write returns before the commit. This includes a failed one, since it read what was not committed yet.
- If the commit fails, all writes of the group fail.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from inkeeper.storage.engines.engine import Group


class TurnTimeout(Exception):
    """The writes before this one took too long."""


class GroupCommit:
    """The writes to one SQLite file: one at a time, in the order in which they came. Thread-safe."""

    def __init__(self, lend: Callable[[], AbstractContextManager[sqlite3.Connection]], seconds: float) -> None:
        """`lend` gives a thread the connection for writing. A write waits for its turn for `seconds` at most."""
        self._lend = lend
        self._seconds = seconds
        self._turns = _Turns()
        self._open: Group | None = None
        """The group whose transaction is open. Only the thread whose turn it is uses it."""

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Give this thread the connection for writing, with no transaction open. Waits for as long as it takes."""
        self._turns.take()
        try:
            with self._lend() as connection:
                self._commit_others(connection)
                yield connection
        finally:
            self._turns.give()

    @contextmanager
    def writing(self, *, brief: bool) -> Iterator[tuple[sqlite3.Connection, Group]]:
        """A transaction that is committed when the block ends, and rolled back if it raises.

        A brief one may share the commit with others. Raises TurnTimeout.
        """
        self._turns.take(self._seconds)
        group: Group | None = None
        successor: threading.Lock | None = None
        try:
            with self._lend() as connection:
                if not brief:
                    self._commit_others(connection)
                try:
                    with self._part(connection) as group:
                        yield connection, group
                finally:
                    if brief and self._open is not None and connection.in_transaction:
                        successor = self._turns.choose_next()
                    if successor is None:
                        self._commit(connection)
        finally:
            self._turns.give(successor)
            if group is not None:
                group.wait()

    @contextmanager
    def _part(self, connection: sqlite3.Connection) -> Iterator[Group]:
        """A part of the open transaction, or the first part of a new one, which is undone if the block raises."""
        group = self._open
        if group is None:
            # IMMEDIATE, since a transaction that only turns into a write later fails at once if another came first.
            connection.execute("BEGIN IMMEDIATE")
            self._open = first = Group()
            try:
                yield first
            except BaseException as error:
                self._roll_back(connection, first, error)
                raise
            return
        connection.execute("SAVEPOINT part")
        try:
            yield group
            connection.execute("RELEASE part")
        except BaseException as error:
            if not _undo_part(connection):
                self._roll_back(connection, group, error)
            raise

    def _roll_back(self, connection: sqlite3.Connection, group: Group, error: BaseException) -> None:
        """Roll back the open group: all of its writes fail with this error."""
        self._open = None
        try:
            # When the disk is full, SQLite has rolled back already.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        finally:
            group.end(error)

    def _commit_others(self, connection: sqlite3.Connection) -> None:
        """Commit the group that this thread's write does not belong to. Only that group's writes raise its error."""
        with suppress(Exception):
            self._commit(connection)

    def _commit(self, connection: sqlite3.Connection) -> None:
        """Commit the open group, if there is one."""
        group = self._open
        if group is None:
            return
        try:
            connection.execute("COMMIT")
        except BaseException as error:
            self._roll_back(connection, group, error)
            raise
        self._open = None
        group.end()


def _undo_part(connection: sqlite3.Connection) -> bool:
    """Roll back to the savepoint. False if SQLite has rolled back everything, as it does when the disk is full."""
    try:
        connection.execute("ROLLBACK TO part")
        connection.execute("RELEASE part")
    except sqlite3.Error:
        return False
    return True


class _Turns:
    """A lock that waiting threads get in the order in which they came.

    Unlike a `threading.Lock` it can be given to a thread that is certain to take it: `choose_next`.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def take(self, seconds: float = -1) -> None:
        """Wait for the turn. Raises TurnTimeout if it does not come within so many seconds; -1 is no limit."""
        with self._mutex:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=seconds):
            return
        with self._mutex:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise TurnTimeout
        # It was chosen at this moment.
        turn.acquire()

    def choose_next(self) -> threading.Lock | None:
        """Choose the thread that has waited longest, to pass its turn to `give`. None if no thread waits."""
        with self._mutex:
            return self._waiting.popleft() if self._waiting else None

    def give(self, successor: threading.Lock | None = None) -> None:
        """End this thread's turn. The turn is the successor's, or else of the thread that has waited longest."""
        with self._mutex:
            if successor is None and self._waiting:
                successor = self._waiting.popleft()
            if successor is None:
                self._taken = False
        if successor is not None:
            successor.release()
