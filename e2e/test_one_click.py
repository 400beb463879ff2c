"""The main path: a true click on the toolbar over a person's page, one more click, and it is in the ledger."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import refresh
from e2e.harness.linkedin import PracticeSite
from e2e.harness.wait import until


@pytest.fixture
def account(connected: Browser, client: Client) -> dict:
    """The seat of a Sales Navigator user who has set everything up."""
    made = client.account(opened_at=(datetime.now(UTC) - timedelta(days=2)).isoformat())
    refresh(connected)
    connected.wait_balance(25)
    return made


def spends(client: Client, account: dict) -> list[dict]:
    """The spend entries of the server's journal."""
    return [entry for entry in client.every(f"/accounts/{account['id']}/ledger") if entry["kind"] == "spend"]


def test_a_click_logs_the_person_of_the_tab(connected: Browser, client: Client, account: dict) -> None:
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()

    popup.click("button", re.compile("^Log InMail to Kai Example"))

    popup.wait_text("Logged: Kai Example, 1 credit.")
    connected.wait_balance(24)
    (entry,) = until(lambda: spends(client, account), "a spend in the server's ledger")
    assert entry["credits"] == -1
    (inmail,) = client.inmails(account)
    assert entry["inmail_id"] == inmail["id"]
    assert inmail["recipient"] == {"name": "Kai Example", "profile_url": "https://www.linkedin.com/in/kai-example"}
    assert (inmail["cost"], inmail["source"], inmail["outcome"]) == (1, "popup", "pending")
    assert client.summary(account)["balance"] == 24


def test_undo_takes_it_back(connected: Browser, client: Client, account: dict) -> None:
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()
    popup.click("button", re.compile("^Log InMail to"))
    connected.wait_balance(24)
    until(lambda: spends(client, account), "the spend on the server")

    popup.click("button", "Undo: Kai Example")

    popup.wait_text("Taken back: Kai Example.")
    connected.wait_balance(25)
    until(lambda: client.summary(account)["balance"] == 25, "the server's balance is back")
    assert client.summary(account)["recent"] == []


def test_the_line_of_a_logged_inmail_stays_in_place_while_it_is_saved(
    connected: Browser, client: Client, account: dict
) -> None:
    """A button that is replaced while it is being pressed takes no click."""
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()
    popup.click("button", re.compile("^Log InMail to"))
    popup.wait_text("waits here")
    popup.run("() => { globalThis.line = document.querySelector('li.item'); }")

    until(lambda: client.inmails(account), "the InMail on the server")
    popup.wait_no_text("waits here")

    assert popup.run("() => globalThis.line === document.querySelector('li.item')")


def test_undo_before_the_server_heard_of_it_leaves_nothing_behind(
    connected: Browser, client: Client, account: dict
) -> None:
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()
    popup.click("button", re.compile("^Log InMail to"))
    popup.click("button", "Undo: Kai Example")
    popup.wait_text("Taken back: Kai Example.")

    until(lambda: not connected.outbox(), "nothing waits any more")

    assert client.summary(account)["balance"] == 25
    connected.wait_balance(25)


def test_a_free_inmail_costs_nothing_but_is_counted(connected: Browser, client: Client, account: dict) -> None:
    connected.visit(PracticeSite.person("robin-sample"))
    popup = connected.click_toolbar()

    popup.click("button", "Log a free InMail to Robin Sample")

    popup.wait_text("Logged: Robin Sample, free.")
    until(lambda: client.inmails(account), "the InMail on the server")
    summary = client.summary(account)
    assert (summary["balance"], summary["used"], summary["free_used"]) == (25, 0, 1)
    connected.wait_balance(25)


def test_a_sales_navigator_lead_is_a_person_too(connected: Browser, client: Client, account: dict) -> None:
    connected.visit(PracticeSite.lead("ACwAAAMikaPlaceholder"))
    popup = connected.click_toolbar()

    popup.click("button", re.compile("^Log InMail to Mika Placeholder"))

    (inmail,) = until(lambda: client.inmails(account), "the InMail on the server")
    assert inmail["recipient"]["profile_url"] == "https://www.linkedin.com/sales/lead/ACwAAAMikaPlaceholder"


def test_a_name_in_another_script_arrives_whole(connected: Browser, client: Client, account: dict) -> None:
    connected.visit(PracticeSite.person("%C3%89lodie-Muster"))
    popup = connected.click_toolbar()

    popup.click("button", re.compile("^Log InMail to Élodie Muster"))

    (inmail,) = until(lambda: client.inmails(account), "the InMail on the server")
    assert inmail["recipient"] == {
        "name": "Élodie Muster",
        "profile_url": "https://www.linkedin.com/in/élodie-muster",
    }


