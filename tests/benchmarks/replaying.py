"""The pure replay: facts per second. `python -m tests.benchmarks.replaying BOOK` prints it for one run."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from e2e.harness.server import ROOT
from inkeeper.ids import new_id
from inkeeper.rules.facts import Fact, Observed, Opened, OutcomeRecorded, Retracted, Sent, Terms
from inkeeper.rules.replay import replay
from tests.benchmarks.report import ROUNDS, Row

FACTS = 100_000
BEGIN = datetime(2018, 1, 15, 9, tzinfo=UTC)
BETWEEN = timedelta(minutes=45)


def history(book: str) -> list[Fact]:
    """8.5 years of facts: of each hundred 78 sends, 18 outcomes, 3 retractions, 1 observation."""
    chance = random.Random(1)
    terms = Terms(book, allotment=2_000, cap=8_000)
    facts: list[Fact] = [Opened(new_id(BEGIN), BEGIN, "sales_navigator", "Europe/Berlin", terms)]
    sent: list[Sent] = []
    for number in range(1, FACTS):
        at = BEGIN + number * BETWEEN
        kind = number % 100
        if kind < 78 or not sent:
            sent.append(Sent(new_id(at), at, int(chance.random() > 0.1)))
            facts.append(sent[-1])
        elif kind < 96:
            target = sent[-chance.randrange(1, min(400, len(sent)) + 1)]
            outcome = chance.choice(("accepted", "declined", "replied", "no_response"))
            facts.append(OutcomeRecorded(new_id(at), at, target.id, outcome))
        elif kind < 99:
            facts.append(Retracted(new_id(at), at, sent.pop(-chance.randrange(1, min(40, len(sent)) + 1)).id))
        else:
            facts.append(Observed(new_id(at), at, 900))
    return facts


def facts_per_second(book: str) -> float:
    """Replays all facts once, with the journal."""
    facts = history(book)
    until = facts[-1].at
    started = time.perf_counter()
    replay(facts, until)
    return len(facts) / (time.perf_counter() - started)


def measure(_folder: Path) -> list[Row]:
    """Both rule books in turn, each run in its own process."""
    figures: dict[str, list[float]] = {"month_end": [], "rolling": []}
    for _ in range(ROUNDS):
        for book, rates in figures.items():
            command = [sys.executable, "-m", "tests.benchmarks.replaying", book]
            rates.append(float(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout))
    return [
        Row(
            f"replay {FACTS:,} facts, {book}",
            "",
            statistics.median(rates),
            "facts/s",
            "at least",
            100_000,
            {"facts a second": rates},
        )
        for book, rates in figures.items()
    ]


if __name__ == "__main__":
    print(facts_per_second(sys.argv[1]))
