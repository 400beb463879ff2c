"""Writes CSV in which no cell is a formula to a spreadsheet program, and restores the original texts on reading."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, TextIO

from inkeeper.clock import format_instant

_BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheet programs read the file in the encoding of their own system instead of UTF-8."""

# The characters that start a formula in spreadsheet programs, with their full-width forms. An apostrophe in front marks
# a cell as text. One is inserted at the start of a cell, and where a cell would start for a program that separates
# cells by semicolons or tabs or ignores that a line break is quoted.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = r"=+\-@＝＋－＠"
_BREAKS = r"\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029"
_BLANK = rf"[^\S{_BREAKS}]"
_BEGINNING = rf"(?:(?<![\s\S])(?='*{_BLANK}*[{_FORMULA}{_BREAKS}])|(?<=[;{_BREAKS}])(?='*(?:{_BLANK}|\")*[{_FORMULA}]))"
_LIKE_A_FORMULA = re.compile(_BEGINNING)

# An apostrophe is also added to a text that already has one there, so that `original` removes only the added one.
_MADE_SAFE = re.compile(_BEGINNING.replace("(?='*", "'(?='*"))


def safe(text: str) -> str:
    """The text with an apostrophe in front of each part that a spreadsheet program would read as a formula."""
    return _LIKE_A_FORMULA.sub("'", text)


def original(text: str) -> str:
    """The inverse of `safe`."""
    return _MADE_SAFE.sub("", text)


def write_table(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write a byte order mark, a header and rows of texts, integers, instants, days and None. Returns the row count.

    The file must be empty and opened with `newline=""`. Raises TypeError for a value of another type.
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
