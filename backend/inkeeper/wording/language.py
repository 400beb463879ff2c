"""Loads the languages: messages from gettext catalogues, and formats of numbers, money, days, times and lists.

The English message is written in the code and is the `msgid`, so English needs no catalogue. Sentences with a code
(warnings, events) have it as `msgctxt`, so that other programs can find them by code.

The files in `locale/`:

- `inkeeper.pot`: all messages.
- `<language>/LC_MESSAGES/inkeeper.po`: a translation; `inkeeper.mo`: the same, compiled.
- `formats.json`: the formats, from the Unicode CLDR.

`tests/lint/words.py` writes all of them except the translations.
"""

from __future__ import annotations

import gettext
import json
import re
from collections.abc import Iterable, Sequence
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from inkeeper.rules.money import Money, decimal

LOCALE = Path(__file__).parents[1] / "locale"
_FIELD = re.compile(r"'[^']*'|y+|M+|L+|d+|E+|H+|h+|m+|a+")
_GROUP = re.compile(r"(?<=\d)(?=(?:\d{3})+$)")


class Formats(NamedTuple):
    """The formats of numbers and dates of a language, from its CLDR data.

    - `name` is the language's name in itself.
    - Lists of months begin with January, lists of days with Monday. `first_day` is the ISO number of the first weekday.
    - Short names of months and days are without the period of an abbreviation, so that no sentence ends in two periods.
    - `direction` is `ltr` or `rtl`, for the HTML attribute `dir`.
    """

    name: str
    months: list[str]
    short_months: list[str]
    lone_months: list[str]
    days: list[str]
    short_days: list[str]
    day: str
    day_and_year: str
    month: str
    long_month: str
    weekday: str
    time: str
    halves: list[str]
    first_day: int
    decimal: str
    group: str
    grouped_from: int
    percent: str
    money: str
    list_start: str
    list_middle: str
    list_end: str
    list_two: str
    direction: str


class Words:
    """One language: its messages and formats."""

    def __init__(
        self, language: str, formats: Formats, messages: gettext.NullTranslations, *, groups_digits: bool = True
    ) -> None:
        self.language = language
        """Its BCP 47 tag."""
        self.formats = formats
        self._messages = messages
        self._groups_digits = groups_digits

    @property
    def direction(self) -> str:
        """The direction of writing: `ltr` or `rtl`."""
        return self.formats.direction

    @property
    def weekdays(self) -> list[int]:
        """The ISO numbers of the days of a week, the first day of the language's week first."""
        return [(self.formats.first_day + place - 1) % 7 + 1 for place in range(7)]

    def pgettext(self, code: str, message: str, /, **values: Any) -> str:
        """The message with the context `code`. Values replace `%(name)s`; numbers are formatted in the language."""
        return self._filled(self._messages.pgettext(code, message), values)

    def npgettext(self, code: str, one: str, many: str, number: int, /, **values: Any) -> str:
        """The message with the context `code` in the plural form of `number`, which replaces `%(number)s`."""
        message = self._messages.npgettext(code, one, many, number)
        return self._filled(message, {"number": number, **values})

    def gettext(self, message: str, /, **values: Any) -> str:
        """Like `pgettext`, for a message without a context."""
        return self._filled(self.form(message), values)

    def ngettext(self, one: str, many: str, number: int, /, **values: Any) -> str:
        """Like `npgettext`, for a message without a context."""
        return self._filled(self._messages.ngettext(one, many, number), {"number": number, **values})

    def form(self, one: str, many: str | None = None, number: int = 1) -> str:
        """A message without a context, with its `%(name)s` unreplaced; with `many`, the plural form of `number`."""
        if many is not None:
            return self._messages.ngettext(one, many, number)
        # The empty msgid is the catalogue's header.
        return self._messages.gettext(one) if one else one

    def _filled(self, message: str, values: dict[str, Any]) -> str:
        if not values:
            return message.replace("%%", "%")
        numbers = {name: self.number(value) for name, value in values.items() if isinstance(value, int | float)}
        return message % {**values, **numbers}

    def number(self, number: float) -> str:
        """A formatted number. Floats have at most 6 significant digits."""
        text = f"{number:g}" if isinstance(number, float) else f"{number}"
        whole, point, part = text.partition(".")
        if self._groups_digits and abs(number) >= self.formats.grouped_from:
            whole = _GROUP.sub(self.formats.group, whole)
        return whole + (self.formats.decimal if point else "") + part

    def grouped(self, number: int) -> str:
        """A whole number with its digits in groups, in the API's English too."""
        return _GROUP.sub(self.formats.group, str(number)) if number >= self.formats.grouped_from else str(number)

    def percent(self, number: int) -> str:
        """`12%`."""
        return self.formats.percent.format(self.number(number))

    def money(self, amount: Money) -> str:
        """The amount with all decimals and the currency code: `EUR 28.00`."""
        whole, _, minor = decimal(amount).partition(".")
        number = self.number(int(whole)) + (self.formats.decimal + minor if minor else "")
        return self.formats.money.format(amount=number, currency=amount.currency)

    def day(self, day: date) -> str:
        """`30 Nov`."""
        return self._written(self.formats.day, day)

    def day_and_year(self, day: date) -> str:
        """`30 Nov 2026`."""
        return self._written(self.formats.day_and_year, day)

    def month(self, day: date) -> str:
        """`Nov 2026`."""
        return self._written(self.formats.month, day)

    def long_month(self, day: date) -> str:
        """`November 2026`."""
        return self._written(self.formats.long_month, day)

    def month_name(self, day: date) -> str:
        """`November`, in the stand-alone form."""
        return self.formats.lone_months[day.month - 1]

    def weekday(self, day: date) -> str:
        """`Mon 30 Nov`."""
        return self._written(self.formats.weekday, day)

    def time_of_day(self, at: time) -> str:
        """`04:09`."""
        return self._written(self.formats.time, None, at)

    def join(self, parts: Sequence[str]) -> str:
        """`A`, `A and B`, `A, B and C`."""
        if len(parts) <= 1:
            return "".join(parts)
        if len(parts) == 2:
            return self.formats.list_two.format(*parts)
        joined = self.formats.list_end.format(parts[-2], parts[-1])
        for part in reversed(parts[1:-2]):
            joined = self.formats.list_middle.format(part, joined)
        return self.formats.list_start.format(parts[0], joined)

    @lru_cache(maxsize=4096)  # noqa: B019 (one instance per language)
    def _written(self, pattern: str, day: date | None, at: time = time()) -> str:
        """A day or time in the CLDR pattern. https://unicode.org/reports/tr35/tr35-dates.html"""
        return _FIELD.sub(lambda found: self._field(found[0], day or date.min, at), pattern)

    def _field(self, field: str, day: date, at: time) -> str:
        names = self.formats
        if field.startswith("'"):
            return field[1:-1] or "'"
        if field == "LLLL":
            return names.lone_months[day.month - 1]
        if field[0] in "ML" and len(field) > 2:
            return (names.short_months if len(field) == 3 else names.months)[day.month - 1]
        if field[0] == "E":
            return (names.days if len(field) == 4 else names.short_days)[day.weekday()]
        if field[0] == "a":
            return names.halves[at.hour >= 12]
        numbers = {"y": day.year, "M": day.month, "d": day.day, "H": at.hour, "h": at.hour % 12 or 12, "m": at.minute}
        return str(numbers[field[0]]).zfill(1 if field == "y" else len(field))


