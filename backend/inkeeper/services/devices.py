"""Devices that hold a token: found by it, listed, revoked. A token itself is never stored, only its hash."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from inkeeper.clock import from_microseconds
from inkeeper.errors import not_found
from inkeeper.ids import new_id
from inkeeper.storage.database import Store
from inkeeper.storage.models import Device, Owner

# How exactly it is known when a device was last heard of. Each note costs a write to disk.
_SEEN_EVERY = timedelta(hours=1)


class KnownDevice(NamedTuple):
    """The device behind a valid token."""

    id: str
    owner_id: str
    last_seen_at: datetime | None


def hash_of(token: str) -> str:
    """What is stored of a token. Tokens are long and random, so a plain hash cannot be turned back by guessing."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def add(owner_id: str, name: str, now: datetime) -> tuple[str, str]:
    """Add a device of an owner inside an open write; answers its id and its token, which cannot be had again."""
    token = f"ink_{secrets.token_urlsafe(32)}"
    device = Device.create(id=new_id(now), owner=owner_id, name=name, token_hash=hash_of(token), created_at=now)
    return device.id, token


def find_by_token(store: Store, token: str) -> KnownDevice | None:
    """The device that a token belongs to, unless the token is unknown or revoked."""
    token_hash = hash_of(token)
    row = store.read_row(
        "SELECT id, owner_id, token_hash, last_seen_at FROM device WHERE token_hash = ? AND revoked_at IS NULL",
        (token_hash,),
    )
    # The index has compared hashes, whose timing says nothing about the token; this keeps it so if the query changes.
    if row is None or not hmac.compare_digest(row[2], token_hash):
        return None
    return KnownDevice(row[0], row[1], None if row[3] is None else from_microseconds(row[3]))


def is_due_to_be_seen(device: KnownDevice, now: datetime) -> bool:
    """Whether it is time to note that the device was heard of, also after the clock was ahead."""
    return device.last_seen_at is None or abs(now - device.last_seen_at) >= _SEEN_EVERY


def note_seen(store: Store, device_id: str, now: datetime) -> None:
    """Note that the device was heard of at `now` (UTC)."""
    with store.begin_write(None):
        Device.update(last_seen_at=now).where(Device.id == device_id).execute()


def page(store: Store, owner_id: str, *, after: str | None, limit: int) -> list[Device]:
    """At most `limit` devices of an owner, revoked ones included, oldest first, beginning after the id `after`."""
    with store.read():
        query = Device.select().where(Device.owner == owner_id)
        if after is not None:
            query = query.where(Device.id > after)
        return list(query.order_by(Device.id).limit(limit))


def all_with_owners(store: Store) -> list[Device]:
    """The devices of all owners, oldest first, for whoever has the machine itself."""
    with store.read():
        return list(Device.select(Device, Owner).join(Owner).order_by(Device.id))


def revoke(owner_id: str | None, device_id: str, now: datetime) -> Device:
    """Take a device's token away, at once, inside an open write; revoking again changes nothing.

    `owner_id` None stands for whoever has the machine itself. Raises 404 for a device that is not the owner's.
    """
    device = Device.get_or_none(Device.id == device_id)
    if device is None or owner_id not in (None, device.owner_id):
        raise not_found("device")
    if device.revoked_at is None:
        device.revoked_at = now
        device.save(only=[Device.revoked_at])
    return device
