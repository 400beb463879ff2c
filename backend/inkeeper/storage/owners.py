"""Owners: the people who use this Inkeeper."""

from __future__ import annotations

from datetime import datetime

from inkeeper.ids import new_id
from inkeeper.instants import to_microseconds
from inkeeper.storage.transaction import Transaction


def find(tx: Transaction, name: str) -> str | None:
    """The id of the owner of this name, None if there is none."""
    row = tx.execute("SELECT id FROM owner WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def find_or_add(tx: Transaction, name: str, now: datetime) -> str:
    """The id of the owner of this name, who is added if there is none. `now` is UTC."""
    found = find(tx, name)
    if found is not None:
        return found
    owner_id = new_id(now)
    tx.execute(
        "INSERT INTO owner (id, name, created_at, list_version) VALUES (?, ?, ?, 0)",
        (owner_id, name, to_microseconds(now)),
    )
    return owner_id


def language(tx: Transaction, owner_id: str) -> str | None:
    """The BCP 47 tag of the language that the owner chose. None if they have not, and if there is no such owner."""
    row = tx.execute("SELECT language FROM owner WHERE id = ?", (owner_id,)).fetchone()
    return None if row is None else row[0]


def set_language(tx: Transaction, owner_id: str, language: str | None) -> None:
    """Set the language that the owner chose."""
    tx.execute("UPDATE owner SET language = ? WHERE id = ?", (language, owner_id))


def name_of(tx: Transaction, owner_id: str) -> str:
    """The owner's name. Raises LookupError if there is no such owner."""
    row = tx.execute("SELECT name FROM owner WHERE id = ?", (owner_id,)).fetchone()
    if row is None:
        raise LookupError(owner_id)
    return str(row[0])


def list_ids(tx: Transaction) -> list[str]:
    """The ids of all owners, in order of their making."""
    return [owner_id for (owner_id,) in tx.execute("SELECT id FROM owner ORDER BY id").fetchall()]


def count(tx: Transaction) -> int:
    """How many owners there are."""
    (number,) = tx.execute("SELECT count(*) FROM owner").fetchone()
    return int(number)
