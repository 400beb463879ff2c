"""Weekly backups, made by the running server; and going back to one. SQLite only: PostgreSQL has `pg_dump`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from inkeeper.reasons import reason
from inkeeper.storage import accounts, restoring, weekly
from inkeeper.storage.database import DatabaseProblem, Store


class Backups(NamedTuple):
    """Whether backups are made, and those that are kept, oldest first."""

    are_on: bool
    kept: list[weekly.Backup]


def backups_of(store: Store) -> Backups | None:
    """The backups of the database; None for one that is not a file."""
    if store.path is None:
        return None
    return Backups(not weekly.is_off(store.path), weekly.list_backups(store.path))


def switch_backups(store: Store, *, on: bool) -> None:
    """Make backups from now on, or no more. Those that are there stay. Nothing for a database that is not a file."""
    if store.path is not None:
        weekly.switch(store.path, on=on)


def make_if_due(store: Store, now: datetime) -> Path | None:
    """Make a backup if the last one is a week old, and keep the last four. Returns it; None if none was made.

    A database without an account has none, since there is nothing to lose. Raises DiskNearlyFull, OSError and
    DatabaseProblem.
    """
    if store.path is None:
        return None
    with store.read() as tx:
        if not accounts.exist(tx):
            return None
    return weekly.make_if_due(store.path, now, store.copy_to)


def is_backup(file: Path) -> bool:
    """Whether the file is a backup rather than an export. Raises OSError if it cannot be read."""
    return restoring.is_backup(file)


def go_back(database: str, backup: Path, now: datetime) -> Path | None:
    """Replace all data with that of the backup: see `restoring.go_back`. `database` is the database's URL.

    Raises DatabaseProblem, for PostgreSQL too.
    """
    if database.startswith(("postgresql://", "postgres://")):
        raise DatabaseProblem(
            "unsupported",
            reason("sqlite.backup_for_postgresql"),
        )
    return restoring.go_back(database, backup, now)
