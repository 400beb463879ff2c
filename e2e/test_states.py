"""Each state of the popup: one sentence, one next step, a badge that agrees, and nothing that axe-core finds wrong."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import refresh
from e2e.harness.judging import assert_accessible
from e2e.harness.linkedin import PracticeSite
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.stranger import other_program


def open_popup(browser: Browser, slug: str = "kai-example") -> Page:
    """The real popup over a person's page."""
    browser.visit(PracticeSite.person(slug))
    return browser.click_toolbar()


def steady(client: Client, browser: Browser, **fields: object) -> dict:
    """An account none of whose credits expires within weeks: 50 credits."""
    account = client.account(rule_book="rolling", **fields)
    refresh(browser)
    browser.wait_badge("50")
    return account


def expiring(client: Client, browser: Browser, within: timedelta) -> int:
    """The balance of an account whose oldest lot, 15 credits, expires within that time."""
    account = client.open_expiring_account(within=within)
    refresh(browser)
    balance = int(client.summary(account)["balance"])
    browser.wait_balance(balance)
    return balance


def test_not_connected(browser: Browser) -> None:
    browser.ask("refresh")
    browser.wait_badge("–", title="Inkeeper isn’t connected. Click to connect it.")

    popup = open_popup(browser)

    popup.wait_text("Connect to Inkeeper")
    assert not popup.has("button", re.compile("^Log"))
    assert_accessible(popup)
    popup.click("link", "Connect…")
    browser.attach_page("welcome/welcome.html#pair").find("heading", "Welcome to Inkeeper")


def test_no_account(connected: Browser) -> None:
    popup = open_popup(connected)

    popup.wait_text("Add your LinkedIn plan")
    assert_accessible(popup)
    popup.click("button", "Set up…")
    connected.attach_page("/welcome").find("heading", "Set up Inkeeper")


def test_ready_with_plenty_of_time(connected: Browser, client: Client) -> None:
    steady(client, connected)
    connected.wait_badge("50", title="My seat: 50 of 50 credits left")

    popup = open_popup(connected)

    popup.wait_text("50")
    popup.find("button", re.compile("^Log InMail to Kai Example"))
    assert_accessible(popup)


@pytest.mark.parametrize(
    ("days", "sign", "severity"), [(6.5, "!", "Warning:"), (2.5, "!", "Warning:"), (0.5, "!", "Urgent:")]
)
def test_credits_that_expire_soon(connected: Browser, client: Client, days: float, sign: str, severity: str) -> None:
    balance = expiring(client, connected, timedelta(days=days))
    connected.wait_badge(f"{balance}{sign}", title="15 expire")

    popup = open_popup(connected)

    popup.wait_text(re.compile(rf"{severity}\s+15 expire"))
    assert_accessible(popup)


def test_none_left(connected: Browser, client: Client) -> None:
    account = client.account(plan="premium_career")
    for number in range(5):
        client.log(account, f"Sample Number {number}")
    refresh(connected)
    connected.wait_badge("0")

    popup = open_popup(connected)

    popup.wait_text(re.compile(r"5 more (on|tomorrow)"))
    popup.wait_text("no credits left")
    assert_accessible(popup)


def test_server_off(connected: Browser, client: Client, server: Server) -> None:
    account = steady(client, connected)
    server.kill()
    body = {"recipient": {"name": "Robin Sample"}, "cost": 1, "source": "popup"}
    connected.ask("log", {"accountId": account["id"], **body})
    connected.wait_badge("49↑", title="1 waiting to be saved.")

    popup = open_popup(connected)

    popup.wait_text("Inkeeper isn’t running")
    popup.wait_text("make run")
    popup.wait_text("1 waiting to be saved")
    popup.find("button", "Try again")
    popup.find("button", "Copy the command make run")
    popup.find("button", re.compile("^Log InMail to Kai Example"))
    assert_accessible(popup)


