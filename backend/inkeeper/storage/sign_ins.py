"""One-time secrets: of sign-ins to the pages, and of downloads (tickets). Only hashes are stored. All times are UTC."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.storage.transaction import Transaction


class SignIn(NamedTuple):
    """A secret that signs a browser in to the owner's pages."""

    owner_id: str
    created_at: datetime
    expires_at: datetime
    is_used: bool


class Ticket(NamedTuple):
    """A secret for the download of one file. `target` is the file, as JSON text. `revoked` says whether the device was
    revoked.
    """

    owner_id: str
    target: str
    created_at: datetime
    is_used: bool
    revoked: bool


def add(tx: Transaction, owner_id: str, secret_hash: str, now: datetime, expires_at: datetime) -> None:
    """Store a sign-in."""
    tx.execute(
        "INSERT INTO sign_in (secret_hash, owner_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
        (secret_hash, owner_id, to_microseconds(now), to_microseconds(expires_at)),
    )


def find(tx: Transaction, secret_hash: str) -> SignIn | None:
    """The sign-in with this secret."""
    row = tx.execute(
        "SELECT owner_id, created_at, expires_at, used_at FROM sign_in WHERE secret_hash = ?", (secret_hash,)
    ).fetchone()
    if row is None:
        return None
    return SignIn(row[0], from_microseconds(row[1]), from_microseconds(row[2]), row[3] is not None)


def use(tx: Transaction, secret_hash: str, now: datetime) -> None:
    """Mark the sign-in with this secret as used."""
    tx.execute("UPDATE sign_in SET used_at = ? WHERE secret_hash = ?", (to_microseconds(now), secret_hash))


def drop_before(tx: Transaction, at: datetime) -> None:
    """Delete the sign-ins that were made before this instant."""
    tx.execute("DELETE FROM sign_in WHERE created_at < ?", (to_microseconds(at),))


def made_between(tx: Transaction, owner_id: str, first: datetime, last: datetime, limit: int) -> list[datetime]:
    """When the owner made up to `limit` sign-ins from `first` to `last` (both included), the latest first."""
    rows = tx.execute(
        "SELECT created_at FROM sign_in WHERE owner_id = ? AND created_at BETWEEN ? AND ?"
        " ORDER BY created_at DESC LIMIT ?",
        (owner_id, to_microseconds(first), to_microseconds(last), limit),
    )
    return [from_microseconds(at) for (at,) in rows.fetchall()]


def add_ticket(tx: Transaction, device_id: str, secret_hash: str, target: str, now: datetime) -> None:
    """Store a ticket of a device."""
    tx.execute(
        "INSERT INTO ticket (secret_hash, device_id, target, created_at) VALUES (?, ?, ?, ?)",
        (secret_hash, device_id, target, to_microseconds(now)),
    )


def find_ticket(tx: Transaction, secret_hash: str) -> Ticket | None:
    """The ticket with this secret."""
    row = tx.execute(
        "SELECT owner_id, target, ticket.created_at, used_at, revoked_at FROM ticket"
        " JOIN device ON device.id = device_id WHERE secret_hash = ?",
        (secret_hash,),
    ).fetchone()
    if row is None:
        return None
    return Ticket(row[0], row[1], from_microseconds(row[2]), row[3] is not None, row[4] is not None)


def use_ticket(tx: Transaction, secret_hash: str, now: datetime) -> None:
    """Mark the ticket as used."""
    tx.execute("UPDATE ticket SET used_at = ? WHERE secret_hash = ?", (to_microseconds(now), secret_hash))


def drop_tickets_outside(tx: Transaction, first: datetime, last: datetime) -> None:
    """Delete the tickets that were made before `first` or after `last`."""
    tx.execute(
        "DELETE FROM ticket WHERE created_at < ? OR created_at > ?", (to_microseconds(first), to_microseconds(last))
    )
