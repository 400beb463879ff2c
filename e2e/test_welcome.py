"""The first-run page: finding the server, the six digits, the account; each step checks itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.judging import assert_accessible
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until


@pytest.fixture
def welcome(browser: Browser, server: Server) -> Page:
    """The first-run page with the server found."""
    page = browser.open_extension("welcome/welcome.html")
    page.fill("textbox", "Server address", server.address)
    page.click("button", "Allow and check")
    page.find("button", "Show me the code")
    return page


def type_code(page: Page, code: str) -> None:
    page.fill("textbox", "Code", code)
    page.click("button", "Connect")


def is_paired(browser: Browser) -> bool:
    """Whether the extension holds a token."""
    return bool((browser.storage("server") or {}).get("token"))


def other_than(code: str) -> str:
    """A code that is certainly wrong."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_from_nothing_to_the_number_in_the_badge(
    browser: Browser, server: Server, client: Client, welcome: Page
) -> None:
    seen = len(server.terminal())
    welcome.click("button", "Show me the code")
    type_code(welcome, server.pairing_code(after=seen))
    welcome.find("combobox", "LinkedIn plan")

    welcome.choose("LinkedIn plan", "Sales Navigator")
    welcome.choose("Time zone", "Europe/Berlin")
    welcome.fill("textbox", re.compile("^Credits that LinkedIn shows now"), "22")
    welcome.fill("textbox", re.compile("^Name"), "My own seat")
    welcome.click("button", "Set up the account")

    browser.wait_balance(22)
    (account,) = client.every("/accounts")
    assert account["name"] == "My own seat"
    assert (account["plan"], account["rule_book"]) == ("sales_navigator", "month_end")
    assert account["time_zone"] == "Europe/Berlin"
    welcome.click("button", "Finish")
    welcome.find("heading", "Settings")
    names = [device["name"] for device in client.every("/devices")]
    assert "Chrome on Linux" in names


def test_a_wrong_code_is_refused_and_the_right_one_still_works(browser: Browser, server: Server, welcome: Page) -> None:
    seen = len(server.terminal())
    welcome.click("button", "Show me the code")
    code = server.pairing_code(after=seen)

    type_code(welcome, other_than(code))
    welcome.wait_text("4 tries left.")
    assert not is_paired(browser)

    type_code(welcome, code)
    welcome.find("combobox", "LinkedIn plan")
    assert is_paired(browser)


def test_after_five_wrong_codes_another_one_is_needed(browser: Browser, server: Server, welcome: Page) -> None:
    seen = len(server.terminal())
    welcome.click("button", "Show me the code")
    wrong = other_than(server.pairing_code(after=seen))
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        type_code(welcome, wrong)
        welcome.wait_text(f"{left} left.")
    type_code(welcome, wrong)
    welcome.find("button", "Show me the code")
    assert not is_paired(browser)

    seen = len(server.terminal())
    welcome.click("button", "Show me the code")
    type_code(welcome, server.pairing_code(after=seen))

    welcome.find("combobox", "LinkedIn plan")


def test_a_code_that_is_not_six_digits_never_leaves_the_page(server: Server, welcome: Page) -> None:
    welcome.click("button", "Show me the code")
    welcome.find("textbox", "Code")

    type_code(welcome, "12 34")

    welcome.wait_text("The code has six digits.")
    assert "/confirm" not in server.terminal()


def test_a_code_typed_too_late_is_refused(browser: Browser, server: Server, welcome: Page) -> None:
    seen = len(server.terminal())
    welcome.click("button", "Show me the code")
    code = server.pairing_code(after=seen)
    welcome.find("textbox", "Code")
    server.terminate()
    server.at = datetime.now(UTC) + timedelta(minutes=5, seconds=1)
    server.start()

    type_code(welcome, code)

    welcome.find("button", "Show me the code")
    assert not is_paired(browser)
    assert re.search(r"confirm 410", server.terminal())
    seen = len(server.terminal())
    welcome.click("button", "Show me the code")
    type_code(welcome, server.pairing_code(after=seen))
    welcome.find("combobox", "LinkedIn plan")


def test_the_page_finds_the_server_by_itself_once_it_runs(browser: Browser, server: Server) -> None:
    server.terminate()
    page = browser.open_extension("welcome/welcome.html")
    page.fill("textbox", "Server address", server.address)
    page.click("button", "Allow and check")
    page.wait_text("make run")

    server.start()

    page.find("button", "Show me the code")


def test_a_balance_that_contradicts_the_rule_book_offers_the_other_one(
    browser: Browser, server: Server, client: Client, welcome: Page
) -> None:
    seen = len(server.terminal())
    welcome.click("button", "Show me the code")
    type_code(welcome, server.pairing_code(after=seen))
    welcome.choose("LinkedIn plan", "Sales Navigator")
    welcome.fill("textbox", re.compile("^Credits that LinkedIn shows now"), "45")
    welcome.click("button", "Set up the account")
    welcome.wait_text("LinkedIn’s number does not fit this rule book")

    welcome.click("button", re.compile("^Use “"))

    until(lambda: client.every("/accounts")[0]["rule_book"] == "rolling", "the other rule book on the server")
    browser.wait_balance(45)


def test_every_step_is_accessible(browser: Browser, server: Server, welcome: Page) -> None:
    assert_accessible(welcome)

    seen = len(server.terminal())
    welcome.click("button", "Show me the code")
    type_code(welcome, "12 34")
    welcome.wait_text("The code has six digits.")
    assert_accessible(welcome)

    type_code(welcome, server.pairing_code(after=seen))
    welcome.find("combobox", "LinkedIn plan")
    welcome.fill("textbox", re.compile("^Name"), "")
    welcome.click("button", "Set up the account")
    welcome.wait_text("Type a name for this account.")
    assert_accessible(welcome)


def test_the_first_run_by_keyboard_alone(browser: Browser, server: Server, client: Client) -> None:
    page = browser.open_extension("welcome/welcome.html")
    page.tab_to("textbox", "Server address")
    page.type(server.address)
    page.tab_to("button", "Allow and check")
    page.press("Enter")
    page.find("button", "Show me the code")

    seen = len(server.terminal())
    page.tab_to("button", "Show me the code")
    page.press("Space")
    code = server.pairing_code(after=seen)
    # The field takes the focus by itself: the next thing to do is to type.
    until(lambda: page.focused_name() == ("textbox", "Code"), "the code's field has the focus")
    page.type(code)
    page.press("Enter")

    page.find("combobox", "LinkedIn plan")
    page.tab_to("textbox", re.compile("^Credits that LinkedIn shows now"))
    page.type("20")
    page.press("Enter")
    browser.wait_balance(20)
    page.tab_to("button", "Finish")
    page.press("Enter")
    page.find("heading", "Settings")
