"""The results of measurements: rows with a figure, a target, and whether it is met."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

ROUNDS = 5
"""Rounds of measurements. All are measured in turn, so that other load affects all of them."""


@dataclass(frozen=True)
class Row:
    """One line of the table. `unit` is "x" for a ratio to `against`."""

    what: str
    against: str
    value: float
    unit: str
    bound: Literal["at least", "at most"]
    target: float
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        """Whether the figure meets the target; equal meets it."""
        return self.value >= self.target if self.bound == "at least" else self.value <= self.target


def ratio_of_rounds(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of each round."""
    return statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))


def table(rows: Sequence[Row]) -> str:
    """The rows as a text table."""
    header = ("what", "against", "measured", "target", "")
    lines = [
        (
            row.what,
            row.against,
            _figure(row.value, row.unit),
            f"{row.bound} {_figure(row.target, row.unit)}",
            "met" if row.met else "MISSED",
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in (header, *lines)) for column in range(len(header))]

    def format_row(cells: tuple[str, ...]) -> str:
        return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()

    return "\n".join([format_row(header), format_row(tuple("-" * width for width in widths)), *map(format_row, lines)])


def write_json(rows: Sequence[Row], path: Path) -> None:
    """Writes the rows with all details, and the machine they were measured on, as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()},
        "rounds": ROUNDS,
        "rows": [asdict(row) | {"met": row.met} for row in rows],
    }
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _figure(value: float, unit: str) -> str:
    if unit == "x":
        return f"{value:.2f}x"
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()
