"""Sentences in German, as people read them in the calendar, in e-mails and on pages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from babel.messages.pofile import read_po

from inkeeper.reasons import Bound, Reason, reason
from inkeeper.rules import agenda, warnings
from inkeeper.rules.forecast import Basis
from inkeeper.rules.money import Money
from inkeeper.rules.periods import Moment
from inkeeper.rules.templates import SHORT, SUBJECT_LIMIT, fill, length, parse, problems_of, values_for
from inkeeper.rules.warnings import AccountWarning
from inkeeper.wording import agenda as calendar
from inkeeper.wording import warnings as wording
from inkeeper.wording.devices import device_name
from inkeeper.wording.language import ENGLISH, words
from inkeeper.wording.reasons import CODES
from inkeeper.wording.reasons import render as reason_in
from inkeeper.wording.starter_texts import STARTER_TEXTS, starter_texts
from tests.lint.words import path_of

GERMAN = words("de")
MONTH_END = Moment(datetime(2026, 11, 30, 23, tzinfo=UTC), "Europe/Berlin")
NOON = Moment(datetime(2027, 1, 20, 12, tzinfo=UTC), "UTC")
SAME = {
    *("Name", "name", "System", "Demo", "Import", "Credits", "InMails", "Limit", "1 credit", "In %(file)s"),
    *("NAME", "PORT", "TEXT", "--from-account NAME", "--me NAME"),
    *(
        "Reserve: %(reserve)s",
        "Budget: %(budget)s",
        "Name: %(name)s",
        "Name: <bdi>%(name)s</bdi>",
        "Credits %(every)s",
        "%(sends)s in %(days)s",
    ),
    "('%(number)s InMail', '%(number)s InMails')",
}
"""Messages that are the same in German."""


def warning(arguments: warnings.Arguments, code: str = "expiring") -> tuple[str, str]:
    """The title and the detail of a warning."""
    return tuple(wording.render(AccountWarning(code, "warning", None, arguments), GERMAN))  # type: ignore[arg-type]


def test_credits_that_expire():
    assert warning(warnings.Expiring(12, 5, MONTH_END, 2.4, 5, Money(3800, "EUR"))) == (
        "12 Credits verfallen in 5 Tagen",
        "Senden Sie 2,4 pro Arbeitstag, dann sind bis 30. Nov, 24:00 (Europe/Berlin) alle genutzt."
        " Bei diesem Tempo verlieren Sie 5. Bei Ihrem Preis 38,00 EUR wert.",
    )
    assert warning(warnings.Expiring(1, 1, NOON, 0, 0, None)) == (
        "1 Credit verfällt morgen",
        "Nutzbar bis 20. Jan 12:00 (UTC).",
    )


def test_few_people_on_the_list():
    assert warning(warnings.FewTargets(12, 5, 1, 11), "few_targets") == (
        "12 Credits verfallen in 5 Tagen, und auf Ihrer Liste steht 1 Person",
        "Fügen Sie noch 11 zum Anschreiben hinzu.",
    )
    assert warning(warnings.FewTargets(1, 0, 0, 1), "few_targets") == (
        "1 Credit verfällt heute, und Ihre Liste ist leer",
        "Fügen Sie 1 Person zum Anschreiben hinzu.",
    )


def test_a_pace_that_loses_credits():
    behind = warnings.Behind(5, 12, MONTH_END, 3, Basis(13, 23, 3, answered=4, sent=13))
    assert warning(behind, "behind") == (
        "Bei diesem Tempo verlieren Sie 5 Credits",
        "Senden Sie 3 pro Arbeitstag, um alle 12 bis 30. Nov, 24:00 (Europe/Berlin) zu nutzen. Grundlage: 13 gesendete"
        " InMails in 23 Tagen und 3 frühere Monate, 4 von 13 InMails beantwortet.",
    )


def test_people_to_write_to():
    assert warning(warnings.ToWrite(1, ()), "to_write") == (
        "Heute 1 Person anzuschreiben",
        "Wer dran ist, zeigt Inkeeper unter „Personen“, „Heute“.",
    )
    assert warning(warnings.ToWrite(4, ("Kai Example", "Robin Sample")), "to_write") == (
        "Heute 4 Personen anzuschreiben",
        "Kai Example, Robin Sample und 2 weitere.",
    )


def test_events_of_the_calendar():
    def event(arguments: agenda.Loss | agenda.LastDays | agenda.NewCredits) -> tuple[str, str]:
        day = datetime(2026, 11, 30, tzinfo=UTC).date()
        return tuple(calendar.render(agenda.Event(day, "expire", arguments, "Sales Navigator"), GERMAN))  # type: ignore[return-value]

    loss = agenda.Loss("expire", "lot_life", MONTH_END, 12, sure=False, cap=None)
    assert event(loss) == (
        "Bis zu 12 Credits verfallen (Sales Navigator)",
        "Verfällt ungenutzt am 30. Nov, 24:00 (Europe/Berlin).",
    )
    assert event(agenda.LastDays(7, (loss, loss._replace(credits=1)))) == (
        "Noch eine Woche, dann verfallen bis zu 13 Credits (Sales Navigator)",
        "Verfällt ungenutzt: bis zu 12 Credits am 30. Nov, 24:00, bis zu 1 Credit am 30. Nov, 24:00 (Europe/Berlin).",
    )
    assert event(agenda.NewCredits(50, MONTH_END)) == (
        "50 neue Credits (Sales Navigator)",
        "Verfügbar ab 1. Dez (Europe/Berlin).",
    )


def test_the_calendar_of_the_free_plan():
    event = agenda.Event(datetime(2026, 12, 1, tzinfo=UTC).date(), "no_credits", agenda.NoCredits(), "Basic (free)")

    assert calendar.render(event, GERMAN).title == "Keine neuen InMail-Credits (Basic (kostenlos))"
    assert calendar.calendar_title("Basic (free)", GERMAN) == "InMail-Credits (Basic (kostenlos))"


def said(given: Reason) -> str:
    """A reason in German, with its times on the clocks of Berlin."""
    return reason_in(given, GERMAN, "Europe/Berlin")


SENT_AT = datetime(2026, 8, 10, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (reason("import.no_name"), "Die Zeile hat keinen Namen."),
        (reason("import.in_future", at=SENT_AT), "Die Zeile liegt in der Zukunft: 10. Aug 2026 16:30."),
        (
            reason("import.date_unreadable", text="'7/2'"),
            "Die Zeile hat statt eines lesbaren Datums '7/2'; schreiben Sie 2026-07-10 09:00.",
        ),
        (
            reason("import.date_impossible", text="'31.2.2026'"),
            "Die Zeile hat ein Datum, das es nicht gibt: '31.2.2026'.",
        ),
    ],
)
def test_what_is_wrong_with_a_row_completes_the_sentence(given: Reason, sentence: str):
    assert said(reason("import.the_row", reason=given)) == sentence
    in_line = GERMAN.gettext("Line %(line)s %(reason)s.", line="12", reason=said(given))
    assert in_line == sentence.replace("Die Zeile", "Zeile 12")


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Inkeeper's own Chromium", "Inkeepers eigenes Chromium"),
        ("Page in Chrome on Linux", "Seite in Chrome unter Linux"),
        ("Page in a browser on Android", "Seite in einem Browser unter Android"),
        ("Firefox on Windows", "Firefox unter Windows"),
        ("Firefox unter Windows", "Firefox unter Windows"),
        ("Opera", "Opera"),
        ("Kai's laptop on Linux", "Kai's laptop on Linux"),
        ("Free", "Free"),
    ],
)
def test_the_name_of_a_device(stored: str, shown: str) -> None:
    assert device_name(stored, GERMAN) == shown
    assert device_name(stored, ENGLISH) == stored


@pytest.mark.parametrize(
    "code",
    [
        *("fields", "cost", "unknown.outcome", "unknown.purpose", "note_too_long", "outcome_before_sending"),
        *("in_future", "before_linkedin", "no_date", "date_too_long", "date_unreadable", "date_impossible"),
        *("date_ambiguous", "no_name", "no_person", "no_conversation_id", "long_conversation_id"),
    ],
)
def test_what_is_wrong_with_a_row_completes_the_sentence_in_english(code: str) -> None:
    assert str(CODES[f"import.{code}"]).startswith(("has ", "is "))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            reason("import.logged_same_link", where=reason("import.by.import"), at=SENT_AT),
            "eingetragen über einen früheren Import am 10. Aug 2026 16:30, mit demselben Link",
        ),
        (
            reason("import.first_degree", why=reason("import.one_a_row"), since=date(2026, 12, 1)),
            "eine InMail pro Zeile; Kontakt 1. Grades seit 1. Dez 2026, also kostenlos",
        ),
        (
            reason(
                "import.columns_needed",
                fields=reason("import.and_which_holds", field="name", other="sent_at"),
                columns=["A", "B"],
            ),
            "Nennen Sie die Spalte für name und die für sent_at. Es gibt: A, B. Nichts wurde importiert.",
        ),
        (
            reason(
                "import.file_refused",
                place=reason("import.list"),
                reason=reason("import.too_many_lines", most=Bound(1000)),
            ),
            "Die Liste: Das sind mehr als 1.000 Zeilen. Teilen Sie die Liste auf. Nichts wurde importiert.",
        ),
        (
            reason(
                "import.rows_not_understood",
                place=reason("import.in_line", file="a.csv", line="3"),
                reason=reason("import.the_row", reason=reason("import.no_date")),
                more=2,
            ),
            "a.csv, Zeile 3: Die Zeile hat kein Datum. Inkeeper versteht 2 weitere Zeilen nicht."
            " Korrigieren Sie die Datei, oder lassen Sie solche Zeilen weg. Nichts wurde importiert.",
        ),
        (
            reason(
                "export.damaged",
                place=reason("export.in_line", file="a.json", line="3"),
                reason=reason("export.rows_of", table="inmails"),
            ),
            "a.json, Zeile 3: Der Export ist beschädigt (es fehlen Zeilen, zu denen Zeilen von inmails gehören)."
            " Nichts wurde wiederhergestellt.",
        ),
    ],
)
def test_reasons_of_several_parts(given: Reason, sentence: str):
    assert said(given) == sentence


def test_no_message_is_left_in_english():
    with path_of("de").open("rb") as file:
        catalogue = read_po(file)
    left = {str(message.id) for message in catalogue if message.id and message.id == message.string}
    with_words = {each for each in left if re.search(r"[^\W\d_]{2,}", re.sub(r"%\(\w+\)s", "", each))}
    assert with_words - SAME == set()


@pytest.mark.parametrize("number", range(len(STARTER_TEXTS)))
def test_starter_texts_in_german_need_a_name_alone_and_are_short(number: int):
    text = starter_texts(GERMAN)[number]

    assert text.purpose == STARTER_TEXTS[number].purpose
    assert problems_of(text.subject) == problems_of(text.body) == ()
    heading, body = (fill(parse(each), values_for("Kai Example")) for each in (text.subject, text.body))
    assert heading.missing == body.missing == ()
    assert length(heading.text) <= SUBJECT_LIMIT
    assert 100 < length(body.text) <= SHORT
    assert body.text.startswith("Guten Tag Kai,\n")
