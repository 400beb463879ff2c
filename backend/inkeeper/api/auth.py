"""Who asks: the device whose token came with the request."""

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
"""The routes that need no token: those that tell what this is, those by which a device gets its token, and the feed,
whose address is a secret itself, since calendar programs send no tokens.
"""


def bearer_token(environ: dict[str, Any]) -> str | None:
    """The token that came with this WSGI environment, valid or not; None if none did."""
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def find_device(environ: dict[str, Any]) -> KnownDevice:
    """The device whose token came with this WSGI environment. Needs the application's context.

    Raises the 401 Problem for a token that is missing, unknown or revoked.
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
    """Find out whose token came with this WSGI environment, for `context.actor`.

    Raises the 401 Problem for a token that is missing, unknown or revoked.
    """
    device = find_device(environ)
    g.actor = Actor(device.owner_id, device.id)
    if devices.is_last_seen_outdated(device, now):
        # Not worth refusing a request for: if the database cannot be written, a later request notes it.
        with suppress(DatabaseProblem):
            devices.note_seen(store(), device.id, now)
