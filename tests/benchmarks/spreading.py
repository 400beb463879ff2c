"""The pure planning of a long list: milliseconds. `python -m tests.benchmarks.spreading LIST` prints it for one run."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from e2e.harness.server import ROOT
from inkeeper.rules.spreading import Candidate, Credits, spread
from tests.benchmarks.report import ROUNDS, Row

TARGETS = 10_000
TARGET_MS = 150
TODAY = date(2026, 11, 26)
RUNS = 5


def credits_over_92_days(number: int) -> list[Credits]:
    """Credits of four months, a quarter each; the first month is nearly over."""
    renewals = [0, 5, 36, 67]
    ends = [TODAY + timedelta(days=renewal - 1) for renewal in renewals[1:]]
    return [
        Credits(TODAY + timedelta(days=renewal), end, number // 4)
        for renewal, end in zip(renewals, [*ends, None], strict=True)
    ]


def plain_list(number: int) -> dict[str, Any]:
    """People without a day or campaign, and a credit for each."""
    people = [Candidate(f"t{n}", f"p{n}") for n in range(number)]
    return {
        "candidates": people,
        "credits": credits_over_92_days(number),
        "today": TODAY,
        "working_days": (1, 2, 3, 4, 5),
    }


def mixed_list(number: int) -> dict[str, Any]:
    """Half of the people in twelve campaigns with dates, two with budgets; some deferred, some due; too few credits."""
    generator = random.Random(1)

    def later(first: int, last: int) -> date:
        return TODAY + timedelta(days=generator.randint(first, last))

    campaigns = [(f"c{n}", later(-10, 60), later(20, 110)) for n in range(12)]
    people = []
    for n in range(number):
        due = later(-3, 90) if generator.random() < 0.1 else None
        if generator.random() < 0.5:
            name, starts, ends = generator.choice(campaigns)
            people.append(Candidate(f"t{n}", f"p{n}", due, starts, ends, name))
        else:
            people.append(Candidate(f"t{n}", f"p{n}", due, later(0, 60) if generator.random() < 0.2 else None))
    return plain_list(number) | {
        "candidates": people,
        "credits": credits_over_92_days(number * 9 // 10),
        "per_day": number // 70,
        "budgets": {"c1": number // 200, "c2": number // 50},
        "taken": {TODAY + timedelta(days=3): number // 500, TODAY + timedelta(days=40): number // 100},
    }


LISTS: dict[str, Callable[[int], dict[str, Any]]] = {"plain": plain_list, "mixed": mixed_list}


def milliseconds(name: str) -> float:
    """The shortest of RUNS runs, since other load only adds time."""
    times = []
    for _ in range(RUNS):
        wanted = LISTS[name](TARGETS)
        started = time.perf_counter()
        spread(**wanted)
        times.append((time.perf_counter() - started) * 1000)
    return min(times)


def measure(_folder: Path) -> list[Row]:
    """Both lists in turn, each run in its own process."""
    figures: dict[str, list[float]] = {name: [] for name in LISTS}
    for _ in range(ROUNDS):
        for name, seen in figures.items():
            command = [sys.executable, "-m", "tests.benchmarks.spreading", name]
            seen.append(float(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout))
    return [
        Row(
            f"plan {TARGETS:,} targets over 92 days, {name}",
            "",
            statistics.median(seen),
            "ms",
            "at most",
            TARGET_MS,
            {"ms": seen},
        )
        for name, seen in figures.items()
    ]


if __name__ == "__main__":
    print(milliseconds(sys.argv[1]))
