"""Restores an export, all or nothing: reads it row by row in one write, which is rolled back at the first fault."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn

from inkeeper.clock import parse_instant
from inkeeper.errors import Problem
from inkeeper.instants import to_microseconds
from inkeeper.jsontext import to_json
from inkeeper.reasons import Reason, reason
from inkeeper.services.imports.files import Archive, is_zip, size_of
from inkeeper.services.progress import Progress, no_progress
from inkeeper.services.takeout.export_format import (
    DOCUMENT,
    FORMAT,
    VERSION,
    Checksum,
    ExportError,
)
from inkeeper.storage import tables
from inkeeper.storage.database import Store
from inkeeper.storage.errors import ConstraintViolated
from inkeeper.storage.migrate import steps
from inkeeper.storage.tables import Column, Later, Table
from inkeeper.storage.transaction import Transaction

_FIRST_STEPS = ["0001_ledger"]
"""The migrations of databases whose exports do not list them."""

_ROWS_AT_ONCE = 1000
_MOST_BYTES = 16 * 1024**3
_MOST_BYTES_OF_FIRST_VERSION = 64 * 1024**2
"""The size limit of exports of the first version, which are read at once and take several times their size in
memory.
"""

_LONGEST_LINE = 16 * 1024**2
_WHOLE_NUMBERS = range(-(2**63), 2**63)
"""The range of integer columns."""

_BY_NAME = {table.name: table for table in tables.exported()}


@dataclass(slots=True)
class _Place:
    """The position of reading: the file, the line (from 1; None if unknown), and the row of a table."""

    file: str | Reason
    line: int | None = None

    def damaged(self, code: str, **arguments: str) -> ExportError:
        """The ExportError for this position: what is damaged, as the code of a reason."""
        where = self.file if self.line is None else reason("export.in_line", file=self.file, line=str(self.line))
        return ExportError(reason("export.damaged", place=where, reason=reason(f"export.{code}", **arguments)))


class _Row(NamedTuple):
    """A row of a table, with its line."""

    table: str
    line: int | None
    values: dict[str, Any]


@dataclass(slots=True)
class _Document:
    """An export that is being read: its header, and a generator of its rows. The checksum is complete after the last
    row.
    """

    head: dict[str, Any]
    rows: Iterator[_Row]
    checksum: list[str]


def read_export(store: Store, source: Path, progress: Progress = no_progress) -> dict[str, int]:
    """Restore an export into a database that holds nothing yet, all or nothing; returns the number of rows by table.

    Raises ExportError, which names the file and the line, if the file is damaged, not an export or made by a newer
    version, and if the database is in use already; OSError if the file cannot be read.
    """
    with source.open("rb") as file, store.begin_write(None) as tx:
        if not tables.is_empty(tx):
            raise ExportError(reason("export.not_empty"))
        try:
            return _restore(tx, file, source.name, progress)
        except Problem as problem:
            # Raised by `imports.files` for a damaged zip.
            why = problem.faults[0].said if problem.faults else problem.said
            raise ExportError(reason("export.refused", file=source.name, reason=why)) from problem


def _restore(tx: Transaction, file: BinaryIO, name: str, progress: Progress) -> dict[str, int]:
    if not is_zip(file):
        place = _Place(name)
        text = file.read(_MOST_BYTES_OF_FIRST_VERSION + 1)
        if len(text) > _MOST_BYTES_OF_FIRST_VERSION:
            raise ExportError(reason("export.too_large", file=name))
        return _store(tx, _first_version(text, place), place, lambda: None)
    archive = Archive(file, name, most_bytes=_MOST_BYTES)
    member = archive.find(DOCUMENT)
    if member is None:
        raise _not_an_export(name)
    size = size_of(file)
    with archive.open(member) as stream:
        place = _Place(reason("export.in_member", file=name, member=DOCUMENT), 0)
        return _store(tx, _row_by_row(stream, place), place, lambda: progress(file.tell() / size))


def _not_an_export(name: str | Reason) -> ExportError:
    return ExportError(reason("export.no_export", file=name))


def _store(tx: Transaction, document: _Document, place: _Place, stored_some: Callable[[], None]) -> dict[str, int]:
    older = _is_older(document.head, place)
    if isinstance(document.head.get("installation"), str):
        tables.set_installation_id(tx, document.head["installation"])
    counts = dict.fromkeys(_BY_NAME, 0)
    seen: list[str] = []
    checksum = Checksum()
    for name, group in groupby(document.rows, key=lambda row: row.table):
        seen.append(name)
        if seen != sorted(seen, key=list(counts).index):
            raise place.damaged("order")
        later: Later = []
        while some := list(islice(group, _ROWS_AT_ONCE)):
            later += _insert(tx, some, place, older=older)
            for row in some:
                checksum.add(name, to_json(row.values))
            counts[name] += len(some)
            stored_some()
        _refer(tx, _BY_NAME[name], later, place)
    place.line = None
    if document.checksum != [str(checksum)]:
        raise place.damaged("checksum")
    # Older exports have no last fact ids.
    tables.set_missing_last_facts(tx)
    return counts


def _refer(tx: Transaction, table: Table, later: Later, place: _Place) -> None:
    """Set what rows of a table refer to in the same table. Raises ExportError for rows that are not there."""
    try:
        tables.refer(tx, table, later)
    except ConstraintViolated:
        place.line = None
        raise place.damaged("rows_of", table=table.name) from None


def _insert(tx: Transaction, rows: list[_Row], place: _Place, *, older: bool) -> Later:
    """Store rows of one table; what they refer to in the same table is left. Raises ExportError for the first that
    cannot be stored.
    """
    table = _BY_NAME[rows[0].table]
    known = {column.name: column for column in table.columns}
    columns = list(rows[0].values)
    place.line = rows[0].line
    # An older version lacks some columns, which stay empty.
    if not columns or not (set(columns) <= set(known) if older else columns == list(known)):
        raise place.damaged("columns")

    def checked() -> Iterator[list[Any]]:
        for row in rows:
            place.line = row.line
            if list(row.values) != columns:
                raise place.damaged("columns")
            values = {column: _value(known[column], value, place) for column, value in row.values.items()}
            yield [*values.values()] if not table.derived else _with_derived(table, values, place)

    try:
        return tables.insert(tx, table, [*columns, *(each.column for each in table.derived)], checked())
    except ConstraintViolated as error:
        if error.row is not None:
            place.line = rows[error.row].line
        # Else each row is stored before the next is asked for, so the line is that of the row at fault.
        raise place.damaged("row", table=table.name) from None


def _with_derived(table: Table, values: dict[str, Any], place: _Place) -> list[Any]:
    """The values of a row with its link in normal form, which earlier versions wrote in other ways, and with the
    columns that are computed from name and link.
    """
    computed = []
    for each in table.derived:
        text = values.get(each.source)
        value = each.value(text)
        if value is None and not each.nullable:
            raise place.damaged("no_link" if each.of_link else "no_name", table=table.name)
        values = values | {each.source: each.stored(text)} if each.source in values else values
        computed.append(value)
    return [*values.values(), *computed]


def _value(column: Column, value: Any, place: _Place) -> Any:
    """The value as it is stored. Raises ExportError for one of another kind than the column's."""
    if value is None and column.nullable:
        return None
    if column.kind == "instant":
        try:
            return to_microseconds(parse_instant(value))
        except (TypeError, ValueError):
            raise place.damaged("instant", value=_quoted(value)) from None
    if column.kind == "integer":
        if type(value) is int and value in _WHOLE_NUMBERS:
            return value
    elif isinstance(value, str):
        return value
    raise place.damaged("value", value=_quoted(value), column=column.name)


