"""The main path: a true click on the toolbar over a person's page, one more click, and it is in the ledger."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import refresh
from e2e.harness.judging import assert_accessible
from e2e.harness.linkedin import PracticeSite
from e2e.harness.wait import until

SHORTCUT = """async () => {
    const {logPersonOf} = await import(chrome.runtime.getURL('core/log/quicklog.js'));
    const [tab] = await chrome.tabs.query({url: 'https://www.linkedin.com/*', active: true});
    await logPersonOf(tab);
}"""


@pytest.fixture
def account(connected: Browser, client: Client) -> dict:
    """The seat of a Sales Navigator user who has set everything up."""
    made = client.account(opened_at=(datetime.now(UTC) - timedelta(days=2)).isoformat())
    refresh(connected)
    connected.wait_balance(25)
    return made


def spends(client: Client, account: dict) -> list[dict]:
    """The spend entries of the server's journal."""
    return [entry for entry in client.list_all(f"/accounts/{account['id']}/ledger") if entry["kind"] == "spend"]


def test_a_click_logs_the_person_of_the_tab(connected: Browser, client: Client, account: dict) -> None:
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()

    popup.click("button", re.compile("^Log InMail to Kai Example"))

    popup.wait_text("Logged Kai Example · 1 credit")
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

    popup.wait_text("Removed Kai Example.")
    connected.wait_balance(25)
    until(lambda: client.summary(account)["balance"] == 25, "the server's balance is back")
    assert client.summary(account)["recent"] == []


def test_the_buttons_stay_in_place_while_an_inmail_is_saved(connected: Browser, client: Client, account: dict) -> None:
    """A button that is replaced while it is being pressed takes no click."""
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()
    popup.find("button", re.compile("^Log InMail to"))
    popup.run("() => { globalThis.button = document.querySelector('[data-hook=log]'); }")
    popup.click("button", re.compile("^Log InMail to"))
    undo = "() => document.querySelector('#live button')"
    until(lambda: popup.run(f"() => Boolean(({undo})())"), "the undo")
    popup.run(f"() => {{ globalThis.undo = ({undo})(); }}")

    until(lambda: client.inmails(account), "the InMail on the server")
    popup.find("button", "Replied: Kai Example")

    assert popup.run("() => globalThis.button === document.querySelector('[data-hook=log]')")
    assert popup.run(f"() => globalThis.undo === ({undo})()")


def test_undo_before_the_server_heard_of_it_leaves_nothing_behind(
    connected: Browser, client: Client, account: dict
) -> None:
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()
    popup.click("button", re.compile("^Log InMail to"))
    popup.click("button", "Undo: Kai Example")
    popup.wait_text("Removed Kai Example.")

    until(lambda: not connected.outbox(), "nothing waits any more")

    assert client.summary(account)["balance"] == 25
    connected.wait_balance(25)


def test_a_free_inmail_costs_nothing_but_is_counted(connected: Browser, client: Client, account: dict) -> None:
    connected.visit(PracticeSite.person("robin-sample"))
    popup = connected.click_toolbar()

    popup.click("button", "Log a free InMail to Robin Sample")

    popup.wait_text("Logged Robin Sample · free")
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

    popup.wait_text("Logged Sasha Specimen · free")
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

    popup.wait_text("Enter the name.")
    popup.wait_text("That isn’t a link to a LinkedIn profile.")
    link = popup.find("textbox", re.compile("^Profile link"))
    assert popup.run_on(link, "(field) => field.value") == "https://www.example.com/in/nobody/"
    assert connected.outbox() == []


def test_a_double_click_logs_once(connected: Browser, client: Client, account: dict) -> None:
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()
    popup.find("button", re.compile("^Log InMail to"))

    for _ in range(2):
        popup.click("button", re.compile("^Log (InMail|a second InMail…) to Kai Example"))

    popup.wait_text("Logged Kai Example · 1 credit")
    assert not popup.has("button", "Yes, log it")
    until(lambda: not connected.outbox(), "nothing waits any more")
    assert len(client.inmails(account)) == 1
    connected.wait_balance(24)


