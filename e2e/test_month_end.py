"""Credits come and go by themselves: the badge follows, also across a month end while the server is off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect, refresh
from e2e.harness.server import Server
from e2e.harness.wait import until

BEFORE = datetime(2026, 11, 30, 22, 58, tzinfo=UTC)  # two minutes before midnight in Berlin
AFTER = datetime(2026, 11, 30, 23, 1, tzinfo=UTC)  # one minute after it


def test_the_badge_follows_an_expiry_of_these_seconds_without_the_server(
    connected: Browser, client: Client, server: Server
) -> None:
    # Under `rolling` the first lot lives 90 days to the second, so it can be made to expire in a moment.
    opened_at = datetime.now(UTC) - timedelta(days=90) + timedelta(seconds=8)
    account = client.account(plan="premium_business", rule_book="rolling", opened_at=opened_at.isoformat())
    summary = client.summary(account)
    event = summary["timeline"][0]
    assert event["reason"] == "expire"
    assert event["balance"] == summary["balance"] - 15
    refresh(connected)
    connected.wait_balance(summary["balance"])
    server.kill()
    client.close()
    connected.kill_worker()  # what wakes it is its own alarm

    connected.wait_badge(f"~{event['balance']}", seconds=30)

    assert datetime.now(UTC) >= datetime.fromisoformat(event["at"])
    popup = connected.open_extension("popup/popup.html")
    popup.wait_text(str(event["balance"]))
    popup.wait_text("Worked out here.")


@pytest.fixture
def november(tmp_path: Path) -> Iterator[Server]:
    """A server whose clock stands two minutes before the end of November."""
    running = Server(tmp_path / "november", at=BEFORE).start()
    yield running
    running.close()


def test_a_month_ends_while_the_server_is_off(browser: Browser, november: Server) -> None:
    server, client = november, november.client()
    # Everything takes place around the end of November; the worker's clock is set like the server's.
    browser.ask("state.get")
    browser.shift_worker_clock(BEFORE - datetime.now(UTC))
    connect(browser, server)
    account = client.account(plan="sales_navigator", time_zone="Europe/Berlin", opened_at="2026-11-01T08:00:00Z")
    refresh(browser)
    browser.wait_badge("25!!")
    recipient = {"name": "Kai Example", "profileUrl": None}
    log = {"accountId": account["id"], "recipient": recipient, "cost": 1, "source": "popup"}
    browser.ask("log", log)
    browser.wait_badge("24!!")
    until(lambda: client.inmails(account), "the InMail on the server")

    server.terminate()
    client.close()
    browser.ask("log", log | {"recipient": {"name": "Robin Sample"}})
    browser.wait_badge("23↑")
    browser.shift_worker_clock(AFTER - datetime.now(UTC))
    browser.ask("retry")

    # A new month, without the server: the whole allotment, and the late send of November takes nothing from it.
    badge = browser.wait_badge("25↑")
    assert "25 of 25 credits" in badge["title"]
    assert re.search(r"\b30 Nov\b|yesterday", badge["title"])
    popup = browser.open_extension("popup/popup.html", clock=AFTER - datetime.now(UTC))
    popup.wait_text("Worked out here.")
    popup.wait_text("31 Dec, Europe/Berlin")
    popup.close()

    server.at = AFTER
    server.start()
    browser.ask("retry")

    browser.wait_badge("25")
    kinds = [(entry["kind"], entry["credits"]) for entry in client.every(f"/accounts/{account['id']}/ledger")]
    assert sorted(kinds) == sorted([("grant", 25), ("spend", -1), ("spend", -1), ("expire", -23), ("grant", 25)])
    assert client.summary(account)["used"] == 0
    client.close()
