"""The table of the benchmarks: targets met and missed, ratios, the written file, the timing client."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks import load
from tests.benchmarks.report import Row, ratio_of_rounds, table, write_json
from tests.benchmarks.servers import flask_route


@pytest.mark.parametrize(
    ("value", "bound", "met"),
    [
        (1.5, "at least", True),
        (1.49, "at least", False),
        (1.5, "at most", True),
        (1.51, "at most", False),
    ],
)
def test_a_target_is_met_up_to_the_target_itself(value: float, bound: str, met: bool) -> None:
    row = Row("log", "other", value, "x", bound, 1.5)  # type: ignore[arg-type]
    assert row.met is met
    assert table([row]).splitlines()[-1].endswith("met" if met else "MISSED")


def test_a_ratio_is_taken_within_each_round() -> None:
    # A slow round affects both alike, so the ratio stays.
    assert ratio_of_rounds([200, 20, 220], [100, 10, 100]) == 2


def test_the_file_holds_every_figure(tmp_path: Path) -> None:
    write_json([Row("log", "", 3.0, "ms", "at most", 2, {"ms": [2.9, 3.0]})], tmp_path / "bench.json")
    (row,) = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))["rows"]
    assert row["met"] is False
    assert row["details"] == {"ms": [2.9, 3.0]}


@pytest.mark.parametrize("keep_alive", [True, False])
def test_the_client_times_every_answer(tmp_path: Path, keep_alive: bool) -> None:
    with flask_route(tmp_path / "flask", 5000) as port:
        requests = [[load.request("GET", "/", port, keep_alive=keep_alive)] * 5] * 3
        seen = load.run(port, requests, expect=200)
        with pytest.raises(RuntimeError, match="expected only 201"):
            load.run(port, requests, expect=201)
    assert len(seen.times) == 15
    assert seen.rate > 0
