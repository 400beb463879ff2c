"""Opens the server's pages in a browser, signed in as a link of the extension or `inkeeper open` does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from e2e.harness.browser import Browser
from e2e.harness.cdp import CdpError
from e2e.harness.client import Client
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until
from inkeeper.server.opening import portable_link
from inkeeper.storage.database import open_database

RECORD_FETCH = """(() => {
    const really = globalThis.fetch;
    globalThis.sent = [];
    globalThis.fetch = (url, options = {}) => {
        sent.push({url: String(url), method: options.method ?? 'GET', headers: {...options.headers}});
        return really(url, options);
    };
})()"""
"""JavaScript that records the page's fetch requests in `sent`, for `Page.addScriptToEvaluateOnNewDocument`."""

IS_IDLE = """() => document.readyState === "complete" && !document.querySelector("#main")?.hasAttribute("aria-busy")
    && !document.querySelector(".htmx-request")"""


def sign_in_link(server: Server, client: Client, path: str = "/") -> str:
    """A link that opens a page signed in, once, within a minute."""
    secret = client.post("/sign-ins", {}).expect(201)["secret"]
    return f"{server.address}{path}#signin={secret}"


def set_up_link(server: Server) -> str:
    """A link that opens the set-up signed in, before any device is connected."""
    store = open_database(f"sqlite:///{server.data}/inkeeper.sqlite3")
    try:
        return portable_link(store, server.address, "me", "/welcome")
    finally:
        store.checkpoint_and_close()


def open_app(browser: Browser, server: Server, client: Client, path: str = "/") -> Page:
    """Opens a page in the first tab, signed in."""
    return wait_idle(browser.visit(sign_in_link(server, client, path)))


def wait_idle(page: Page) -> Page:
    """Waits until the page has no request in flight; returns the page."""

    def is_idle() -> bool:
        try:
            return bool(page.run(IS_IDLE))
        except CdpError:  # between two documents
            return False

    until(is_idle, "the page has its answer")
    return page


@contextmanager
def record_requests(page: Page) -> Iterator[None]:
    """Records the fetch requests of documents loaded inside the block, in their global `sent`."""
    page.cdp("Page.enable")
    script = page.cdp("Page.addScriptToEvaluateOnNewDocument", source=RECORD_FETCH)["identifier"]
    try:
        yield
    finally:
        page.cdp("Page.removeScriptToEvaluateOnNewDocument", identifier=script)


def resize(page: Page, width: int, height: int = 800, *, touch: bool = False) -> None:
    """Sets the size of the tab in CSS pixels; `touch` emulates a phone."""
    page.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=touch)
    page.cdp("Emulation.setTouchEmulationEnabled", enabled=touch)


def reset_size(page: Page) -> None:
    """Undoes `resize`."""
    page.cdp("Emulation.clearDeviceMetricsOverride")
    page.cdp("Emulation.setTouchEmulationEnabled", enabled=False)
