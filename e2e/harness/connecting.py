"""Connects the extension to a server with the messages of its welcome page, without opening the page."""

from __future__ import annotations

from e2e.harness.browser import Browser
from e2e.harness.server import Server


def connect(browser: Browser, server: Server) -> None:
    """Pairs the extension through the code in the server's terminal."""
    seen = len(server.terminal())
    browser.ask("pair.start", {"address": server.address, "device": "Chromium in a test"})
    browser.ask("pair.confirm", {"code": server.pairing_code(after=seen)})


def refresh(browser: Browser) -> None:
    """Makes the extension sync, after a test changed data at the server."""
    browser.ask("refresh")
