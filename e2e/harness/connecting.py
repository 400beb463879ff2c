"""Connecting the extension to a server as its welcome page does, without the page: tests of the page are elsewhere."""

from __future__ import annotations

from e2e.harness.browser import Browser
from e2e.harness.server import Server


def connect(browser: Browser, server: Server) -> None:
    """Pairs the extension through the code in the server's terminal."""
    seen = len(server.terminal())
    browser.ask("pair.start", {"address": server.address, "device": "Chromium in a test"})
    browser.ask("pair.confirm", {"code": server.pairing_code(after=seen)})


def refresh(browser: Browser) -> None:
    """Has the extension fetch what a test changed on the server behind its back."""
    browser.ask("refresh")
