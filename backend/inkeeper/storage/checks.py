"""CHECK constraints that allow a list of values, and changing that list in a migration.

A value is added to a list of `vocabulary` by a migration that calls `allow_values` for each column that stores it.
"""

from __future__ import annotations

from collections.abc import Sequence

from peewee import Database, SqliteDatabase


def allow_values(database: Database, table: str, column: str, before: Sequence[str], after: Sequence[str]) -> None:
    """Replace the values `before` by `after` in `CHECK (column IN (…))`. `after` has to contain all of `before`.

    Call it inside a write transaction. SQLite cannot alter a constraint: its text in the schema is replaced, as
    https://www.sqlite.org/lang_altertable.html (section 7) describes it. Rows are not read, since none becomes invalid.

    Raises ValueError if `after` lacks a value, or if the table has no such constraint.
    """
    if lacking := set(before) - set(after):
        raise ValueError(f"{table}.{column}: rows can hold {', '.join(sorted(lacking))}, which would not be allowed")
    old, new = one_of(column, before), one_of(column, after)
    if isinstance(database, SqliteDatabase):
        _replace_in_schema(database, table, f"CHECK ({old})", f"CHECK ({new})")
    else:
        name = f'"{table}_{column}_check"'
        database.execute_sql(f'ALTER TABLE "{table}" DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({new})')


def one_of(column: str, values: Sequence[str]) -> str:
    """The condition that the column holds one of the values."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _replace_in_schema(database: Database, table: str, old: str, new: str) -> None:
    (text,) = database.execute_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
    ).fetchone()
    if text.count(old) != 1:
        raise ValueError(f"{table} has no {old}")
    (version,) = database.execute_sql("PRAGMA schema_version").fetchone()
    database.execute_sql("PRAGMA writable_schema = ON")
    try:
        database.execute_sql(
            "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (text.replace(old, new), table)
        )
        # Makes every connection, this one included, read the schema again.
        database.execute_sql(f"PRAGMA schema_version = {version + 1}")
    finally:
        database.execute_sql("PRAGMA writable_schema = OFF")
