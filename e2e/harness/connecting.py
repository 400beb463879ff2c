"""Connects the extension to a server: without its welcome page by the page's messages, or with it by a code."""

from __future__ import annotations

from e2e.harness.browser import Browser
from e2e.harness.firefox import Firefox
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until


def connect(browser: Browser | Firefox, server: Server, *, device: str = "Chromium in a test") -> None:
    """Pairs the extension, as a device of this name, through the code in the server's terminal."""
    seen = len(server.terminal())
    browser.ask("pair.start", {"address": server.address, "device": device})
    browser.ask("pair.confirm", {"code": server.pairing_code(after=seen)})


def type_code(page: Page, code: str) -> None:
    """Types a code into the welcome page. The last digit sends it, and the field goes."""
    until(lambda: page.focused_name() == ("textbox", "Code"), "the code's field has the focus")
    page.type(code)


def refresh(browser: Browser | Firefox) -> None:
    """Makes the extension sync, after a test changed data at the server."""
    browser.ask("refresh")
