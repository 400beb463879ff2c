"""Files that are not what they should be: said in words, with file and line, and in little memory."""

from __future__ import annotations

import codecs
import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkeeper.errors import Problem
from inkeeper.services.imports import reading as reading_module
from inkeeper.services.imports import texts as texts_module
from inkeeper.services.imports.blanks import is_empty
from inkeeper.services.imports.own import Named
from inkeeper.services.imports.reader import read_file
from inkeeper.services.imports.reading import Reading, Wishes
from inkeeper.services.imports.rows import MOST_ROWS, Rows
from inkeeper.wording.reasons import english
from tests.files import HEADING, ME, answer, connections, inmail, messages, table, zipped

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TWO = messages(
    inmail("Robin Sample", "2026-11-05 10:00:00"),
    inmail("Mika Placeholder", "2026-11-06 11:30:00"),
    answer("Robin Sample", "2026-11-05 10:00:00", "2026-11-09 08:00:00"),
)


def read(content: bytes, **wishes: Any) -> Reading:
    return read_file(io.BytesIO(content), "given.csv", Named("id", "My seat"), "UTC", Wishes(**wishes), NOW)


def refused(content: bytes, **wishes: Any) -> str:
    with pytest.raises(Problem) as caught:
        read(content, **wishes)
    assert caught.value.status == 422
    assert "Nothing was imported." in caught.value.detail
    return caught.value.detail


def read_or_refused(content: bytes) -> Reading | None:
    """What was read; None for a refusal that says what to do."""
    with suppress(Problem):
        return read(content)
    with pytest.raises(Problem) as caught:
        read(content)
    assert caught.value.code in ("bad_file", "whose_export", "columns_needed")
    return None


# Encodings


def test_a_byte_order_mark_is_no_matter() -> None:
    assert len(read(b"\xef\xbb\xbf" + TWO).found) == 2


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_without_its_mark_and_utf_32(encoding: str) -> None:
    assert "UTF-16" in refused(TWO.decode().encode(encoding))


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_utf_16_with_its_mark(mark: bytes) -> None:
    encoding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    content = messages(inmail("Zoë Sample", "2026-11-05 10:00:00"), inmail("Łucja Muster", "2026-11-06 11:30:00"))

    found = read(mark + content.decode().encode(encoding), me=ME)

    assert [each.name for each in found.found] == ["Zoë Sample", "Łucja Muster"]
    assert found.notes == []


def test_utf_16_that_is_cut() -> None:
    assert "begins as UTF-16" in refused(codecs.BOM_UTF16_LE + TWO.decode().encode("utf-16-le")[:-1])


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_latin_1_is_read_with_a_note(encoding: str) -> None:
    content = messages(inmail("Robin Sample", "2026-11-05 10:00:00"), inmail("Mika Plätzchen", "2026-11-06 11:30:00"))

    found = read(content.decode().encode(encoding), me=ME)

    assert [each.name for each in found.found] == ["Robin Sample", "Mika Plätzchen"]
    assert [(note.code, note.arguments["encoding"]) for note in found.notes] == [("encoding_guessed", "Windows-1252")]


def test_latin_1_that_shows_only_far_into_the_file() -> None:
    rows = [["Robin", "2026-11-05"]] * 50_000 + [["Zoë", "2026-11-05"]] * 50_000
    content = table(["name", "sent_at"], rows)

    assert {each.name for each in read(content.decode().encode("latin-1")).found} == {"Robin", "Zoë"}


@pytest.mark.parametrize("byte", [b"\x81", b"\xe9\x01"])
def test_what_is_not_even_windows_1252(byte: bytes) -> None:
    assert refused(b"name,sent_at\nRobin,2026-11-05\n" + byte + b",2026-11-05\n").startswith("given.csv, line 3: ")


def test_a_wrong_byte_far_into_a_file_of_utf_8_names_its_line() -> None:
    content = table(["name", "sent_at"], [["Zoë", "2026-11-05"]] * 50_000)
    cut = content.index(b"\n", len(content) // 2) + 1
    line = content.count(b"\n", 0, cut) + 1

    assert refused(content[:cut] + b"\xff,2026-11-05\r\n" + content[cut:]).startswith(f"given.csv, line {line}: ")


# Forms


@pytest.mark.parametrize("content", [b"", b"\n", b"  \r\n\r\n", b"\xef\xbb\xbf"])
def test_an_empty_file(content: bytes) -> None:
    assert "is empty" in refused(content)


def test_a_heading_alone() -> None:
    assert read(messages()).found == []
    assert read(b"name,sent_at").found == []


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (TWO + b'"never closed\r\n', 8),
        (TWO.replace(b'""talk""', b'"talk"'), 2),
        (TWO[: TWO.rindex(b"hear")], 6),
        (TWO.replace(b"Robin Sample", b'"' + b"x" * 200_000, 1), 2),
    ],
)
def test_quotes_and_lines_that_do_not_end(content: bytes, line: int) -> None:
    assert refused(content).startswith(f"given.csv, line {line}: ")


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"PDF\0\n", b"x" * (2 * 1024 * 1024)])
def test_no_text_at_all(content: bytes) -> None:
    assert refused(content).startswith("given.csv, line ")


