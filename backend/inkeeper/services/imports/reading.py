"""The result of reading a file: its InMails, and the kind of each row."""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from inkeeper.errors import Problem
from inkeeper.reasons import Argument, Bound, Reason, reason
from inkeeper.rules.people import clean_name, normal_link
from inkeeper.services import dates
from inkeeper.services.imports.moments import NotAMoment, read_moment
from inkeeper.services.imports.refusals import bad_file
from inkeeper.vocabulary import ROW_KINDS, RowKind
from inkeeper.wording.reasons import english

MOST_INMAILS = 200_000
"""The most InMails or conversations of one file. Bounds the memory."""

PROBLEMS_NAMED = 200
LONGEST_LINK = 500
_LONGEST_SUBJECT = 200
_EXAMINED_MAX = 1_000
"""The characters of a cell that are processed; more are never stored."""


class Found(NamedTuple):
    """An InMail of a file. Instants are UTC; lines count from 1."""

    line: int
    name: str
    link: str | None
    sent_at: datetime
    cost: int
    why: Reason
    subject: str | None = None
    purpose: str | None = None
    note: str | None = None
    outcome: str = "pending"
    outcome_at: datetime | None = None
    answer_line: int | None = None
    message_key: str | None = None
    """Of LinkedIn's export: a hash of the conversation's id and the instant, by which later exports are compared."""


class Note(NamedTuple):
    """Something to know about how a file was read: a code with its arguments, and the sentence that they make."""

    code: str
    arguments: Mapping[str, Argument]
    said: Reason


class RowProblem(NamedTuple):
    """A row that could not be read. `reason` completes a sentence that begins with `The row`."""

    line: int
    reason: Reason


class NotUnderstood(ValueError):
    """A row that cannot be read, and why: a reason that completes a sentence that begins with `The row`."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return english(self.why)


_CODES = {name: code for code, name in enumerate(ROW_KINDS)}


class RowKinds:
    """The kind of each row, in nine bytes per row."""

    def __init__(self) -> None:
        self._lines = array("q")
        self._codes = bytearray()

    def __len__(self) -> int:
        return len(self._codes)

    def add(self, line: int, kind: RowKind) -> int:
        """Add the next row. Returns its number (from 0)."""
        self._lines.append(line)
        self._codes.append(_CODES[kind])
        return len(self._codes) - 1

    def change(self, number: int, kind: RowKind) -> None:
        """Change the kind of the row with that number."""
        self._codes[number] = _CODES[kind]

    def line(self, number: int) -> int:
        """The line on which the row of that number begins."""
        return self._lines[number]

    def __iter__(self) -> Iterator[tuple[int, RowKind]]:
        """Each row's line and kind, in the order of the file."""
        return ((line, ROW_KINDS[code]) for line, code in zip(self._lines, self._codes, strict=True))

    def count(self, kind: RowKind) -> int:
        """The number of rows of this kind."""
        return self._codes.count(_CODES[kind])

    def ranges(self) -> dict[str, str]:
        """For each kind the lines on which its rows begin, such as `2-14, 17`; from one row to the next of a kind."""
        found: dict[str, list[str]] = {}
        for kind, run in groupby(self, key=lambda row: row[1]):
            lines = [line for line, _ in run]
            found.setdefault(kind, []).append(str(lines[0]) if len(lines) == 1 else f"{lines[0]}-{lines[-1]}")
        return {kind: ", ".join(runs) for kind, runs in found.items()}


@dataclass(frozen=True, slots=True)
class Wishes:
    """A person's options for reading a file and storing it."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """For any CSV: which column holds a field, by the field's name."""

    dates: str | None = None
    """Whether day (`dmy`) or month (`mdy`) comes first in dates such as 07/10/2026."""

    me: str | None = None
    """For LinkedIn's export: the name or profile link of its owner, if the export does not show it."""

    from_account: str | None = None
    """For Inkeeper's own export: the name or id of the account in it."""

    leave_out: frozenset[int] = frozenset()
    """Lines of InMails that are not to be stored."""

    skip_rows: bool = False
    """Leave out the rows that are not understood."""

    accept_discrepancy: bool = False
    """Store InMails that the credits do not cover: LinkedIn let them through."""

    open_earlier: bool = False
    """Date the account's opening back, so that InMails before it can be stored."""


