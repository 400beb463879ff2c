"""Which characters may stand in a name, a line or a note from outside, and how to leave out the others.

Refused are characters that have no look of their own, and with which a text can imitate another or change how the line
around it is shown: controls, the separators of lines and paragraphs, controls of the direction of writing, and
characters without width. Some of the last kind shape the characters beside them: joiners in Persian, in Indic scripts
and in emoji, variation selectors, the tags of flags. These are allowed where they do that, and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata

# JSON can write half of a surrogate pair; no UTF-8 text can hold it.
_HALF_PAIRS = r"\ud800-\udfff"
_CONTROLS = r"\u0000-\u001f\u007f-\u009f"
_CONTROLS_IN_LINES = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f"

# Unicode's Default_Ignorable_Code_Point without those that shape their neighbours, the two separators, and the marks of
# interlinear annotation. https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt
_INVISIBLE = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    r"\ufff0-\ufffb"
)
_INVISIBLE_ASTRAL = "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e001f\U000e0080-\U000e00ff"
_INVISIBLE_ASTRAL += "\U000e01f0-\U000e0fff"
_SHAPING = "\u180b-\u180f\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef"

_BREAKS = re.compile("\r\n|[\n\v\f\r\x85\u2028\u2029]")
_BREAKS_AND_TABS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")

_NON_JOINER, _JOINER = "\u200c", "\u200d"
_MONGOLIAN = re.compile("[\u1800-\u18af]")
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_TAG = re.compile("[\U000e0020-\U000e007f]")
# The black flag, which a few tags turn into the flag of a country's part.
_FLAG_BEFORE = re.compile("\U0001f3f4[\U000e0020-\U000e007f]*$")
_LONGEST_FLAG = 8
_EMOJI = frozenset({"So", "Sk", "Sm"})  # symbols; the colours of skins are modifier symbols
_VIRAMA_CLASS = 9

_REFUSED = re.compile(f"[{_CONTROLS}{_HALF_PAIRS}{_INVISIBLE}{_INVISIBLE_ASTRAL}{_SHAPING}]")
_REFUSED_IN_LINES = re.compile(f"[{_CONTROLS_IN_LINES}{_HALF_PAIRS}{_INVISIBLE}{_INVISIBLE_ASTRAL}{_SHAPING}]")


def pattern(*, lines: bool = False) -> str:
    """The rule as a regular expression of JSON Schema, for texts of which something is visible.

    A pattern cannot say where a joiner, a selector or a tag shapes its neighbours, so it allows them everywhere, and
    leaves out what lies beyond U+FFFF, which not every program's expressions can name.
    """
    refused = f"{_CONTROLS_IN_LINES if lines else _CONTROLS}{_INVISIBLE}"
    return rf"^[^{refused}]*[^\s{refused}][^{refused}]*$"


def is_plain(text: str, *, lines: bool = False) -> bool:
    """Whether the text holds no character that is refused; `lines` allows line breaks (LF) and tabs."""
    return all(_is_needed(text, found.start()) for found in _refused(lines).finditer(text))


def cleaned(text: str, *, lines: bool = False) -> str:
    """The text without the characters that are refused, and without blanks around it; it may be empty then.

    Line breaks of all kinds become LF, in a single line they and tabs become blanks.
    """
    text = _BREAKS.sub("\n", text) if lines else _BREAKS_AND_TABS.sub(" ", text)
    # What is left out can be what a character behind it shaped.
    while (kept := _without_refused(text, "", lines=lines).strip()) != text:
        text = kept
    return text


def printable(text: str) -> str:
    """The text for a line of a terminal or a header: U+FFFD stands for each character that is refused.

    For texts that were stored before the rule held, or that come from somewhere else.
    """
    return _without_refused(text, "\N{REPLACEMENT CHARACTER}", lines=False)


def _without_refused(text: str, substitute: str, *, lines: bool) -> str:
    return _refused(lines).sub(lambda found: found[0] if _is_needed(text, found.start()) else substitute, text)


def _refused(lines: bool) -> re.Pattern[str]:
    return _REFUSED_IN_LINES if lines else _REFUSED


def _is_needed(text: str, at: int) -> bool:
    """Whether the invisible character at this place shapes its neighbours."""
    mark, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if not before:
        return False
    if mark in (_NON_JOINER, _JOINER):
        return _joins(mark, before, after)
    if _SELECTOR.match(mark):
        return not before.isspace() and not _REFUSED.match(before)
    if _TAG.match(mark):
        return _FLAG_BEFORE.search(text, max(0, at - _LONGEST_FLAG), at) is not None
    # Mongolian's own selectors and vowel separator.
    return _MONGOLIAN.match(mark) is not None and _MONGOLIAN.match(before) is not None


def _joins(mark: str, before: str, after: str) -> bool:
    """Whether a joiner between these two has a meaning in writing. https://www.rfc-editor.org/rfc/rfc5892#appendix-A"""
    if unicodedata.combining(before) == _VIRAMA_CLASS:
        return True
    if not after:
        return False
    if _is_cursive(before) and _is_cursive(after):
        return True
    emoji_before = before == "\ufe0f" or unicodedata.category(before) in _EMOJI
    return mark == _JOINER and emoji_before and unicodedata.category(after) in _EMOJI


def _is_cursive(character: str) -> bool:
    """Whether it is a letter of Arabic, Syriac or Thaana (or a mark above one), whose letters join up."""
    return unicodedata.bidirectional(character) == "AL" or (
        unicodedata.category(character) == "Mn" and "\u0600" <= character <= "\u08ff"
    )
