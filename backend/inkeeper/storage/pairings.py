"""Pairings (attempts to connect a device), invitations (codes issued in advance), and counts of wrong codes by owner.

All times are UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.storage.transaction import Transaction


class Pairing(NamedTuple):
    """An attempt to connect a device. `owner_id` is None until an owner is assigned. `code` is empty once the pairing
    has ended, and for a device that can connect by an invitation alone.
    """

    id: str
    owner_id: str | None
    device_name: str
    code: str
    created_at: datetime
    expires_at: datetime
    tries_left: int
    closed_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Whether a code can still connect the device. A pairing dated in the future was made while the clock was
        ahead; it is closed, since it would be valid for too long.
        """
        return self.closed_at is None and self.created_at <= now < self.expires_at


class Invitation(NamedTuple):
    """A code that was issued before a device asked for one."""

    owner_id: str
    code: str
    created_at: datetime
    expires_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Whether the code is valid. See `Pairing.is_open`."""
        return self.created_at <= now < self.expires_at


_SELECT = "SELECT id, owner_id, device_name, code, created_at, expires_at, tries_left, closed_at FROM pairing"
_SELECT_INVITATIONS = "SELECT owner_id, code, created_at, expires_at FROM invitation"


def add(tx: Transaction, pairing: Pairing) -> None:
    """Store a new pairing."""
    tx.execute(
        "INSERT INTO pairing (id, owner_id, device_name, code, created_at, expires_at, tries_left)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            *(pairing.id, pairing.owner_id, pairing.device_name, pairing.code),
            *(to_microseconds(pairing.created_at), to_microseconds(pairing.expires_at), pairing.tries_left),
        ),
    )


def get(tx: Transaction, pairing_id: str) -> Pairing | None:
    """The pairing of this id, ended or not."""
    row = tx.execute(f"{_SELECT} WHERE id = ?", (pairing_id,)).fetchone()
    return None if row is None else _pairing(row)


def list_with_code_of(tx: Transaction, length: int) -> list[Pairing]:
    """The pairings whose code has this many characters, newest first."""
    rows = tx.execute(f"{_SELECT} WHERE length(code) = ? ORDER BY created_at DESC, id", (length,))
    return [_pairing(row) for row in rows.fetchall()]


def set_owner(tx: Transaction, pairing_id: str, owner_id: str, code: str) -> None:
    """Set the device's future owner and the code that connects it."""
    tx.execute("UPDATE pairing SET owner_id = ?, code = ? WHERE id = ?", (owner_id, code, pairing_id))


def set_tries_left(tx: Transaction, pairing_id: str, tries: int) -> None:
    """Set the number of tries left."""
    tx.execute("UPDATE pairing SET tries_left = ? WHERE id = ?", (tries, pairing_id))


def close(tx: Transaction, pairing_id: str, at: datetime) -> None:
    """End the pairing at this instant, and delete its code."""
    tx.execute("UPDATE pairing SET closed_at = ?, code = '' WHERE id = ?", (to_microseconds(at), pairing_id))


def drop_outside(tx: Transaction, first: datetime, last: datetime) -> None:
    """Delete the pairings that were made before `first` or after `last`."""
    tx.execute(
        "DELETE FROM pairing WHERE created_at < ? OR created_at > ?", (to_microseconds(first), to_microseconds(last))
    )


def keep_newest(tx: Transaction, owner_id: str | None, count: int) -> None:
    """Delete all but the newest `count` pairings of the owner (None: of those without an owner)."""
    whose, values = ("owner_id IS NULL", ()) if owner_id is None else ("owner_id = ?", (owner_id,))
    newest = f"SELECT id FROM pairing WHERE {whose} ORDER BY created_at DESC, id LIMIT ?"  # noqa: S608 (texts of ours)
    tx.execute(
        f"DELETE FROM pairing WHERE {whose} AND id NOT IN ({newest})",  # noqa: S608 (texts of ours)
        (*values, *values, count),
    )


def add_invitation(tx: Transaction, invitation: Invitation) -> None:
    """Store a code in place of the owner's last one."""
    tx.execute(
        "INSERT INTO invitation (owner_id, code, created_at, expires_at) VALUES (?, ?, ?, ?) ON CONFLICT (owner_id)"
        " DO UPDATE SET code = excluded.code, created_at = excluded.created_at, expires_at = excluded.expires_at",
        (
            *(invitation.owner_id, invitation.code),
            *(to_microseconds(invitation.created_at), to_microseconds(invitation.expires_at)),
        ),
    )


def invitation_of(tx: Transaction, owner_id: str) -> Invitation | None:
    """The owner's last code, valid or not."""
    row = tx.execute(f"{_SELECT_INVITATIONS} WHERE owner_id = ?", (owner_id,)).fetchone()
    return None if row is None else _invitation(row)


def list_invitations(tx: Transaction) -> list[Invitation]:
    """The last codes of all owners, valid or not."""
    return [_invitation(row) for row in tx.execute(f"{_SELECT_INVITATIONS} ORDER BY owner_id").fetchall()]


def drop_invitation(tx: Transaction, owner_id: str) -> None:
    """Delete the owner's code."""
    tx.execute("DELETE FROM invitation WHERE owner_id = ?", (owner_id,))


def wrong_codes(tx: Transaction) -> dict[str, int]:
    """The number of wrong codes by owner id; owners without any are left out."""
    return dict(tx.execute("SELECT owner_id, wrong_codes FROM pairing_limit").fetchall())


def count_wrong_code(tx: Transaction, owner_id: str) -> None:
    """Add one to the owner's number of wrong codes."""
    tx.execute(
        "INSERT INTO pairing_limit (owner_id, wrong_codes) VALUES (?, 1)"
        " ON CONFLICT (owner_id) DO UPDATE SET wrong_codes = pairing_limit.wrong_codes + 1",
        (owner_id,),
    )


def delete_wrong_codes(tx: Transaction, owner_id: str | None) -> None:
    """Reset the owner's number of wrong codes to zero (None: of all owners)."""
    if owner_id is None:
        tx.execute("DELETE FROM pairing_limit")
    else:
        tx.execute("DELETE FROM pairing_limit WHERE owner_id = ?", (owner_id,))


def _pairing(row: tuple[Any, ...]) -> Pairing:
    pairing_id, owner_id, device_name, code, created_at, expires_at, tries_left, closed_at = row
    return Pairing(
        pairing_id,
        owner_id,
        device_name,
        code,
        from_microseconds(created_at),
        from_microseconds(expires_at),
        tries_left,
        None if closed_at is None else from_microseconds(closed_at),
    )


def _invitation(row: tuple[Any, ...]) -> Invitation:
    return Invitation(row[0], row[1], from_microseconds(row[2]), from_microseconds(row[3]))
