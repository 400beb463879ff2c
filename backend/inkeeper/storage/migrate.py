"""Migrates a database to the schema of this version of Inkeeper."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from peewee import Database
from playhouse.migrations import Runner

from inkeeper.storage.backup import copy_database

_FOLDER = Path(__file__).parent / "migrations"


def steps() -> list[str]:
    """The steps that this version has, in their order."""
    return sorted(path.stem for path in _FOLDER.glob("[0-9]*.py"))


def unknown_steps(database: Database) -> list[str]:
    """Applied steps that this version does not have, since a newer version applied them."""
    return [step.name for step in Runner(database, str(_FOLDER)).status() if step.path is None]


def apply_pending_steps(database: Database, path: Path | None) -> None:
    """Apply all steps that are missing, all or none. Call it inside a write transaction.

    `path` is the file of an existing database, of which a copy named after the first missing step is put beside it
    beforehand; None for a database that is just being made.
    """
    runner = Runner(database, str(_FOLDER))
    pending = [step.name for step in runner.status() if step.applied is None]
    if not pending:
        return
    if path is not None:
        _keep_copy(path, pending[0])
    runner.up()


def _keep_copy(path: Path, step: str) -> None:
    target = path.with_name(f"{path.name}.before-{step}")
    if os.path.lexists(target):
        # An earlier attempt at the same step made the copy and then failed. That copy has the same data.
        target.unlink()
    # Uses another connection, since SQLite does not copy from one that is writing.
    with closing(sqlite3.connect(path)) as source:
        copy_database(source, target)
