"""Migrates a database to the schema of this version of Inkeeper."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from peewee import Database

from inkeeper.clock import utc_now
from inkeeper.storage import without_drivers
from inkeeper.storage.backup import copies_beside, copy_database
from inkeeper.storage.weekly import TIME_FORMAT

COPIES_KEPT = 3
"""How many copies made before migrations are kept."""

_FOLDER = Path(__file__).parent / "migrations"
_NO_STEP = "0000"
_TABLE = "schema_migration"  # in which `playhouse.migrations` keeps the names of applied steps


def steps() -> list[str]:
    """The steps that this version has, in their order."""
    return sorted(path.stem for path in _FOLDER.glob("[0-9]*.py"))


def unknown_steps(database: Database) -> list[str]:
    """Applied steps that this version does not have, since a newer version applied them."""
    return sorted(_applied_steps(database) - set(steps()))


def apply_pending_steps(database: Database, path: Path | None) -> None:
    """Apply all steps that are missing, all or none. Call it inside a write transaction.

    `path` is the file of an existing database, of which a copy named after its last step and the time is put beside it
    beforehand; None for a database that is just being made, or that is no file.
    """
    applied = _applied_steps(database)
    if applied.issuperset(steps()):
        return
    if path is not None:
        _keep_copy(path, max(applied, default=_NO_STEP).partition("_")[0])
    # Imported here since it takes longer than the whole check, and hardly any start has a step to apply.
    with without_drivers():
        from playhouse.migrations import Runner
    Runner(database, str(_FOLDER)).up()


def _applied_steps(database: Database) -> set[str]:
    if not database.table_exists(_TABLE):
        return set()
    return {name for (name,) in database.execute_sql(f"SELECT name FROM {_TABLE}")}  # noqa: S608 (a constant)


def _keep_copy(path: Path, step: str) -> None:
    """Copy the database, whose last step has this number, and delete copies that are of no more use."""
    earlier = _copies(path)
    target = path.with_name(f"{path.name}.before-update-{step}-{utc_now():{TIME_FORMAT}}")
    # An attempt within the same second.
    target.unlink(missing_ok=True)
    # Uses another connection, since SQLite does not copy from one that is writing.
    with closing(sqlite3.connect(path)) as source:
        copy_database(source, target)
    # An earlier attempt at the same step made a copy and then failed: a server that is started again and again must not
    # replace all older copies.
    same = [copy for copy in earlier if copy.name.startswith(f"{path.name}.before-update-{step}-") and copy != target]
    others = [copy for copy in earlier if copy not in same and copy != target]
    for copy in [*same, *others[: max(0, len(others) + 1 - COPIES_KEPT)]]:
        copy.unlink(missing_ok=True)


def _copies(path: Path) -> list[Path]:
    """The copies before migrations, oldest first. Earlier versions named them after the step, without a time."""
    copies = copies_beside(path)
    earlier = [copy for copy in copies if copy.name.startswith(f"{path.name}.before-0")]
    return sorted(earlier) + sorted(copy for copy in copies if copy.name.startswith(f"{path.name}.before-update-"))
