"""Errors of storage that are the same whatever the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import DataError, IntegrityError

import peewee


class ConstraintViolated(Exception):
    """A row does not fit the table: a key that is there twice, a reference to nothing, or a value that is not allowed.

    On some databases the transaction cannot be used any more. `row` is which of the rows of an iterator it was, counted
    from 0, where the database has not taken one by one.
    """

    def __init__(self, row: int | None = None) -> None:
        super().__init__()
        self.row = row


class CopyUnusable(Exception):
    """A copy of the database cannot be read or changed."""


@contextmanager
def constraints_named() -> Iterator[None]:
    """Raise ConstraintViolated in place of the database's own error."""
    try:
        yield
    except (IntegrityError, DataError, peewee.IntegrityError, peewee.DataError) as error:
        raise ConstraintViolated(getattr(error, "row", None)) from error
