"""Patterns for `LIKE ? ESCAPE '!'`, which every engine takes."""

from __future__ import annotations


def containing(part: str) -> str:
    """The pattern of texts that have this part, whatever characters it has.

    SQLite ignores the case of ASCII letters, PostgreSQL does not: give it texts that are in lower case.
    """
    for special in "!%_":
        part = part.replace(special, f"!{special}")
    return f"%{part}%"


def lower_ascii(text: str) -> str:
    """The text as the database's `lower` leaves it, which folds ASCII letters alone."""
    return "".join(each.lower() if each.isascii() else each for each in text)
