"""The extension's settings: leaving the server; in the popup, several accounts."""

from __future__ import annotations

import re

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
    popup = connected.click_toolbar()
    popup.click("button", re.compile("^My seat"))
    popup.click("link", "Settings of this browser")
    page = connected.attach_page(SETTINGS)
    page.find("heading", "Settings")
    return page


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


def test_disconnecting_forgets_every_person_that_the_server_knows(
    connected: Browser, account: dict, settings: Page
) -> None:
    body = {"recipient": {"name": "Robin Sample"}, "cost": 1, "source": "popup"}
    connected.ask("log", {"accountId": account["id"], **body})
    until(lambda: "Robin Sample" in str(connected.storage()["recentLogs"]), "it can be undone")
    until(lambda: not connected.outbox(), "the server has it")
    question = {"id": "q", "accountId": account["id"], "name": "Mika Placeholder"}
    connected.control.run("(question) => chrome.storage.local.set({questions: [question]})", question)

    settings.click("button", re.compile("^Disconnect this browser"))
    settings.click("button", re.compile("^Disconnect this browser"))
    settings.wait_text("Welcome to Inkeeper")

    kept = str(connected.storage())
    assert "Robin" not in kept
    assert "Mika" not in kept
    assert account["name"] not in kept


def test_disconnecting_revokes_the_token(connected: Browser, client: Client, account: dict, settings: Page) -> None:
    settings.click("button", re.compile("^Disconnect this browser"))
    settings.click("button", re.compile("^Disconnect this browser"))
    settings.wait_text("Welcome to Inkeeper")

    def is_revoked() -> bool:
        (device,) = [one for one in client.list_all("/devices") if one["name"] == "Chromium in a test"]
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
    until(lambda: "Sales seat: 25 of 25" in connected.badge()["title"], "the second account in the badge's title")
    assert "My seat: 3 of 5" in connected.badge()["title"]

    popup.click("button", re.compile("^Switch to Sales seat"))
    connected.wait_balance(25)
    popup.click("button", re.compile("^Log InMail to Kai Example"))
    connected.wait_balance(24)

    until(lambda: client.inmails(second), "the InMail in the second account")
    assert len(client.inmails(account)) == 2
    assert_accessible(popup)


def test_every_section_is_accessible(settings: Page) -> None:
    assert_accessible(settings)

    settings.click("button", re.compile("^Disconnect this browser"))
    assert_accessible(settings)
