"""The floor under every log: one row put into SQLite and on disk, with the pragmas that Inkeeper uses, nothing else.

`python sqlite_insert.py DATABASE COUNT` prints the seconds that COUNT transactions took.
"""

from __future__ import annotations

import json
import sys
import time
import uuid

from database import connect


def main() -> None:
    """Time the inserts."""
    path, count = sys.argv[1], int(sys.argv[2])
    connection = connect(path)
    connection.execute(
        "CREATE TABLE IF NOT EXISTS fact (id TEXT PRIMARY KEY, account TEXT, kind TEXT, at INTEGER, data TEXT)"
    )
    data = json.dumps({"name": "Kai Example", "profile_url": "https://www.linkedin.com/in/kai-example", "cost": 1})
    rows = [(str(uuid.uuid4()), "account", "sent", number, data) for number in range(count)]
    started = time.perf_counter()
    for row in rows:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO fact VALUES (?, ?, ?, ?, ?)", row)
        connection.execute("COMMIT")
    print(time.perf_counter() - started)
    connection.close()


if __name__ == "__main__":
    main()
