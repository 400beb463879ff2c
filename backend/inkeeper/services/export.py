"""Everything that is stored, as one JSON document, and back again without loss.

Left out are snapshots, which are only a cache, and pairings, which live for minutes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from peewee import SQL, IntegrityError, Model, chunked

import inkeeper
from inkeeper.clock import parse_instant
from inkeeper.jsontext import to_json
from inkeeper.storage.database import Store
from inkeeper.storage.files import new_private_file
from inkeeper.storage.models import TABLES, InstantField, Pairing, Snapshot

FORMAT = "inkeeper-export"
VERSION = 1

_EXPORTED: tuple[type[Model], ...] = tuple(table for table in TABLES if table not in (Pairing, Snapshot))
_ROWS_AT_ONCE = 500


class ExportError(Exception):
    """An export that cannot be restored; the message says why."""


def write_export(store: Store, target: Path, now: datetime) -> dict[str, int]:
    """Write all that is stored at this moment to the new file `target`; answers the number of rows by table.

    Raises FileExistsError if `target` exists.
    """
    with new_private_file(target) as draft, draft.open("w", encoding="utf-8") as file, store.read():
        return _write(file, now)


def _write(file: TextIO, now: datetime) -> dict[str, int]:
    head = {"format": FORMAT, "version": VERSION, "made_by": inkeeper.__version__, "exported_at": now}
    checksum = _Checksum()
    counts = {}
    file.write(to_json(head)[:-1] + ',"tables":{')
    for number, table in enumerate(_EXPORTED):
        name = _name(table)
        file.write(("," if number else "") + f'\n"{name}":[')
        counts[name] = 0
        for row in _rows(table):
            text = to_json(row)
            checksum.add(name, text)
            file.write((",\n" if counts[name] else "\n") + text)
            counts[name] += 1
        file.write("]")
    file.write(f'}},\n"checksum":"{checksum}"}}\n')
    return counts


def read_export(store: Store, source: Path) -> dict[str, int]:
    """Restore an export into a database that holds nothing yet, all or nothing; answers the number of rows by table.

    Raises ExportError if the file is damaged, not an export or made by a newer version, and if the database is in use
    already; OSError if the file cannot be read.
    """
    tables = _sound_tables(source.read_bytes())
    with store.begin_write(None) as transaction:
        if any(table.select().exists() for table in TABLES):
            raise ExportError("The database holds data already. Restore into a new one: name it with --database.")
        try:
            for table in _EXPORTED:
                for rows in chunked(tables[_name(table)], _ROWS_AT_ONCE):
                    table.insert_many([_values(table, row) for row in rows]).execute()
        except IntegrityError as error:
            raise _damaged("its rows contradict each other") from error
        if transaction.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise _damaged("rows are missing")
    return {name: len(rows) for name, rows in tables.items()}


def _sound_tables(text: bytes) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table, if the document is whole and of a version that is understood."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _damaged("it is not JSON") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ExportError("The file is not an export of Inkeeper.")
    if document.get("version") != VERSION:
        raise ExportError("The export was made by a newer version of Inkeeper. Install that version.")
    tables = document.get("tables")
    if not isinstance(tables, dict) or list(tables) != [_name(table) for table in _EXPORTED]:
        raise _damaged("tables are missing")
    checksum = _Checksum()
    for table in _EXPORTED:
        columns = [field.column_name for field in _fields(table)]
        for row in tables[_name(table)]:
            if not isinstance(row, dict) or list(row) != columns:
                raise _damaged("columns are missing")
            checksum.add(_name(table), to_json(row))
    if str(checksum) != document.get("checksum"):
        raise _damaged("its checksum does not fit its content")
    return tables


def _damaged(reason: str) -> ExportError:
    return ExportError(f"The file is damaged: {reason}. Nothing was restored.")


def _name(table: type[Model]) -> str:
    name: str = table._meta.table_name
    return name


def _fields(table: type[Model]) -> list[Any]:
    fields: list[Any] = table._meta.sorted_fields
    return fields


def _rows(table: type[Model]) -> Iterator[dict[str, Any]]:
    columns = [field.column_name for field in _fields(table)]
    # In the order in which they were written, on which the forgetting of old idempotency keys relies.
    for row in table.select().order_by(SQL("rowid")).tuples().iterator():
        yield dict(zip(columns, row, strict=True))


def _values(table: type[Model], row: dict[str, Any]) -> dict[Any, Any]:
    return {field: _value(field, row[field.column_name]) for field in _fields(table)}


def _value(field: Any, value: Any) -> Any:
    if value is None or not isinstance(field, InstantField):
        return value
    try:
        return parse_instant(value)
    except (TypeError, ValueError):
        raise _damaged(f"{value!r} is not an instant") from None


class _Checksum:
    """Over every row with its table's name, so that no byte that matters can change unnoticed."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, table: str, row: str) -> None:
        self._digest.update(f"{table} {row}\n".encode())

    def __str__(self) -> str:
        return f"sha256:{self._digest.hexdigest()}"
