"""CSV as Inkeeper writes it: to a spreadsheet program no cell is a formula, and reading gives back what was written."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, TextIO

from inkeeper.clock import format_instant

# What spreadsheet programs take for the beginning of a formula, full-width forms included. An apostrophe in front is
# their own sign for "this is text"; texts that begin like one that was made safe get one more, so that none is lost.
_LIKE_A_FORMULA = re.compile(r"'*\s*[=+\-@\t\r\n＝＋－＠]")
_MADE_SAFE = re.compile(r"''*\s*[=+\-@\t\r\n＝＋－＠]")


def safe(text: str) -> str:
    """The text with an apostrophe in front where it would be taken for a formula."""
    return f"'{text}" if _LIKE_A_FORMULA.match(text) else text


def original(text: str) -> str:
    """The inverse of `safe`."""
    return text[1:] if _MADE_SAFE.match(text) else text


def write_table(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write a heading and rows of texts, whole numbers, instants, days and None; answers how many rows there were.

    The file must have been opened with `newline=""`.
    """
    writer = csv.writer(file)
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        count += 1
    return count


def _cell(value: Any) -> str | int:
    if value is None:
        return ""
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return value
    raise TypeError(f"{type(value).__name__} has no form in CSV")
