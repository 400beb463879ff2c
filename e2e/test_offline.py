"""The server goes away and comes back, the worker is killed: every click is stored once, in the order of the clicks."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect, refresh
from e2e.harness.linkedin import PracticeSite
from e2e.harness.server import Server
from e2e.harness.wait import until

NAMES = [f"Sample Number {number:02}" for number in range(20)]


@pytest.fixture
def account(connected: Browser, client: Client) -> dict:
    """An account with more credits than any of these tests uses, none of which expires soon."""
    made = client.account(plan="sales_navigator", rule_book="rolling")
    refresh(connected)
    connected.wait_badge("50")
    return made


def log(browser: Browser, account: dict, name: str) -> None:
    """Logs an InMail through the worker, as the popup does."""
    recipient = {"name": name, "profileUrl": None}
    params = {"accountId": account["id"], "recipient": recipient, "cost": 1, "source": "popup"}
    assert browser.ask("log", params)["entry"]["state"] == "waiting"


def stored_names(client: Client, account: dict) -> list[str]:
    """The names on the server, oldest send first."""
    return [inmail["recipient"]["name"] for inmail in reversed(client.inmails(account))]


def test_twenty_logs_without_a_server_are_all_stored_once_it_is_back(
    connected: Browser, client: Client, account: dict, server: Server
) -> None:
    server.kill()
    client.close()
    for name in NAMES:
        log(connected, account, name)

    # Offline the badge goes on counting, and says that entries wait.
    connected.wait_badge("30↑", title="20")
    assert [entry["body"]["recipient"]["name"] for entry in connected.outbox()] == NAMES
    popup = connected.open_extension("popup/popup.html")
    popup.wait_text("Inkeeper isn’t running")
    popup.wait_text("20 waiting to be saved")

    server.start()
    popup.click("button", "Try again")

    connected.wait_badge("30")
    popup.wait_no_text("Inkeeper isn’t running")
    assert stored_names(client, account) == NAMES
    sent = [datetime.fromisoformat(inmail["sent_at"]) for inmail in reversed(client.inmails(account))]
    assert sent == sorted(sent)
    assert client.summary(account)["balance"] == 30
    until(lambda: not connected.outbox(), "nothing waits any more")


def test_a_click_on_a_persons_page_is_safe_while_the_server_is_off(
    connected: Browser, client: Client, account: dict, server: Server
) -> None:
    server.kill()
    client.close()
    connected.visit(PracticeSite.person("robin-sample"))
    popup = connected.click_toolbar()
    popup.click("button", re.compile("^Log InMail to Robin Sample"))
    popup.wait_text("Logged Robin Sample · 1 credit")
    connected.wait_badge("49↑")

    # Closing the popup and killing the worker leaves nothing but storage.
    connected.close_popups()
    connected.kill_worker()
    server.start()
    connected.click_toolbar()

    connected.wait_badge("49")
    assert stored_names(client, account) == ["Robin Sample"]


def test_undo_while_the_server_is_off_forgets_the_entry(
    connected: Browser, client: Client, account: dict, server: Server
) -> None:
    server.kill()
    client.close()
    connected.visit(PracticeSite.person("robin-sample"))
    popup = connected.click_toolbar()
    popup.click("button", re.compile("^Log InMail to Robin Sample"))
    connected.wait_badge("49↑")

    popup.click("button", "Undo: Robin Sample")

    # The attempt that failed may have reached the server, so the undo may have to follow it there.
    popup.wait_text("Removed Robin Sample.")
    server.start()
    popup.click("button", "Try again")
    connected.wait_badge("50")
    until(lambda: not connected.outbox(), "nothing waits any more")
    assert client.summary(account)["balance"] == 50
    assert client.summary(account)["recent"] == []


@pytest.mark.parametrize("stored_already", [2, 9, 15])
def test_a_worker_killed_in_mid_flush_loses_nothing_and_stores_nothing_twice(
    connected: Browser, client: Client, account: dict, server: Server, stored_already: int
) -> None:
    server.kill()
    client.close()
    for name in NAMES:
        log(connected, account, name)
    server.start()
    connected.control.run("() => void chrome.runtime.sendMessage({name: 'retry', params: {}})")
    until(lambda: len(client.inmails(account)) >= stored_already, "the flush is under way")

    connected.kill_worker()

    connected.ask("retry")
    connected.wait_badge("30")
    assert stored_names(client, account) == NAMES
    assert client.summary(account)["balance"] == 30


def test_an_answer_that_never_arrived_is_no_second_inmail(
    connected: Browser, client: Client, account: dict, server: Server
) -> None:
    server.freeze()
    connected.control.run(
        """(accountId) => void chrome.runtime.sendMessage({name: 'log', params: {
            accountId, recipient: {name: 'Kai Example'}, cost: 1, source: 'popup'}})""",
        account["id"],
    )
    until(lambda: connected.outbox(), "the entry is kept")
    # The request lies with the server, which has not read it yet, when its sender dies.
    connected.kill_worker()
    server.thaw()
    until(lambda: len(client.inmails(account)) <= 1, "the server is awake")

    connected.ask("retry")

    connected.wait_badge("49")
    assert stored_names(client, account) == ["Kai Example"]
    assert client.summary(account)["balance"] == 49


def test_a_revoked_browser_keeps_its_entries_until_it_is_connected_again(
    connected: Browser, client: Client, account: dict, server: Server
) -> None:
    (device,) = [one for one in client.list_all("/devices") if one["name"] == "Chromium in a test"]
    client.delete(f"/devices/{device['id']}")
    log(connected, account, "Kai Example")

    popup = connected.open_extension("popup/popup.html")
    popup.wait_text("This browser is no longer connected")
    popup.wait_text("1 waiting to be saved")
    assert client.inmails(account) == []

    connect(connected, server)

    connected.wait_badge("49")
    assert stored_names(client, account) == ["Kai Example"]


def test_a_restarted_server_is_found_again_without_anyone_asking(
    connected: Browser, client: Client, account: dict, server: Server
) -> None:
    server.kill()
    client.close()
    log(connected, account, "Kai Example")
    until(lambda: connected.storage("connection")["state"] == "server_off", "the outage was noticed")
    server.start()

    # The retry's alarm is set half a minute ahead; the next one who opens the popup does not wait for it.
    alarm = connected.control.run("() => chrome.alarms.get('retry')")
    assert alarm is not None
    connected.visit("https://www.linkedin.com/")
    connected.click_toolbar()

    connected.wait_badge("49")
    assert stored_names(client, account) == ["Kai Example"]
