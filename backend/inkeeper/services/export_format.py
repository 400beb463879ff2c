"""The form of an export: which tables it holds, its checksum, and the schema that goes with it.

Left out are snapshots, which are only a cache, and pairings, invitations, sign-ins and download tickets, which live
for minutes. The id of the database stands in the document's head. With it and the secrets of the devices, these know
the restored server again; a reader of an export can pose as the server.
"""

from __future__ import annotations

import hashlib
from typing import Any

from peewee import BigIntegerField, ForeignKeyField, IntegerField, Model

from inkeeper.storage.models import (
    TABLES,
    DerivedTextField,
    Installation,
    InstantField,
    Invitation,
    Pairing,
    PairingLimit,
    SignIn,
    Snapshot,
    Ticket,
)

FORMAT = "inkeeper-export"
VERSION = 2
DOCUMENT = "inkeeper.json"
SCHEMA = "schema.json"

_NOT_EXPORTED = (Installation, Pairing, Invitation, PairingLimit, SignIn, Ticket, Snapshot)

EXPORTED: tuple[type[Model], ...] = tuple(table for table in TABLES if table not in _NOT_EXPORTED)


class ExportError(Exception):
    """An export that cannot be restored; the message says why."""


class Checksum:
    """Over every row with its table's name, so that no byte that matters can change unnoticed."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, table: str, row: str) -> None:
        """Take in the next row, as JSON text."""
        self._digest.update(f"{table} {row}\n".encode())

    def __str__(self) -> str:
        return f"sha256:{self._digest.hexdigest()}"


def name_of(table: type[Model]) -> str:
    """The table's name."""
    name: str = table._meta.table_name
    return name


def fields_of(table: type[Model]) -> list[Any]:
    """The table's fields that are exported, in the order of its columns."""
    return [field for field in table._meta.sorted_fields if not isinstance(field, DerivedTextField)]


def document_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
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
                "required": [name_of(table) for table in EXPORTED],
                "additionalProperties": False,
                "properties": {
                    name_of(table): {
                        "type": "array",
                        "description": " ".join((table.__doc__ or "").split()),
                        "items": _row_schema(table),
                    }
                    for table in EXPORTED
                },
            },
            "checksum": {
                "type": "string",
                "description": "SHA-256 over a line for each row: the table's name, a space, the row as it is written.",
            },
        },
    }


_INSTANT = {"type": "string", "format": "date-time"}


def _row_schema(table: type[Model]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [field.column_name for field in fields_of(table)],
        "additionalProperties": False,
        "properties": {field.column_name: _column_schema(field) for field in fields_of(table)},
    }


def _column_schema(field: Any) -> dict[str, Any]:
    if isinstance(field, InstantField):
        schema = dict(_INSTANT)
    else:
        # Of a reference, what it refers to.
        kind = field.rel_field if isinstance(field, ForeignKeyField) else field
        schema = {"type": "integer" if isinstance(kind, IntegerField | BigIntegerField) else "string"}
    if field.null:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema
