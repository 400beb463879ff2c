"""The 12-month report of an account with a long history, compared with a short one, each computed after a write."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

from e2e.harness.client import Client
from tests.benchmarks.reading import FEW, MANY, filled_server, full_account
from tests.benchmarks.report import ROUNDS, Row, ratio_of_rounds

ASKED = 10
GROWTH = 3


def report_ms(client: Client, account: str) -> float:
    """The shortest time of a report in milliseconds, since other load only adds time.

    Each report follows a write, which makes the cached one invalid.
    """
    times = []
    for number in range(ASKED):
        client.patch(f"/accounts/{account}", {"reserve": number}).expect(200)
        started = time.perf_counter()
        client.get(f"/accounts/{account}/report?months=12").expect(200)
        times.append((time.perf_counter() - started) * 1000)
    return min(times)


def measure(folder: Path) -> list[Row]:
    """Both accounts in turn."""
    figures: dict[str, list[float]] = {"few ms": [], "many ms": []}
    with ExitStack() as running:
        asked: dict[str, tuple[Client, str]] = {}
        for name, inmails in zip(figures, (FEW, MANY), strict=True):
            server = filled_server(folder / name.split()[0], inmails, 1)
            running.callback(server.close)
            client = server.client()
            asked[name] = (client, full_account(client))
        for number in range(ROUNDS + 1):
            for name, seen in figures.items():
                took = report_ms(*asked[name])
                if number > 0:  # the first round is a warm-up
                    seen.append(took)
    growth = ratio_of_rounds(figures["many ms"], figures["few ms"])
    what, against = f"12-month report, {MANY:,} InMails, time", f"itself, {FEW:,} InMails"
    return [Row(what, against, growth, "x", "at most", GROWTH, figures)]