@dataclass(slots=True)
class Reading:
    """A file, read to its end.

    For LinkedIn's messages, `owner` is the export's owner (a name or link), and `begun` the number of conversations
    that the owner began.
    """

    kind: str
    file: str
    digest: str
    zone: str
    now: datetime
    wishes: Wishes
    rows: RowKinds = field(default_factory=RowKinds)
    found: list[Found] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    owner: str | None = None
    begun: int = 0
    heading: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)

    def not_understood(self, line: int, why: Reason) -> None:
        """Add a row that could not be read. The first `PROBLEMS_NAMED` are kept with their reasons."""
        self._name_problem(self.rows.add(line, "not_understood"), why)

    def change_to_not_understood(self, number: int, why: Reason) -> None:
        """As `not_understood`, for a row that was added as another kind, by its number."""
        self.rows.change(number, "not_understood")
        self._name_problem(number, why)

    def keep(self, found: Found) -> None:
        """Keep an InMail. Raises the refusal `bad_file` where there are too many."""
        if len(self.found) == MOST_INMAILS:
            raise too_many(self.file, found.line)
        self.found.append(found)

    def happened(self, at: datetime) -> datetime:
        """The date of something that has happened: dates slightly ahead become `now`. Raises NotUnderstood for others
        out of range.
        """
        if dates.EARLIEST <= at <= self.now:
            return at
        if at > self.now + dates.CLOCK_TOLERANCE:
            raise NotUnderstood(reason("import.in_future", at=at))
        if at < dates.EARLIEST:
            raise NotUnderstood(reason("import.before_linkedin", at=at))
        return self.now

    def _name_problem(self, number: int, why: Reason) -> None:
        if len(self.problems) < PROBLEMS_NAMED:
            self.problems.append(RowProblem(self.rows.line(number), why))


def guessed_encoding(file: str) -> Note:
    """The note for a file that is not in UTF-8."""
    arguments: dict[str, Argument] = {"file": file, "encoding": "Windows-1252"}
    return Note("encoding_guessed", arguments, reason("import.encoding_guessed", **arguments))


def too_many(file: str, line: int) -> Problem:
    """The refusal of a file with more than `MOST_INMAILS`."""
    return bad_file(file, line, reason("import.too_many_inmails", most=Bound(MOST_INMAILS)))


def moment(text: str, zone: str, order: str | None) -> datetime:
    """The instant (UTC) that a date names. Raises NotUnderstood."""
    try:
        return read_moment(text, zone, order)
    except NotAMoment as error:
        raise NotUnderstood(error.why) from None


def person_name(text: str) -> str:
    """The name as it is stored. Raises NotUnderstood for a name without usable characters."""
    name = clean_name(text)
    if not name:
        raise NotUnderstood(reason("import.no_name"))
    return name


def person_link(text: str) -> str | None:
    """The profile link as it is stored, None for none. Raises NotUnderstood for a link to no person."""
    link = normal_link(text)
    if link is None and clean_name(text):
        raise NotUnderstood(reason("import.no_person"))
    return link


def subject_line(text: str) -> str | None:
    """The subject as it is stored: on one line, cut where it is longer than LinkedIn allows."""
    subject = _one_line(text)
    return f"{subject[: _LONGEST_SUBJECT - 1]}…" if len(subject) > _LONGEST_SUBJECT else subject or None


def _one_line(text: str) -> str:
    """Without line breaks, other control characters and spaces around it."""
    text = text[:_EXAMINED_MAX]
    if text.isprintable():
        return text.strip()
    shown = "".join(" " if unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") else each for each in text)
    return " ".join(shown.split())
