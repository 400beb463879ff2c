"""Invisible characters: the one list, of which names, texts and cells of files each refuse or remove their part.

Source: Default_Ignorable_Code_Point in https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt
"""

from __future__ import annotations

Ranges = tuple[tuple[int, int], ...]
"""The first and last code points of ranges."""

INVISIBLE: Ranges = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x200B, 0x200B),
    (0x200E, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE001F),
    (0xE0080, 0xE00FF),
    (0xE01F0, 0xE0FFF),
)
"""Those that never change how their neighbours look."""

NON_JOINER, JOINER = "\u200c", "\u200d"
JOINERS: Ranges = ((ord(NON_JOINER), ord(JOINER)),)
SELECTORS: Ranges = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
"""Variation selectors but for those of Mongolian."""

MONGOLIAN_SELECTORS: Ranges = ((0x180B, 0x180D), (0x180F, 0x180F))
MONGOLIAN_VOWEL_SEPARATOR: Ranges = ((0x180E, 0x180E),)
TAGS: Ranges = ((0xE0020, 0xE007F),)
"""Behind a black flag they make the flag of a region."""

SURROGATES: Ranges = ((0xD800, 0xDFFF),)
"""Halves of surrogate pairs: JSON can encode one, UTF-8 cannot."""

CONTROLS: Ranges = ((0x0000, 0x001F), (0x007F, 0x009F))
CONTROLS_IN_LINES: Ranges = ((0x0000, 0x0008), (0x000B, 0x001F), (0x007F, 0x009F))
"""The control characters but for the line break (LF) and the tab."""

_LAST_OF_BASIC_PLANE = 0xFFFF


def pattern_of(*ranges: Ranges) -> str:
    """The characters of these ranges as the inside of a character class of `re`."""
    return _written(ranges, r"\U{:08x}")


def basic_pattern_of(*ranges: Ranges) -> str:
    r"""As `pattern_of`, for JSON Schema: with escapes such as `\u00ad`, without the characters above U+FFFF, which not
    all regular expression engines can name.
    """
    basic = tuple(tuple(each for each in some if each[1] <= _LAST_OF_BASIC_PLANE) for some in ranges)
    return _written(basic, r"\u{:04x}")


def _written(ranges: tuple[Ranges, ...], escape: str) -> str:
    text = ""
    for first, last in _joined(ranges):
        text += escape.format(first)
        if last > first:
            # Of two characters, no dash is needed.
            text += ("-" if last > first + 1 else "") + escape.format(last)
    return text


def _joined(ranges: tuple[Ranges, ...]) -> list[tuple[int, int]]:
    """The ranges in ascending order, adjacent ones joined."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(each for some in ranges for each in some):
        if found and first == found[-1][1] + 1:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found
