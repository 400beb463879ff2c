"""Weekly backups of a SQLite database, in files beside it.

- `<database>.backup-<time>`: a backup, whole or not there; the time of its making in UTC.
- `<database>.backups-off`: there are to be none.
- `<database>.backup-lock`: locked by the process that makes one, or erases a person.

Erasing treats backups like the other copies: see `backup.copies_beside`.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from inkeeper.locks import held

EVERY = timedelta(days=7)
KEPT = 4
FREE_BYTES = 200_000_000
"""The space to leave on the disk. A backup needs this and twice the database's size."""

TIME_FORMAT = "%Y%m%dT%H%M%SZ"
_WAIT_SECONDS = 60
_POLL_SECONDS = 0.05


class Backup(NamedTuple):
    """A backup and when it was made (UTC)."""

    path: Path
    made_at: datetime


class DiskNearlyFull(Exception):
    """There is too little space for a backup."""


def list_backups(database: Path) -> list[Backup]:
    """The backups, oldest first."""
    start = f"{database.name}.backup-"
    found = []
    for path in database.parent.glob(f"{start}*Z"):
        try:
            made_at = datetime.strptime(path.name.removeprefix(start), TIME_FORMAT).replace(tzinfo=UTC)
        except ValueError:
            continue
        found.append(Backup(path, made_at))
    return sorted(found, key=lambda each: each.made_at)


def is_due(database: Path, now: datetime) -> bool:
    """Whether the last backup is a week old. One from the future, made while the clock was wrong, does not count."""
    return not any(now - EVERY < each.made_at <= now for each in list_backups(database))


def is_off(database: Path) -> bool:
    """Whether there are to be no backups."""
    return _off_file(database).exists()


def switch(database: Path, *, on: bool) -> None:
    """Make backups from now on, or no more. Those that are there stay."""
    if on:
        _off_file(database).unlink(missing_ok=True)
    else:
        _off_file(database).touch(mode=0o600)


def make_if_due(database: Path, now: datetime, copy_to: Callable[[Path], None]) -> Path | None:
    """Make a backup with `copy_to` if one is due, and delete the oldest ones above `KEPT`. Returns the new backup.

    None if none is due, or another process is making one. Raises DiskNearlyFull, and what `copy_to` raises.
    """
    if is_off(database) or not is_due(database, now):
        return None
    with held(_lock_file(database)) as is_ours:
        if not is_ours or not is_due(database, now):
            return None
        _delete_drafts(database)
        if shutil.disk_usage(database.parent).free < 2 * database.stat().st_size + FREE_BYTES:
            raise DiskNearlyFull
        target = database.with_name(f"{database.name}.backup-{now.astimezone(UTC):{TIME_FORMAT}}")
        copy_to(target)
        for each in _surplus(database, now):
            each.path.unlink(missing_ok=True)
        return target


def _delete_drafts(database: Path) -> None:
    """Delete what processes left that were killed while they made a backup. The lock must be held."""
    for draft in database.parent.glob(f".{database.name}.backup-*"):
        draft.unlink(missing_ok=True)


def _surplus(database: Path, now: datetime) -> list[Backup]:
    """The backups above `KEPT`: first those from the future, then the oldest."""
    found = sorted(list_backups(database), key=lambda each: (each.made_at <= now, each.made_at))
    return found[: max(0, len(found) - KEPT)]


@contextmanager
def paused(database: Path) -> Iterator[None]:
    """Keep every process from making a backup until the block ends; wait for one that is being made, up to a minute."""
    end = time.monotonic() + _WAIT_SECONDS
    while True:
        with held(_lock_file(database)) as is_ours:
            if is_ours:
                _delete_drafts(database)
            if is_ours or time.monotonic() > end:
                yield
                return
        time.sleep(_POLL_SECONDS)


def _off_file(database: Path) -> Path:
    return database.with_name(f"{database.name}.backups-off")


def _lock_file(database: Path) -> Path:
    return database.with_name(f"{database.name}.backup-lock")
