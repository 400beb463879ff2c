"""What a request is about: the store, the instant, and who asks. Set before the handler runs."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, g

from inkeeper.services.access import Actor
from inkeeper.settings import Settings
from inkeeper.storage.database import Store


def store() -> Store:
    """The database that this server works on."""
    found: Store = current_app.extensions["inkeeper.store"]
    return found


def settings() -> Settings:
    """How this server was started."""
    found: Settings = current_app.extensions["inkeeper.settings"]
    return found


def now() -> datetime:
    """The instant of this request (UTC). The clock is read once, so that nothing in one answer contradicts itself."""
    instant: datetime = g.now
    return instant


def actor() -> Actor:
    """Who asks: whose token came with this request, and from which device. Not there on public routes."""
    found: Actor = g.actor
    return found
