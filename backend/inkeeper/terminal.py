"""Texts of files and clients at a terminal: shown, and never obeyed."""

from __future__ import annotations

# They join letters and emoji in names, and do nothing else.
_JOINERS = "\u200c\u200d"
_NO_QUOTES = str.maketrans({"“": '"', "”": '"'})


def printable(text: object) -> str:
    """The text on one line, with every character that a terminal might obey, or that turns the reading direction,
    written out, such as `\\x1b`.
    """
    shown = str(text)
    if shown.isprintable():
        return shown
    return "".join(map(_shown, shown))


def quoted(name: str) -> str:
    """A name for a line of a terminal: between quotes that it cannot close, with single blanks, and `printable`."""
    return f"“{' '.join(printable(name).translate(_NO_QUOTES).split())}”"


def _shown(each: str) -> str:
    if each.isprintable() or each in _JOINERS:
        return each
    return " " if each.isspace() and each > "\x7f" and each not in "\x85\u2028\u2029" else ascii(each)[1:-1]
