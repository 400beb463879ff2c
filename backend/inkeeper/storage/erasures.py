"""Erasures of people, for clients to apply to their own data. All times are UTC."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.storage.transaction import Transaction


class Erasure(NamedTuple):
    """An erasure of a person. Salt and marks (JSON text) are None once they were deleted."""

    id: int
    at: datetime
    salt: str | None
    marks: str | None


def take_accounts(tx: Transaction, owner_id: str | None) -> None:
    """Lock the owner's accounts (None: all accounts) against other writes until this transaction ends.

    Every write locks its account before rows of it. A write to rows of several accounts locks these first, in the order
    of their ids, so that no two writes deadlock.
    """
    where, values = ("", ()) if owner_id is None else (" WHERE owner_id = ?", (owner_id,))
    ids = tx.execute(f"SELECT id FROM account{where} ORDER BY id", values).fetchall()  # noqa: S608 (texts of ours)
    for (account_id,) in ids:
        tx.execute("UPDATE account SET version = version WHERE id = ?", (account_id,))


def list_after(tx: Transaction, owner_id: str, since: int, limit: int) -> list[Erasure]:
    """Up to `limit` erasures after the id `since`, oldest first: those of the data of all owners, and those of this
    owner's data.
    """
    rows = tx.execute(
        "SELECT id, at, salt, marks FROM erasure WHERE id > ? AND (owner_id IS NULL OR owner_id = ?)"
        " ORDER BY id LIMIT ?",
        (since, owner_id, limit),
    )
    return [Erasure(number, from_microseconds(at), salt, marks) for number, at, salt, marks in rows.fetchall()]


def last_id(tx: Transaction) -> int:
    """The id of the newest erasure, 0 if there is none."""
    (newest,) = tx.execute("SELECT coalesce(max(id), 0) FROM erasure").fetchone()
    return int(newest)


def inmails_of(tx: Transaction, owner_id: str, erasure_id: int) -> list[str]:
    """The ids of the owner's InMails whose recipient was last erased by this erasure, in ascending order."""
    rows = tx.execute(
        "SELECT inmail.id FROM erased_inmail JOIN inmail ON inmail.id = inmail_id"
        " JOIN account ON account.id = inmail.account_id WHERE erasure_id = ? AND owner_id = ? ORDER BY inmail.id",
        (erasure_id, owner_id),
    )
    return [inmail_id for (inmail_id,) in rows.fetchall()]


def add(tx: Transaction, owner_id: str | None, salt: str, marks: str, inmail_ids: Iterable[str], now: datetime) -> None:
    """Store an erasure from the data of one owner (None: of all), and the InMails that lost their recipient."""
    number = last_id(tx) + 1
    tx.execute(
        "INSERT INTO erasure (id, at, salt, marks, owner_id) VALUES (?, ?, ?, ?, ?)",
        (number, to_microseconds(now), salt, marks, owner_id),
    )
    tx.executemany(
        "INSERT INTO erased_inmail (inmail_id, erasure_id) VALUES (?, ?) ON CONFLICT (inmail_id)"
        " DO UPDATE SET erasure_id = excluded.erasure_id",
        [(inmail_id, number) for inmail_id in inmail_ids],
    )


def delete_marks_before(tx: Transaction, at: datetime) -> None:
    """Delete salt and marks of the erasures before this instant."""
    tx.execute("UPDATE erasure SET salt = NULL, marks = NULL WHERE at < ?", (to_microseconds(at),))
