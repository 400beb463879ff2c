"""Connected devices: finding them by token, listing and revoking them, and proving the server's identity to them.

A token itself is never stored, only its hash. The secret of a device is stored as it is (see `Device` in
storage/models.py).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from inkeeper.errors import conflict
from inkeeper.ids import new_id
from inkeeper.reasons import reason
from inkeeper.services.access import Actor, owned_device
from inkeeper.storage import devices
from inkeeper.storage.database import Store
from inkeeper.storage.devices import Device, KnownDevice
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import DeviceKind

# The precision of `last_seen_at`. Each update costs a write to disk.
_SEEN_EVERY = timedelta(hours=1)


class NewDevice(NamedTuple):
    """A newly connected device. Its token and secret are shown only now."""

    id: str
    token: str
    secret: str


def hash_of(token: str) -> str:
    """The hash of a token, which is stored in its place. Tokens are long and random, so a plain hash cannot be reversed
    by guessing.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def add(tx: Transaction, actor: Actor, name: str, now: datetime, *, kind: DeviceKind = "program") -> NewDevice:
    """Add a device of an owner inside an open write."""
    added = NewDevice(new_id(now), f"ink_{secrets.token_urlsafe(32)}", _new_secret())
    devices.add(tx, added.id, actor.owner_id, name, kind, hash_of(added.token), added.secret, now)
    return added


def make_secret(tx: Transaction, device_id: str) -> str:
    """Make the secret of a device that was connected by a version without secrets, inside an open write.

    Until now the device sent its token to this address without proof of the server. Raises the 409 Problem if it has a
    secret already.
    """
    secret = _new_secret()
    if not devices.set_secret(tx, device_id, secret):
        raise conflict("secret_exists", reason("device.secret_exists"))
    return secret


def proof(store: Store, device_id: str, nonce: str) -> str | None:
    """HMAC-SHA256 of the nonce under the device's secret, both as ASCII text, in lower-case hexadecimal digits.

    A revoked device gets a proof too, so that it trusts this server's response that it is revoked. None for a device
    without a secret and for one that does not exist. This reveals whether an id exists, but ids are as hard to guess as
    tokens.

    It does not prevent a relay: a program at the server's usual address can request the proof from the server, if that
    runs at another address.
    """
    secret = devices.secret_of(store, device_id)
    if secret is None:
        return None
    return hmac.new(secret.encode("ascii"), nonce.encode("ascii"), hashlib.sha256).hexdigest()


def installation_id(store: Store) -> str:
    """The database's id, by which a client recognises it at any address."""
    return devices.installation_id(store)


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


def find_by_token(store: Store, token: str) -> KnownDevice | None:
    """The device that a token belongs to, unless the token is unknown or revoked."""
    token_hash = hash_of(token)
    found = devices.find_by_token(store, token_hash)
    # The index has compared hashes, whose timing says nothing about the token; this keeps it so if the query changes.
    if found is None or not hmac.compare_digest(found.token_hash, token_hash):
        return None
    return found


def page_of_owner(tx: Transaction, actor: Actor, token: str) -> str | None:
    """The id of the owner's page that a token belongs to, inside an open transaction; None if there is none."""
    return devices.find_page(tx, actor.owner_id, hash_of(token))


def is_last_seen_outdated(device: KnownDevice, now: datetime) -> bool:
    """Whether `last_seen_at` has to be updated, which includes a time in the future (the clock was ahead)."""
    return device.last_seen_at is None or abs(now - device.last_seen_at) >= _SEEN_EVERY


def note_seen(store: Store, device_id: str, now: datetime) -> None:
    """Set the device's `last_seen_at` to `now` (UTC)."""
    with store.begin_write(None) as tx:
        devices.note_seen(tx, device_id, now)


def page(store: Store, actor: Actor, *, after: str | None, limit: int) -> list[Device]:
    """At most `limit` devices of an owner, revoked ones included, oldest first, beginning after the id `after`."""
    with store.read() as tx:
        return devices.list_of_owner(tx, actor.owner_id, after, limit)


def connected_programs(store: Store, actor: Actor) -> list[Device]:
    """The owner's devices that have access and are no pages, such as browsers with the extension; oldest first."""
    with store.read() as tx:
        return devices.list_connected_programs(tx, actor.owner_id)


def all_with_owners(store: Store) -> list[Device]:
    """The devices of all owners, oldest first. For commands on the server's own machine."""
    with store.read() as tx:
        return devices.list_all(tx)


def revoke(tx: Transaction, actor: Actor, device_id: str, now: datetime) -> Device:
    """Revoke a device's token at once, inside an open write. Idempotent.

    Raises the 404 Problem for a device that is not the actor's.
    """
    return _revoke(tx, owned_device(tx, actor, device_id), now)


def revoke_of_any_owner(tx: Transaction, device_id: str, now: datetime) -> Device | None:
    """Revoke the token of any owner's device. For commands on the server's own machine. None if there is no such
    device.
    """
    device = devices.get(tx, device_id)
    return None if device is None else _revoke(tx, device, now)


def _revoke(tx: Transaction, device: Device, now: datetime) -> Device:
    if device.revoked_at is not None:
        return device
    devices.revoke(tx, device.id, now)
    return device._replace(revoked_at=now)
