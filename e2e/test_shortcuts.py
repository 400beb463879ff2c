"""Logging without the popup: the real keyboard shortcut and the real context menu of a visible browser."""

from __future__ import annotations

import re

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect, refresh
from e2e.harness.desktop import Desktop
from e2e.harness.linkedin import PracticeSite
from e2e.harness.server import Server
from e2e.harness.wait import until

PAGE = (600, 760)


@pytest.fixture
def account(visible: Browser, desktop: Desktop, server: Server, client: Client) -> dict:
    """An account with 50 credits; the browser is connected and may call the server."""
    page = visible.open_extension("welcome/welcome.html")
    page.fill("textbox", "Inkeeper’s address", server.address)
    desktop.allow(page, "Connect")
    page.find("textbox", "Code")
    connect(visible, server)
    page.close()
    made = client.account(rule_book="rolling")
    refresh(visible)
    visible.wait_badge("50")
    return made


def look_at(browser: Browser, desktop: Desktop, url: str) -> None:
    """Opens a page and clicks into it, so that it has the keyboard."""
    browser.visit(url)
    desktop.click(*PAGE)
    until(lambda: browser.tab.run("() => document.hasFocus()"), "the page has the keyboard")


def stored(client: Client, account: dict) -> list[tuple[str, str | None, str]]:
    """Name, link and source of what the server holds."""
    return [
        (one["recipient"]["name"], one["recipient"]["profile_url"], one["source"]) for one in client.inmails(account)
    ]


def test_the_keys_log_the_person_of_the_page(visible: Browser, desktop: Desktop, client: Client, account: dict) -> None:
    look_at(visible, desktop, PracticeSite.person("kai-example"))

    desktop.keys("alt+shift+l")

    until(lambda: visible.badge()["text"] == "✓", "the sign in the badge that it was logged")
    visible.wait_badge("49")
    assert stored(client, account) == [("Kai Example", "https://www.linkedin.com/in/kai-example", "shortcut")]

    popup = visible.click_toolbar()
    popup.click("button", "Add result")
    popup.click("button", "Remove from log: Kai Example")
    visible.wait_badge("50")


def test_keys_held_down_log_once(visible: Browser, desktop: Desktop, client: Client, account: dict) -> None:
    look_at(visible, desktop, PracticeSite.person("kai-example"))

    desktop.keys("alt+shift+l", "alt+shift+l", "alt+shift+l")

    visible.wait_badge("49")
    until(lambda: not visible.outbox(), "nothing waits any more")
    assert len(stored(client, account)) == 1


def test_where_nobody_is_shown_the_keys_open_the_popup(
    visible: Browser, desktop: Desktop, client: Client, account: dict
) -> None:
    look_at(visible, desktop, "https://www.linkedin.com/messaging/thread/practice/")

    desktop.keys("alt+shift+l")

    popup = visible.attach_page(visible.extension_url("popup/"))
    popup.find("button", "Log an InMail…")
    assert visible.outbox() == []


def test_the_keys_open_the_popup_itself(visible: Browser, desktop: Desktop, account: dict) -> None:
    look_at(visible, desktop, PracticeSite.person("robin-sample"))

    desktop.keys("alt+shift+i")

    popup = visible.attach_page(visible.extension_url("popup/"))
    popup.find("button", re.compile("^Log InMail to Robin Sample"))


def test_the_context_menu_logs_the_person_of_the_page(
    visible: Browser, desktop: Desktop, client: Client, account: dict
) -> None:
    look_at(visible, desktop, PracticeSite.person("mika-placeholder"))

    def chosen() -> bool:
        desktop.right_click(*PAGE)
        desktop.keys("i", "l")  # the extension's own menu, and in it "Log InMail to this person"
        try:
            return bool(until(lambda: stored(client, account), "logged", seconds=2))
        except AssertionError:
            desktop.keys("Escape")
            return False

    until(chosen, "the menu's item was chosen", seconds=20)

    assert stored(client, account) == [("Mika Placeholder", "https://www.linkedin.com/in/mika-placeholder", "shortcut")]
    visible.wait_badge("49")


def test_the_context_menu_on_a_link_fills_in_the_form(
    visible: Browser, desktop: Desktop, client: Client, account: dict
) -> None:
    """A link names no person for certain, so the user adds the name and decides."""
    look_at(visible, desktop, "https://www.linkedin.com/")
    x, y = visible.tab.run(
        """() => {
            const {x, y} = document.querySelector('a[href^="/in/sasha-specimen/"]').getBoundingClientRect();
            return [Math.round(screenX + x + 5), Math.round(screenY + outerHeight - innerHeight + y + 5)];
        }"""
    )

    def opened() -> bool:
        desktop.right_click(x, y)
        desktop.keys("i", "l")
        try:
            return bool(until(lambda: visible.pages(visible.extension_url("popup/")), "the popup", seconds=2))
        except AssertionError:
            desktop.keys("Escape")
            return False

    until(opened, "the menu's item was chosen", seconds=20)

    popup = visible.attach_page(visible.extension_url("popup/"))
    link = popup.find("textbox", re.compile("^Profile link"))
    assert popup.run_on(link, "(field) => field.value") == "https://www.linkedin.com/in/sasha-specimen"
    assert visible.outbox() == []
    popup.fill("textbox", "Name", "Sasha Specimen")
    popup.click("button", "Log InMail")
    visible.wait_badge("49")
    assert stored(client, account)[0][:2] == ("Sasha Specimen", "https://www.linkedin.com/in/sasha-specimen")


def test_the_popup_is_used_by_keyboard_alone(visible: Browser, desktop: Desktop, client: Client, account: dict) -> None:
    look_at(visible, desktop, PracticeSite.person("kai-example"))
    desktop.keys("alt+shift+i")
    popup = visible.attach_page(visible.extension_url("popup/"))
    popup.find("button", re.compile("^Log InMail to Kai Example"))

    def tab() -> None:
        desktop.keys("Tab")

    popup.tab_to("button", re.compile("^Log InMail to Kai Example"), press=tab)
    desktop.keys("Return")
    popup.wait_text("Logged Kai Example · 1 credit")
    visible.wait_badge("49")

    popup.tab_to("button", "Undo: Kai Example", press=tab)
    desktop.keys("space")
    popup.wait_text("Removed Kai Example.")
    visible.wait_badge("50")
