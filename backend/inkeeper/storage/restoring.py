"""Going back to a backup of a SQLite database: its content replaces that of the database, all or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from inkeeper.reasons import reason
from inkeeper.storage.backup import copies_beside, copy_database
from inkeeper.storage.engines import sqlite
from inkeeper.storage.engines.engine import DatabaseProblem
from inkeeper.storage.files import new_private_file
from inkeeper.storage.migrate import steps
from inkeeper.storage.weekly import TIME_FORMAT

COPIES_KEPT = 2
"""How many copies made before going back are kept."""

_MAGIC = b"SQLite format 3\0"


def is_backup(file: Path) -> bool:
    """Whether the file is a SQLite database. Raises OSError if it cannot be read."""
    with file.open("rb") as opened:
        return opened.read(len(_MAGIC)) == _MAGIC


def go_back(url: str, backup: Path, now: datetime) -> Path | None:
    """Replace the content of the database that this `sqlite:///` URL names with that of the backup.

    Returns the copy of the former content, made beside the database; None if there was no database. A damaged database
    is renamed instead. Raises DatabaseProblem for a backup that this version cannot use, and while another process has
    the database open, since that would go on with what it remembers of the former content.
    """
    path = sqlite.path_of(url)
    _check(backup)
    if not path.exists():
        _put(backup, path)
        return None
    former = path.with_name(f"{path.name}.before-restore-{now.astimezone(UTC):{TIME_FORMAT}}")
    try:
        with _alone(path) as connection:
            copy_database(connection, former)
            with _opened(backup) as source:
                source.backup(connection)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise sqlite.problem_of(error, path) from error
        former.unlink(missing_ok=True)
        path.rename(former)
        for ending in ("-wal", "-shm", "-journal"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        _put(backup, path)
    start = f"{path.name}.before-restore-"
    for copy in sorted(copy for copy in copies_beside(path) if copy.name.startswith(start))[:-COPIES_KEPT]:
        copy.unlink()
    return former


def _check(backup: Path) -> None:
    """Raise DatabaseProblem unless the file is a sound database of Inkeeper's, of this version or an older one."""
    try:
        with _opened(backup) as connection:
            if connection.execute("PRAGMA application_id").fetchone() != (sqlite.APPLICATION_ID,):
                raise sqlite.problem("not_inkeeper", backup)
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise sqlite.problem("corrupt", backup)
            applied = {name for (name,) in connection.execute("SELECT name FROM schema_migration")}
    except sqlite3.Error as error:
        raise sqlite.problem_of(error, backup) from error
    if applied - set(steps()):
        raise sqlite.problem("newer", backup)


def _put(backup: Path, path: Path) -> None:
    with new_private_file(path) as draft, _opened(backup) as source, closing(sqlite3.connect(draft)) as target:
        source.backup(target)


@contextmanager
def _opened(backup: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


@contextmanager
def _alone(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the database while no other is open, not even an idle one. Raises DatabaseProblem if one is."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=0, isolation_level=None)) as connection:
        # The lock is kept until the connection is closed. To leave the mode WAL needs to be alone.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:
                raise
            raise DatabaseProblem("locked", reason("sqlite.in_use", path=str(path))) from error
        yield connection
