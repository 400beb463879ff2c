"""Changing what the database itself does not let anybody change, for tests of how damage is found."""

from __future__ import annotations

from peewee import SqliteDatabase

from inkeeper.storage.transaction import Transaction


def let_facts_change(tx: Transaction) -> None:
    """Allow that facts are changed and deleted: on SQLite from here on, on PostgreSQL in this transaction."""
    if isinstance(tx.database, SqliteDatabase):
        tx.execute("DROP TRIGGER fact_no_update")
        tx.execute("DROP TRIGGER fact_no_delete")
    else:
        tx.execute("SET LOCAL session_replication_role = replica")
