"""Reads any CSV with one InMail per row. Columns are assigned by a person, or recognised by their headings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from inkeeper import texts
from inkeeper.errors import Problem, invalid
from inkeeper.reasons import Reason, reason
from inkeeper.services.imports.blanks import is_empty
from inkeeper.services.imports.reading import (
    Found,
    NotUnderstood,
    Reading,
    moment,
    person_link,
    person_name,
    subject_line,
)
from inkeeper.services.imports.rows import Rows
from inkeeper.vocabulary import OUTCOMES, PURPOSES, RowKind

FIELDS = ("name", "profile_url", "sent_at", "cost", "subject", "purpose", "note", "outcome", "outcome_at")
"""The fields that a column can hold. `name` and `sent_at` are required."""


class Layout(NamedTuple):
    """The fields of a kind of CSV: by each field's name the headings that identify it, as letters separated by blanks.
    The fields `needed` are required.
    """

    headings: Mapping[str, str]
    needed: tuple[str, ...]


_HEADINGS = {
    "name": "name recipient recipientname fullname to contact person",
    "profile_url": "profileurl profilelink linkedinurl linkedinprofile linkedin link url profile",
    "sent_at": "sentat sent senton datesent sentdate date",
    "cost": "cost credits",
    "subject": "subject",
    "purpose": "purpose",
    "note": "note notes",
    "outcome": "outcome result",
    "outcome_at": "outcomeat answeredat repliedat outcomedate",
}
INMAILS = Layout(_HEADINGS, ("name", "sent_at"))
_LONGEST_NOTE = 2000
_LONGEST_CELL = 3 * _LONGEST_NOTE
"""The characters of a note that are processed; more are never stored."""

_LONGEST_HEADING = 80
_PLUS = "+"
_ONE_A_ROW = reason("import.one_a_row")


def columns_of(heading: list[str], wanted: Mapping[str, str], layout: Layout = INMAILS) -> dict[str, str]:
    """Which column holds which field: as a person says, and for the rest as the headings say.

    A name may be put together from two columns: `First Name+Last Name`. Raises the 422 Problem for a column that is not
    there, and `columns_needed` if the columns of required fields are unknown.
    """
    for field, column in wanted.items():
        if field not in layout.headings:
            raise invalid("map", reason("import.no_field", field=repr(field), fields=list(layout.headings)))
        if not places_of(column, heading):
            raise invalid("map", reason("import.no_column", column=repr(column), columns=_shown(heading)))
    taken = dict(wanted)
    for field, names in layout.headings.items():
        if field not in taken:
            said = [name for name in heading if _letters(name) in names.split()]
            free = [name for name in said if name not in taken.values()]
            if free:
                taken[field] = free[0]
    missing = [field for field in layout.needed if field not in taken]
    if missing:
        raise Problem(
            "columns_needed",
            reason("import.columns_needed", fields=_each_of(missing), columns=_shown(heading)),
            status=422,
            columns=_shown(heading),
            fields=list(layout.headings),
            mapping=taken,
        )
    return taken


def _each_of(fields: list[str]) -> str | Reason:
    first, *others = fields
    return reason("import.and_which_holds", field=first, other=_each_of(others)) if others else first


def _letters(name: str) -> str:
    """The letters of a heading, none of one that is too long to be known."""
    return re.sub(r"[^a-z]", "", name.lower()) if len(name) <= _LONGEST_HEADING else ""


def _none(_row: list[str]) -> RowKind | None:
    """Default of `passed_over`: reads every row."""


def read_columns(
    rows: Rows,
    reading: Reading,
    decode: Callable[[str], str] = str,
    passed_over: Callable[[list[str]], RowKind | None] = _none,
) -> None:
    """Read each row below the heading as one InMail; `reading.columns` says which column holds what.

    `decode` is applied to every text; `passed_over` may return the kind of a row that is no InMail.
    """
    width = len(rows.heading)
    places = {field: places_of(column, rows.heading) for field, column in reading.columns.items()}
    for line, row in rows:
        try:
            if len(row) != width and (len(row) < width or not is_empty(row[width:])):
                raise NotUnderstood(reason("import.fields", fields=len(row), width=width))
            other = passed_over(row)
            if other is not None:
                reading.rows.add(line, other)
                continue
            cells = {field: " ".join(decode(row[at].strip()) for at in at_all) for field, at_all in places.items()}
            found = _found(line, cells, reading)
        except NotUnderstood as error:
            reading.not_understood(line, error.why)
            continue
        reading.rows.add(line, "inmail")
        reading.keep(found)
    reading.found.sort(key=lambda found: (found.sent_at, found.line))


def _found(line: int, cells: Mapping[str, str], reading: Reading) -> Found:
    def cell(field: str) -> str:
        return cells.get(field, "")

    sent_at = reading.happened(moment(cell("sent_at"), reading.zone, reading.wishes.dates))
    outcome = _one_of(cell("outcome"), OUTCOMES, "outcome") or "pending"
    outcome_at = None
    if outcome != "pending":
        answered = cell("outcome_at")
        outcome_at = reading.happened(moment(answered, reading.zone, reading.wishes.dates)) if answered else reading.now
        if outcome_at < sent_at:
            raise NotUnderstood(reason("import.outcome_before_sending"))
    return Found(
        line=line,
        name=person_name(cell("name")),
        link=person_link(cell("profile_url")),
        sent_at=sent_at,
        cost=_cost(cell("cost")),
        why=_ONE_A_ROW,
        subject=subject_line(cell("subject")),
        purpose=_one_of(cell("purpose"), PURPOSES, "purpose"),
        note=note_of(cell("note")),
        outcome=outcome,
        outcome_at=outcome_at,
        answer_line=line if outcome != "pending" else None,
    )


def _cost(text: str) -> int:
    if text not in ("", "0", "1"):
        raise NotUnderstood(reason("import.cost", cost=repr(text[:40])))
    return int(text or 1)


def _one_of(text: str, values: tuple[str, ...], field: str) -> str | None:
    value = text[:_LONGEST_HEADING].lower().replace(" ", "_")
    if value and value not in values:
        raise NotUnderstood(reason(f"import.unknown.{field}", value=repr(text[:40]), values=values))
    return value or None


def note_of(text: str) -> str | None:
    """The note as it is stored. Raises NotUnderstood for one that is too long."""
    if len(text) > _LONGEST_CELL:
        raise NotUnderstood(reason("import.note_too_long", most=_LONGEST_NOTE))
    note = texts.cleaned(text, lines=True)
    if len(note) > _LONGEST_NOTE:
        raise NotUnderstood(reason("import.note_too_long", most=_LONGEST_NOTE))
    return note or None


def places_of(column: str, heading: list[str]) -> tuple[int, ...]:
    """Where the column stands, or the columns with a plus sign between; empty if one is not there."""
    named = [name.lower() for name in heading]
    names = [column] if column.lower() in named else column.split(_PLUS)
    wanted = [name.strip().lower() for name in names]
    return tuple(named.index(name) for name in wanted) if all(name in named for name in wanted) else ()


def _shown(heading: list[str]) -> list[str]:
    return [name[:_LONGEST_HEADING] for name in heading[:100]]
