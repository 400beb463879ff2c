"""Bringing back an export, all or nothing: read row by row and stored in one write, undone if anything does not fit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Any, BinaryIO

from peewee import IntegrityError, Model

from inkeeper.clock import parse_instant, to_microseconds
from inkeeper.errors import Problem
from inkeeper.jsontext import to_json
from inkeeper.rules.people import parse_link
from inkeeper.services.export_format import (
    DOCUMENT,
    EXPORTED,
    FORMAT,
    VERSION,
    Checksum,
    ExportError,
    fields_of,
    name_of,
)
from inkeeper.services.imports.files import Archive, is_zip
from inkeeper.services.people import person_keys
from inkeeper.storage.database import Store
from inkeeper.storage.migrate import steps
from inkeeper.storage.models import TABLES, Inmail, Installation, InstantField
from inkeeper.storage.transaction import Transaction

_FIRST_STEPS = ["0001_ledger"]
"""What a database had gone through when exports did not say so yet."""

_ROWS_AT_ONCE = 1000
_OF_PERSON = ("name_key", "link_key")
_MOST_BYTES = 16 * 1024**3
_BY_NAME = {name_of(table): table for table in EXPORTED}


@dataclass(slots=True)
class _Document:
    """An export under way: its head, and its rows as they are read. The checksum is there once they all were."""

    head: dict[str, Any]
    rows: Iterator[tuple[str, dict[str, Any]]]
    checksum: list[str]


def read_export(store: Store, source: Path) -> dict[str, int]:
    """Restore an export into a database that holds nothing yet, all or nothing; answers the number of rows by table.

    Raises ExportError if the file is damaged, not an export or made by a newer version, and if the database is in use
    already; OSError if the file cannot be read.
    """
    with source.open("rb") as file, store.begin_write(None) as transaction:
        # Every database has its id from the beginning.
        if any(table.select().exists() for table in TABLES if table is not Installation):
            raise ExportError("The database holds data already. Restore into a new one: name it with --database.")
        try:
            return _restore(transaction, file, source.name)
        except (IntegrityError, sqlite3.IntegrityError) as error:
            raise _damaged("its rows contradict each other") from error
        except Problem as problem:
            # What was found out about a zip.
            raise ExportError(f"{(problem.errors or [{}])[0].get('message')} Nothing was restored.") from problem


def _restore(transaction: Transaction, file: BinaryIO, name: str) -> dict[str, int]:
    if not is_zip(file):
        return _store(transaction, _first_version(file.read()))
    archive = Archive(file, name, most_bytes=_MOST_BYTES)
    member = archive.find(DOCUMENT)
    if member is None:
        raise ExportError("The file is not an export of Inkeeper.")
    with archive.open(member) as stream:
        return _store(transaction, _row_by_row(stream))


def _store(transaction: Transaction, document: _Document) -> dict[str, int]:
    older = _is_older(document.head)
    if isinstance(document.head.get("installation"), str):
        Installation.update(id=document.head["installation"]).execute()
    counts = {name_of(table): 0 for table in EXPORTED}
    seen: list[str] = []
    checksum = Checksum()
    for name, group in groupby(document.rows, key=lambda row: row[0]):
        seen.append(name)
        if seen != sorted(seen, key=list(counts).index):
            raise _damaged("its tables are not in order")
        rows = (row for _, row in group)
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            for row in some:
                checksum.add(name, to_json(row))
            _insert(transaction, _BY_NAME[name], some, older=older)
            counts[name] += len(some)
    if document.checksum != [str(checksum)]:
        raise _damaged("its checksum does not fit its content")
    # Older exports do not say which fact id was the last.
    transaction.execute(
        "UPDATE account SET last_fact_id = (SELECT max(id) FROM fact WHERE account_id = account.id)"
        " WHERE last_fact_id IS NULL"
    )
    if transaction.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise _damaged("rows are missing")
    return counts


def _insert(transaction: Transaction, table: type[Model], rows: list[dict[str, Any]], *, older: bool) -> None:
    known = {field.column_name: field for field in fields_of(table)}
    columns = list(rows[0])
    # An older version had not all of the columns; what it lacks stays empty.
    if not (set(columns) <= set(known) if older else columns == list(known)):
        raise _damaged("columns are missing")
    values = [_values(row, columns, known) for row in rows]
    if table is Inmail:
        values = [_with_person(row, of_row) for row, of_row in zip(rows, values, strict=True)]
        columns = [*columns, *_OF_PERSON]
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join("?" * len(columns))
    transaction.executemany(
        f'INSERT INTO "{name_of(table)}" ({names}) VALUES ({marks})',  # noqa: S608 - the names are ours
        values,
    )


def _with_person(row: dict[str, Any], values: list[Any]) -> list[Any]:
    """The values of an InMail's row with its link in normal form, which earlier versions wrote in other ways, and with
    the columns that are computed from name and link.
    """
    name, url = row.get("name"), row.get("profile_url")
    if not isinstance(name, str) or not isinstance(url, str | None):
        raise _damaged("an InMail has no recipient")
    link = url and parse_link(url)
    normal = {"profile_url": link.url if link else url}
    return [
        *(normal.get(column, value) for column, value in zip(row, values, strict=True)),
        *person_keys(name, link or None),
    ]


def _values(row: dict[str, Any], columns: list[str], known: dict[str, Any]) -> list[Any]:
    if list(row) != columns:
        raise _damaged("columns are missing")
    return [_value(known[column], value) for column, value in row.items()]


def _value(field: Any, value: Any) -> Any:
    if value is None or (type(value) in (str, int) and not isinstance(field, InstantField)):
        return value
    try:
        return to_microseconds(parse_instant(value))
    except (TypeError, ValueError):
        raise _damaged(f"{str(value)[:40]!r} has no place where it stands") from None


def _is_older(head: dict[str, Any]) -> bool:
    """Whether the export was made by a version whose tables had less. Raises ExportError for a newer version."""
    if head.get("format") != FORMAT:
        raise ExportError("The file is not an export of Inkeeper.")
    taken = head.get("steps", _FIRST_STEPS)
    if head.get("version") not in range(1, VERSION + 1) or not set(taken) <= set(steps()):
        raise ExportError("The export was made by a newer version of Inkeeper. Install that version.")
    return set(taken) < set(steps())


def _first_version(text: bytes) -> _Document:
    """An export as it was before there were zips: one JSON document, read at once."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _damaged("it is neither a zip nor JSON") from None
    if not isinstance(document, dict):
        raise ExportError("The file is not an export of Inkeeper.")
    tables = document.pop("tables", None)
    checksum = str(document.pop("checksum", ""))

    def rows() -> Iterator[tuple[str, dict[str, Any]]]:
        if not isinstance(tables, dict):
            raise _damaged("tables are missing")
        for name, table in tables.items():
            for row in _list(table):
                yield _named(name), _row(row)

    return _Document(document, rows(), [checksum])