def test_what_became_of_an_inmail_is_recorded_and_taken_back(connected: Browser, client: Client, account: dict) -> None:
    sent_at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    client.log(account, "Robin Sample", sent_at=sent_at).expect(201)
    refresh(connected)
    connected.visit("https://www.linkedin.com/")
    popup = connected.click_toolbar()

    popup.click("button", "Replied: Robin Sample")
    popup.wait_text("Robin Sample: replied")
    until(lambda: client.inmails(account)[0]["outcome"] == "replied", "the outcome on the server")

    popup.click("button", "Undo: Robin Sample")
    popup.wait_text("Robin Sample waits for a reply again.")
    until(lambda: client.inmails(account)[0]["outcome"] == "pending", "the outcome taken back on the server")


def test_the_number_that_linkedin_shows_is_taken_over(connected: Browser, client: Client, account: dict) -> None:
    connected.visit("https://www.linkedin.com/")
    popup = connected.click_toolbar()
    popup.wait_text("Does LinkedIn show 25 too?")
    popup.click("button", "No, it’s…")
    number = popup.find("textbox", "LinkedIn shows")
    assert popup.run_on(number, "(field) => field.value") == ""
    popup.fill("textbox", "LinkedIn shows", "22")

    popup.click("button", "Save")

    popup.wait_text("Updated to 22 (was 25).")
    connected.wait_balance(22)
    until(lambda: client.summary(account)["balance"] == 22, "the server's balance")
    assert client.summary(account)["observed"]["balance"] == 22


def test_the_same_number_as_linkedins_takes_one_press(connected: Browser, client: Client, account: dict) -> None:
    connected.visit("https://www.linkedin.com/")
    popup = connected.click_toolbar()
    popup.wait_text("Does LinkedIn show 25 too?")

    popup.click("button", "Yes")

    popup.wait_text("Good, both show 25.")
    until(lambda: client.summary(account)["observed"], "observed on the server")
    popup.wait_text(re.compile("LinkedIn showed 25, just now"))
    assert not popup.has("button", "Yes")


def test_a_number_far_above_the_limit_is_asked_about_once_more(
    connected: Browser, client: Client, account: dict
) -> None:
    connected.visit("https://www.linkedin.com/")
    popup = connected.click_toolbar()
    popup.click("button", "No, it’s…")
    popup.fill("textbox", "LinkedIn shows", "250")
    popup.click("button", "Save")
    popup.wait_text("250 is far above your limit. Is that what LinkedIn shows?")
    assert_accessible(popup)
    assert client.summary(account)["observed"] is None

    popup.click("button", "Yes, save")

    popup.wait_text("Updated to 250 (was 25).")
    until(lambda: client.summary(account)["balance"] == 250, "the server's balance")


def written(client: Client, account: dict, days: float, name: str = "Kai Example", slug: str = "kai-example") -> str:
    """An InMail that went to a person some days ago; its id."""
    sent_at = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    recipient = {"name": name, "profile_url": f"https://www.linkedin.com/in/{slug}"}
    body = {"recipient": recipient, "source": "api", "sent_at": sent_at}
    return str(client.post(f"/accounts/{account['id']}/inmails", body).expect(201)["inmail"]["id"])


@pytest.fixture
def seat(connected: Browser, client: Client) -> dict:
    """A seat with a history that is longer than what the extension keeps."""
    made = client.account(rule_book="rolling", opened_at=(datetime.now(UTC) - timedelta(days=80)).isoformat())
    refresh(connected)
    return made


def others(client: Client, account: dict) -> None:
    """More InMails than the summary lists."""
    for number in range(55):
        sent_at = (datetime.now(UTC) - timedelta(days=70, minutes=number)).isoformat()
        client.log(account, f"Sample Number {number}", cost=0, sent_at=sent_at).expect(201)
    for number in range(12):
        client.log(account, f"Sample Late {number}", cost=0).expect(201)


def test_a_second_inmail_is_asked_about_however_long_ago_the_first_was(
    connected: Browser, client: Client, seat: dict
) -> None:
    written(client, seat, days=30)
    others(client, seat)
    refresh(connected)
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()

    popup.wait_text(re.compile(r"You wrote \d+.\w+ · no reply yet"))
    popup.click("button", re.compile("^Log a second InMail… to Kai Example"))
    popup.wait_text(re.compile("Already logged .* Log a second one?"))
    assert_accessible(popup)
    popup.click("button", "No")
    assert not popup.has("button", "Yes, log it")
    assert connected.outbox() == []

    popup.click("button", re.compile("^Log a second InMail… to Kai Example"))
    popup.click("button", "Yes, log it")
    popup.wait_text("Logged Kai Example · 1 credit")
    until(lambda: len([one for one in client.inmails(seat) if "Kai" in one["recipient"]["name"]]) == 2, "both")


