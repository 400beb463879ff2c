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
from e2e.harness.wait import until
from e2e.harness.writing import press_send, write

ALLOW = "Connect"


@pytest.fixture
def new(desktop: Desktop, linkedin: PracticeSite) -> Iterator[Browser]:
    """A browser of its own: what it was allowed once, it does not ask again."""
    browser = Browser(SOURCE, flags=linkedin.browser_flags, display=desktop.display)
    yield browser
    browser.quit()


def open_welcome(browser: Browser, server: Server) -> Page:
    """The first-run page with the server's address typed in."""
    page = browser.open_extension("welcome/welcome.html")
    page.fill("textbox", "Inkeeper’s address", server.address)
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
    welcome.wait_text("Without that permission, this extension can’t reach Inkeeper.")
    assert granted(new)["origins"] == []
    assert not welcome.has("textbox", "Code")

    desktop.allow(welcome, ALLOW)

    welcome.find("textbox", "Code")
    assert granted(new)["origins"] == ["http://127.0.0.1/*"]


def test_a_permission_taken_away_in_the_browser_is_noticed(
    visible: Browser, desktop: Desktop, server: Server, client: Client
) -> None:
    welcome = open_welcome(visible, server)
    desktop.allow(welcome, ALLOW)
    welcome.find("textbox", "Code")
    connect(visible, server)
    client.account(rule_book="rolling")
    refresh(visible)
    visible.wait_badge("50")

    visible.control.run("() => chrome.permissions.remove({origins: ['http://127.0.0.1/*']})")

    visible.wait_badge("~50")
    visible.visit(PracticeSite.person())
    popup = visible.click_toolbar()
    popup.wait_text("Inkeeper needs your permission")
    popup.wait_text("What you log is kept here and saved later.")
    assert_accessible(popup)
    popup.click("link", "Allow…")
    page = visible.attach_page("welcome/welcome.html#server")
    desktop.allow(page, ALLOW)
    visible.wait_badge("50")


LISTEN, STOP = "Turn automatic logging on", "Turn automatic logging off"
LINKEDIN = "https://www.linkedin.com/*"
REGISTERED = "async () => (await chrome.scripting.getRegisteredContentScripts({ids: ['listen']})).map(({id}) => id)"


def test_logging_as_it_is_sent_is_refused_allowed_and_taken_away(
    new: Browser, desktop: Desktop, server: Server, client: Client
) -> None:
    welcome = open_welcome(new, server)
    desktop.allow(welcome, ALLOW)
    welcome.find("textbox", "Code")
    connect(new, server)
    account = client.account("Premium", plan="premium_business", rule_book="rolling")
    refresh(new)
    settings = new.open_extension("welcome/welcome.html")
    settings.find("heading", "Automatic logging")
    assert new.control.run(REGISTERED) == []

    desktop.refuse(settings, LISTEN)
    settings.wait_text("Without this permission you log InMails with a click")
    assert new.control.run(REGISTERED) == []
    assert LINKEDIN not in granted(new)["origins"]

    desktop.allow(settings, LISTEN)
    settings.find("button", STOP)
    assert granted(new)["origins"] == ["http://127.0.0.1/*", LINKEDIN]
    until(lambda: new.control.run(REGISTERED) == ["listen"], "the listener is registered")
    assert_accessible(settings)
    new.visit(PracticeSite.composer("main", frame="blank"))
    write(new)
    press_send(new)
    until(lambda: len(client.inmails(account)) == 1, "logged")

    new.control.run("(origin) => chrome.permissions.remove({origins: [origin]})", LINKEDIN)
    settings.wait_text("the browser’s permission for www.linkedin.com is gone")
    until(lambda: new.control.run(REGISTERED) == [], "the listener is gone")
    popup = new.click_toolbar()
    popup.wait_text("the browser’s permission for www.linkedin.com is gone")
    assert_accessible(popup)
    popup.click("link", "See the settings")
    page = new.attach_page("welcome/welcome.html#listening")

    desktop.allow(page, LISTEN)
    page.find("button", STOP)
    page.click("button", STOP)
    page.wait_text("Automatic logging is off, and so is its permission for www.linkedin.com.")
    assert granted(new)["origins"] == ["http://127.0.0.1/*"]
    assert new.control.run(REGISTERED) == []
    assert new.storage("listening") == "off"


def test_an_old_tab_goes_quiet_after_an_update(new: Browser, desktop: Desktop, server: Server, client: Client) -> None:
    welcome = open_welcome(new, server)
    desktop.allow(welcome, ALLOW)
    welcome.find("textbox", "Code")
    connect(new, server)
    account = client.account("Premium", plan="premium_business", rule_book="rolling")
    refresh(new)
    settings = new.open_extension("welcome/welcome.html")
    desktop.allow(settings, LISTEN)
    settings.find("button", STOP)
    new.visit(PracticeSite.composer("main"))
    write(new)
    new.tab.cdp("Log.enable")
    new.tab.run("() => { globalThis.thrown = []; addEventListener('error', (event) => thrown.push(event.message)); }")

    new.reload_extension()
    press_send(new)
    new.tab.press("Enter")

    assert new.tab.run("() => thrown") == []
    assert client.inmails(account) == []
    until(lambda: new.control.run(REGISTERED) == ["listen"], "the listener of the new version")
    new.visit(PracticeSite.composer("main"))
    write(new)
    press_send(new)
    until(lambda: client.inmails(account), "logged by the new one")
