"""Storing single rows for tests, past the services."""

from __future__ import annotations

from typing import Any

from peewee import AutoField, Model

from inkeeper.storage.transaction import Transaction


def add_row(tx: Transaction, model: type[Model], **columns: Any) -> Any:
    """Store a row in the model's table, and return it. A number that the database makes as its key is set."""
    row = model(**columns)
    key = model.insert(**columns).execute(tx.database)
    if isinstance(model._meta.primary_key, AutoField):
        row._pk = key
    return row


def create_table(tx: Transaction, model: type[Model]) -> None:
    """Make the table of a model that only a test knows."""
    with tx.database.bind_ctx([model]):
        model.create_table()
