"""What became of an InMail: one press in the popup, and the credit that comes back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import refresh
from e2e.harness.judging import assert_accessible
from e2e.harness.wait import until

EXAMPLES = ("Kai Example", "Robin Sample", "Mika Placeholder", "Sasha Specimen", "Noor Dummy")


def opened(days: int) -> str:
    """An instant some days ago."""
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


def test_who_has_not_answered_is_listed_and_answered_with_one_press(connected: Browser, client: Client) -> None:
    account = client.account(rule_book="rolling", opened_at=opened(100))
    for number, name in enumerate(EXAMPLES):
        client.log(account, name, sent_at=opened(10 + number)).expect(201)
    client.log(account, "Élodie Muster", sent_at=opened(91)).expect(201)
    refresh(connected)
    before = client.summary(account)["balance"]

    popup = connected.open_extension("popup/popup.html")
    popup.wait_text("Waiting for a reply (5)")
    # Those whose time ends first come first.
    popup.wait_text(re.compile(r"Noor Dummy\s+.*76 days left.*Sasha Specimen\s+.*77 days left", re.DOTALL))
    assert "Kai Example" not in popup.text()
    assert_accessible(popup)
    popup.click("button", "All")
    popup.wait_text(re.compile(r"Kai Example\s+.*80 days left"))
    popup.click("button", "Replied: Noor Dummy")

    popup.wait_text("Noor Dummy: replied · the credit comes back")
    popup.wait_text("Waiting for a reply (4)")
    until(lambda: client.summary(account)["balance"] == before + 1, "the credit came back")
    connected.wait_balance(before + 1)

    popup.click("button", "Undo: Noor Dummy")
    popup.wait_text("Waiting for a reply (5)")
    until(lambda: client.summary(account)["balance"] == before, "the credit is gone again")
    outcomes = {one["recipient"]["name"]: one["outcome"] for one in client.inmails(account)}
    assert (outcomes["Noor Dummy"], outcomes["Élodie Muster"]) == ("pending", "no_response")


def test_any_other_result_and_the_removal_take_two_presses(connected: Browser, client: Client) -> None:
    account = client.account(rule_book="rolling", opened_at=opened(100))
    for name in EXAMPLES[:2]:
        client.log(account, name, sent_at=opened(10)).expect(201)
    refresh(connected)
    popup = connected.open_extension("popup/popup.html")

    popup.click("button", "More: Kai Example")
    assert_accessible(popup)
    popup.click("button", "No reply: Kai Example")
    popup.wait_text("Kai Example: no reply")
    assert "comes back" not in popup.text()
    until(lambda: client.inmails(account)[1]["outcome"] == "no_response", "the result on the server")

    popup.click("button", "More: Robin Sample")
    popup.click("button", "Remove from log: Robin Sample")
    popup.wait_text("Removed Robin Sample.")
    until(lambda: len(client.inmails(account)) == 1, "removed on the server")


def test_no_credit_comes_back_under_month_end(connected: Browser, client: Client) -> None:
    account = client.account(rule_book="month_end")
    client.log(account).expect(201)
    refresh(connected)

    popup = connected.open_extension("popup/popup.html")
    popup.wait_text("Waiting for a reply (1)")
    assert "days left" not in popup.text().split("Waiting for a reply (1)")[1]
    popup.click("button", "More: Kai Example")
    popup.click("button", "Declined: Kai Example")

    popup.wait_text("Kai Example: declined")
    popup.wait_no_text("Waiting for a reply")
    assert "comes back" not in popup.text()