def _row_by_row(stream: BinaryIO) -> _Document:
    """An export's document, of which no more than a row is in memory at any time."""
    lines = iter(stream)
    begin = next(lines, b"").rstrip()
    head = _parsed(begin.removesuffix(b',"tables":{') + b"}")
    checksum: list[str] = []

    def rows() -> Iterator[tuple[str, dict[str, Any]]]:
        table = ""
        for line in lines:
            text = line.rstrip().removesuffix(b",")
            if text.startswith(b"},"):
                checksum.append(str(_parsed(b"{" + text[2:]).get("checksum")))
            elif text.endswith(b":["):
                table = _named(text[1:-3].decode("utf-8", "replace"))
            elif text != b"]":
                yield table, _row(_parsed(text))

    return _Document(head, rows(), checksum)


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        return _row(json.loads(text))
    except (ValueError, RecursionError):
        raise _damaged("it is not whole") from None


def _named(name: str) -> str:
    if name not in _BY_NAME:
        raise _damaged("it holds a table that is none of Inkeeper's")
    return name


def _row(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _damaged("rows are missing")
    return value


def _list(value: Any) -> Iterable[Any]:
    if not isinstance(value, list):
        raise _damaged("rows are missing")
    return value


def _damaged(reason: str) -> ExportError:
    return ExportError(f"The file is damaged: {reason}. Nothing was restored.")
