"""Devices that hold a token: found by it, listed, revoked, and given proof that this is their server.

A token itself is never stored, only its hash. The secret of a device is stored as it is (see `models.Device`).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from inkeeper.clock import from_microseconds
from inkeeper.errors import conflict, not_found
from inkeeper.ids import new_id
from inkeeper.storage.database import Store
from inkeeper.storage.models import Device, Owner

# How exactly it is known when a device was last heard of. Each note costs a write to disk.
_SEEN_EVERY = timedelta(hours=1)


class NewDevice(NamedTuple):
    """A device that was just connected. Its token and its secret cannot be had again."""

    id: str
    token: str
    secret: str


class KnownDevice(NamedTuple):
    """The device behind a valid token."""

    id: str
    owner_id: str
    last_seen_at: datetime | None


def hash_of(token: str) -> str:
    """What is stored of a token. Tokens are long and random, so a plain hash cannot be turned back by guessing."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def add(owner_id: str, name: str, now: datetime, *, kind: Literal["program", "page"] = "program") -> NewDevice:
    """Add a device of an owner inside an open write."""
    added = NewDevice(new_id(now), f"ink_{secrets.token_urlsafe(32)}", _new_secret())
    Device.create(
        id=added.id,
        owner=owner_id,
        name=name,
        token_hash=hash_of(added.token),
        secret=added.secret,
        created_at=now,
        kind=kind,
    )
    return added


def make_secret(device_id: str) -> str:
    """Make the secret of a device that was connected before there were any, inside an open write.

    The device's token went to this address without proof until now. Raises the 409 Problem if it has a secret already.
    """
    secret = _new_secret()
    if not Device.update(secret=secret).where((Device.id == device_id) & Device.secret.is_null()).execute():
        raise conflict("secret_exists", "A device's secret is made once. Connect the device again to get a new one.")
    return secret


def proof(store: Store, device_id: str, nonce: str) -> str | None:
    """HMAC-SHA256 of the nonce under the device's secret, both as ASCII text, in lower-case hexadecimal digits.

    A revoked device gets one too: it shall believe this server that it is revoked. None for a device without a secret
    and for one that does not exist. That tells whether an id exists, which is no secret from whoever knows it: ids are
    as hard to guess as tokens. A made-up proof would only look like another program's.

    It proves that the server's machine takes part, not that nobody stands in between: a program that takes the server's
    address can ask the server itself, as long as that runs at another address.
    """
    row = store.read_row("SELECT secret FROM device WHERE id = ?", (device_id,))
    if row is None or row[0] is None:
        return None
    return hmac.new(row[0].encode("ascii"), nonce.encode("ascii"), hashlib.sha256).hexdigest()


def installation_id(store: Store) -> str:
    """By which id a client knows this ledger again, wherever it is served."""
    row = store.read_row("SELECT id FROM installation")
    assert row is not None
    return str(row[0])


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


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


def page_of_owner(owner_id: str, token: str) -> str | None:
    """The id of the owner's page that a token belongs to, inside an open transaction; None if there is none."""
    device: Device | None = Device.get_or_none(
        Device.token_hash == hash_of(token),
        Device.owner == owner_id,
        Device.kind == "page",
        Device.revoked_at.is_null(),
    )
    return None if device is None else str(device.id)


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


def connected_programs(store: Store, owner_id: str) -> list[Device]:
    """The owner's devices that have access and are no pages, such as browsers with the extension; oldest first."""
    with store.read():
        query = Device.select().where(Device.owner == owner_id, Device.kind == "program", Device.revoked_at.is_null())
        return list(query.order_by(Device.id))


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