def test_ragged_rows_are_not_understood_and_the_rest_is() -> None:
    found = read(TWO + b"too,short\r\n" + b",".join([b"x"] * 20) + b"\r\n")

    assert [(line, english(reason)) for line, reason in found.problems] == [
        (8, "has 2 fields where the heading has 13"),
        (9, "has 20 fields where the heading has 13"),
    ]
    assert len(found.found) == 2


@pytest.mark.parametrize("missing", ["TO", "SUBJECT"])
def test_a_missing_column(missing: str) -> None:
    content = messages(inmail("Robin", "2026-11-05 10:00:00"), heading=[name for name in HEADING if name != missing])

    assert refused(content).startswith(f"given.csv, line 1: The column {missing} is missing")


def test_reordered_columns_and_older_exports_without_the_later_ones() -> None:
    usual = read(TWO)
    rows = [
        inmail("Robin Sample", "2026-11-05 10:00:00"),
        inmail("Mika Placeholder", "2026-11-06 11:30:00"),
        answer("Robin Sample", "2026-11-05 10:00:00", "2026-11-09 08:00:00"),
    ]

    assert read(messages(*rows, heading=HEADING[::-1])).found == usual.found
    assert read(messages(*rows, heading=HEADING[:9])).found == usual.found
    assert read(messages(*rows, heading=[name.lower() for name in HEADING]), me=ME).found == []


@pytest.mark.parametrize(
    ("date", "reason"),
    [
        ("2026-02-30 10:00:00", "has a date that does not exist"),
        ("soon", "has 'soon UTC' where a date should be"),
        ("", "has no date"),
        ("2027-11-05 10:00:00", "in the future"),
        ("1999-11-05 10:00:00", "before there was a LinkedIn"),
    ],
)
def test_a_date_that_cannot_be(date: str, reason: str) -> None:
    found = read(messages(inmail("Robin", "2026-11-05 10:00:00") | {"DATE": f"{date} UTC" if date else ""}))

    assert len(found.problems) == 1
    assert reason in english(found.problems[0].reason)


def test_a_table_says_of_each_row_what_is_wrong() -> None:
    content = table(
        ["name", "sent_at", "profile_url", "cost", "purpose", "outcome", "outcome_at", "note"],
        [
            ["", "2026-11-05", "", "", "", "", "", ""],
            ["\u200b", "2026-11-05", "", "", "", "", "", ""],
            ["Robin", "5/6/2026", "", "", "", "", "", ""],
            ["Robin", "2026-11-05", "https://example.com/in/robin", "", "", "", "", ""],
            ["Robin", "2026-11-05", "", "2", "", "", "", ""],
            ["Robin", "2026-11-05", "", "", "fun", "", "", ""],
            ["Robin", "2026-11-05", "", "", "", "yes", "", ""],
            ["Robin", "2026-11-05", "", "", "", "replied", "2026-11-01", ""],
            ["Robin", "2026-11-05", "", "", "", "", "", "n" * 2001],
            ["Robin", "2026-11-05", "linkedin.com/in/Robin/", "0", "Follow up", "Replied", "2026-11-06", "hm"],
        ],
    )

    found = read(content)

    assert [line for line, _ in found.problems] == list(range(2, 11))
    (good,) = found.found
    assert (good.link, good.cost, good.purpose, good.outcome, good.note) == (
        "https://www.linkedin.com/in/robin",
        0,
        "follow_up",
        "replied",
        "hm",
    )


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(content: bytes) -> None:
    read_or_refused(content)


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=13, max_size=13)))
def test_whatever_stands_in_linkedins_columns_is_read_or_refused(rows: list[list[str]]) -> None:
    found = read_or_refused(table(HEADING, rows))

    assert found is None or len(found.rows) == sum(not is_empty(row) for row in rows)


# Zips


