"""An InMail whose day was edited elsewhere: the popup shows it, and what it does by the former id still works."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import refresh
from e2e.harness.linkedin import PracticeSite
from e2e.harness.wait import until


def ago(**time: float) -> str:
    return (datetime.now(UTC) - timedelta(**time)).isoformat()


@pytest.fixture
def account(connected: Browser, client: Client) -> dict:
    """An account whose credits live 90 days and that has had no renewal, so that an edit to an earlier day leaves the
    balance alone."""
    made = client.account(plan="premium_business", rule_book="rolling", opened_at=ago(days=20))
    refresh(connected)
    return made


def edit(client: Client, account: dict, inmail: dict, **changes: object) -> dict:
    """Edits an InMail as another program does; the one that replaces it."""
    edited: dict = client.patch(f"/accounts/{account['id']}/inmails/{inmail['id']}", changes).expect(200)["inmail"]
    assert edited["replaces"] == inmail["id"]
    return edited


def test_undo_of_one_that_was_edited_meanwhile_takes_the_edit_back(
    connected: Browser, client: Client, account: dict
) -> None:
    before = client.summary(account)["balance"]
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()
    popup.click("button", re.compile("^Log InMail to Kai Example"))
    popup.wait_text("Logged Kai Example · 1 credit")
    (inmail,) = until(lambda: client.inmails(account), "the InMail on the server")
    edit(client, account, inmail, sent_at=ago(days=2))

    popup.click("button", "Undo: Kai Example")

    until(lambda: not client.inmails(account), "the edited InMail is taken back")
    connected.wait_balance(before)
    until(lambda: not connected.outbox(), "nothing waits any more")
    popup.wait_text("Removed Kai Example.")


def test_an_outcome_pressed_before_the_popup_knows_of_the_edit_reaches_the_edited_one(
    connected: Browser, client: Client, account: dict
) -> None:
    inmail = client.log(account, sent_at=ago(days=3)).expect(201)["inmail"]
    refresh(connected)
    popup = connected.open_extension("popup/popup.html")
    popup.wait_text("Waiting for a reply (1)")
    first = edit(client, account, inmail, sent_at=ago(days=4))
    second = edit(client, account, first, cost=0)

    popup.click("button", "Replied: Kai Example")

    (stored,) = until(
        lambda: [one for one in client.inmails(account) if one["outcome"] == "replied"], "the outcome on the server"
    )
    assert (stored["id"], stored["cost"]) == (second["id"], 0)
    until(lambda: not connected.outbox(), "nothing waits any more")
    popup.wait_text("Kai Example: replied")
    popup.wait_no_text("Waiting for a reply")
    assert "Not saved" not in popup.text()
    assert not popup.has("button", "Delete")


def test_an_edit_shows_at_the_next_look(connected: Browser, client: Client, account: dict) -> None:
    inmail = client.log(account, "Kia Example", sent_at=ago(days=3)).expect(201)["inmail"]
    refresh(connected)
    connected.open_extension("popup/popup.html").wait_text("Kia Example")
    edit(client, account, inmail, sent_at=ago(days=2), cost=0, recipient={"name": "Kai Example"})

    popup = connected.open_extension("popup/popup.html")

    popup.wait_text("Kai Example")
    popup.wait_text("0 used · 1 free")
    popup.wait_no_text("Kia Example")
    # A free InMail gives no credit back, so no time for a reply runs out.
    popup.wait_text(re.compile(r"Kai Example\s+\d+ \w+\s+Replied"))
    popup.click("button", "More: Kai Example")
    popup.click("button", "Remove from log: Kai Example")
    until(lambda: not client.inmails(account), "the edited InMail is taken back")
