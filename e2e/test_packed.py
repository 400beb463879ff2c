"""The packed extension, as a release has it, on the main paths in a real Chromium and a real Firefox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect, refresh, type_code
from e2e.harness.extension import extension_copy
from e2e.harness.firefox import ENTER, Firefox, firefox
from e2e.harness.linkedin import PracticeSite
from e2e.harness.looking import DEEP
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until
from e2e.harness.writing import BODY, SEND, press_send, write

KAI = {"name": "Kai Example", "profile_url": "https://www.linkedin.com/in/kai-example"}
ADDRESS = "Inkeeper’s address"
LOG = re.compile("^Log InMail to Kai Example")


@pytest.fixture(scope="module")
def chromium(linkedin: PracticeSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium with the packed extension, in place of the one with the source."""
    browser = Browser(extension_copy(tmp_path_factory.mktemp("packed"), packed=True), flags=linkedin.browser_flags)
    yield browser
    browser.quit()


@pytest.fixture(scope="module")
def fox(linkedin: PracticeSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(extension_copy(tmp_path_factory.mktemp("packed"), packed=True), linkedin) as browser:
        yield browser


@pytest.fixture
def account(client: Client) -> dict[str, Any]:
    """A Premium Business account with 15 credits that last for weeks."""
    return client.account("Premium", plan="premium_business", rule_book="rolling")


@pytest.fixture
def ready(connected: Browser, account: dict[str, Any]) -> Browser:
    """The Chromium, connected and showing the account's number."""
    refresh(connected)
    connected.wait_badge("15")
    return connected


def logged(client: Client, account: dict[str, Any]) -> dict[str, Any]:
    """The account's one InMail, once the server has it."""
    until(lambda: len(client.inmails(account)) == 1, "one logged")
    return client.inmails(account)[0]


def test_from_the_code_to_the_number(browser: Browser, server: Server, account: dict[str, Any]) -> None:
    popup = open_popup(browser)
    popup.wait_text("Connect to Inkeeper")
    page = browser.open_extension("welcome/welcome.html")
    page.fill("textbox", ADDRESS, server.address)
    seen = len(server.terminal())
    page.click("button", "Connect")
    code = server.pairing_code(after=seen)

    type_code(page, code)

    browser.wait_badge("15")
    page.find("heading", "Settings")
    open_popup(browser).find("button", LOG)


def open_popup(browser: Browser) -> Page:
    """The real popup over a person's page."""
    browser.visit(PracticeSite.person())
    return browser.click_toolbar()


def test_one_click_and_undo(ready: Browser, client: Client, account: dict[str, Any]) -> None:
    popup = open_popup(ready)
    popup.click("button", LOG)
    popup.wait_text("Logged Kai Example · 1 credit")
    inmail = logged(client, account)
    assert (inmail["recipient"], inmail["cost"], inmail["source"]) == (KAI, 1, "popup")
    ready.wait_badge("14")

    popup.click("button", "Undo: Kai Example")

    ready.wait_badge("15")
    until(lambda: client.inmails(account) == [], "taken back")


def test_a_composer_is_read_in_a_frame_too(ready: Browser) -> None:
    ready.visit(PracticeSite.composer("main", frame="page"))

    ready.click_toolbar().wait_text("LinkedIn shows 45")


def test_what_the_server_missed_is_sent_once(
    ready: Browser, client: Client, server: Server, account: dict[str, Any]
) -> None:
    server.kill()
    client.close()
    popup = open_popup(ready)
    popup.click("button", LOG)
    popup.wait_text("Inkeeper isn’t running")
    ready.wait_badge("14↑")
    ready.close_popups()
    ready.kill_worker()

    server.start()
    ready.click_toolbar()

    ready.wait_badge("14")
    assert logged(client, account)["recipient"] == KAI
    until(lambda: not ready.outbox(), "nothing waits any more")


def test_the_commands_are_those_of_the_package_until_a_server_says_otherwise(browser: Browser, server: Server) -> None:
    server.terminate()
    page = browser.open_extension("welcome/welcome.html")
    page.fill("textbox", ADDRESS, server.address)
    page.click("button", "Connect")
    page.wait_text("inkeeper run")
    server.start()
    page.click("button", "Get a code")
    page.wait_text(".venv/bin/inkeeper pair")
    connect(browser, server)
    server.kill()

    open_popup(browser).wait_text("make run")


@pytest.mark.parametrize("asked", [{}, {"frame": "blank", "send": "close"}])
def test_a_send_is_logged_as_it_happens(
    ready: Browser, client: Client, account: dict[str, Any], asked: dict[str, str]
) -> None:
    ready.ask("listening.set", {"on": True})
    ready.visit(PracticeSite.composer("main", **asked))
    write(ready)
    press_send(ready)

    inmail = logged(client, account)
    assert (inmail["recipient"], inmail["cost"], inmail["source"]) == (KAI, 1, "page")
    ready.wait_badge("14")


def test_a_change_in_the_app_is_in_the_badge_at_once(
    ready: Browser, client: Client, server: Server, account: dict[str, Any]
) -> None:
    client.log(account, "Robin Sample")
    page = ready.open(f"{server.address}/")

    page.run("() => document.dispatchEvent(new CustomEvent('inkeeper:changed'))")

    ready.wait_badge("14")


@pytest.fixture
def fox_ready(fox: Firefox, server: Server, account: dict[str, Any]) -> Iterator[Firefox]:
    """The Firefox, connected and showing the account's number."""
    seen = len(server.terminal())
    fox.ask("pair.start", {"address": server.address, "device": "Firefox in a test"})
    fox.ask("pair.confirm", {"code": server.pairing_code(after=seen)})
    wait_fox_badge(fox, "15")
    yield fox
    fox.ask("listening.set", {"on": False})
    fox.visit("about:blank")
    fox.run_in_extension("async () => { await chrome.storage.local.clear(); await chrome.storage.session.clear(); }")


def wait_fox_badge(fox: Firefox, text: str) -> None:
    until(lambda: fox.badge() == text, f"badge {text!r}")


def test_firefox_one_click(fox_ready: Firefox, client: Client, account: dict[str, Any]) -> None:
    """The popup is in a tab here, and reads the composer of the tab beside it."""
    fox_ready.visit(PracticeSite.composer("main", frame="page"))
    popup = fox_ready.open(fox_ready.extension_url("popup/popup.html"))
    until(lambda: "LinkedIn shows 45" in fox_ready.text(popup), "the page is read")
    button = "() => document.querySelector('[data-hook=log]')"
    until(lambda: fox_ready.run(f"() => Boolean(({button})())", tab=popup), "the button")
    fox_ready.click(button, tab=popup)

    inmail = logged(client, account)
    assert (inmail["recipient"], inmail["source"]) == (KAI, "popup")
    wait_fox_badge(fox_ready, "14")
    fox_ready.call("browsingContext.close", context=popup)


def test_firefox_outbox(fox_ready: Firefox, client: Client, server: Server, account: dict[str, Any]) -> None:
    client.close()
    server.terminate()
    popup = fox_ready.open(fox_ready.extension_url("popup/popup.html"))
    # The notice moves what is below it.
    until(lambda: "Inkeeper isn’t running" in fox_ready.text(popup), "the popup says so")
    form = "() => document.querySelector('[data-hook=log-form-toggle]')"
    until(lambda: fox_ready.run(f"() => Boolean(({form})())", tab=popup), "the form's button")
    fox_ready.click(form, tab=popup)
    focus = "() => { const field = document.getElementById('name'); field?.focus(); return Boolean(field); }"
    until(lambda: fox_ready.run(focus, tab=popup), "the form")
    fox_ready.type("Robin Sample" + ENTER, tab=popup)
    wait_fox_badge(fox_ready, "14")

    server.start()
    fox_ready.ask("retry")

    assert logged(client, account)["recipient"]["name"] == "Robin Sample"
    until(lambda: fox_ready.outbox() == [], "nothing waits")
    fox_ready.call("browsingContext.close", context=popup)


def test_firefox_listens(fox_ready: Firefox, client: Client, account: dict[str, Any]) -> None:
    fox_ready.ask("listening.set", {"on": True})
    fox_ready.visit(PracticeSite.composer("main"))
    for css in ("input", BODY):
        fox_ready.click(f"() => {{ {DEEP} return deep({css!r})[0]; }}")
        fox_ready.type("Hello")
    fox_ready.click(f"() => {{ {DEEP} return deep({SEND!r})[0]; }}")

    inmail = logged(client, account)
    assert (inmail["recipient"], inmail["source"]) == (KAI, "page")


def test_firefox_welcome(fox: Firefox) -> None:
    page = fox.open(fox.extension_url("welcome/welcome.html"))

    until(lambda: "Welcome to Inkeeper" in fox.text(page), "the first step")
    fox.call("browsingContext.close", context=page)