def test_linkedins_zip_in_any_folder_with_its_notes_and_connections() -> None:
    content = zipped(
        {"Export/Connections.csv": connections(("Robin Sample", "1 Jan 2020")), "Export/messages.csv": TWO}
    )

    assert [found.cost for found in read(content).found] == [0, 1]


@pytest.mark.parametrize(
    "name", ["../messages.csv", "/etc/passwd", "a/../../b", "..\\messages.csv", "C:\\messages.csv", "\\\\host\\share"]
)
def test_a_path_that_leads_outside(name: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("messages.csv", TWO)
        archive.writestr(zipfile.ZipInfo(name), b"x")

    assert "outside" in refused(content.getvalue())


def test_a_bomb() -> None:
    assert "more than any real export" in refused(zipped({"messages.csv": b"\0" * (64 * 1024 * 1024)}))


def test_a_bomb_that_lies_about_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    heading = b"name,sent_at\n"
    content = bytearray(zipped({"messages.csv": heading + b"x" * (64 * 1024 * 1024)}))
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 1000)

    assert "damaged" in refused(bytes(content)) or "longer than" in refused(bytes(content))


def test_a_directory_of_a_million_names_is_not_even_read() -> None:
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", *[0] * 4, *[0] * 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * 200_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(directory), 4, 0)
    tracemalloc.start()

    assert "more files than any real export" in refused(b"PK\x03\x04" + directory + end)

    assert tracemalloc.get_traced_memory()[1] < 40 * 1024 * 1024
    tracemalloc.stop()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1],
        lambda content: content[:60] + b"\xff\xff\xff\xff" + content[64:],
        lambda _: b"PK\x03\x04",
        lambda _: b"PK\x05\x06" + b"\0" * 18,
    ],
)
def test_a_zip_that_is_cut_or_damaged(spoil: Callable[[bytes], bytes]) -> None:
    assert refused(spoil(zipped({"messages.csv": TWO * 50})))


def test_a_zip_with_a_password() -> None:
    content = bytearray(zipped({"messages.csv": TWO}))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(sign) + place] |= 1

    assert "password" in refused(bytes(content))


def test_a_member_without_a_name() -> None:
    content = zipped({"x": b"", "messages.csv": TWO}).replace(b"x", b"\0")

    assert len(read(content).found) == 2


def test_folders_that_are_called_as_files_and_backslashes() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("messages.csv/", b"")
        archive.writestr("Export\\messages.csv", TWO)

    assert len(read(content.getvalue()).found) == 2


def test_a_zip_with_two_of_the_same() -> None:
    assert "more than once" in refused(zipped({"a/messages.csv": TWO, "b/MESSAGES.CSV": TWO}))


def test_names_in_a_zip_cannot_give_orders_to_a_terminal() -> None:
    assert "\x1b" not in refused(zipped({"\x1b[31mred.txt": b"x"}))


# Size


class Endless(io.RawIOBase):
    """A file of ten million rows that exists only as it is read."""

    def __init__(self, heading: bytes, row: bytes) -> None:
        self._rest = heading
        self._block = row * 1000
        self._left = 10_000

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size and self._left:
            self._rest += self._block
            self._left -= 1
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def test_ten_million_rows_end_at_the_limit_in_little_memory() -> None:
    rows = Rows(Endless(b"name,sent_at\n", b"Robin,2026-11-05\n"), "given.csv")  # type: ignore[arg-type]
    tracemalloc.start()

    with pytest.raises(Problem) as caught:
        for _ in rows:
            pass

    assert caught.value.detail.startswith(f"given.csv, line {MOST_ROWS + 2}: The file has more than 1,000,000 rows.")
    assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    tracemalloc.stop()


def test_more_inmails_than_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_module, "MOST_INMAILS", 3)
    content = table(["name", "sent_at"], [["Robin", "2026-11-05"]] * 4)

    assert refused(content).startswith("given.csv, line 5: The file tells of more than")


def test_more_bytes_than_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts_module, "MOST_UNPACKED_BYTES", 1000)

    assert "larger than" in refused(table(["name", "sent_at"], [["Robin", "2026-11-05"]] * 100))


def test_progress_is_told_up_to_the_end() -> None:
    told: list[float] = []
    content = table(["name", "sent_at"], [["Robin", "2026-11-05"]] * 100_000)

    read_file(io.BytesIO(content), "given.csv", Named("", ""), "UTC", Wishes(), NOW, told.append)

    assert told == sorted(told)
    assert len(told) > 3
    assert told[-1] == 1.0
