"""Tables as spreadsheets of many countries and years write them: delimiters, line ends, blanks, names of columns."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest

from inkeeper.errors import Problem
from inkeeper.services.imports.own import Named
from inkeeper.services.imports.reader import read_file
from inkeeper.services.imports.reading import Reading, Wishes
from inkeeper.services.imports.rows import MOST_COLUMNS, Rows

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def read(text: str, **wishes: Any) -> Reading:
    source = io.BytesIO(text.encode())
    return read_file(source, "given.csv", Named("id", "My seat"), "UTC", Wishes(**wishes), NOW)


def people(found: Reading) -> list[tuple[str, str, int]]:
    return [(each.name, f"{each.sent_at:%Y-%m-%d}", each.line) for each in found.found]


@pytest.mark.parametrize("empty", ["", ",", " , ", "\u00a0,\u2009", ",,,", ";", '"",""', "\ufeff,\u200b"])
def test_empty_rows_are_passed_over(empty: str) -> None:
    found = read(f"Name,Date\n{empty}\nKai,2026-07-10\n{empty}\nMia,2026-07-11\n{empty}\n")

    assert people(found) == [("Kai", "2026-07-10", 3), ("Mia", "2026-07-11", 5)]
    assert found.problems == []
    assert len(found.rows) == 2


@pytest.mark.parametrize("row", ["Kai,", ",2026-07-10", "Kai,2026-07-10,more", "-,-"])
def test_rows_that_hold_anything_are_not(row: str) -> None:
    assert [line for line, _ in read(f"Name,Date\n{row}\n").problems] == [2]


@pytest.mark.parametrize("said", ["sep=;", "SEP=;", '"sep=;"', "sep=; "])
def test_the_first_line_says_the_delimiter(said: str) -> None:
    assert people(read(f"{said}\r\nName;Date\r\nKai;2026-07-10\r\n")) == [("Kai", "2026-07-10", 3)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "~", "^"])
def test_any_delimiter_that_is_said(delimiter: str) -> None:
    text = f"sep={delimiter}\nName{delimiter}Date\nKai{delimiter}2026-07-10\n"

    assert people(read(text)) == [("Kai", "2026-07-10", 3)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_usual_delimiter(delimiter: str) -> None:
    rows = [["Name", "Date", "Note"], ["Kai", "2026-07-10", "one"], ["Mia", "2026-07-11", ""]]
    text = "\n".join(delimiter.join(row) for row in rows)

    assert people(read(text)) == [("Kai", "2026-07-10", 2), ("Mia", "2026-07-11", 3)]


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("Name, Vorname;Date\nMuster, Kai;2026-07-10\n", ["Name, Vorname", "Date"]),
        ("Name, Vorname;Date\n", ["Name, Vorname", "Date"]),
        ("Name;Date;Note, of any kind, or none\nKai;2026-07-10;a\n", ["Name", "Date", "Note, of any kind, or none"]),
        (
            "Name,Date,Note; or none; or more; or less\nKai,2026-07-10,\n",
            ["Name", "Date", "Note; or none; or more; or less"],
        ),
        ("Name\tDate\tNotes, and others\nKai\t2026-07-10\tone, two\n", ["Name", "Date", "Notes, and others"]),
        ("Name, Date\nKai, 2026-07-10\n", ["Name", "Date"]),
        ('"Name";"Date"\n"Muster, Kai";"2026-07-10"\n', ["Name", "Date"]),
        ("Name\nKai\n", ["Name"]),
    ],
)
def test_the_delimiter_is_the_one_under_which_the_rows_fit(text: str, heading: list[str]) -> None:
    assert Rows(io.BytesIO(text.encode()), "given.csv").heading == heading


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_kind_of_line_end(end: str) -> None:
    text = end.join(["Name,Date,Note", 'Kai,2026-07-10,"two', 'lines"', "Mia,2026-07-11,", ""])

    assert people(read(text)) == [("Kai", "2026-07-10", 2), ("Mia", "2026-07-11", 4)]


def test_a_line_end_within_a_cell_is_not_that_of_the_file() -> None:
    text = 'Name,"Date\nsent",Note\rKai,2026-07-10,"a\nb"\rMia,2026-07-11,\r'

    found = read(text, columns={"sent_at": "Date sent"})

    assert [name for name, _, _ in people(found)] == ["Kai", "Mia"]


def test_a_cell_with_a_carriage_return_of_its_own() -> None:
    assert people(read('Name,Date,Note\nKai,2026-07-10,"a\rb"\n')) == [("Kai", "2026-07-10", 2)]


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u2009", "\u3000", "  ", "\t "])
def test_blanks_of_every_kind_in_headings_and_dates(blank: str) -> None:
    heading = f'"{blank}Full{blank}Name","Sent{blank}At","Profile{blank}Link"'
    found = read(f'{heading}\nKai,"Jul{blank}2,{blank}2026,{blank}3:04{blank}PM",\n')

    assert found.heading == ["Full Name", "Sent At", "Profile Link"]
    assert found.found[0].sent_at == datetime(2026, 7, 2, 15, 4, tzinfo=UTC)


# A soft hyphen, the Arabic letter mark, the word joiner, isolates around a date, and the byte order mark.
@pytest.mark.parametrize("unseen", ["\u00ad", "\u061c", "\u2060", "\u2066", "\u2069", "\u3164", "\ufeff"])
def test_invisible_characters_in_headings_and_dates(unseen: str) -> None:
    found = read(
        f"Full{unseen} Name,{unseen}Sent At{unseen}\nKai,{unseen}2026-07-02 15:04{unseen}\n{unseen},{unseen}\n"
    )

    assert found.heading == ["Full Name", "Sent At"]
    assert found.found[0].sent_at == datetime(2026, 7, 2, 15, 4, tzinfo=UTC)
    assert len(found.rows) == 1


def test_equal_headings_get_numbers() -> None:
    text = "Name,Date,Date,date,Date (2)\nKai,2026-07-10,2026-07-11,2026-07-12,2026-07-13\n"

    assert read(text).heading == ["Name", "Date", "Date (3)", "date (4)", "Date (2)"]
    assert people(read(text)) == [("Kai", "2026-07-10", 2)]
    assert people(read(text, columns={"sent_at": "Date (3)"})) == [("Kai", "2026-07-11", 2)]
    assert people(read(text, columns={"sent_at": "date (4)"})) == [("Kai", "2026-07-12", 2)]


def test_more_columns_than_any_table_has() -> None:
    with pytest.raises(Problem, match="columns"):
        read("Name,Date" + ",x" * MOST_COLUMNS + "\n")


def test_quotes_within_quotes() -> None:
    assert people(read('Name,Date\n"Kai ""the"" Sample",2026-07-10\n')) == [('Kai "the" Sample', "2026-07-10", 2)]


@pytest.mark.parametrize("content", [b"", b",", b";;\n", b" \n\t", b'""', b"\xef\xbb\xbf,"])
def test_a_file_whose_first_line_is_empty_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Problem) as refused:
        read_file(io.BytesIO(content), "given.csv", Named("id", "My seat"), "UTC", Wishes(), NOW)

    assert refused.value.status == 422


def test_a_note_keeps_the_joiners_that_its_script_needs() -> None:
    note = "می\u200cخواهم \U0001f468\u200d\U0001f469"

    found = read(f"name,sent_at,note\nKai Example,2026-11-02,{note}\u200b\n")

    assert [inmail.note for inmail in found.found] == [note]
