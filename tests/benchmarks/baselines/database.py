"""The database of the baselines: opened with the pragmas that Inkeeper uses, so that both have the same to write."""

from __future__ import annotations

import sqlite3

PRAGMAS = (
    "page_size = 2048",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = 1",
    "busy_timeout = 5000",
    "wal_autocheckpoint = 4000",
)


def connect(path: str) -> sqlite3.Connection:
    """A connection without transactions of its own."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection
