"""Campaigns and planning in a real browser: made, edited, planned, taken back; both themes, small screens, keyboard."""

from __future__ import annotations

import pytest

from e2e.harness.app import open_app, reset_size, resize, wait_idle
from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.judging import assert_accessible
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until
from e2e.test_app_home import TOO_SMALL

PEOPLE = ("Robin Sample", "Mika Placeholder", "Noor Dummy", "Sasha Specimen", "Kai Example")


@pytest.fixture
def account(client: Client) -> dict:
    """A Sales Navigator account with 12 credits."""
    return client.account(plan="sales_navigator", observed_balance=12)


@pytest.fixture
def campaign(client: Client, account: dict) -> dict:
    """A campaign with five people, of whom one was written to and one has replied."""
    texts = [
        client.post("/texts", {"name": name, "subject": "A question", "body": "Hi {{first_name}}"}).expect(201)["id"]
        for name in ("Hello", "Hello again")
    ]
    steps = [{"texts": texts}, {"after_working_days": 7, "texts": texts[:1]}]
    body = {"name": "Autumn talks", "account": account["id"], "goal": "Five talks with data leads", "budget": 12}
    made = client.post("/campaigns", {**body, "steps": steps}).expect(201)
    for name in PEOPLE:
        client.post("/targets", {"person": {"name": name}, "campaign": made["id"]}).expect(201)
    client.log(account, "Kai Example").expect(201)
    inmail = client.log(account, "Sasha Specimen").expect(201)["inmail"]["id"]
    client.patch(f"/accounts/{account['id']}/inmails/{inmail}", {"outcome": "replied"}).expect(200)
    return dict(made)


@pytest.fixture
def page(browser: Browser, server: Server, client: Client, campaign: dict) -> Page:
    page = open_app(browser, server, client, "/people/campaigns")
    page.wait_text("Autumn talks")
    return page


def planned(client: Client) -> int:
    return sum(one["planned_for"] is not None for one in client.get("/targets").expect(200)["items"])


def go(page: Page, server: Server, path: str) -> Page:
    page.cdp("Page.navigate", url=f"{server.address}{path}")
    page.wait_loaded()
    return wait_idle(page)


def test_a_campaign_is_made_by_keyboard(page: Page, client: Client) -> None:
    page.tab_to("link", "New campaign")
    page.press("Enter")
    page.find("heading", "New campaign")
    assert_accessible(page)
    page.tab_to("textbox", "Name")
    page.type("Winter talks")
    page.choose("Text", "Hello")
    assert len(page.find_all("combobox", "Text")) == 1
    page.choose("If there's no reply", "After 7 working days (as LinkedIn does)")
    until(lambda: len(page.find_all("combobox", "Text")) == 2, "the follow-up has its fields")
    page.tab_to("button", "Save")
    page.press("Enter")

    page.wait_text("Saved.")
    page.wait_text("Winter talks")
    made = client.get("/campaigns").expect(200)["items"][-1]
    assert [step["after_working_days"] for step in made["steps"]] == [None, 7]


def test_a_mistake_stands_at_its_field_and_what_was_typed_stays(page: Page) -> None:
    page.click("link", "New campaign")
    page.fill("textbox", "Name", "Winter talks")
    page.fill("textbox", "Credits at most", "many")
    page.click("button", "Save")

    page.wait_text("Enter a whole number, such as 12.")
    assert page.run_on(page.find("textbox", "Name"), "(field) => field.value") == "Winter talks"
    assert_accessible(page)


def test_a_campaign_is_planned_and_the_plan_taken_back(page: Page, client: Client) -> None:
    page.click("link", "Autumn talks")
    page.find("heading", "Progress")
    assert_accessible(page)
    page.click("button", "Plan the people of this campaign")
    page.find("heading", "Plan your InMails")
    page.find("button", "Plan 3 people")
    assert_accessible(page)

    page.fill("textbox", "At most a day", "1")
    until(lambda: page.run("() => document.querySelectorAll('.plan-days tbody tr').length") == 3, "one on each day")
    page.click("button", "Plan 3 people")
    page.wait_text("3 people are planned")
    assert planned(client) == 3
    assert_accessible(page)

    page.click("button", "Undo")
    page.find("button", "Plan 3 people")
    assert planned(client) == 0


def test_people_selected_on_the_list_are_planned(page: Page, server: Server, client: Client) -> None:
    go(page, server, "/people")
    page.click("checkbox", "Select Robin Sample")
    page.click("checkbox", "Select Noor Dummy")
    page.click("button", "Plan…")
    page.find("heading", "Plan your InMails")
    page.click("button", "Plan 2 people")

    page.wait_text("2 people are planned")
    names = {one["person"]["name"] for one in client.get("/targets").expect(200)["items"] if one["planned_for"]}
    assert names == {"Robin Sample", "Noor Dummy"}


def test_deleting_can_be_undone(page: Page, client: Client) -> None:
    page.click("link", "Autumn talks")
    page.click("DisclosureTriangle", "Delete Autumn talks")
    page.click("button", "Delete Autumn talks now")
    page.wait_text("Deleted Autumn talks.")
    page.click("button", "Undo")

    page.find("link", "Autumn talks")
    assert len(client.get("/campaigns").expect(200)["items"]) == 1


@pytest.mark.parametrize("path", ["", "?campaign=new", "?campaign=ID"])
def test_a_phone(page: Page, server: Server, campaign: dict, path: str) -> None:
    resize(page, 360, touch=True)
    try:
        go(page, server, f"/people/campaigns{path.replace('ID', campaign['id'])}")
        assert page.run("() => document.documentElement.scrollWidth") <= 360
        assert page.run(TOO_SMALL) == []
        assert_accessible(page)
    finally:
        reset_size(page)


def test_planning_on_a_phone(page: Page, server: Server) -> None:
    resize(page, 360, touch=True)
    try:
        go(page, server, "/people/plan")
        page.find("button", "Plan 3 people")
        assert page.run("() => document.documentElement.scrollWidth") <= 360
        assert page.run(TOO_SMALL) == []
        assert_accessible(page)
    finally:
        reset_size(page)
