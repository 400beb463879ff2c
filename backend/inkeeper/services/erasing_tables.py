"""Which columns of a database hold something of people, and whose rows they are in: read off the models' declarations.

A table with personal columns belongs to an owner by its references. Its rows are about a person in one of two ways:

- `person_id` (or any reference to `person`) says whose they are;
- columns that hold a name, and perhaps a link, say whom they are about.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

from peewee import ForeignKeyField, Model

from inkeeper.storage import models
from inkeeper.storage.models import Holds, Owner, Person, PersonalField


class Table(NamedTuple):
    """The personal columns of a table that a database has, by what they hold, and whether of a former recipient.

    `person` is the column with the id of the person whose row it is, None in a table that names people itself. `id`
    identifies a row, `named_by` is what people know it by. `whose` is SQL that finds the rows of the owner `:owner`.
    """

    name: str
    id: str
    named_by: str
    person: str | None
    whose: str
    by_kind: dict[tuple[Holds, bool], list[str]]
    nullable: frozenset[str]
    others: frozenset[str]

    def of(self, *kinds: Holds, former: bool = False) -> list[str]:
        """The columns of these kinds."""
        return [column for kind in kinds for column in self.by_kind.get((kind, former), [])]

    def first(self, kind: Holds, *, former: bool = False) -> str:
        """The column of this kind, as SQL; those behind it are derived."""
        return (self.of(kind, former=former) or ["NULL"])[0]

    def other(self, column: str) -> str:
        """A column that holds nothing personal, as SQL."""
        return column if column in self.others else "NULL"

    def select(self, columns: tuple[str, ...], owner_id: str | None) -> tuple[str, dict[str, str]]:
        """SQL for these columns of the owner's rows (of all with None), and its values."""
        where, values = ("1", {}) if owner_id is None else (self.whose, {"owner": owner_id})
        return f'SELECT {", ".join(columns)} FROM "{self.name}" WHERE {where} ORDER BY rowid', values  # noqa: S608


def personal_tables(connection: sqlite3.Connection) -> Iterator[Table]:
    """The tables with personal columns; of a copy of an older form, those that it has."""
    for model in models.TABLES:
        name = model._meta.table_name
        present = {row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')}
        fields = [
            field
            for field in model._meta.sorted_fields
            if isinstance(field, PersonalField) and field.column_name in present
        ]
        by_kind: dict[tuple[Holds, bool], list[str]] = {}
        for field in fields:
            by_kind.setdefault((field.holds, field.of_former), []).append(field.column_name)
        if fields:
            yield Table(
                name,
                "id" if "id" in present else "rowid",
                _named_by(model),
                _person_column(model),
                _whose(model),
                by_kind,
                frozenset(field.column_name for field in fields if field.null),
                frozenset(present.difference(*by_kind.values())),
            )


def _references(model: type[Model]) -> dict[type[Model], str]:
    """The columns that refer to other tables, by these."""
    fields = [field for field in model._meta.sorted_fields if isinstance(field, ForeignKeyField)]
    return {field.rel_model: field.column_name for field in reversed(fields)}


def _person_column(model: type[Model]) -> str | None:
    return "id" if model is Person else _references(model).get(Person)


def _named_by(model: type[Model]) -> str:
    first: Any = model._meta.sorted_fields[0]
    return str(first.column_name)


def _whose(model: type[Model]) -> str:
    """SQL that finds the rows of the owner `:owner`. Raises TypeError for a table that refers to nothing of an owner's:
    erasing could not say whose its rows are.
    """
    if model is Owner:
        return "id = :owner"
    references = _references(model)
    if Owner in references:
        return f"{references[Owner]} = :owner"
    if not references:
        raise TypeError(f"The table {model._meta.table_name} has personal columns and does not say whose it is.")
    other, column = next(iter(references.items()))
    key: str = _named_by(other)
    return f'{column} IN (SELECT {key} FROM "{other._meta.table_name}" WHERE {_whose(other)})'  # noqa: S608 - ours
