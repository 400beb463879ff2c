"""Generic access to the rows of all tables, for export and restore. Tables and columns are read from the models.

Exports leave out snapshots (a cache), and pairings with their limits, invitations, sign-ins and download tickets (valid
for minutes). The database's own id is exported outside of the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from peewee import BigIntegerField, CompositeKey, ForeignKeyField, IntegerField, Model

from inkeeper.instants import from_microseconds
from inkeeper.storage import models
from inkeeper.storage.derived import Derived, derived_columns
from inkeeper.storage.errors import constraints_named
from inkeeper.storage.models import (
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
from inkeeper.storage.transaction import Transaction

_NOT_EXPORTED = (Installation, Pairing, Invitation, PairingLimit, SignIn, Ticket, Snapshot)


class Column(NamedTuple):
    """A column, the kind of its values, and whether it may be empty."""

    name: str
    kind: Literal["text", "integer", "instant"]
    nullable: bool


class Table(NamedTuple):
    """A table: its `columns` without those that are computed from others (`derived`), and its primary key.

    `of_itself` are the columns that refer to other rows of the same table.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    derived: tuple[Derived, ...]
    key: tuple[str, ...]
    of_itself: frozenset[str]

    def column(self, name: str) -> Column | None:
        """The column of this name."""
        return next((column for column in self.columns if column.name == name), None)


Later = list[tuple[str, Any, Any]]
"""References to rows of the same table: column, value, and id of the row that refers; set once all rows are there."""


def every() -> tuple[Table, ...]:
    """Every table, each after those that it refers to."""
    return tuple(_table(model) for model in models.TABLES)


def exported() -> tuple[Table, ...]:
    """The tables that exports hold, each after those that it refers to."""
    return tuple(_table(model) for model in models.TABLES if model not in _NOT_EXPORTED)


def key_of(model: type[Model]) -> tuple[str, ...]:
    """The columns of a table's primary key."""
    key: Any = model._meta.primary_key
    names = key.field_names if isinstance(key, CompositeKey) else (key.name,)
    return tuple(model._meta.fields[name].column_name for name in names)


def count(tx: Transaction, table: Table) -> int:
    """The number of the table's rows."""
    (number,) = tx.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()  # noqa: S608 (names of ours)
    return int(number)


def rows(tx: Transaction, table: Table) -> Iterator[dict[str, Any]]:
    """The table's rows, without derived columns and with instants in UTC, in the order of the primary key."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    found = tx.execute(f'SELECT {names} FROM "{table.name}" ORDER BY {_listed(table.key)}')  # noqa: S608 (names of ours)
    for row in found:
        yield {
            column.name: from_microseconds(value) if column.kind == "instant" and value is not None else value
            for column, value in zip(table.columns, row, strict=True)
        }


def derived_rows(tx: Transaction, table: Table, derived: Derived) -> Iterator[tuple[str, str | None, str | None]]:
    """For each row: its first column (the id), the derived column's source, and the derived column's value."""
    yield from tx.execute(
        f'SELECT "{table.columns[0].name}", {derived.source}, {derived.column}'  # noqa: S608 (names of ours)
        f' FROM "{table.name}" ORDER BY {_listed(table.key)}'
    )


def insert(tx: Transaction, table: Table, columns: Sequence[str], values: Iterable[Sequence[Any]]) -> Later:
    """Store rows with these columns, instants as whole microseconds. References to rows of the same table stay empty,
    since the other row may come later. They are returned, for `refer`.

    Each row is stored before the next is taken from `values`. Raises ConstraintViolated.
    """
    later: Later = []
    places = {columns.index(name): name for name in table.of_itself if name in columns}
    marks = ", ".join("?" * len(columns))

    def stored() -> Iterator[Sequence[Any]]:
        for row in values:
            cells = list(row)
            for place, name in places.items():
                if cells[place] is not None:
                    later.append((name, cells[place], cells[columns.index(table.key[0])]))
                    cells[place] = None
            yield cells

    with constraints_named():
        tx.executemany(
            f'INSERT INTO "{table.name}" ({_listed(columns)}) VALUES ({marks})',  # noqa: S608 (names of ours)
            stored(),
        )
    return later


def refer(tx: Transaction, table: Table, later: Later) -> None:
    """Set the references to rows of the same table. Raises ConstraintViolated where there is no such row."""
    for column in table.of_itself:
        with constraints_named():
            tx.executemany(
                f'UPDATE "{table.name}" SET "{column}" = ? WHERE "{table.key[0]}" = ?',  # noqa: S608 (names of ours)
                [(value, row_id) for name, value, row_id in later if name == column],
            )


def is_empty(tx: Transaction) -> bool:
    """Whether no table but `installation` has rows. A new database has an id already."""
    return not any(
        tx.execute(f'SELECT 1 FROM "{model._meta.table_name}" LIMIT 1').fetchone()  # noqa: S608 (names of ours)
        for model in models.TABLES
        if model is not Installation
    )


def installation_id(tx: Transaction) -> str:
    """The database's own id."""
    (found,) = tx.execute("SELECT id FROM installation").fetchone()
    return str(found)


def set_installation_id(tx: Transaction, installation: str) -> None:
    """Give the database another id."""
    tx.execute("UPDATE installation SET id = ?", (installation,))


def set_missing_last_facts(tx: Transaction) -> None:
    """Set each account's last fact id where it is missing."""
    tx.execute(
        "UPDATE account SET last_fact_id = (SELECT max(id) FROM fact WHERE account_id = account.id)"
        " WHERE last_fact_id IS NULL"
    )


def _table(model: type[Model]) -> Table:
    name: str = model._meta.table_name
    fields = [field for field in model._meta.sorted_fields if not isinstance(field, DerivedTextField)]
    return Table(
        name,
        " ".join((model.__doc__ or "").split()),
        tuple(Column(field.column_name, _kind(field), bool(field.null)) for field in fields),
        tuple(derived_columns(model)),
        key_of(model),
        frozenset(field.column_name for field in fields if _refers_to(field, name)),
    )


def _kind(field: Any) -> Literal["text", "integer", "instant"]:
    # Of a reference, what it refers to.
    of = field.rel_field if isinstance(field, ForeignKeyField) else field
    if isinstance(of, InstantField):
        return "instant"
    return "integer" if isinstance(of, IntegerField | BigIntegerField) else "text"


def _refers_to(field: Any, table: str) -> bool:
    """Whether the column refers to this table, by a reference that is written out."""
    return any(getattr(each, "sql", "").startswith(f'REFERENCES "{table}"') for each in field.constraints or ())


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
