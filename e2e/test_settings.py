"""The settings: plan changes with their preview, the rule book, several accounts, leaving the server."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect, refresh
from e2e.harness.judging import assert_accessible
from e2e.harness.linkedin import PracticeSite
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until

SETTINGS = "welcome/welcome.html"


@pytest.fixture
def account(connected: Browser, client: Client) -> dict:
    """A Premium Career account with two of five credits used."""
    made = client.account(plan="premium_career", price={"amount_minor": 2999, "currency": "EUR"})
    for name in ("Robin Sample", "Mika Placeholder"):
        client.log(made, name).expect(201)
    refresh(connected)
    connected.wait_balance(3)
    return made


@pytest.fixture
def settings(connected: Browser, account: dict) -> Page:
    """The settings page, opened from the popup."""
    connected.visit("https://www.linkedin.com/")
    connected.click_toolbar().click("link", "Settings")
    page = connected.attach_page(SETTINGS)
    page.find("heading", "Settings")
    plans = page.find("combobox", "Change to")
    until(lambda: page.of(plans, "(select) => select.options.length > 1"), "the plans are known")
    return page


def facts(page: Page) -> dict[str, str]:
    """The table of a preview."""
    return dict(
        page.run(
            """() => [...document.querySelectorAll('dl dt')].map((term) =>
                [term.innerText.trim(), term.nextElementSibling.innerText.trim()])"""
        )
    )


def preview(page: Page, option: str) -> None:
    page.choose("Change to", option)
    page.find("button", "See what changes")
    section = page.find("region", "Plan changes")
    page.click("button", "See what changes", within=section)


def test_an_upgrade_is_previewed_recorded_and_taken_back(
    connected: Browser, client: Client, account: dict, settings: Page
) -> None:
    preview(settings, "Sales Navigator")
    settings.wait_text("Upgrade to Sales Navigator")
    shown = facts(settings)
    assert (shown["Granted"], shown["Lost"], shown["Left"]) == ("25", "0", "28")
    assert client.summary(account)["balance"] == 3

    settings.click("button", "Record the upgrade")

    connected.wait_balance(28)
    assert client.summary(account)["account"]["plan"] == "sales_navigator"

    settings.click("button", re.compile(r"^Undo: .*Sales Navigator"))

    connected.wait_balance(3)
    assert client.summary(account)["account"]["plan"] == "premium_career"


def test_a_plan_without_an_allotment_of_its_own_asks_for_it(
    connected: Browser, client: Client, account: dict, settings: Page
) -> None:
    client.patch(f"/accounts/{account['id']}", {"rule_book": "rolling"}).expect(200)
    refresh(connected)
    preview(settings, "Recruiter,")
    settings.wait_text("Type a whole number, such as 12.")
    settings.fill("textbox", "Credits a month", "150")
    settings.click("button", "See what changes")
    settings.wait_text("Upgrade to Recruiter")
    assert facts(settings)["Granted"] == "150"
    assert_accessible(settings)

    settings.click("button", "Record the upgrade")

    connected.wait_balance(150)
    assert client.summary(account)["allotment"] == 150


def test_a_cancellation_shows_what_it_would_lose_and_can_be_left(
    connected: Browser, client: Client, account: dict, settings: Page
) -> None:
    preview(settings, "Cancel the subscription")
    settings.wait_text(re.compile("Cancel on"))
    shown = facts(settings)
    assert (shown["Granted"], shown["Left"]) == ("0", "0")
    assert re.match(r"3, worth €\d+\.\d\d", shown["Lost"])

    settings.click("button", "Keep as it is")

    settings.wait_no_text("Record the cancellation")
    assert client.every(f"/accounts/{account['id']}/plan-changes") == []
    connected.wait_balance(3)

    preview(settings, "Cancel the subscription")
    settings.click("button", "Record the cancellation")
    connected.wait_badge("0")
    assert client.summary(account)["account"]["plan"] == "basic"


def test_a_cancellation_in_the_future_warns_until_then(
    connected: Browser, client: Client, account: dict, settings: Page
) -> None:
    day = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    settings.run("(day) => { document.querySelector('input[type=date]').value = day; }", day)
    preview(settings, "Cancel the subscription")
    settings.click("button", "Record the cancellation")
    settings.wait_text("The plan change is recorded.")

    connected.wait_balance(3)
    assert "cancelling" in [warning["code"] for warning in client.summary(account)["warnings"]]
    popup = connected.click_toolbar()
    popup.wait_text("3")
    popup.find("link", "See plan changes")


def test_the_other_rule_book_is_previewed_and_applied(
    connected: Browser, client: Client, account: dict, settings: Page
) -> None:
    section = settings.find("region", "Rule book and numbers")
    settings.click("radio", re.compile("^Yes"), within=section)
    settings.click("button", "See what changes", within=section)
    settings.wait_text(re.compile(r"The balance is 3 now\. With this it would be 3\."))
    assert client.get(f"/accounts/{account['id']}").expect(200)["rule_book"] == "month_end"

    settings.click("button", "Apply")

    until(
        lambda: client.get(f"/accounts/{account['id']}").expect(200)["rule_book"] == "rolling",
        "the other rule book on the server",
    )


def test_working_days_and_reserve(connected: Browser, client: Client, account: dict, settings: Page) -> None:
    settings.click("checkbox", "Sat")
    settings.fill("textbox", re.compile("^Reserve"), "2")
    settings.fill("textbox", "Name", "The other seat")
    settings.click("button", "Save")
    settings.wait_text("Saved.")

    stored = client.get(f"/accounts/{account['id']}").expect(200)
    assert stored["working_days"] == [1, 2, 3, 4, 5, 6]
    assert (stored["reserve"], stored["name"]) == (2, "The other seat")
    until(lambda: "The other seat: 3 of 5" in connected.badge()["title"], "the new name in the badge's title")


def test_disconnecting_keeps_what_waits_for_the_next_connection(
    connected: Browser, client: Client, account: dict, settings: Page, server: Server
) -> None:
    server.kill()
    client.close()
    body = {"recipient": {"name": "Kai Example"}, "cost": 1, "source": "popup"}
    connected.ask("log", {"accountId": account["id"], **body})
    connected.wait_badge("2↑")

    settings.click("button", re.compile("^Disconnect this browser"))
    settings.click("button", re.compile("^Disconnect this browser"))

    settings.wait_text("Welcome to Inkeeper")
    connected.wait_badge("–")
    assert len(connected.outbox()) == 1
    server.start()
    connect(connected, server)
    connected.wait_balance(2)
    names = [inmail["recipient"]["name"] for inmail in client.inmails(account)]
    assert names.count("Kai Example") == 1


def test_disconnecting_revokes_the_token(connected: Browser, client: Client, account: dict, settings: Page) -> None:
    settings.click("button", re.compile("^Disconnect this browser"))
    settings.click("button", re.compile("^Disconnect this browser"))
    settings.wait_text("Welcome to Inkeeper")

    def is_revoked() -> bool:
        (device,) = [one for one in client.every("/devices") if one["name"] == "Chromium in a test"]
        return device["revoked_at"] is not None

    until(is_revoked, "the server revoked this browser's token")


NUMBERS_ALONE = """() => [...document.querySelectorAll('main *')]
    .filter((element) => !element.children.length)
    .map((element) => element.textContent.trim())
    .filter((text) => /^\\d+$/.test(text))"""
"""The texts of elements that show a number and nothing else, as balances are shown."""


def test_two_accounts_stand_side_by_side_and_are_never_added_up(
    connected: Browser, client: Client, account: dict
) -> None:
    second = client.account("Sales seat", plan="sales_navigator")
    refresh(connected)
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()
    popup.wait_text("Kai Example")
    popup.click("button", "My seat")
    popup.wait_text("Sales seat")
    assert set(popup.run(NUMBERS_ALONE)) == {"25", "3"}
    assert "My seat: 3 of 5" in connected.badge()["title"]
    assert "Sales seat: 25 of 25" in connected.badge()["title"]

    popup.click("button", re.compile("^Switch to Sales seat"))
    connected.wait_balance(25)
    popup.click("button", re.compile("^Log InMail to Kai Example"))
    connected.wait_balance(24)

    until(lambda: client.inmails(second), "the InMail in the second account")
    assert len(client.inmails(account)) == 2
    assert_accessible(popup)


def test_a_second_account_is_added_in_the_settings(
    connected: Browser, client: Client, account: dict, settings: Page
) -> None:
    settings.click("button", "Add an account")
    settings.choose("LinkedIn plan", "Recruiter Lite")
    settings.fill("textbox", "Name", "Hiring")
    settings.click("button", "Set up the account")

    settings.find("button", "Hiring")
    made = next(one for one in client.every("/accounts") if one["name"] == "Hiring")
    assert (made["product"], client.summary(made)["balance"]) == ("recruiter", 50)


def test_every_section_is_accessible(connected: Browser, account: dict, settings: Page) -> None:
    preview(settings, "Cancel the subscription")
    settings.find("button", "Record the cancellation")
    assert_accessible(settings)

    settings.click("button", re.compile("^Disconnect this browser"))
    settings.click("button", "Add an account")
    settings.find("combobox", "LinkedIn plan")
    assert_accessible(settings)
