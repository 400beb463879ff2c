"""A refusal by the server needs the user's answer, and holds up nothing else."""

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
from e2e.harness.wait import until


@pytest.fixture
def account(connected: Browser, client: Client) -> dict:
    """A Premium Career account whose five credits are used up."""
    made = client.account(plan="premium_career", opened_at=(datetime.now(UTC) - timedelta(days=2)).isoformat())
    # Before a time that is entered in whole minutes, and in this month.
    now = datetime.now(UTC)
    sent_at = max(now - timedelta(minutes=2), now.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
    for number in range(5):
        client.log(made, f"Sample Number {number}", sent_at=sent_at.isoformat()).expect(201)
    refresh(connected)
    connected.wait_badge("0")
    return made


@pytest.fixture
def refused(connected: Browser, account: dict) -> Page:
    """The popup after a sixth InMail was logged, by a browser that did not know yet that there is none, and refused."""
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()
    popup.wait_text("no credits left")
    person = {"name": "Kai Example", "profileUrl": "https://www.linkedin.com/in/kai-example"}
    connected.ask("log", {"accountId": account["id"], "recipient": person, "cost": 1, "source": "popup"})
    popup.wait_text("Not saved: InMail to Kai Example")
    return popup


def test_with_no_credit_left_the_button_asks_first(connected: Browser, client: Client, account: dict) -> None:
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()
    popup.click("button", re.compile("^Log InMail to Kai Example no credits left"))
    popup.wait_text("You have no credits left. Did LinkedIn let you send it?")
    assert popup.focused_name() == ("button", "Yes, log it")
    assert_accessible(popup)
    popup.click("button", "No")
    assert connected.outbox() == []
    assert len(client.inmails(account)) == 5

    popup.click("button", re.compile("^Log InMail to Kai Example"))
    popup.click("button", "Yes, log it")

    popup.wait_text("Logged Kai Example · 1 credit")
    until(lambda: len(client.inmails(account)) == 6, "the InMail on the server")
    connected.wait_badge("0")
    assert "Not saved" not in popup.text()


def test_a_free_one_needs_no_credit(connected: Browser, client: Client, account: dict) -> None:
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()

    popup.click("button", "Log a free InMail to Kai Example")

    popup.wait_text("Logged Kai Example · free")


def test_linkedin_let_it_through(connected: Browser, client: Client, account: dict, refused: Page) -> None:
    connected.wait_badge("0?")
    assert len(client.inmails(account)) == 5

    refused.click("button", "It was sent")

    refused.wait_no_text("Not saved")
    connected.wait_badge("0")
    until(lambda: len(client.inmails(account)) == 6, "the InMail on the server")
    adjusts = [entry for entry in client.list_all(f"/accounts/{account['id']}/ledger") if entry["kind"] == "adjust"]
    assert [entry["credits"] for entry in adjusts] == [1]
    until(lambda: not connected.outbox(), "nothing waits any more")


def test_discarded(connected: Browser, client: Client, account: dict, refused: Page) -> None:
    refused.click("button", "Delete")

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
    popup.click("button", "It was sent")

    until(lambda: len(client.inmails(account)) == 6, "the InMail on the server")


def test_the_word_that_it_was_logged_is_withdrawn(
    connected: Browser, client: Client, account: dict, server: Server
) -> None:
    """The extension counts one credit more than the server: another browser has just spent it."""
    client.post(f"/accounts/{account['id']}/observations", {"balance": 1, "source": "person"}).expect(201)
    refresh(connected)
    connected.wait_balance(1)
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()
    popup.find("button", re.compile("^Log InMail to Kai Example"))
    client.log(account, "Robin Sample").expect(201)
    server.freeze()
    popup.click("button", re.compile("^Log InMail to Kai Example"))
    popup.wait_text("Logged Kai Example · 1 credit")
    server.thaw()

    popup.wait_text("Not saved: InMail to Kai Example")
    popup.wait_no_text("Logged Kai Example")


def choose_time(popup: Page, moment: datetime) -> None:
    """Fills in the field of day and time, in UTC."""
    assert popup.run("() => document.getElementById('edit-at').labels[0].textContent") == "Day and time (UTC)"
    popup.run("(text) => { document.getElementById('edit-at').value = text; }", moment.strftime("%Y-%m-%dT%H:%M"))


@pytest.fixture
def too_early(connected: Browser, client: Client, account: dict) -> Page:
    """The popup after an InMail was refused whose time lies ahead: the clock was wrong."""
    connected.visit("https://www.linkedin.com/")
    connected.shift_worker_clock(timedelta(days=2))
    person = {"name": "Kai Exmaple", "profileUrl": "https://www.linkedin.com/in/kai-example"}
    connected.ask("log", {"accountId": account["id"], "recipient": person, "cost": 0, "source": "popup"})
    until(lambda: [entry["state"] for entry in connected.outbox()] == ["needs_you"], "it was refused")
    connected.kill_worker()
    return connected.click_toolbar()


def test_a_refused_inmail_is_corrected_and_saved(
    connected: Browser, client: Client, account: dict, too_early: Page
) -> None:
    too_early.wait_text("Not saved: InMail to Kai Exmaple")
    assert not too_early.has("button", "It was sent")
    too_early.click("button", "Edit…")
    too_early.fill("textbox", "Name", "")
    too_early.fill("textbox", re.compile("^Profile link"), "https://www.example.com/")
    too_early.click("button", "Save again")
    too_early.wait_text("Enter the name.")
    too_early.wait_text("That isn’t a link to a LinkedIn profile.")
    assert_accessible(too_early)

    too_early.fill("textbox", "Name", "Kai Example")
    too_early.fill("textbox", re.compile("^Profile link"), "https://de.linkedin.com/in/Kai-Example")
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    choose_time(too_early, an_hour_ago)
    too_early.choose(re.compile("^Purpose"), "Article")
    too_early.click("button", "Save again")

    inmail = until(lambda: client.inmails(account)[5:] and client.inmails(account), "saved on the server")
    (corrected,) = [one for one in inmail if one["recipient"]["name"] == "Kai Example"]
    assert corrected["recipient"]["profile_url"] == "https://www.linkedin.com/in/kai-example"
    assert corrected["sent_at"].startswith(an_hour_ago.strftime("%Y-%m-%dT%H:%M"))
    assert (corrected["purpose"], corrected["cost"]) == ("article", 0)
    too_early.wait_no_text("Not saved")


def test_a_refusal_can_be_discarded(connected: Browser, client: Client, too_early: Page) -> None:
    too_early.click("button", "Delete")

    until(lambda: not connected.outbox(), "nothing waits any more")


def test_an_observation_is_corrected_and_saved(connected: Browser, client: Client, account: dict) -> None:
    connected.shift_worker_clock(timedelta(days=2))
    connected.ask("observe", {"accountId": account["id"], "balance": 3, "source": "person"})
    until(lambda: [entry["state"] for entry in connected.outbox()] == ["needs_you"], "it was refused")
    connected.kill_worker()

    connected.visit("https://www.linkedin.com/")
    popup = connected.click_toolbar()
    popup.click("button", "Edit…")
    popup.fill("textbox", "LinkedIn shows", "4")
    choose_time(popup, datetime.now(UTC))
    popup.click("button", "Save again")

    connected.wait_balance(4)
    until(lambda: client.summary(account)["balance"] == 4, "the server's balance")
