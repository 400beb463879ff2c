"""Signing a browser in to the pages: a one-time secret in the address's fragment is exchanged for a token.

Only the secret's hash is stored. Secrets are long and random, so a plain hash cannot be reversed by guessing.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from math import ceil

from inkeeper.errors import Problem
from inkeeper.reasons import reason
from inkeeper.services.access import Actor
from inkeeper.services.devices import connected as devices
from inkeeper.services.devices.connected import hash_of
from inkeeper.storage import owners, sign_ins
from inkeeper.storage.database import Store
from inkeeper.storage.transaction import Transaction

VALID_FOR = timedelta(seconds=60)
"""How long a secret is valid that a program hands to a browser on the same machine."""

CARRIED_VALID_FOR = timedelta(minutes=10)
"""How long a secret is valid that a person carries to another device."""

MADE_ALLOWED = 30
MADE_WITHIN = timedelta(minutes=10)

# Longer than any secret is valid, so that an expired secret is distinguished from one that never existed.
_KEPT = timedelta(days=1)


def new_secret() -> str:
    """A secret of 256 random bits, as URL-safe text."""
    return secrets.token_urlsafe(32)


def add(tx: Transaction, actor: Actor, secret: str, now: datetime, valid_for: timedelta = VALID_FOR) -> datetime:
    """Make a secret valid for one sign-in of the owner, inside an open write. Returns when it expires (UTC).

    Raises the 429 Problem if the owner has made too many lately.
    """
    sign_ins.drop_before(tx, now - _KEPT)
    # Only up to now, so that a clock that was set back does not keep the owner out.
    lately = sign_ins.made_between(tx, actor.owner_id, now - MADE_WITHIN, now, MADE_ALLOWED)
    if len(lately) == MADE_ALLOWED:
        wait = lately[-1] + MADE_WITHIN - now
        raise Problem(
            "too_many_requests",
            reason("sign_in.too_many", most=MADE_ALLOWED),
            status=429,
            headers={"Retry-After": str(max(1, ceil(wait.total_seconds())))},
        )
    expires_at = now + valid_for
    sign_ins.add(tx, actor.owner_id, hash_of(secret), now, expires_at)
    return expires_at


def make(store: Store, owner_name: str, now: datetime, valid_for: timedelta = VALID_FOR) -> str:
    """A secret for the owner of this name (created if new), as the person at the machine itself may make one.

    Raises the 429 Problem if the owner has made too many lately.
    """
    secret = new_secret()
    with store.begin_write(None) as tx:
        add(tx, Actor(owners.find_or_add(tx, owner_name, now)), secret, now, valid_for)
    return secret


def is_used(store: Store, secret: str) -> bool:
    """Whether the secret was used."""
    with store.read() as tx:
        found = sign_ins.find(tx, hash_of(secret))
    return found is not None and found.is_used


def redeem(store: Store, secret: str, device_name: str, now: datetime, token: str | None = None) -> tuple[str, str]:
    """Exchange a secret, once, for a token of a new device "Page in <device_name>". Returns the token and its id.

    A browser whose `token` already belongs to a page of the same owner keeps that token; the secret is used up all the
    same. Raises the Problems 403 `wrong_secret` for a secret that was never made, 410 `over` for one that is used or
    expired.
    """
    with store.begin_write(None) as tx:
        found = sign_ins.find(tx, hash_of(secret))
        if found is None:
            raise Problem("wrong_secret", reason("sign_in.wrong"), status=403)
        # A secret dated in the future was made before the clock was set back, so its age is unknown.
        if found.is_used or found.expires_at <= now or found.created_at > now + VALID_FOR:
            raise Problem("over", reason("sign_in.over"), status=410)
        sign_ins.use(tx, hash_of(secret), now)
        known = devices.page_of_owner(tx, Actor(found.owner_id), token) if token else None
        if token and known:
            return token, known
        added = devices.add(tx, Actor(found.owner_id), f"Page in {device_name}", now, kind="page")
        return added.token, added.id
