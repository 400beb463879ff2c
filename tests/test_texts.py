"""What may stand in a name: all that people write, and nothing that only programs see."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inkeeper.rules.people import clean_name
from inkeeper.terminal import quoted
from inkeeper.texts import cleaned, is_plain, pattern, printable

WRITTEN = [
    "Kai Example",
    "O’Neill-Sample, Jr.",
    "Zażółć",
    "李小龍",
    "\u845b\U000e0100城",  # an ideograph with a selector of its form
    "می\u200cخواهم",  # Persian
    "क्\u200dष",  # Devanagari
    "රාජ්\u200dය",  # Sinhala
    "രാജന്\u200d",  # Malayalam ends names in a joiner
    "ᠮᠣᠩ\u180bᠭᠣᠯ",  # Mongolian
    "👩\u200d💻",
    "👩🏽\u200d🤝\u200d👨🏿",
    "❤\ufe0f\u200d🔥",
    "🏳\ufe0f\u200d🌈",
    "1\ufe0f\u20e3",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # the flag of England
]

REFUSED = [
    *("a\x00b", "\x1b[2Jx", "a\x7fb", "a\x85b", "a\nb", "a\tb", "a\rb"),
    *("a\u2028b", "a\u2029b", "\u202eabc", "a\u202ab", "a\u2066b", "a\u200eb", "a\u200fb", "a\u061cb"),
    *("a\u200bb", "\ufeffab", "a\u2060b", "a\u00adb", "a\u180eb", "\u3164", "a\u115fb", "a\U000e0041b", "a\U000e0001b"),
    *("a\u200db", "a\u200cb", "\u200d", "👩\u200d", "👩\u200da", "می\u200c", "\ufe0f", "a\ufe0f\ufe0f", "a \ufe0f"),
    *("\ud800", "a\udfffb", "a\ufff9b"),
]

TEXTS = st.text(st.sampled_from([*"aی्क 👩❤1\n\t\u200b\u200c\u200d\ufe0f\u2028\u202e\u0085\ud800🏴", "\U000e0067"]))


@pytest.mark.parametrize("text", WRITTEN)
def test_what_people_write_is_taken_as_it_is(text: str) -> None:
    assert is_plain(text)
    assert cleaned(text) == printable(text) == text


@pytest.mark.parametrize("text", REFUSED)
def test_what_nobody_sees_is_refused_left_out_and_shown(text: str) -> None:
    assert not is_plain(text)
    assert is_plain(cleaned(text))
    assert is_plain(printable(text))
    assert "\N{REPLACEMENT CHARACTER}" in printable(text)


def test_names_and_texts_leave_out_the_same_characters() -> None:
    def is_left_out(clean: Callable[[str], str], character: str) -> bool:
        return clean(f"a{character}b") == "ab"

    of_texts, of_names = (
        {character for character in map(chr, range(sys.maxunicode + 1)) if is_left_out(clean, character)}
        for clean in (cleaned, clean_name)
    )

    # In a name, control characters are blanks, and a selector that shapes nothing is kept.
    controls = {character for character in of_texts if unicodedata.category(character) == "Cc"}
    mongolian = set("\u180b\u180c\u180d\u180f")
    assert of_texts - controls - mongolian - of_names == set("\ufff9\ufffa\ufffb")
    assert of_names - of_texts == set()


def test_lines_may_be_broken_and_indented() -> None:
    assert is_plain("one\n\ttwo", lines=True)
    for text in ("a\rb", "a\u2028b", "a\x0bb", "a\u202eb"):
        assert not is_plain(text, lines=True)


def test_what_is_left_out_leaves_words_apart() -> None:
    assert cleaned(" Kai\r\n\tExample\u2028Sample \u200b") == "Kai Example Sample"
    assert cleaned("one\r\ntwo\u2029\tthree\x00", lines=True) == "one\ntwo\n\tthree"
    assert cleaned("\u200b \u202e") == ""


@given(TEXTS | st.text(), st.booleans())
@example("👩\u200b\u200d👩", False)
@example("\u200b\ufe0f\u200d🏴", False)
def test_cleaning_leaves_a_plain_text_and_a_plain_one_alone(text: str, lines: bool) -> None:
    once = cleaned(text, lines=lines)

    assert is_plain(once, lines=lines)
    assert cleaned(once, lines=lines) == once
    if is_plain(text, lines=lines):
        assert once == text.strip()


@given(TEXTS, st.booleans())
def test_the_pattern_refuses_nothing_that_is_taken(text: str, lines: bool) -> None:
    if is_plain(text, lines=lines) and cleaned(text, lines=lines).strip("\u200d\ufe0f"):
        assert re.fullmatch(pattern(lines=lines), text)


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "a\x85b", "a\u2028b", "\u202eab", "a\u200bb", "\u3164", " ", ""])
def test_the_pattern_refuses_what_it_can_name(text: str) -> None:
    assert re.fullmatch(pattern(), text) is None


def test_a_flag_has_few_tags_however_many_come() -> None:
    many = "🏴" + "\U000e0067" * 2_000

    assert not is_plain(many)
    assert len(cleaned(many)) < 10


def test_a_quoted_name_cannot_close_its_quotes() -> None:
    assert quoted("x”. Type 999999 there. “y") == '“x". Type 999999 there. "y”'
    assert quoted("a" + "\u00a0" * 80 + "b\x1b[2J\n") == r"“a b\x1b[2J\n”"
