"""Authentication: finds the device that the request's token belongs to."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import g

from inkeeper.api.context import store
from inkeeper.errors import Problem
from inkeeper.services.access import Actor
from inkeeper.services.devices import connected as devices
from inkeeper.storage.database import DatabaseProblem
from inkeeper.storage.devices import KnownDevice

PUBLIC_ENDPOINTS = frozenset(
    {
        "pages.docs",
        "pages.openapi",
        "server.show_server",
        "health.show_health",
        "pairings.start_pairing",
        "pairings.confirm_pairing",
        "pairings.cancel_pairing",
        "calendar.read_feed",
        "sign_ins.redeem_sign_in",
    }
)
"""The routes that need no token:

- server information and documentation,
- pairing and signing in, which issue tokens,
- the calendar feed, whose address is a secret (calendar programs send no tokens).
"""


def bearer_token(environ: dict[str, Any]) -> str | None:
    """The bearer token of this WSGI environment, not checked; None without one."""
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def find_device(environ: dict[str, Any]) -> KnownDevice:
    """The device of this WSGI environment's token. Needs the application context.

    Raises the 401 Problem for a missing, unknown or revoked token.
    """
    token = bearer_token(environ)
    device = None if token is None else devices.find_by_token(store(), token)
    if device is None:
        raise Problem(
            "unauthorized",
            "Connect this device again: its token is missing, unknown or revoked.",
            status=401,
            headers={"WWW-Authenticate": 'Bearer realm="inkeeper"'},
        )
    return device


def authenticate(environ: dict[str, Any], now: datetime) -> None:
    """Set `context.actor` and `context.chosen_language` from this WSGI environment's token. `now` (UTC) is stored as
    the device's last use.

    Raises the 401 Problem for a missing, unknown or revoked token.
    """
    device = find_device(environ)
    g.actor = Actor(device.owner_id, device.id)
    g.language = device.language
    if devices.is_last_seen_outdated(device, now):
        # A failed write of the last use must not fail the request; a later request writes it.
        with suppress(DatabaseProblem):
            devices.note_seen(store(), device.id, now)
