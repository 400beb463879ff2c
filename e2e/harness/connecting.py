"""Connects the extension to a server with the messages of its welcome page, without opening the page."""

from __future__ import annotations

from e2e.harness.browser import Browser
from e2e.harness.firefox import Firefox
from e2e.harness.server import Server


def connect(browser: Browser | Firefox, server: Server, *, device: str = "Chromium in a test") -> None:
    """Pairs the extension, as a device of this name, through the code in the server's terminal."""
    seen = len(server.terminal())
    browser.ask("pair.start", {"address": server.address, "device": device})
    browser.ask("pair.confirm", {"code": server.pairing_code(after=seen)})


def refresh(browser: Browser | Firefox) -> None:
    """Makes the extension sync, after a test changed data at the server."""
    browser.ask("refresh")
