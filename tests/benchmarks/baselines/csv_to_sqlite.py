"""What bringing a CSV into SQLite costs at the least: `csv.DictReader` and one `executemany`, nothing understood.

`python csv_to_sqlite.py FILE DATABASE` prints the seconds it took, with the pragmas that Inkeeper uses.
"""

from __future__ import annotations

import csv
import sqlite3
import sys
import time
from pathlib import Path


def main() -> None:
    """Time it."""
    path, database = sys.argv[1:3]
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in (
        "page_size = 2048",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = 1",
        "busy_timeout = 5000",
        "wal_autocheckpoint = 4000",
    ):
        connection.execute(f"PRAGMA {pragma}")
    started = time.perf_counter()
    with Path(path).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or [])
        connection.execute("CREATE TABLE message ({})".format(", ".join(f'"{column}" TEXT' for column in columns)))
        connection.execute("BEGIN IMMEDIATE")
        marks = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO message VALUES ({marks})", (tuple(row.values()) for row in reader))
        connection.execute("COMMIT")
    print(time.perf_counter() - started)
    connection.close()


if __name__ == "__main__":
    main()
