"""The extension exactly as it is shipped, and the browser's own prompts, answered by real keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect, refresh
from e2e.harness.desktop import Desktop
from e2e.harness.extension import SOURCE
from e2e.harness.judging import assert_accessible
from e2e.harness.linkedin import PracticeSite
from e2e.harness.page import Page
from e2e.harness.server import Server

ALLOW = "Allow and check"


@pytest.fixture
def new(desktop: Desktop, linkedin: PracticeSite) -> Iterator[Browser]:
    """A browser of its own: what it was allowed once, it does not ask again."""
    browser = Browser(SOURCE, flags=linkedin.browser_flags, display=desktop.display)
    yield browser
    browser.quit()


def open_welcome(browser: Browser, server: Server) -> Page:
    """The first-run page with the server's address typed in."""
    page = browser.open_extension("welcome/welcome.html")
    page.fill("textbox", "Server address", server.address)
    return page


def granted(browser: Browser) -> dict[str, list[str]]:
    """What the browser lets the extension do."""
    return dict(browser.control.run("() => chrome.permissions.getAll()"))


def test_the_installation_asks_for_nothing_and_warns_of_nothing(visible: Browser) -> None:
    assert granted(visible)["origins"] == []
    assert "notifications" not in granted(visible)["permissions"]
    warnings = visible.control.run(
        """() => chrome.management.getPermissionWarningsByManifest(JSON.stringify(chrome.runtime.getManifest()))"""
    )
    assert warnings == []


def test_refused_then_allowed(new: Browser, desktop: Desktop, server: Server) -> None:
    welcome = open_welcome(new, server)
    desktop.refuse(welcome, ALLOW)
    welcome.wait_text("Without this permission Inkeeper cannot reach its server.")
    assert granted(new)["origins"] == []
    assert not welcome.has("button", "Show me the code")

    desktop.allow(welcome, ALLOW)

    welcome.find("button", "Show me the code")
    assert granted(new)["origins"] == ["http://127.0.0.1/*"]


def test_a_permission_taken_away_in_the_browser_is_noticed(
    visible: Browser, desktop: Desktop, server: Server, client: Client
) -> None:
    welcome = open_welcome(visible, server)
    desktop.allow(welcome, ALLOW)
    connect(visible, server)
    client.account(rule_book="rolling")
    refresh(visible)
    visible.wait_badge("50")

    visible.control.run("() => chrome.permissions.remove({origins: ['http://127.0.0.1/*']})")

    visible.wait_badge("~50")
    visible.visit(PracticeSite.person())
    popup = visible.click_toolbar()
    popup.wait_text("Inkeeper may not reach its server")
    assert_accessible(popup)
    popup.click("link", "Allow…")
    page = visible.attach_page("welcome/welcome.html#server")
    desktop.allow(page, ALLOW)
    visible.wait_badge("50")
