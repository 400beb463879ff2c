"""What a file's preview and its refusals say, by code."""

from __future__ import annotations

from typing import Any

import pytest

from inkeeper.reasons import reason
from inkeeper.services.imports.batches import ActionCount, Preview
from inkeeper.services.imports.reading import Note, guessed_encoding
from inkeeper.services.takeout import privacy
from inkeeper.web.settings_words import STORED, file_note, nothing, with_full_names


def preview(actions: list[ActionCount], why_nothing: Note | None) -> Preview:
    """A preview of a file that adds nothing."""
    empty: dict[str, Any] = dict.fromkeys(Preview._fields)
    return Preview(**empty | {"actions": actions, "nothing": why_nothing})


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("no_rows", "Nothing to import: there are no rows below the headings."),
        ("nothing_understood", "Nothing to import: none of the rows can be read."),
        ("other_rows", "Nothing to import: the rows are of other accounts, or were removed."),
        ("nothing_new", "Nothing to import: 2 here already, 1 left out by you."),
        ("a_code_of_a_later_version", "Nothing to import: 2 here already, 1 left out by you."),
    ],
)
def test_why_nothing_is_added(code: str, says: str) -> None:
    actions = [ActionCount("already_there", 2), ActionCount("left_out", 1)]

    assert nothing(preview(actions, Note(code, {}, reason("import.nothing.no_rows")))) == says


def test_why_nothing_is_added_where_no_reason_is_given() -> None:
    assert nothing(preview([], None)) == "Nothing to import: there's no InMail in it."


def test_notes_about_a_file() -> None:
    guessed = guessed_encoding("list.csv")

    assert file_note(guessed) == "We guessed how letters such as é are stored in list.csv. Check the names."
    assert file_note(guessed._replace(code="a_code_of_a_later_version")) == ""


def test_a_name_in_two_columns_is_offered_for_names_alone() -> None:
    columns = ["Vorname", "Nachname", "Datum"]

    assert with_full_names(columns, "name") == [*columns, "Vorname+Nachname"]
    assert with_full_names(columns, "note") == columns
    assert with_full_names(["Name"], "name") == ["Name"]


def test_the_page_has_words_for_all_that_is_stored_of_people() -> None:
    assert set(STORED) == set(privacy.personal_columns())
