"""The form of an export: which tables it holds, its checksum, and the schema that goes with it.

`storage/tables.py` has the list of tables. The id of the database is in the document's header. With it and the devices'
secrets, devices recognise the restored server. Anybody with an export can pose as the server.
"""

from __future__ import annotations

import hashlib
from typing import Any

from inkeeper.reasons import Reason
from inkeeper.storage import tables
from inkeeper.storage.tables import Column, Table
from inkeeper.wording.reasons import english

FORMAT = "inkeeper-export"
VERSION = 2
DOCUMENT = "inkeeper.json"
SCHEMA = "schema.json"


class ExportError(Exception):
    """An export that cannot be restored, and why."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return english(self.why)


class Checksum:
    """The checksum of an export: over every row with its table's name, so that any changed row is detected."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, table: str, row: str) -> None:
        """Add the next row, as JSON text."""
        self._digest.update(f"{table} {row}\n".encode())

    def __str__(self) -> str:
        return f"sha256:{self._digest.hexdigest()}"


def document_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    exported = tables.exported()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Everything that Inkeeper stores",
        "description": (
            f"The form of {DOCUMENT}, from which `inkeeper restore` brings everything back. It has one row on each"
            " line. The tables (CSV) beside it are for people and other programs; in them, a text that a spreadsheet"
            " would take for a formula has an apostrophe in front, and so has what follows a semicolon, a tab or a"
            " line break in it."
        ),
        "type": "object",
        "required": ["format", "version", "made_by", "exported_at", "installation", "steps", "tables", "checksum"],
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "made_by": {"type": "string", "description": "The version of Inkeeper."},
            "exported_at": _INSTANT,
            "installation": {"type": "string", "description": "By which devices know this ledger again."},
            "steps": {
                "type": "array",
                "items": {"type": "string"},
                "description": "The steps that brought the database to its tables and columns.",
            },
            "tables": {
                "type": "object",
                "required": [table.name for table in exported],
                "additionalProperties": False,
                "properties": {
                    table.name: {"type": "array", "description": table.description, "items": _row_schema(table)}
                    for table in exported
                },
            },
            "checksum": {
                "type": "string",
                "description": "SHA-256 over a line for each row: the table's name, a space, the row as it is written.",
            },
        },
    }


_INSTANT = {"type": "string", "format": "date-time"}


def _row_schema(table: Table) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [column.name for column in table.columns],
        "additionalProperties": False,
        "properties": {column.name: _column_schema(column) for column in table.columns},
    }


def _column_schema(column: Column) -> dict[str, Any]:
    schema = {"type": "integer" if column.kind == "integer" else "string"}
    if column.kind == "instant":
        schema = dict(_INSTANT)
    return {"anyOf": [schema, {"type": "null"}]} if column.nullable else schema