def test_no_forecast_exceeds_what_is_left_while_entries_wait(
    connected: Browser, client: Client, server: Server
) -> None:
    expiring(client, connected, timedelta(days=2.5))
    server.kill()
    body = {"recipient": {"name": "Robin Sample"}, "cost": 1, "source": "popup"}
    connected.ask("log", {"accountId": connected.storage("currentAccount"), **body})

    popup = open_popup(connected)

    popup.wait_text("14 expire")
    assert "you’ll lose" not in popup.text()


def test_another_program_on_the_port(connected: Browser, client: Client, server: Server) -> None:
    steady(client, connected)
    server.kill()
    with other_program(server.port):
        popup = open_popup(connected)
        popup.wait_text("Another program answers")

        assert connected.wait_badge("~50")
        assert_accessible(popup)
        popup.click("link", "Check the address…")
        connected.attach_page("welcome/welcome.html#server").wait_text("Another program answers")


def test_a_server_of_another_version(connected: Browser, client: Client, server: Server) -> None:
    steady(client, connected)
    server.kill()
    with other_program(server.port, {"X-Inkeeper-Api": "2"}):
        popup = open_popup(connected)

        popup.wait_text("This extension is older than Inkeeper")
        popup.find("button", "Reload the extension")
        assert_accessible(popup)


def test_a_revoked_browser(connected: Browser, client: Client) -> None:
    steady(client, connected)
    (device,) = [one for one in client.list_all("/devices") if one["name"] == "Chromium in a test"]
    client.delete(f"/devices/{device['id']}")

    popup = open_popup(connected)

    popup.wait_text("This browser is no longer connected")
    assert_accessible(popup)
    popup.click("link", "Connect again…")
    connected.attach_page("welcome/welcome.html#pair").find("button", "Get a code")


def test_a_change_while_the_popup_loads_is_not_missed(connected: Browser, client: Client) -> None:
    steady(client, connected)
    # Right after its first look at the storage the connection is lost.
    lose = """
        const read = chrome.storage.local.get.bind(chrome.storage.local);
        let isFirst = true;
        chrome.storage.local.get = async (keys) => {
            const found = await read(keys);
            if (isFirst) {
                isFirst = false;
                const {server, connection} = await read(null);
                await chrome.storage.local.set({
                    server: {...server, token: null},
                    connection: {...connection, state: 'not_paired'},
                });
            }
            return found;
        };"""

    popup = connected.open_extension("popup/popup.html", first=lose)

    popup.wait_text("Connect to Inkeeper")


def test_what_needs_the_user(connected: Browser, client: Client) -> None:
    account = client.account(plan="basic")
    refresh(connected)
    connected.wait_badge("0")
    body = {"recipient": {"name": "Robin Sample"}, "cost": 1, "source": "popup"}
    connected.ask("log", {"accountId": account["id"], **body})
    connected.wait_badge("0?")

    popup = open_popup(connected)

    popup.wait_text("Not saved: InMail to Robin Sample")
    assert_accessible(popup)


def test_open_forms(connected: Browser, client: Client) -> None:
    account = client.account(rule_book="rolling", opened_at=(datetime.now(UTC) - timedelta(days=1)).isoformat())
    sent_at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    client.log(account, "Robin Sample", sent_at=sent_at).expect(201)
    refresh(connected)
    popup = open_popup(connected)
    popup.click("button", "Add details…")
    popup.click("button", "No, it’s…")
    popup.click("button", "More: Robin Sample")
    popup.click("button", "My seat")
    popup.fill("textbox", "Name", "")
    popup.click("button", "Log InMail")
    popup.wait_text("Enter the name.")

    assert_accessible(popup)


def test_the_popup_fits_what_a_browser_shows(connected: Browser, client: Client) -> None:
    """A browser cuts a popup off at 800 by 600 pixels, and sideways scrolling is nothing for a popup."""
    steady(client, connected, name="A seat with a name that is longer than anybody would ever need it to be")
    popup = open_popup(connected)
    popup.find("button", re.compile("^Log InMail to Kai Example"))

    width, scroll_width, height = popup.run(
        "() => [innerWidth, document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )

    assert scroll_width <= width <= 800
    assert height <= 600
