"""Credits come and go by themselves: the badge follows, also across a month end while the server is off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect, refresh
from e2e.harness.server import Server
from e2e.harness.wait import until

BERLIN = ZoneInfo("Europe/Berlin")


def month_starts() -> tuple[datetime, datetime, datetime]:
    """The first instants, in Berlin, of next month and of the two after it; always ahead of the real clock."""
    this = datetime.now(BERLIN)
    first, second, third = ((this.year * 12 + this.month - 1 + ahead) for ahead in (1, 2, 3))
    return tuple(datetime(month // 12, month % 12 + 1, 1, tzinfo=BERLIN) for month in (first, second, third))


OPENED, MIDNIGHT, NEXT = month_starts()
BEFORE = MIDNIGHT - timedelta(minutes=2)
AFTER = MIDNIGHT + timedelta(minutes=1)


def test_the_badge_follows_an_expiry_of_these_seconds_without_the_server(
    connected: Browser, client: Client, server: Server
) -> None:
    account = client.open_expiring_account(within=timedelta(seconds=8))
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
    popup.wait_text("estimated, last checked")


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Server]:
    """A server whose clock stands two minutes before the end of a month in Berlin."""
    running = Server(tmp_path / "evening", at=BEFORE).start()
    yield running
    running.close()


def test_a_month_ends_while_the_server_is_off(browser: Browser, evening: Server) -> None:
    server, client = evening, evening.client()
    # Everything takes place around the end of that month; the worker's clock is set like the server's.
    browser.ask("state.get")
    browser.shift_worker_clock(BEFORE - datetime.now(UTC))
    connect(browser, server)
    account = client.account(plan="sales_navigator", time_zone="Europe/Berlin", opened_at=OPENED.isoformat())
    refresh(browser)
    browser.wait_badge("25!")
    recipient = {"name": "Kai Example", "profileUrl": None}
    log = {"accountId": account["id"], "recipient": recipient, "cost": 1, "source": "popup"}
    browser.ask("log", log)
    browser.wait_badge("24!")
    until(lambda: client.inmails(account), "the InMail on the server")

    server.terminate()
    client.close()
    browser.ask("log", log | {"recipient": {"name": "Robin Sample"}})
    browser.wait_badge("23↑")
    browser.shift_worker_clock(AFTER - datetime.now(UTC))
    browser.ask("retry")

    # A new month, without the server: the whole allotment, and the late send of the old one takes nothing from it.
    assert "yesterday" in browser.wait_badge("25↑", title="25 of 25 credits")["title"]
    popup = browser.open_extension("popup/popup.html", clock=AFTER - datetime.now(UTC))
    popup.wait_text("estimated, last checked")
    last_day = NEXT - timedelta(days=1)
    popup.wait_text(re.compile(rf"by {last_day.day}\s\w+"))
    popup.close()

    server.at = AFTER
    server.start()
    browser.ask("retry")

    browser.wait_badge("25")
    kinds = [(entry["kind"], entry["credits"]) for entry in client.list_all(f"/accounts/{account['id']}/ledger")]
    assert sorted(kinds) == sorted([("grant", 25), ("spend", -1), ("spend", -1), ("expire", -23), ("grant", 25)])
    assert client.summary(account)["used"] == 0
    client.close()