def gettext_noop(message: str) -> str:
    """Mark a message for translation and return it unchanged."""
    return message


def ngettext_noop(one: str, many: str) -> tuple[str, str]:
    """Mark a message with its plural for translation and return both unchanged."""
    return one, many


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The tags of all languages, English first."""
    return tuple(_formats())


@lru_cache(maxsize=64)
def words(language: str) -> Words:
    """The language of this BCP 47 tag, one of `languages`. Raises KeyError."""
    formats = _formats()[language]
    if language == "en":
        return Words(language, formats, gettext.NullTranslations())
    with catalogue_of(language).open("rb") as file:
        return Words(language, formats, gettext.GNUTranslations(file))


def catalogue_of(language: str) -> Path:
    """The file of a language's compiled messages. English has none."""
    return LOCALE / language / "LC_MESSAGES" / "inkeeper.mo"


def chosen_words(language: str | None) -> Words:
    """The language that a person chose. English for None, and for a language that there is no longer."""
    return words(match_language([language] if language else []))


def language_names() -> dict[str, str]:
    """The name of each language in that language, by its tag."""
    return {language: formats.name for language, formats in _formats().items()}


def match_language(wanted: Iterable[str]) -> str:
    """The first available language of the `wanted` BCP 47 tags, best first, else English."""
    return next(filter(None, map(available_language, wanted)), "en")


def available_language(wanted: str) -> str | None:
    """The available language of a BCP 47 tag: `de` for `de-AT` (RFC 4647, 3.4). None if there is none."""
    known = {tag.lower(): tag for tag in languages()}
    parts = wanted.lower().replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        if (found := "-".join(parts[:length])) in known:
            return known[found]
    return None


@lru_cache(maxsize=1)
def _formats() -> dict[str, Formats]:
    data = json.loads((LOCALE / "formats.json").read_text("utf-8"))
    return {language: Formats(**formats) for language, formats in data.items()}


ENGLISH = words("en")
PLAIN_ENGLISH = Words("en", _formats()["en"], gettext.NullTranslations(), groups_digits=False)
"""English without grouping of digits, for the API."""
