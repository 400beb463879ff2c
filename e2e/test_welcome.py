"""The extension's page: the address, the six digits, and the way to the app; each step checks itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from e2e.harness.app import wait_idle
from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import type_code
from e2e.harness.judging import assert_accessible
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until

ADDRESS = "Inkeeper’s address"


@pytest.fixture
def welcome(browser: Browser, server: Server) -> Page:
    """The first-run page with the server's address typed in."""
    page = browser.open_extension("welcome/welcome.html")
    page.fill("textbox", ADDRESS, server.address)
    return page


def ask_for_code(page: Page, server: Server) -> str:
    """The code that the server shows after a click."""
    seen = len(server.terminal())
    page.click("button", "Connect" if page.has("textbox", ADDRESS) else "Get a code")
    return server.pairing_code(after=seen)


def is_paired(browser: Browser) -> bool:
    """Whether the extension holds a token."""
    return bool((browser.storage("server") or {}).get("token"))


def other_than(code: str) -> str:
    """A code that is certainly wrong."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_from_nothing_to_the_number_in_the_badge(
    browser: Browser, server: Server, client: Client, welcome: Page
) -> None:
    client.account()

    type_code(welcome, ask_for_code(welcome, server))

    browser.wait_balance(25)
    welcome.find("heading", "Settings")
    assert "Chrome on Linux" in [device["name"] for device in client.list_all("/devices")]
    welcome.click("button", "Open Inkeeper")
    home = wait_idle(browser.attach_page(f"{server.address}/"))
    home.wait_text("credits left of 25")
    assert "signin" not in home.url


def test_without_a_plan_it_leads_to_the_set_up(browser: Browser, server: Server, welcome: Page) -> None:
    type_code(welcome, ask_for_code(welcome, server))

    welcome.click("button", "Set up your plan")

    wait_idle(browser.attach_page(f"{server.address}/welcome")).wait_text("Which plan do you have?")


def test_all_settings_are_in_the_app(browser: Browser, server: Server, client: Client, welcome: Page) -> None:
    client.account()
    type_code(welcome, ask_for_code(welcome, server))

    welcome.click("button", "All settings")

    browser.attach_page(f"{server.address}/settings")


def test_it_says_what_stands_in_the_way_of_the_app(
    browser: Browser, server: Server, client: Client, welcome: Page
) -> None:
    client.account()
    type_code(welcome, ask_for_code(welcome, server))
    welcome.find("button", "Open Inkeeper")
    server.terminate()

    welcome.click("button", "Open Inkeeper")

    until(lambda: welcome.run("() => document.querySelector('#live').innerText"), "it says why")
    assert not browser.pages(f"{server.address}/")


def test_the_shortcuts_are_those_that_the_user_has(server: Server, welcome: Page) -> None:
    type_code(welcome, ask_for_code(welcome, server))

    welcome.wait_text("Log an InMail to the person on the page: Alt+Shift+L")


def test_linkedins_number_is_used_unasked_once_that_is_wanted(browser: Browser, server: Server, welcome: Page) -> None:
    type_code(welcome, ask_for_code(welcome, server))

    welcome.click("button", "Always use LinkedIn’s number")

    until(lambda: (browser.storage("preferences") or {}).get("takeOver"), "it is kept")
    welcome.click("button", "Ask me each time")
    until(lambda: not browser.storage("preferences")["takeOver"], "it is taken back")


def test_a_wrong_code_is_refused_and_the_right_one_still_works(browser: Browser, server: Server, welcome: Page) -> None:
    code = ask_for_code(welcome, server)

    type_code(welcome, other_than(code))
    welcome.wait_text("4 tries left.")
    assert not is_paired(browser)

    type_code(welcome, code)
    welcome.find("heading", "Settings")
    assert is_paired(browser)


def test_a_wrong_code_is_selected_and_typed_over(server: Server, welcome: Page) -> None:
    code = ask_for_code(welcome, server)
    type_code(welcome, other_than(code))
    welcome.wait_text("4 tries left.")

    welcome.cdp("Input.insertText", text=f"{code[:3]} {code[3:]}")

    welcome.find("heading", "Settings")


def test_opened_again_it_waits_for_the_code(browser: Browser, server: Server, welcome: Page) -> None:
    code = ask_for_code(welcome, server)
    welcome.find("textbox", "Code")
    welcome.close()

    page = browser.open_extension("welcome/welcome.html")

    type_code(page, code)
    page.find("heading", "Settings")


def test_after_five_wrong_codes_another_one_is_needed(browser: Browser, server: Server, welcome: Page) -> None:
    wrong = other_than(ask_for_code(welcome, server))
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        type_code(welcome, wrong)
        welcome.wait_text(f"{left} left.")
    type_code(welcome, wrong)
    welcome.find("button", "Get a code")
    assert not is_paired(browser)

    type_code(welcome, ask_for_code(welcome, server))

    welcome.find("heading", "Settings")


def test_a_code_that_is_not_six_digits_never_leaves_the_page(server: Server, welcome: Page) -> None:
    ask_for_code(welcome, server)

    type_code(welcome, "12 34")
    welcome.press("Enter")

    welcome.wait_text("The code has six digits.")
    assert "/confirm" not in server.terminal()


def test_a_code_typed_too_late_is_refused(browser: Browser, server: Server, welcome: Page) -> None:
    code = ask_for_code(welcome, server)
    welcome.find("textbox", "Code")
    server.terminate()
    until(lambda: not welcome.has("textbox", "Code"), "the page has seen that the server is gone")
    server.at = datetime.now(UTC) + timedelta(minutes=5, seconds=1)
    server.start()

    type_code(welcome, code)

    welcome.find("button", "Get a code")
    assert not is_paired(browser)
    assert re.search(r"confirm 410", server.terminal())
    type_code(welcome, ask_for_code(welcome, server))
    welcome.find("heading", "Settings")


def test_the_page_finds_the_server_by_itself_once_it_runs(browser: Browser, server: Server) -> None:
    server.terminate()
    page = browser.open_extension("welcome/welcome.html")
    page.fill("textbox", ADDRESS, server.address)
    page.click("button", "Connect")
    page.wait_text("inkeeper run")

    server.start()

    page.find("button", "Get a code")


def test_every_step_is_accessible(browser: Browser, server: Server, welcome: Page) -> None:
    assert_accessible(welcome)

    code = ask_for_code(welcome, server)
    type_code(welcome, "12 34")
    welcome.press("Enter")
    welcome.wait_text("The code has six digits.")
    assert_accessible(welcome)

    type_code(welcome, code)
    welcome.find("heading", "Settings")
    assert_accessible(welcome)


def test_the_first_run_by_keyboard_alone(browser: Browser, server: Server) -> None:
    page = browser.open_extension("welcome/welcome.html")
    page.tab_to("textbox", ADDRESS)
    page.type(server.address)
    seen = len(server.terminal())
    page.press("Enter")
    # The field takes the focus by itself: the next thing to do is to type.
    type_code(page, server.pairing_code(after=seen))

    page.find("heading", "Settings")
    page.tab_to("button", "Set up your plan")
    page.press("Enter")
    browser.attach_page(f"{server.address}/welcome")
