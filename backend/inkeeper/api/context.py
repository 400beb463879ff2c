"""Values of the current request: store, settings, instant and actor. Set before the handler runs."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, g

from inkeeper.services.access import Actor
from inkeeper.settings import Settings
from inkeeper.storage.database import Store


def store() -> Store:
    """The server's database."""
    found: Store = current_app.extensions["inkeeper.store"]
    return found


def settings() -> Settings:
    """The server's settings."""
    found: Settings = current_app.extensions["inkeeper.settings"]
    return found


def now() -> datetime:
    """The instant of this request (UTC). The clock is read once per request, so one response uses one instant."""
    instant: datetime = g.now
    return instant


def actor() -> Actor:
    """The owner and device of this request's token. Not set on public routes."""
    found: Actor = g.actor
    return found


def chosen_language() -> str | None:
    """The language that the owner of this request's token chose. None without one, and on public routes."""
    found: str | None = g.get("language")
    return found