def test_who_has_answered_is_logged_with_one_click(connected: Browser, client: Client, seat: dict) -> None:
    inmail = written(client, seat, days=30)
    client.patch(f"/accounts/{seat['id']}/inmails/{inmail}", {"outcome": "replied"}).expect(200)
    refresh(connected)
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()
    popup.wait_text(re.compile(r"You wrote .* · replied"))

    popup.click("button", re.compile("^Log InMail to Kai Example"))

    popup.wait_text("Logged Kai Example · 1 credit")


def test_the_form_asks_about_a_second_inmail_too(connected: Browser, client: Client, seat: dict) -> None:
    written(client, seat, days=30)
    others(client, seat)
    refresh(connected)
    connected.visit("https://www.linkedin.com/")
    popup = connected.click_toolbar()
    popup.click("button", "Log an InMail…")
    popup.fill("textbox", "Name", "kai  EXAMPLE")
    popup.click("button", "Log InMail")

    popup.wait_text(re.compile("Already logged .* Log a second one?"))
    assert connected.outbox() == []
    popup.click("button", "Yes, log it")
    popup.wait_text("Logged kai EXAMPLE · 1 credit")
    popup.find("button", "Log an InMail…")


def test_the_keys_ask_about_a_second_inmail(connected: Browser, client: Client, seat: dict) -> None:
    written(client, seat, days=30)
    others(client, seat)
    refresh(connected)
    connected.visit(PracticeSite.person("kai-example"))
    connected.control.run(SHORTCUT)
    until(lambda: connected.pages("popup/popup.html"), "the popup, to ask")
    popup = connected.attach_page("popup/popup.html")

    popup.wait_text(re.compile("Already logged .* Log a second one?"))
    assert connected.outbox() == []


def test_what_came_of_the_one_before_is_said_on_the_persons_page(
    connected: Browser, client: Client, seat: dict
) -> None:
    written(client, seat, days=30)
    refresh(connected)
    connected.visit(PracticeSite.person("kai-example"))
    popup = connected.click_toolbar()
    popup.click("button", "Add result")
    assert_accessible(popup)
    popup.click("button", "Accepted: Kai Example")

    popup.wait_text(re.compile(r"You wrote .* · accepted"))
    until(lambda: client.inmails(seat)[0]["outcome"] == "accepted", "the outcome on the server")


def test_the_form_has_a_day_and_what_is_to_be_remembered(connected: Browser, client: Client, seat: dict) -> None:
    connected.visit("https://www.linkedin.com/")
    popup = connected.click_toolbar()
    popup.click("button", "Log an InMail…")
    popup.fill("textbox", "Name", "Sasha Specimen")
    popup.fill("textbox", re.compile("^Subject"), "Data lead")
    popup.fill("textbox", re.compile("^Note"), "met at a fair")
    popup.choose("Day", "Yesterday")
    popup.click("button", "Log InMail")
    (inmail,) = until(lambda: client.inmails(seat), "the InMail on the server")
    assert (inmail["subject"], inmail["note"]) == ("Data lead", "met at a fair")
    ago = datetime.now(UTC) - datetime.fromisoformat(inmail["sent_at"])
    assert timedelta(hours=24) <= ago < timedelta(hours=24, minutes=5)

    popup.click("button", "Log an InMail…")
    popup.fill("textbox", "Name", "Noor Dummy")
    popup.choose("Day", "Pick a day")
    picked = (datetime.now(UTC) - timedelta(days=5)).date().isoformat()
    later = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    choose = "(day) => { document.getElementById('date').value = day; }"
    popup.run(choose, later)
    popup.click("button", "Log InMail")
    popup.wait_text("Pick today or a day before.")
    popup.run(choose, picked)
    popup.click("button", "Log InMail")
    until(lambda: len(client.inmails(seat)) == 2, "the second InMail on the server")
    sent = {one["recipient"]["name"]: one["sent_at"] for one in client.inmails(seat)}
    assert sent["Noor Dummy"] == f"{picked}T12:00:00Z"
