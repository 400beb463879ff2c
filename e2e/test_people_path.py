"""The whole way with the list: pasted, planned, opened, copied, sent, logged, answered; also with the server away."""

from __future__ import annotations

import re
from typing import Any

import pytest

from e2e.harness.app import open_app
from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import refresh
from e2e.harness.linkedin import people
from e2e.harness.server import Server
from e2e.harness.wait import until
from e2e.harness.writing import press_send, write

ELSEWHERE = "https://www.linkedin.com/"
READ_COPIED = "() => navigator.clipboard.readText()"
FIVE = people()[:5]


def state(client: Client, name: str) -> str:
    """The state of somebody on the list at the server."""
    return next(each["state"] for each in client.list_all("/targets") if each["person"]["name"] == name)


@pytest.fixture
def campaign(connected: Browser, client: Client) -> dict[str, Any]:
    """A campaign with one follow-up, of a Premium account in a browser that logs by itself."""
    account = client.account("Premium", plan="premium_business", rule_book="rolling", working_days=[*range(1, 8)])
    text = {"name": "Hello", "subject": "Hello {{first_name}}", "body": "Hello {{first_name}}, a word?"}
    text_id = client.post("/texts", text).expect(201)["id"]
    steps = [{"texts": [text_id]}, {"after_working_days": 7, "texts": [text_id]}]
    made = client.post("/campaigns", {"name": "Autumn talks", "account": account["id"], "steps": steps}).expect(201)
    refresh(connected)
    connected.wait_balance(15)
    connected.ask("listening.set", {"on": True})
    return dict(made) | {"account": account, "text": text_id}


@pytest.mark.parametrize("server_is_away", [False, True])
def test_from_five_pasted_lines_to_an_answer(
    connected: Browser, client: Client, server: Server, campaign: dict[str, Any], *, server_is_away: bool
) -> None:
    page = open_app(connected, server, client, "/people")
    page.click("DisclosureTriangle", "Several at once")
    lines = [f"{each['name']}, https://www.linkedin.com/in/{each['slug']}" for each in FIVE]
    page.fill("textbox", "One a line: names, links, or both", "\n".join(lines))
    page.click("button", "Look at them")
    page.click("button", "Add 5 people")
    page.wait_text("Added 5 people.")
    ids = [each["id"] for each in client.list_all("/targets")]
    client.post(f"/campaigns/{campaign['id']}/targets", {"targets": ids}).expect(200)

    page.cdp("Page.reload")
    page.click("checkbox", "Select Kai Example")
    page.click("checkbox", "Select Robin Sample")
    page.click("button", "Plan…")
    page.click("button", "Plan 2 people")
    page.wait_text("2 people are planned")

    refresh(connected)
    connected.visit(ELSEWHERE)
    popup = connected.click_toolbar()
    popup.find("heading", "Kai Example")
    popup.click("button", "Open profile of Kai Example")
    until(lambda: connected.tab.url == "https://www.linkedin.com/in/kai-example", "the profile in the same tab")
    popup = connected.click_toolbar()
    popup.wait_text("On your list since today")
    popup.cdp("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    popup.click("button", "Copy text")
    popup.wait_text("Text copied.")
    copied = popup.run(READ_COPIED)
    assert copied == "Hello Kai, a word?"
    if server_is_away:
        client.close()
        server.terminate()
    connected.visit("https://www.linkedin.com/in/kai-example")
    write(connected, copied)
    press_send(connected)
    until(lambda: connected.storage("recentLogs"), "logged by itself")
    connected.visit(ELSEWHERE)
    popup = connected.click_toolbar()
    # Robin may be planned for a later day; then those without a plan come first.
    popup.find("heading", re.compile("Robin Sample|Mika Placeholder"))
    if server_is_away:
        connected.wait_badge("14↑")
        server.start()
        connected.ask("retry")

    until(lambda: not connected.outbox(), "the server has it")
    [inmail] = client.inmails(campaign["account"])
    assert (inmail["source"], inmail["campaign"], inmail["text"]) == ("page", campaign["id"], campaign["text"])
    assert state(client, "Kai Example") == "waiting"
    [kai] = [each for each in client.list_all("/targets") if each["person"]["name"] == "Kai Example"]
    assert (kai["step"], kai["purpose"]) == (2, "follow_up")
    assert kai["due"] > inmail["sent_at"][:10]

    refresh(connected)
    popup = connected.click_toolbar()
    popup.click("button", re.compile("^Replied"))
    until(lambda: state(client, "Kai Example") == "answered", "the answer is recorded")
    [kai] = [each for each in client.list_all("/targets") if each["person"]["name"] == "Kai Example"]
    assert kai["due"] is None
