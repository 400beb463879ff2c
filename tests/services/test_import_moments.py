"""Dates as files write them; what can be read in two ways is not guessed at."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkeeper.services.imports.moments import read_moment


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-07-10 09:00:00 UTC", at(2026, 7, 10, 9)),
        ("2026-07-10T09:00:00Z", at(2026, 7, 10, 9)),
        ("2026-07-10 11:00:00+02:00", at(2026, 7, 10, 9)),
        ("2026-07-10 11:00", at(2026, 7, 10, 9)),
        ("2026-07-10T11:00:30", at(2026, 7, 10, 9, 0, 30)),
        ("2026-07-10", at(2026, 7, 10, 10)),
        ("2026/7/10", at(2026, 7, 10, 10)),
        ("10.7.2026", at(2026, 7, 10, 10)),
        ("10.07.26 11:00", at(2026, 7, 10, 9)),
        ("10 Jul 2026", at(2026, 7, 10, 10)),
        ("10-Jul-2026", at(2026, 7, 10, 10)),
        ("July 10, 2026, 11:00 AM", at(2026, 7, 10, 9)),
        ("Jul 10, 2026 12:30 am", at(2026, 7, 9, 22, 30)),
        ("7/13/2026", at(2026, 7, 13, 10)),
        ("13/7/2026", at(2026, 7, 13, 10)),
        ("7/7/26, 12:30 PM", at(2026, 7, 7, 10, 30)),
        ("  2026-12-10  ", at(2026, 12, 10, 11)),
    ],
)
def test_dates_in_their_many_forms(text: str, instant: datetime) -> None:
    assert read_moment(text, "Europe/Berlin") == instant


@pytest.mark.parametrize(("order", "instant"), [("dmy", at(2026, 7, 10, 12)), ("mdy", at(2026, 10, 7, 12))])
def test_which_comes_first_can_be_said(order: str, instant: datetime) -> None:
    assert read_moment("10/07/2026", "UTC", order) == instant


def test_what_can_be_read_in_two_ways() -> None:
    with pytest.raises(ValueError, match="two ways"):
        read_moment("10/07/2026", "UTC")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no date"),
        ("   ", "no date"),
        ("yesterday", "where a date should be"),
        ("46213.375", "where a date should be"),
        ("2026-W28-5", "where a date should be"),
        ("١٠.٠٧.٢٠٢٦", "where a date should be"),
        ("2026-02-30", "does not exist"),
        ("2026-13-01", "does not exist"),
        ("31.11.2026", "does not exist"),
        ("10 Foo 2026", "where a date should be"),
        ("2026-07-10 25:00", "does not exist"),
        ("Jul 10, 2026 13:00 PM", "does not exist"),
        ("0000-01-01", "does not exist"),
    ],
)
def test_what_is_no_date(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_moment(text, "UTC")


@given(st.text(max_size=30), st.sampled_from([None, "dmy", "mdy"]))
def test_anything_else_is_refused_in_words(text: str, order: str | None) -> None:
    found = None
    with suppress(ValueError):
        found = read_moment(text, "Europe/Berlin", order)

    assert found is None or found.tzinfo is UTC


MONTHS_OF = {
    "English": "January February March April May June July August September October November December",
    "German": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "French": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "Spanish": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "Italian": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "Portuguese": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "Dutch": "januari februari maart april mei juni juli augustus september oktober november december",
    "Finnish": "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu"
    " joulukuu",
    "Swedish": "januari februari mars april maj juni juli augusti september oktober november december",
    "Danish": "januar februar marts april maj juni juli august september oktober november december",
    "Norwegian": "januar februar mars april mai juni juli august september oktober november desember",
    "Turkish": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "Finnish, after a day": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta"
    " syyskuuta lokakuuta marraskuuta joulukuuta",
    "English, short": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "French, short": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "Dutch, short": "jan. feb. mrt. apr. mei jun. jul. aug. sep. okt. nov. dec.",
    "Turkish, short": "Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
}


@pytest.mark.parametrize("language", MONTHS_OF)
def test_months_by_their_names(language: str) -> None:
    for number, name in enumerate(MONTHS_OF[language].split(), 1):
        # Turkish has an i without a dot, which `upper` and `lower` do not bring back.
        forms = [name, name.lower(), name.upper(), unicodedata.normalize("NFD", name)]
        for form in forms:
            assert read_moment(f"10 {form} 2026", "UTC") == at(2026, number, 10, 12), form


def test_polish_months_after_a_day() -> None:
    names = "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października _ grudnia".split()
    for number, name in enumerate(names, 1):
        if name != "_":
            assert read_moment(f"10 {name} 2026", "UTC") == at(2026, number, 10, 12), name


@pytest.mark.parametrize(
    "name", ["listopada", "lip", "Foo", "Mara", "Junx", "Decade", "Maybe", "Ma", "Octagon", "x" * 30]
)
def test_a_word_that_is_no_month_or_one_of_two(name: str) -> None:
    with pytest.raises(ValueError, match="where a date should be"):
        read_moment(f"10 {name} 2026", "UTC")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2 marraskuu 2026", at(2026, 11, 2, 12)),
        ("2. marraskuuta 2026", at(2026, 11, 2, 12)),
        ("10. Juli 2026, 11:00", at(2026, 7, 10, 11)),
        ("2 de julio de 2026", at(2026, 7, 2, 12)),
        ("1er août 2026", at(2026, 8, 1, 12)),
        ("Jul 2, 2026, 3:04\u202fPM", at(2026, 7, 2, 15, 4)),
        ("2 jul 2026, 3:04\u00a0p.\u00a0m.", at(2026, 7, 2, 15, 4)),
        ("\u200e7/13/2026\u200f, 3:04 PM", at(2026, 7, 13, 15, 4)),
        ("10.\u20097.\u20092026", at(2026, 7, 10, 12)),
    ],
)
def test_dates_of_many_countries(text: str, instant: datetime) -> None:
    assert read_moment(text, "UTC") == instant


def test_no_longer_text_is_looked_at() -> None:
    assert read_moment("2026-07-10" + " " * 1000, "UTC") == at(2026, 7, 10, 12)
    with pytest.raises(ValueError, match="60 characters"):
        read_moment("2026-07-10" + " " * 60 + "x", "UTC")
