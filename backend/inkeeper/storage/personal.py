"""Columns with personal data, as the models declare them: finding, reading and emptying them.

A table with personal columns belongs to an owner by its references. Its rows are about a person in one of two ways:

- `person_id` (or any reference to `person`) says whose they are;
- columns that hold a name, and perhaps a link, say whom they are about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from peewee import ForeignKeyField, Model

from inkeeper.instants import to_microseconds
from inkeeper.rules.people import ERASED_NAME
from inkeeper.storage import models
from inkeeper.storage.models import DerivedTextField, Holds, Inmail, Owner, Person, PersonalField
from inkeeper.storage.tables import key_of
from inkeeper.storage.transaction import Transaction

INMAILS: str = Inmail._meta.table_name

Key = tuple[Any, ...]
"""The values of a row's primary key."""


class Table(NamedTuple):
    """A table's personal columns, by what they hold and whether they are of a former recipient.

    `person` is the column with the id of the person whose row it is, None in a table that names people itself. `key`
    identifies a row, `named_by` is what people know it by. `whose` is SQL that finds the rows of one owner, whose id is
    its parameter.
    """

    name: str
    key: tuple[str, ...]
    named_by: str
    person: str | None
    whose: str
    by_kind: dict[tuple[Holds, bool], list[str]]
    nullable: frozenset[str]
    others: frozenset[str]

    def of(self, *kinds: Holds, former: bool = False) -> list[str]:
        """The columns of these kinds."""
        return [column for kind in kinds for column in self.by_kind.get((kind, former), [])]

    def first(self, kind: Holds, *, former: bool = False) -> str | None:
        """The first column of this kind; any others are derived from it."""
        return next(iter(self.of(kind, former=former)), None)

    def other(self, column: str) -> str | None:
        """A column that holds nothing personal, None if there is none of this name."""
        return column if column in self.others else None


def tables(present: Mapping[str, Collection[str]] | None = None) -> Iterator[Table]:
    """The tables with personal columns. For a copy of an older schema, `present` lists the columns of its tables, and
    others are left out.
    """
    for model in models.TABLES:
        name = model._meta.table_name
        columns = {field.column_name for field in model._meta.sorted_fields}
        if present is not None:
            columns &= set(present.get(name, ()))
        fields = [
            field
            for field in model._meta.sorted_fields
            if isinstance(field, PersonalField) and field.column_name in columns
        ]
        by_kind: dict[tuple[Holds, bool], list[str]] = {}
        for field in fields:
            by_kind.setdefault((field.holds, field.of_former), []).append(field.column_name)
        if fields:
            yield Table(
                name,
                key_of(model),
                _named_by(model),
                _person_column(model),
                _whose(model),
                by_kind,
                frozenset(field.column_name for field in fields if field.null),
                frozenset(columns.difference(*by_kind.values())),
            )


def column_names() -> set[str]:
    """The names of all personal columns that are not computed from others."""
    return {column for _, column in columns()}


def columns() -> list[tuple[str, str]]:
    """Table and column of each text that may hold personal data, without derived columns."""
    return [
        (model._meta.table_name, field.column_name)
        for model in models.TABLES
        for field in model._meta.sorted_fields
        if isinstance(field, PersonalField) and not isinstance(field, DerivedTextField)
    ]


def select(
    tx: Transaction, table: Table, wanted: Sequence[str | None], owner_id: str | None
) -> list[tuple[Key, tuple[Any, ...]]]:
    """Primary key and values of these columns (None: a null value) of the owner's rows (None: of all rows), in the
    order of the key.
    """
    names = ", ".join((*table.key, *(column or "NULL" for column in wanted)))
    where, values = ("", ()) if owner_id is None else (f" WHERE {table.whose}", (owner_id,))
    rows = tx.execute(
        f'SELECT {names} FROM "{table.name}"{where} ORDER BY {", ".join(table.key)}',  # noqa: S608 (names of ours)
        values,
    )
    size = len(table.key)
    return [(tuple(row[:size]), tuple(row[size:])) for row in rows.fetchall()]


