"""A refusal by the server needs the user's answer, and holds up nothing else."""

from __future__ import annotations

import re

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import refresh
from e2e.harness.linkedin import PracticeSite
from e2e.harness.page import Page
from e2e.harness.wait import until


@pytest.fixture
def account(connected: Browser, client: Client) -> dict:
    """A Premium Career account whose five credits are used up."""
    made = client.account(plan="premium_career")
    for number in range(5):
        client.log(made, f"Sample Number {number}").expect(201)
    refresh(connected)
    connected.wait_badge("0")
    return made


@pytest.fixture
def refused(connected: Browser, account: dict) -> Page:
    """The popup after a sixth InMail was logged and refused."""
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()
    popup.wait_text("1 credit, none is left")
    popup.click("button", re.compile("^Log InMail to Kai Example"))
    popup.wait_text("Not saved: InMail to Kai Example")
    return popup


def test_linkedin_let_it_through(connected: Browser, client: Client, account: dict, refused: Page) -> None:
    connected.wait_badge("0?")
    assert len(client.inmails(account)) == 5

    refused.click("button", "LinkedIn let it through")

    refused.wait_no_text("Not saved")
    connected.wait_badge("0")
    until(lambda: len(client.inmails(account)) == 6, "the InMail on the server")
    adjusts = [entry for entry in client.every(f"/accounts/{account['id']}/ledger") if entry["kind"] == "adjust"]
    assert [entry["credits"] for entry in adjusts] == [1]
    until(lambda: not connected.outbox(), "nothing waits any more")


def test_discarded(connected: Browser, client: Client, account: dict, refused: Page) -> None:
    refused.click("button", "Discard")

    refused.wait_no_text("Not saved")
    connected.wait_badge("0")
    assert connected.outbox() == []
    assert len(client.inmails(account)) == 5


def test_what_comes_after_it_is_saved_all_the_same(
    connected: Browser, client: Client, account: dict, refused: Page
) -> None:
    connected.visit(PracticeSite.person("robin-sample"))
    popup = connected.click_toolbar()
    popup.click("button", "Log a free InMail to Robin Sample")
    until(lambda: len(client.inmails(account)) == 6, "the free InMail on the server")

    until(lambda: [entry["state"] for entry in connected.outbox()] == ["needs_you"], "only the refused one is left")
    popup.wait_text("Not saved: InMail to Kai Example")


def test_the_answer_survives_a_killed_worker(connected: Browser, client: Client, account: dict, refused: Page) -> None:
    connected.close_popups()
    connected.kill_worker()

    popup = connected.click_toolbar()
    popup.click("button", "LinkedIn let it through")

    until(lambda: len(client.inmails(account)) == 6, "the InMail on the server")


def test_a_refusal_of_another_kind_can_only_be_discarded(connected: Browser, client: Client, account: dict) -> None:
    # An account that was opened a moment ago cannot have sent anything to an impossible recipient's link.
    body = {"recipient": {"name": "Kai Example", "profileUrl": "https://www.example.com/in/kai"}, "cost": 0}
    connected.ask("log", {"accountId": account["id"], "source": "popup", **body})

    popup = connected.open_extension("popup/popup.html")
    popup.wait_text("Not saved: InMail to Kai Example")
    assert not popup.has("button", "LinkedIn let it through")
    popup.click("button", "Discard")

    until(lambda: not connected.outbox(), "nothing waits any more")
