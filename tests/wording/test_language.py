"""How each language writes numbers and dates, and where its messages come from."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from datetime import date, time
from io import BytesIO
from pathlib import Path

import pytest
from babel import Locale, dates, numbers
from babel.lists import format_list
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from inkeeper.rules.money import Money
from inkeeper.wording.language import (
    ENGLISH,
    PLAIN_ENGLISH,
    Formats,
    Words,
    chosen_words,
    language_names,
    languages,
    match_language,
)
from tests.lint.catalogues import fault_of
from tests.lint.words import KEYWORDS, PACKAGE, TEMPLATE, formats

DAYS = [date(2026, month, day) for month, day in ((1, 31), (3, 1), (5, 9), (9, 30), (11, 3), (12, 24))]


def language(tag: str, catalogue: Catalog | None = None) -> Words:
    """A language with the formats of the CLDR and the messages of a catalogue."""
    file = BytesIO()
    write_mo(file, catalogue or Catalog(locale=tag))
    file.seek(0)
    return Words(tag, Formats(**formats(tag)), gettext.GNUTranslations(file))


@pytest.mark.parametrize("tag", ["de", "pl", "fr", "ja", "ar", "sv"])
def test_dates_times_and_lists_are_written_as_babel_writes_them_without_periods_of_abbreviations(tag: str):
    words, known = language(tag), Locale.parse(tag)

    def babels(skeleton: str, day: date) -> str:
        return re.sub(r"(?<=[^\W\d])\.", "", dates.format_skeleton(skeleton, day, locale=known))

    for day in DAYS:
        assert words.day(day) == babels("MMMd", day)
        assert words.day_and_year(day) == babels("yMMMd", day)
        assert words.month(day) == babels("yMMM", day)
        assert words.long_month(day) == babels("yMMMM", day)
        assert words.weekday(day) == babels("MMMEd", day)
    for at in (time(0, 5), time(4, 9), time(12, 0), time(23, 59)):
        assert words.time_of_day(at) == dates.format_time(at, "short", locale=known)
    for length in range(5):
        assert words.join("abcd"[:length]) == format_list("abcd"[:length], locale=known)


@pytest.mark.parametrize("tag", ["de", "pl", "fr", "ja", "sv", "en"])
def test_numbers_and_shares_are_written_as_babel_writes_them(tag: str):
    words, known = language(tag), Locale.parse(tag)
    for number in (0, 7, 999, 10_000, 1_234_567, 2.4):
        assert words.number(number) == numbers.format_decimal(number, locale=known)
    assert words.percent(12) == numbers.format_percent(0.12, locale=known)


def test_english_reads_as_in_britain_with_short_months_of_three_letters():
    assert ENGLISH.weekday(date(2026, 11, 30)) == "Mon 30 Nov"
    assert ENGLISH.day_and_year(date(2026, 9, 3)) == "3 Sep 2026"
    assert ENGLISH.time_of_day(time(4, 9)) == "04:09"
    assert ENGLISH.number(12_345) == "12,345"
    assert PLAIN_ENGLISH.number(12_345) == "12345"
    assert ENGLISH.money(Money(123_456, "EUR")) == "EUR 1,234.56"
    assert language("de").money(Money(123_456, "EUR")) == "1.234,56 EUR"


def test_a_message_is_translated_by_its_code_and_in_the_form_of_its_number():
    polish = Catalog(locale="pl")
    polish.add(
        ("%(number)s credit", "%(number)s credits"), ("%(number)s kredyt", "%(number)s kredyty", "%(number)s kredytów")
    )
    polish.add("Sent", "Wysłano", context="journal.sent")
    words = language("pl", polish)
    said = [words.ngettext("%(number)s credit", "%(number)s credits", number) for number in (1, 3, 5, 12_345)]
    assert said == ["1 kredyt", "3 kredyty", "5 kredytów", "12\xa0345 kredytów"]
    assert words.pgettext("journal.sent", "Sent") == "Wysłano"
    assert words.pgettext("another", "Sent") == "Sent", "the message itself stands in where none was translated"


def test_a_percent_sign_is_written_twice_in_a_message_with_or_without_places():
    assert ENGLISH.gettext("100%% sure") == "100% sure"
    assert ENGLISH.gettext("100%% of %(what)s", what="5%") == "100% of 5%"


@pytest.mark.parametrize(
    ("one", "many", "fault"),
    [
        ("%(number)s <b>Credit</b>", "%(number)s <b>Credits</b>", None),
        ("ein <b>Credit</b>", "%(number)s <b>Credits</b>", None),
        ("%(number)s <b>Credit</b>", "", "is not translated"),
        ("ein <b>Credit</b>", "<b>Credits</b>", "has other places to fill in"),
        ("%(numer)s <b>Credit</b>", "%(number)s <b>Credits</b>", "has other places to fill in"),
        ("%(number)s Credit", "%(number)s <b>Credits</b>", "has other tags or variables"),
        ("%(number)s <b>Credit</b>", "%(number)s <b>Credits<b>", "has other tags or variables"),
        ('%(number)s <b>"Credit"</b>', "%(number)s <b>Credits</b>", 'has a ", < or > that its message has not'),
    ],
)
def test_a_translation_with_a_fault_is_named(one: str, many: str, fault: str | None):
    message = Message(("%(number)s <b>credit</b>", "%(number)s <b>credits</b>"), (one, many))
    assert fault_of(message) == fault


def literal_messages(path: Path) -> Iterator[str]:
    """The messages that the calls in a module name. Babel does not look into f-strings before Python 3.12."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(name := node.func, ast.Name | ast.Attribute):
            place = (
                1
                if (called := name.id if isinstance(name, ast.Name) else name.attr) in ("pgettext", "npgettext")
                else 0
            )
            if called in KEYWORDS and len(node.args) > place and isinstance(node.args[place], ast.Constant):
                yield node.args[place].value


def test_translators_get_to_see_every_message_in_the_code():
    with TEMPLATE.open("rb") as file:
        extracted = {
            form
            for message in read_po(file)
            for form in (message.id if isinstance(message.id, tuple) else [message.id])
        }

    unseen = {text for path in PACKAGE.rglob("*.py") for text in literal_messages(path)} - extracted

    assert unseen == set()


def test_a_language_that_was_chosen_and_is_there_no_longer_is_english():
    assert [chosen_words(tag).language for tag in (None, "de", "tlh")] == ["en", "de", "en"]


def test_each_language_is_named_in_itself():
    assert language_names() == {"en": "English", "de": "Deutsch"}


def test_a_translation_keeps_the_variables_of_a_starter_text():
    assert fault_of(Message("Hi {{first_name}}", "Hallo {{vorname}}")) == "has other tags or variables"
    assert fault_of(Message("At {{company|your company}}", "Bei {{company|Ihrer Firma}}")) is None


@pytest.mark.parametrize(
    ("wanted", "found"),
    [([], "en"), (["xx", "*"], "en"), (["en-GB", "de"], "en"), (["EN_us"], "en"), (["de-AT", "en"], "de")],
)
def test_the_first_language_that_somebody_prefers_and_that_there_is_is_chosen(wanted: list[str], found: str):
    assert match_language(wanted) == found
    assert languages()[0] == "en"