def set_text(tx: Transaction, table: Table, column: str, key: Key, text: str) -> None:
    """Set the text of a row's column."""
    tx.execute(f'UPDATE "{table.name}" SET {column} = ? WHERE {_is_row(table)}', (text, *key))  # noqa: S608 (ours)


def empty_rows(tx: Transaction, table: Table, keys: Iterable[Key]) -> None:
    """Empty the recipient's columns in these rows of a table that names people."""
    changes, values = _emptied(table, [*table.of("name"), *table.of("link", "about")])
    tx.executemany(
        f'UPDATE "{table.name}" SET {changes} WHERE {_is_row(table)}',  # noqa: S608 (names of ours)
        [(*values, *key) for key in keys],
    )


def empty_former(tx: Transaction, table: Table, keys: Iterable[Key]) -> None:
    """Empty the former recipient's columns in these rows of a table that names people."""
    keys = list(keys)
    for name, link in zip(table.of("name", former=True), table.of("link", former=True), strict=True):
        tx.executemany(
            f'UPDATE "{table.name}" SET {name} = ?, {link} = NULL'  # noqa: S608 (names of ours)
            f" WHERE {_is_row(table)} AND {name} IS NOT NULL",
            [(ERASED_NAME, *key) for key in keys],
        )


_ALSO_SET = {
    "person": "do_not_contact = 0, erased_at = ?",
    "target": "dropped_at = coalesce(dropped_at, ?)",
}
"""Further changes to the rows of erased people, as SQL by table. The instant is the parameter."""


def empty_rows_of_people(tx: Transaction, table: Table, people: Iterable[str], now: datetime) -> None:
    """Empty the personal columns in the rows of these people. Rows whose link must not be null are deleted. `now` is
    UTC.
    """
    assert table.person is not None, "only of a table whose rows belong to people"
    columns = table.of("name", "link", "about")
    if any(column not in table.nullable for column in table.of("link", "about")):
        change = f'DELETE FROM "{table.name}"'  # noqa: S608 (names of ours)
        values: list[Any] = []
    else:
        changes, values = _emptied(table, columns)
        if table.name in _ALSO_SET:
            changes = ", ".join(filter(None, (changes, _ALSO_SET[table.name])))
            values = [*values, to_microseconds(now)]
        if not changes:
            return
        change = f'UPDATE "{table.name}" SET {changes}'  # noqa: S608 (names of ours)
    tx.executemany(f"{change} WHERE {table.person} = ?", [(*values, person_id) for person_id in people])


def unlink_targets(tx: Transaction, inmail_ids: Iterable[str]) -> None:
    """Remove the reference to a target from these InMails."""
    tx.executemany(
        f'UPDATE "{INMAILS}" SET target_id = NULL WHERE id = ?',  # noqa: S608 (a name of ours)
        [(inmail_id,) for inmail_id in inmail_ids],
    )


def _emptied(table: Table, columns: Iterable[str]) -> tuple[str, list[Any]]:
    """SQL that sets the columns to null, or names that must not be null to `ERASED_NAME`; and its parameters."""
    columns = list(columns)
    names = {*table.of("name")} - table.nullable
    changes = ", ".join(f"{column} = ?" if column in names else f"{column} = NULL" for column in columns)
    return changes, [ERASED_NAME for column in columns if column in names]


def _is_row(table: Table) -> str:
    return " AND ".join(f"{column} = ?" for column in table.key)


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
    """SQL that finds the rows of one owner, whose id is its parameter. Raises TypeError for a table without a reference
    to an owner, directly or through other tables.
    """
    if model is Owner:
        return "id = ?"
    references = _references(model)
    if Owner in references:
        return f"{references[Owner]} = ?"
    if not references:
        raise TypeError(f"The table {model._meta.table_name} has personal columns and does not say whose it is.")
    other, column = next(iter(references.items()))
    key: str = _named_by(other)
    return f'{column} IN (SELECT {key} FROM "{other._meta.table_name}" WHERE {_whose(other)})'  # noqa: S608 - ours
