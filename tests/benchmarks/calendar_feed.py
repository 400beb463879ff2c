"""The calendar feed of an account with a long history, as a calendar program reads it for the first time."""

from __future__ import annotations

import statistics
from pathlib import Path

from tests.benchmarks import load
from tests.benchmarks.reading import MANY, filled_server, full_account
from tests.benchmarks.report import ROUNDS, Row

# All rounds together stay below the server's limit of requests a minute for one calendar.
ASKED = 8


def measure(folder: Path) -> list[Row]:
    """Requests without an ETag, so the server builds the calendar each time."""
    server = filled_server(folder, MANY, 1)
    try:
        client = server.client()
        path = str(client.post(f"/accounts/{full_account(client)}/calendar", {}).expect(201)["path"])
        requests = [[load.request("GET", path, server.port, keep_alive=False)] * ASKED]
        load.run(server.port, requests, expect=200)  # the first round is a warm-up
        times = [load.run(server.port, requests, expect=200).median_ms for _ in range(ROUNDS)]
    finally:
        server.close()
    return [Row(f"calendar feed, {MANY:,} InMails", "", statistics.median(times), "ms", "at most", 50, {"ms": times})]
