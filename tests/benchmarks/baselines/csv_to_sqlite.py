"""What bringing a CSV into SQLite costs at the least: `csv.DictReader` and one `executemany`, nothing understood.

`python csv_to_sqlite.py FILE DATABASE` prints the seconds it took, with the pragmas that Inkeeper uses.
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

from database import connect


def main() -> None:
    """Time it."""
    path, database = sys.argv[1:3]
    connection = connect(database)
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
