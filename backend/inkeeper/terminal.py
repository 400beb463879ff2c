"""Makes untrusted texts safe to print on a terminal."""

from __future__ import annotations

from inkeeper.wording.terminal import pgettext

# Zero-width joiners are harmless: they only join letters and emoji in names.
_JOINERS = "\u200c\u200d"
_NO_QUOTES = str.maketrans(dict.fromkeys("“”„", '"'))


def printable(text: object) -> str:
    """The text on one line, with control and direction characters as escapes such as `\\x1b`."""
    shown = str(text)
    if shown.isprintable():
        return shown
    return "".join(map(_shown, shown))


def quoted(name: str) -> str:
    """The name in the language's typographic quotes, `printable`, with single blanks. Quotes in it become `"`."""
    return pgettext("name in the terminal", "“%(name)s”", name=" ".join(printable(name).translate(_NO_QUOTES).split()))


def _shown(each: str) -> str:
    if each.isprintable() or each in _JOINERS:
        return each
    return " " if each.isspace() and each > "\x7f" and each not in "\x85\u2028\u2029" else ascii(each)[1:-1]
