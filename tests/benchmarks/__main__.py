"""`python -m tests.benchmarks [PART ...]`: measures, prints a table, writes .cache/bench.json. Exit code 1: a miss."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import (
    calendar_feed,
    importing,
    in_browser,
    listening,
    logging_inmails,
    pages,
    people,
    postgresql,
    reading,
    replaying,
    servers,
    spreading,
    starting,
    usage_report,
)
from tests.benchmarks.report import Row, table, write_json

PARTS = {
    "log": logging_inmails.measure,
    "summary": reading.measure,
    "replay": replaying.measure,
    "report": usage_report.measure,
    "spreading": spreading.measure,
    "calendar": calendar_feed.measure,
    "import": importing.measure,
    "start": starting.measure,
    "pages": pages.measure,
    "people": people.measure,
    "extension": in_browser.measure,
    "listener": listening.measure,
    "postgresql": postgresql.measure,
}
RESULT = servers.CACHE / "bench.json"
NOTES = """\
One client program for all servers. aw-server keeps no connection, so beside it each request of either server has one of
its own; beside Flask and sqlite3 connections are kept. Ratios are of rates, round by round; the middle one counts.
The figures mean something on a machine that does nothing else."""


def main() -> int:
    """Measures the named parts, or all."""
    wanted = sys.argv[1:] or list(PARTS)
    unknown = set(wanted) - set(PARTS)
    if unknown:
        print(f"There is no part {', '.join(sorted(unknown))}. The parts: {', '.join(PARTS)}.")
        return 2
    servers.install_aw_server()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-", dir=servers.CACHE) as folder:
        for part in wanted:
            started = time.monotonic()
            print(f"Measuring: {part} ...", end=" ", flush=True)
            rows += PARTS[part](Path(folder) / part)
            print(f"{time.monotonic() - started:.0f} s", flush=True)
    write_json(rows, RESULT)
    print(f"\n{table(rows)}\n\n{NOTES}\nAll figures: {RESULT.relative_to(servers.ROOT)}")
    missed = sum(not row.met for row in rows)
    print(f"{len(rows) - missed} targets met, {missed} missed.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
