"""History in a real browser: search as you type, filters, editing in the row, removing, the file, the credits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from e2e.harness.app import open_app, reset_size, resize, wait_idle
from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.judging import assert_accessible
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until
from e2e.test_app_home import TOO_SMALL


@pytest.fixture
def account(client: Client) -> dict:
    account = client.account()
    for name in ("Robin Sample", "Mika Placeholder", "Noor Dummy"):
        client.log(account, name, subject=f"For {name[:5]}").expect(201)
    return account


@pytest.fixture
def page(browser: Browser, server: Server, client: Client, account: dict) -> Page:
    page = open_app(browser, server, client, "/history")
    page.wait_text("Mika Placeholder")
    return page


def names(page: Page) -> list[str]:
    return list(page.run("() => [...document.querySelectorAll('td.who b')].map((one) => one.innerText)"))


def test_search_as_you_type(page: Page) -> None:
    before = page.url
    page.press("/")
    until(lambda: page.focused_name() == ("searchbox", "Search"), "the key leads to the field")
    for letter in "mika":
        page.press(letter)

    until(lambda: names(page) == ["Mika Placeholder"], "one is left")
    assert page.focused_name() == ("searchbox", "Search")
    assert page.url == before
    page.press("Backspace")
    page.type("nobody")
    page.wait_text("No InMail matches.")
    assert_accessible(page)


def test_a_filter_and_its_link(page: Page, client: Client, account: dict) -> None:
    inmail = client.inmails(account)[1]
    client.patch(f"/accounts/{account['id']}/inmails/{inmail['id']}", {"outcome": "replied"}).expect(200)
    page.choose("Result", "Replied")
    until(lambda: names(page) == ["Mika Placeholder"], "one is left")

    page.click("link", "Home")
    page.find("button", "Log InMail")
    page.run("() => history.back()")
    page.find("heading", "History")
    until(lambda: len(names(page)) == 3, "all again")


def test_editing_in_the_row(page: Page, client: Client, account: dict) -> None:
    page.click("button", "Edit Mika Placeholder")
    until(lambda: page.focused_name() == ("textbox", "Name"), "the form has the focus")
    page.fill("textbox", "Note", "said no for now")
    assert_accessible(page)
    page.click("button", "Save")

    page.wait_text("Saved.")
    page.wait_text("said no for now")
    assert client.inmails(account)[1]["note"] == "said no for now"
    assert names(page) == ["Noor Dummy", "Mika Placeholder", "Robin Sample"]


def pick_day(page: Page, day: str) -> None:
    """As picking it in the browser's calendar does."""
    page.run("(day) => { document.querySelector('input[name=day]').value = day; }", day)


def test_person_cost_and_day_in_one_action(page: Page, client: Client, account: dict) -> None:
    before = client.inmails(account)[1]
    balance = client.summary(account)["balance"]
    page.click("button", "Edit Mika Placeholder")
    page.fill("textbox", "Name", "Mika Muster")
    page.fill("textbox", "Profile link", "linkedin.com/in/Mika-Muster/")
    page.choose("Cost", "Free")
    pick_day(page, "2002-05-01")
    page.click("button", "Save")

    page.wait_text("This account starts later than that day.")
    assert page.run_on(page.find("textbox", "Name"), "(one) => one.value") == "Mika Muster"
    assert_accessible(page)
    assert page.run("() => document.querySelector('input[name=day]').value") == "2002-05-01"
    pick_day(page, before["sent_at"][:10])
    page.click("button", "Save")

    page.wait_text("Saved.")
    assert names(page) == ["Noor Dummy", "Mika Muster", "Robin Sample"]
    after = client.inmails(account)[1]
    assert (after["replaces"], after["cost"]) == (before["id"], 0)
    assert after["recipient"] == {"name": "Mika Muster", "profile_url": "https://www.linkedin.com/in/mika-muster"}
    number = page.run("() => document.querySelector('#chip .number').textContent")
    assert number == str(balance + 1), "the number in the header follows"
    page.click("button", "Edit Mika Muster")
    page.find("textbox", "Note")


