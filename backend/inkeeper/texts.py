"""Checks and cleans names, lines and notes from outside: which characters are allowed, and removal of the others.

Refused are invisible characters that can make one text look like another or change how the line around them is shown:
control characters, line and paragraph separators, bidirectional controls, and zero-width characters. Some zero-width
characters shape their neighbours: joiners in Persian, in Indic scripts and in emoji, variation selectors, and the tags
of flags. These are allowed only where they do so.
"""

from __future__ import annotations

import re
import unicodedata

from inkeeper.invisible import (
    CONTROLS,
    CONTROLS_IN_LINES,
    INVISIBLE,
    JOINER,
    JOINERS,
    MONGOLIAN_SELECTORS,
    MONGOLIAN_VOWEL_SEPARATOR,
    NON_JOINER,
    SELECTORS,
    SURROGATES,
    TAGS,
    basic_pattern_of,
    pattern_of,
)

# Beside the invisible characters: the line and paragraph separators, and the marks of interlinear annotation.
_ALSO_REFUSED = ((0x2028, 0x2029), (0xFFF9, 0xFFFB))
_SHAPING = (*JOINERS, *SELECTORS, *MONGOLIAN_SELECTORS, *MONGOLIAN_VOWEL_SEPARATOR, *TAGS)

_BREAKS = re.compile("\r\n|[\n\v\f\r\x85\u2028\u2029]")
_BREAKS_AND_TABS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")

_MONGOLIAN = re.compile("[\u1800-\u18af]")
_SELECTOR = re.compile(f"[{pattern_of(SELECTORS)}]")
_TAG = re.compile(f"[{pattern_of(TAGS)}]")
# The black flag. With tags behind it, it is shown as the flag of a region such as Scotland.
_FLAG_BEFORE = re.compile(f"\U0001f3f4[{pattern_of(TAGS)}]*$")
_LONGEST_FLAG = 8
_EMOJI = frozenset({"So", "Sk", "Sm"})  # symbols; skin tones are modifier symbols
_VIRAMA_CLASS = 9

_REFUSED = re.compile(f"[{pattern_of(CONTROLS, SURROGATES, INVISIBLE, _ALSO_REFUSED, _SHAPING)}]")
_REFUSED_IN_LINES = re.compile(f"[{pattern_of(CONTROLS_IN_LINES, SURROGATES, INVISIBLE, _ALSO_REFUSED, _SHAPING)}]")


def pattern(*, lines: bool = False) -> str:
    """The rule as a JSON Schema regular expression for texts with at least one visible character.

    It is less strict than `is_plain`: joiners, selectors and tags are allowed everywhere, since a pattern cannot check
    their neighbours, and characters above U+FFFF are not checked, since not all regular expression engines can name
    them.
    """
    refused = basic_pattern_of(CONTROLS_IN_LINES if lines else CONTROLS, INVISIBLE, _ALSO_REFUSED)
    return rf"^[^{refused}]*[^\s{refused}][^{refused}]*$"


def is_plain(text: str, *, lines: bool = False) -> bool:
    """Whether the text has no refused character. `lines` allows line breaks (LF) and tabs."""
    return all(_is_needed(text, found.start()) for found in _refused(lines).finditer(text))


def cleaned(text: str, *, lines: bool = False) -> str:
    """The text without refused characters and without surrounding blanks. The result may be empty.

    With `lines`, line breaks of all kinds become LF. Without it, line breaks and tabs become blanks.
    """
    text = _BREAKS.sub("\n", text) if lines else _BREAKS_AND_TABS.sub(" ", text)
    # Repeated, since a removed character can be the neighbour that a following joiner or selector shaped.
    while (kept := _without_refused(text, "", lines=lines).strip()) != text:
        text = kept
    return text


def printable(text: str) -> str:
    """The text for a terminal line or a header, with U+FFFD in place of each refused character.

    For texts that were stored before this check existed, or that were not checked.
    """
    return _without_refused(text, "\N{REPLACEMENT CHARACTER}", lines=False)


def _without_refused(text: str, substitute: str, *, lines: bool) -> str:
    return _refused(lines).sub(lambda found: found[0] if _is_needed(text, found.start()) else substitute, text)


def _refused(lines: bool) -> re.Pattern[str]:
    return _REFUSED_IN_LINES if lines else _REFUSED


def _is_needed(text: str, at: int) -> bool:
    """Whether the invisible character at the index `at` shapes its neighbours."""
    mark, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if not before:
        return False
    if mark in (NON_JOINER, JOINER):
        return _joins(mark, before, after)
    if _SELECTOR.match(mark):
        return not before.isspace() and not _REFUSED.match(before)
    if _TAG.match(mark):
        return _FLAG_BEFORE.search(text, max(0, at - _LONGEST_FLAG), at) is not None
    # The variation selectors and the vowel separator of Mongolian.
    return _MONGOLIAN.match(mark) is not None and _MONGOLIAN.match(before) is not None


def _joins(mark: str, before: str, after: str) -> bool:
    """Whether a joiner between these two characters shapes them. https://www.rfc-editor.org/rfc/rfc5892#appendix-A"""
    if unicodedata.combining(before) == _VIRAMA_CLASS:
        return True
    if not after:
        return False
    if _is_cursive(before) and _is_cursive(after):
        return True
    emoji_before = before == "\ufe0f" or unicodedata.category(before) in _EMOJI
    return mark == JOINER and emoji_before and unicodedata.category(after) in _EMOJI


def _is_cursive(character: str) -> bool:
    """Whether it is a letter of Arabic, Syriac or Thaana, or a combining mark on one. Their letters join."""
    return unicodedata.bidirectional(character) == "AL" or (
        unicodedata.category(character) == "Mn" and "\u0600" <= character <= "\u08ff"
    )
