"""The server or the extension is older than the other: one sentence says which, and reloading loses nothing."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import refresh
from e2e.harness.judging import assert_accessible
from e2e.harness.linkedin import PracticeSite
from e2e.harness.middle import INKEEPER, Reply, Request, intercepted
from e2e.harness.page import Page
from e2e.harness.server import Server
from inkeeper import __version__


@pytest.fixture
def account(connected: Browser, client: Client) -> dict[str, Any]:
    """50 credits, none of which expires soon."""
    made = client.account(rule_book="rolling")
    refresh(connected)
    connected.wait_badge("50")
    return made


@pytest.fixture
def line(connected: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[None]:
    """The extension is connected to the server by a proxy that changes the server's version."""

    def change(asked: Request) -> Reply | None:
        if not asked.path.startswith("/api/v1/server"):
            return None
        try:
            with urllib.request.urlopen(server.address + asked.path) as answer:
                return Reply(200, INKEEPER, json.dumps({**json.load(answer), "version": request.param}).encode())
        except OSError:
            return Reply(502, {}, b"")

    with intercepted(change, server_port=server.port) as middle:
        stored = {**connected.storage("server"), "address": middle.address}
        connected.control.run("(server) => chrome.storage.local.set({server})", stored)
        refresh(connected)
        yield


def popup_of(browser: Browser) -> Page:
    browser.visit(PracticeSite.person())
    return browser.click_toolbar()


@pytest.mark.parametrize("line", ["0.0.9"], indirect=True)
def test_an_older_server(connected: Browser, account: dict[str, Any], line: None) -> None:
    popup = popup_of(connected)

    popup.wait_text(f"Inkeeper (0.0.9) is older than this extension ({__version__}). Update Inkeeper.")
    popup.wait_text("git pull && make run")
    connected.wait_badge("50")
    assert_accessible(popup)
    assert_accessible(connected.open_extension("welcome/welcome.html"))


@pytest.mark.parametrize("line", ["99.0.0"], indirect=True)
def test_an_older_extension_is_reloaded_and_keeps_what_waits(
    connected: Browser, account: dict[str, Any], line: None, server: Server, client: Client
) -> None:
    welcome = connected.open_extension("welcome/welcome.html")
    welcome.wait_text(f"This extension ({__version__}) is older than Inkeeper (99.0.0). Load its newest files.")
    assert_accessible(welcome)
    server.kill()
    client.close()
    recipient = {"name": "Kai Example", "profileUrl": None}
    connected.ask("log", {"accountId": account["id"], "recipient": recipient, "cost": 1, "source": "popup"})
    waiting = connected.outbox()
    assert len(waiting) == 1

    with connected.reloading():
        welcome.click("button", "Reload the extension")

    assert [entry["id"] for entry in connected.outbox()] == [entry["id"] for entry in waiting]
    server.start()
    refresh(connected)
    connected.wait_badge("49")
    assert [inmail["recipient"]["name"] for inmail in client.inmails(account)] == ["Kai Example"]
