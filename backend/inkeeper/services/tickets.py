"""Tickets for downloads: a link carries no token, so a signed-in page first gets a one-time secret for one file."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from inkeeper.errors import Problem
from inkeeper.services.devices import hash_of
from inkeeper.services.sign_ins import new_secret
from inkeeper.storage.database import Store
from inkeeper.storage.models import Device, Ticket

VALID_FOR = timedelta(seconds=60)


class Download(NamedTuple):
    """What a ticket is for: the owner who asked, and the file that was asked for."""

    owner_id: str
    target: dict[str, Any]


def issue(store: Store, device_id: str, target: dict[str, Any], now: datetime) -> str:
    """A ticket with which the device's file `target` (JSON values) can be downloaded once within 60 seconds."""
    ticket = new_secret()
    with store.begin_write(None):
        Ticket.delete().where((Ticket.created_at < now - VALID_FOR) | (Ticket.created_at > now + VALID_FOR)).execute()
        Ticket.create(secret_hash=hash_of(ticket), device=device_id, target=json.dumps(target), created_at=now)
    return ticket


def use(store: Store, ticket: str, now: datetime) -> Download:
    """Use a ticket up. Raises the 410 Problem `over` if it is used, expired, or its device was revoked."""
    with store.begin_write(None):
        found: Ticket | None = (
            Ticket.select(Ticket, Device).join(Device).where(Ticket.secret_hash == hash_of(ticket)).first()
        )
        valid = (
            found is not None
            and found.used_at is None
            and abs(now - found.created_at) < VALID_FOR
            and found.device.revoked_at is None
        )
        if found is None or not valid:
            raise Problem("over", "This download link has been used or has expired. Download again.", status=410)
        found.used_at = now
        found.save(only=[Ticket.used_at])
        return Download(found.device.owner_id, json.loads(found.target))
