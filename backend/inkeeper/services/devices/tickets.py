"""Tickets for downloads: a link carries no token, so a signed-in page first gets a one-time secret for one file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from inkeeper.errors import Problem
from inkeeper.jsontext import to_json
from inkeeper.reasons import reason
from inkeeper.services.devices.connected import hash_of
from inkeeper.services.devices.sign_ins import new_secret
from inkeeper.storage import sign_ins
from inkeeper.storage.database import Store

VALID_FOR = timedelta(seconds=60)


class WantedFile(NamedTuple):
    """A file to download: which kind of file, of which account, and what of it: JSON values, and instants,
    which are text when the ticket is used.
    """

    kind: str
    account_id: str
    options: Mapping[str, Any] = {}


class Download(NamedTuple):
    """What a ticket is for: the owner who asked, and the file that was asked for."""

    owner_id: str
    file: WantedFile


def issue(store: Store, device_id: str, file: WantedFile, now: datetime) -> str:
    """A ticket with which the device can download this file once within 60 seconds."""
    ticket = new_secret()
    with store.begin_write(None) as tx:
        sign_ins.drop_tickets_outside(tx, now - VALID_FOR, now + VALID_FOR)
        sign_ins.add_ticket(tx, device_id, hash_of(ticket), to_json(file), now)
    return ticket


def use(store: Store, ticket: str, now: datetime) -> Download:
    """Mark a ticket as used and return what it is for. Raises the 410 Problem `over` if it is used, expired, or its
    device was revoked.
    """
    with store.begin_write(None) as tx:
        found = sign_ins.find_ticket(tx, hash_of(ticket))
        if found is None or found.is_used or found.revoked or abs(now - found.created_at) >= VALID_FOR:
            raise Problem("over", reason("download.over"), status=410)
        sign_ins.use_ticket(tx, hash_of(ticket), now)
        return Download(found.owner_id, WantedFile(*json.loads(found.target)))
