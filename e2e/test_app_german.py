"""The pages in a German browser: nothing is cut off, and axe finds nothing, on a screen and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.harness.app import open_app, reset_size, resize, wait_idle
from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.judging import assert_accessible
from e2e.harness.page import Page
from e2e.harness.server import Server

PATHS = ["/", "/people", "/people/plan", "/people/texts?text=new", "/history", "/report", "/settings/plan", "/welcome"]

OVERFLOW = """() => {
    const {scrollWidth, clientWidth} = document.scrollingElement;
    return scrollWidth - clientWidth;
}"""


@pytest.fixture
def german(browser: Browser, server: Server, client: Client) -> Iterator[Page]:
    """Home in a browser whose language is German."""
    account = client.account()
    for name in ("Robin Sample", "Noor Dummy"):
        client.post("/targets", {"person": {"name": name}}).expect(201)
    body = {"recipient": {"name": "Kai Example"}, "source": "api", "purpose": "introduction"}
    client.post(f"/accounts/{account['id']}/inmails", body).expect(201)
    page = open_app(browser, server, client, "/")
    page.cdp("Network.enable")
    page.cdp("Network.setExtraHTTPHeaders", headers={"Accept-Language": "de"})
    yield page
    page.cdp("Network.setExtraHTTPHeaders", headers={})


def test_pages_in_german(german: Page, server: Server, tmp_path: Path) -> None:
    for path in PATHS:
        german.cdp("Page.navigate", url=f"{server.address}{path}")
        wait_idle(german)
        assert german.run("() => document.documentElement.lang") == "de"
        for width in (1280, 360):
            resize(german, width)
            assert german.run(OVERFLOW) <= 0, (path, width)
            assert_accessible(german)
            german.screenshot(tmp_path / f"{path.strip('/').replace('/', '-').split('?')[0] or 'home'}-{width}.png")
        reset_size(german)


def test_selected_people_are_counted_in_german(german: Page, server: Server) -> None:
    german.cdp("Page.navigate", url=f"{server.address}/people")
    wait_idle(german)

    german.click("checkbox", "Robin Sample auswählen")

    german.wait_text("1 ausgewählt")
