"""Blank characters in files: one rule for cells, headings and dates."""

from __future__ import annotations

import re

from inkeeper.invisible import INVISIBLE, MONGOLIAN_VOWEL_SEPARATOR, pattern_of

# Such as direction marks, isolates and the byte order mark, which spreadsheets and web pages leave in texts.
_INVISIBLE = re.compile(f"[{pattern_of(INVISIBLE, MONGOLIAN_VOWEL_SEPARATOR)}]")
_DELIMITERS = " ,;\t|"
_EXAMINED_MAX = 64


def single_spaced(text: str) -> str:
    """The text with one space for each run of blanks of any kind (no-break, narrow, thin …), none at its ends."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(_INVISIBLE.sub("", text).split())


def is_empty(row: list[str]) -> bool:
    """Whether a row holds nothing but blanks and delimiters."""
    # For nearly every row the first characters decide. (Some invisible characters count as letters.)
    if row and row[0][:1].isascii() and row[0][:1].isalnum():
        return False
    return not any(
        single_spaced(cell[:_EXAMINED_MAX]).strip(_DELIMITERS) or cell[_EXAMINED_MAX:].strip() for cell in row
    )
