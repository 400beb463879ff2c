"""Devices that hold a token, and the database's own id, by which they recognise it. All times are UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.storage.database import Store
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import DeviceKind


class Device(NamedTuple):
    """A device that is or was connected, without its token and secret. `page` is a page of the server in a browser."""

    id: str
    owner_id: str
    owner_name: str
    name: str
    kind: DeviceKind
    created_at: datetime
    last_seen_at: datetime | None
    revoked_at: datetime | None


class KnownDevice(NamedTuple):
    """The device that a token belongs to."""

    id: str
    owner_id: str
    token_hash: str
    last_seen_at: datetime | None
    language: str | None
    """The language that its owner chose."""


_SELECT = (
    "SELECT device.id, owner_id, owner.name, device.name, kind, device.created_at, last_seen_at, revoked_at"
    " FROM device JOIN owner ON owner.id = owner_id"
)


def find_by_token(store: Store, token_hash: str) -> KnownDevice | None:
    """The device that has this token and was not revoked. Without a transaction, since every request asks for it."""
    row = store.read_row(
        "SELECT device.id, owner_id, token_hash, last_seen_at, language FROM device JOIN owner ON owner.id = owner_id"
        " WHERE token_hash = ? AND revoked_at IS NULL",
        (token_hash,),
    )
    return None if row is None else KnownDevice(row[0], row[1], row[2], _instant(row[3]), row[4])


def secret_of(store: Store, device_id: str) -> str | None:
    """The device's secret, None for a device without one and for one that does not exist. Without a transaction."""
    row = store.read_row("SELECT secret FROM device WHERE id = ?", (device_id,))
    return None if row is None else row[0]


def installation_id(store: Store) -> str:
    """The database's own id. Without a transaction."""
    row = store.read_row("SELECT id FROM installation")
    assert row is not None, "every database has one"
    return str(row[0])


def add(
    tx: Transaction,
    device_id: str,
    owner_id: str,
    name: str,
    kind: DeviceKind,
    token_hash: str,
    secret: str,
    now: datetime,
) -> None:
    """Store a new device of the owner's."""
    tx.execute(
        "INSERT INTO device (id, owner_id, name, kind, token_hash, secret, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (device_id, owner_id, name, kind, token_hash, secret, to_microseconds(now)),
    )


def set_secret(tx: Transaction, device_id: str, secret: str) -> bool:
    """Give a device without a secret this one. False if it has one already, or does not exist."""
    done = tx.execute("UPDATE device SET secret = ? WHERE id = ? AND secret IS NULL", (secret, device_id))
    return done.rowcount == 1


def find_page(tx: Transaction, owner_id: str, token_hash: str) -> str | None:
    """The id of the owner's page that has this token and was not revoked."""
    row = tx.execute(
        "SELECT id FROM device WHERE token_hash = ? AND owner_id = ? AND kind = 'page' AND revoked_at IS NULL",
        (token_hash, owner_id),
    ).fetchone()
    return None if row is None else str(row[0])


def note_seen(tx: Transaction, device_id: str, at: datetime) -> None:
    """Note that the device was last heard of at this instant."""
    tx.execute("UPDATE device SET last_seen_at = ? WHERE id = ?", (to_microseconds(at), device_id))


def get(tx: Transaction, device_id: str) -> Device | None:
    """The device of this id, a revoked one too."""
    row = tx.execute(f"{_SELECT} WHERE device.id = ?", (device_id,)).fetchone()
    return None if row is None else _device(row)


def list_of_owner(tx: Transaction, owner_id: str, after: str | None, limit: int) -> list[Device]:
    """Up to `limit` devices of the owner, revoked ones included, oldest first, after the id `after`."""
    rows = tx.execute(
        f"{_SELECT} WHERE owner_id = ? AND device.id > ? ORDER BY device.id LIMIT ?", (owner_id, after or "", limit)
    )
    return [_device(row) for row in rows.fetchall()]


def list_connected_programs(tx: Transaction, owner_id: str) -> list[Device]:
    """The owner's programs that were not revoked, oldest first."""
    rows = tx.execute(
        f"{_SELECT} WHERE owner_id = ? AND kind = 'program' AND revoked_at IS NULL ORDER BY device.id", (owner_id,)
    )
    return [_device(row) for row in rows.fetchall()]


def list_all(tx: Transaction) -> list[Device]:
    """The devices of all owners, revoked ones included, oldest first."""
    return [_device(row) for row in tx.execute(f"{_SELECT} ORDER BY device.id").fetchall()]


def revoke(tx: Transaction, device_id: str, at: datetime) -> None:
    """Note that the device's token is no longer valid, since this instant."""
    tx.execute("UPDATE device SET revoked_at = ? WHERE id = ?", (to_microseconds(at), device_id))


def _device(row: tuple[Any, ...]) -> Device:
    device_id, owner_id, owner_name, name, kind, created_at, last_seen_at, revoked_at = row
    return Device(
        device_id,
        owner_id,
        owner_name,
        name,
        kind,
        from_microseconds(created_at),
        _instant(last_seen_at),
        _instant(revoked_at),
    )


def _instant(value: int | None) -> datetime | None:
    return None if value is None else from_microseconds(value)
