"""Copies of a database, taken while it is in use."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from inkeeper.storage.errors import CopyUnusable
from inkeeper.storage.files import new_private_file
from inkeeper.storage.transaction import Transaction, over_copy


class Copy(NamedTuple):
    """An open copy of a database, perhaps of an older form: a transaction in it, and the columns of its tables."""

    tx: Transaction
    columns: dict[str, set[str]]


def copy_database(source: sqlite3.Connection, target: Path) -> None:
    """Copy the whole database as it is at one instant into the new file `target`; others may go on writing meanwhile.

    Raises FileExistsError if `target` exists, OSError or sqlite3.Error if it cannot be written.
    """
    with new_private_file(target) as draft, closing(sqlite3.connect(draft)) as copy:
        source.backup(copy)


def copies_beside(database: Path) -> list[Path]:
    """The copies that the program made beside the database: weekly backups, one before each migration and before going
    back to a backup, and the draft of an interrupted copy.
    """
    folder, name = database.parent, database.name
    return sorted(
        path
        for pattern in (f"{name}.backup-*Z", f"{name}.before-*", f".{name}*.new")
        for path in folder.glob(pattern)
        if not path.name.endswith(("-wal", "-shm", "-journal"))
    )


@contextmanager
def changed_copy(path: Path) -> Iterator[Copy]:
    """Change a copy of the database, all or nothing; no remains of deleted rows are left in its file when the block
    ends.

    Raises CopyUnusable if it cannot be changed.
    """
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield Copy(over_copy(connection), _columns(connection))
            connection.execute("COMMIT")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (sqlite3.Error, OSError) as error:
        raise CopyUnusable(path) from error


def _columns(connection: sqlite3.Connection) -> dict[str, set[str]]:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name: {row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')} for (name,) in tables}
