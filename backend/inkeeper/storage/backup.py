"""Copies of a database, taken while it is in use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from inkeeper.storage.files import new_private_file


def copy_database(source: sqlite3.Connection, target: Path) -> None:
    """Copy the whole database as it is at one instant into the new file `target`; others may go on writing meanwhile.

    Raises FileExistsError if `target` exists, OSError or sqlite3.Error if it cannot be written.
    """
    with new_private_file(target) as draft, closing(sqlite3.connect(draft)) as copy:
        source.backup(copy)