def test_one_that_was_replaced_elsewhere_meanwhile(page: Page, client: Client, account: dict) -> None:
    page.click("button", "Edit Mika Placeholder")
    page.fill("textbox", "Note", "from this tab")
    old = client.inmails(account)[1]
    client.patch(f"/accounts/{account['id']}/inmails/{old['id']}", {"cost": 0}).expect(200)

    page.click("button", "Save")

    page.wait_text("This was changed elsewhere in the meantime.")
    page.wait_text("Cost: free")
    assert_accessible(page)
    page.choose("Cost", "Free")
    page.click("button", "Save")
    page.wait_text("Saved.")
    assert (client.inmails(account)[1]["note"], client.inmails(account)[1]["replaces"]) == ("from this tab", old["id"])
    assert names(page) == ["Noor Dummy", "Mika Placeholder", "Robin Sample"]


def test_without_a_credit_it_asks_first(page: Page, client: Client, account: dict) -> None:
    client.post(f"/accounts/{account['id']}/observations", {"balance": 0, "source": "person"}).expect(201)
    client.log(account, "Sasha Specimen", cost=0).expect(201)
    page.cdp("Page.reload")
    wait_idle(page).wait_text("Sasha Specimen")
    page.click("button", "Edit Sasha Specimen")
    page.choose("Cost", "1 credit")
    page.click("button", "Save")

    page.wait_text("There's no credit left for this. Did LinkedIn let you send it?")
    until(lambda: page.focused_name() == ("button", "Yes, save"), "the question has the focus")
    assert_accessible(page)
    page.click("button", "No")
    page.click("button", "Edit Sasha Specimen")
    page.choose("Cost", "1 credit")
    page.click("button", "Save")
    page.click("button", "Yes, save")
    page.wait_text("Saved.")
    assert client.inmails(account)[0]["cost"] == 1


def test_two_tabs_edit_the_same(page: Page, client: Client, account: dict) -> None:
    page.click("button", "Edit Mika Placeholder")
    page.fill("textbox", "Note", "from this tab")
    inmail = client.inmails(account)[1]
    client.patch(f"/accounts/{account['id']}/inmails/{inmail['id']}", {"note": "from elsewhere"}).expect(200)

    page.click("button", "Save")

    page.wait_text("This was changed elsewhere in the meantime.")
    page.wait_text("Note: from elsewhere")
    assert page.run_on(page.find("textbox", "Note"), "(one) => one.value") == "from this tab"
    assert_accessible(page)
    page.click("button", "Save")
    page.wait_text("Saved.")
    assert client.inmails(account)[1]["note"] == "from this tab"


def test_removing_and_undo(page: Page, client: Client, account: dict) -> None:
    page.click("button", "Edit Mika Placeholder")
    page.click("button", "Remove from log: Mika Placeholder")
    page.wait_text("Removed Mika Placeholder.")
    assert len(client.inmails(account)) == 2

    page.click("button", "Undo: removed Mika Placeholder")

    page.find("button", "Edit Mika Placeholder")
    assert len(client.inmails(account)) == 3


def test_the_file(page: Page, tmp_path: Path) -> None:
    page.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))

    page.click("button", "Download CSV")

    (file,) = until(lambda: [*tmp_path.glob("*.csv")], "the file is there")
    until(lambda: "Robin Sample" in file.read_text(encoding="utf-8"), "it is whole")
    assert re.fullmatch(r"inkeeper-inmails-\d{4}-\d\d-\d\d\.csv", file.name)
    page.find("heading", "History")
    until(lambda: page.run("() => !document.querySelector('.htmx-request')"), "the button is at rest")
    file.unlink()
    page.click("button", "Download CSV")
    until(lambda: [*tmp_path.glob("*.csv")], "the file comes a second time")


def test_how_the_number_came_about(page: Page) -> None:
    page.click("link", "Credits")

    page.wait_text("25 came − 3 used = 22 now")
    page.wait_text("InMail sent: Mika Placeholder")
    assert_accessible(page)


@pytest.mark.parametrize("touch", [False, True])
def test_on_a_narrow_screen(page: Page, touch: bool) -> None:
    try:
        resize(page, 360, touch=touch)
        page.cdp("Page.reload")
        wait_idle(page).wait_text("Mika Placeholder")
        page.click("button", "Edit Mika Placeholder")
        page.find("textbox", "Subject")
        for step in ("editing", "credits"):
            assert page.run("() => document.documentElement.scrollWidth <= innerWidth"), step
            assert page.run(TOO_SMALL) == [], step
            assert_accessible(page)
            page.run("() => document.querySelector('#tab-credits')?.click()")
            page.wait_text("InMail sent: Mika Placeholder")
    finally:
        reset_size(page)
