"""Blank characters in files: one rule for cells, headings and dates."""

from __future__ import annotations

# Zero-width characters, direction marks and the byte order mark, which spreadsheets and web pages leave in texts.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"))
_DELIMITERS = " ,;\t|"
_EXAMINED_MAX = 64


def single_spaced(text: str) -> str:
    """The text with one space for each run of blanks of any kind (no-break, narrow, thin …), none at its ends."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(text.translate(_INVISIBLE).split())


def is_empty(row: list[str]) -> bool:
    """Whether a row holds nothing but blanks and delimiters."""
    # For nearly every row the first characters decide.
    if row and row[0][:1].isalnum():
        return False
    return not any(
        single_spaced(cell[:_EXAMINED_MAX]).strip(_DELIMITERS) or cell[_EXAMINED_MAX:].strip() for cell in row
    )
