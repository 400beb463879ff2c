"""CSV as Inkeeper writes it: to a spreadsheet program no cell is a formula, and reading gives back what was written."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, TextIO

from inkeeper.clock import format_instant

_BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheet programs take the file for one in the encoding of their own system."""

# What spreadsheet programs take for the beginning of a formula, full-width forms included. An apostrophe in front is
# their own sign for "this is text". One is put where a cell begins, and where one would begin for a program that
# separates cells by semicolons or tabs, or does not see that a line break stands between quotes.
_FORMULA = r"=+\-@＝＋－＠"
_BREAKS = r"\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029"
_BLANK = rf"[^\S{_BREAKS}]"
_BEGINNING = rf"(?:(?<![\s\S])(?='*{_BLANK}*[{_FORMULA}{_BREAKS}])|(?<=[;{_BREAKS}])(?='*(?:{_BLANK}|\")*[{_FORMULA}]))"
_LIKE_A_FORMULA = re.compile(_BEGINNING)

# A text that has apostrophes there already gets one more all the same, so that none is lost on the way back.
_MADE_SAFE = re.compile(_BEGINNING.replace("(?='*", "'(?='*"))


def safe(text: str) -> str:
    """The text with an apostrophe wherever something in it would be taken for a formula."""
    return _LIKE_A_FORMULA.sub("'", text)


def original(text: str) -> str:
    """The inverse of `safe`."""
    return _MADE_SAFE.sub("", text)


def write_table(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write a heading and rows of texts, whole numbers, instants, days and None; answers how many rows there were.

    The file must be new, and have been opened with `newline=""`. It begins with a byte order mark.
    """
    file.write(_BYTE_ORDER_MARK)
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