def _quoted(value: Any) -> str:
    return ascii(value)[:40]


def _is_older(head: dict[str, Any], place: _Place) -> bool:
    """Whether the export was made by a version with fewer columns. Raises ExportError for a newer version."""
    if head.get("format") != FORMAT:
        raise _not_an_export(place.file)
    taken = head.get("steps", _FIRST_STEPS)
    if not isinstance(taken, list) or not all(isinstance(step, str) for step in taken):
        raise place.damaged("steps")
    version = head.get("version")
    if type(version) is not int:
        raise place.damaged("version")
    if version not in range(1, VERSION + 1) or not set(taken) <= set(steps()):
        raise ExportError(reason("export.newer", file=place.file))
    return set(taken) < set(steps())


def _first_version(text: bytes, place: _Place) -> _Document:
    """An export of the first version: one JSON document, read at once."""
    try:
        document = _read_json(text)
    except json.JSONDecodeError as error:
        place.line = error.lineno
        raise place.damaged("no_json") from None
    except (ValueError, RecursionError):
        raise place.damaged("no_json") from None
    if not isinstance(document, dict):
        raise _not_an_export(place.file)
    tables = document.pop("tables", None)
    checksum = str(document.pop("checksum", ""))

    def rows() -> Iterator[_Row]:
        if not isinstance(tables, dict):
            raise place.damaged("tables")
        for name, table in tables.items():
            for row in _a(list, table, place):
                yield _Row(_named(name, place), None, _a(dict, row, place))

    return _Document(document, rows(), [checksum])


def _row_by_row(stream: BinaryIO, place: _Place) -> _Document:
    """An export's document, read with one row in memory at a time."""
    begin = _line(stream, place).rstrip()
    head = _parsed(begin.removesuffix(b',"tables":{') + b"}", place)
    checksum: list[str] = []

    def rows() -> Iterator[_Row]:
        table = ""
        number = 1
        while line := _line(stream, place):
            number += 1
            place.line = number
            text = line.rstrip().removesuffix(b",")
            if text.startswith(b"},"):
                checksum.append(str(_parsed(b"{" + text[2:], place).get("checksum")))
            elif text.endswith(b":["):
                table = _named(text[1:-3].decode("utf-8", "replace"), place)
            elif text != b"]":
                yield _Row(_named(table, place), number, _parsed(text, place))

    place.line = 1
    return _Document(head, rows(), checksum)


def _line(stream: BinaryIO, place: _Place) -> bytes:
    line = stream.readline(_LONGEST_LINE + 1)
    if len(line) > _LONGEST_LINE:
        place.line = (place.line or 0) + 1
        raise place.damaged("line")
    return line


def _parsed(text: bytes, place: _Place) -> dict[str, Any]:
    try:
        row = _read_json(text)
    except (ValueError, RecursionError):
        raise place.damaged("not_whole") from None
    found: dict[str, Any] = _a(dict, row, place)
    return found


def _read_json(text: bytes) -> Any:
    """The value of a JSON text in UTF-8. Raises ValueError for anything that Inkeeper does not write."""
    value = json.loads(text.decode("utf-8"), parse_constant=_refuse_constant)
    if b"\\u" in text:
        # An escape can write half a surrogate pair, which no text can hold.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _refuse_constant(name: str) -> NoReturn:
    # Python would read NaN and Infinity, which JSON does not have.
    raise ValueError(name)


def _named(name: str, place: _Place) -> str:
    if name not in _BY_NAME:
        raise place.damaged("other_table")
    return name


def _a(kind: type, value: Any, place: _Place) -> Any:
    if not isinstance(value, kind):
        raise place.damaged("rows")
    return value