@pytest.mark.parametrize("path", ["", "messaging/thread/practice/"])
def test_elsewhere_the_form_logs_by_hand(connected: Browser, client: Client, account: dict, path: str) -> None:
    connected.visit(f"https://www.linkedin.com/{path}")
    popup = connected.click_toolbar()
    popup.wait_text("Log an InMail…")
    assert not popup.has("button", re.compile("^Log InMail to"))

    popup.click("button", "Log an InMail…")
    popup.fill("textbox", "Name", "Sasha Specimen")
    popup.fill("textbox", re.compile("^Profile link"), "https://www.linkedin.com/in/Sasha-Specimen/?trk=search")
    popup.choose(re.compile("^Purpose"), "Follow-up")
    popup.click("radio", "Free")
    popup.click("button", "Log InMail")

    popup.wait_text("Logged: Sasha Specimen, free.")
    (inmail,) = until(lambda: client.inmails(account), "the InMail on the server")
    assert inmail["recipient"] == {
        "name": "Sasha Specimen",
        "profile_url": "https://www.linkedin.com/in/sasha-specimen",
    }
    assert (inmail["cost"], inmail["purpose"]) == (0, "follow_up")


def test_the_form_says_what_is_missing_and_keeps_what_was_typed(connected: Browser, account: dict) -> None:
    connected.visit("https://www.linkedin.com/")
    popup = connected.click_toolbar()
    popup.click("button", "Log an InMail…")
    popup.fill("textbox", re.compile("^Profile link"), "https://www.example.com/in/nobody/")

    popup.click("button", "Log InMail")

    popup.wait_text("Type the person’s name.")
    popup.wait_text("This is not the link of a LinkedIn profile.")
    link = popup.find("textbox", re.compile("^Profile link"))
    assert popup.of(link, "(field) => field.value") == "https://www.example.com/in/nobody/"
    assert connected.outbox() == []


def test_a_double_click_logs_once(connected: Browser, client: Client, account: dict) -> None:
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()
    popup.find("button", re.compile("^Log InMail to"))

    for _ in range(2):
        popup.click("button", re.compile("^Log (InMail|another) to Kai Example"))

    popup.wait_text("Kai Example was logged a moment ago. Nothing was added.")
    until(lambda: not connected.outbox(), "nothing waits any more")
    assert len(client.inmails(account)) == 1
    connected.wait_balance(24)


def test_what_became_of_an_inmail_is_recorded_and_taken_back(connected: Browser, client: Client, account: dict) -> None:
    sent_at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    client.log(account, "Robin Sample", sent_at=sent_at).expect(201)
    refresh(connected)
    connected.visit("https://www.linkedin.com/")
    popup = connected.click_toolbar()

    popup.click("button", "Outcome: Robin Sample")
    popup.click("button", "Replied")
    popup.wait_text("Robin Sample: replied.")
    until(lambda: client.inmails(account)[0]["outcome"] == "replied", "the outcome on the server")

    popup.click("button", "Replied")
    until(lambda: client.inmails(account)[0]["outcome"] == "pending", "the outcome taken back on the server")


def test_the_number_that_linkedin_shows_is_taken_over(connected: Browser, client: Client, account: dict) -> None:
    connected.visit("https://www.linkedin.com/")
    popup = connected.click_toolbar()
    popup.click("button", "Compare…")
    popup.fill("textbox", "LinkedIn shows", "22")

    popup.click("button", "Save")

    popup.wait_text("LinkedIn shows 22, here it was 25: 3 fewer. The balance is now 22.")
    connected.wait_balance(22)
    until(lambda: client.summary(account)["balance"] == 22, "the server's balance")
    assert client.summary(account)["observed"]["balance"] == 22


def test_a_second_inmail_to_the_same_person_is_seen_before_it_is_logged(
    connected: Browser, client: Client, account: dict
) -> None:
    sent_at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    link = "https://www.linkedin.com/in/kai-example"
    body = {"recipient": {"name": "Kai Example", "profile_url": link}, "source": "api", "sent_at": sent_at}
    client.post(f"/accounts/{account['id']}/inmails", body).expect(201)
    refresh(connected)

    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()

    popup.find("button", re.compile("^Log another to Kai Example"))
    popup.wait_text("Already logged")
