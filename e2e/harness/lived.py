"""A ledger with a year of invented history, as the pages show it best."""

from __future__ import annotations

from e2e.harness.server import Server
from inkeeper.clock import utc_now
from inkeeper.demo import fill
from inkeeper.storage.database import open_database


def write_year(server: Server) -> Server:
    """Writes the demo's history into the empty data folder of a server that does not run yet; returns the server."""
    server.data.mkdir(parents=True)
    store = open_database(f"sqlite:///{server.data / 'inkeeper.sqlite3'}")
    try:
        fill(store, utc_now())
    finally:
        store.checkpoint_and_close()
    return server
