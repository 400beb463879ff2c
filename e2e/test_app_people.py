"""The page People in a real browser: people pasted, searched, selected, put off, edited, undone; by keyboard alone."""

from __future__ import annotations

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

PASTED = """Robin Sample, Example GmbH
https://www.linkedin.com/in/noor-dummy
山田 太郎\thttps://www.linkedin.com/in/yamada-taro
ليلى مثال، شركة مثال
Sasha Specimen
https://example.com/nobody"""

EVERYBODY = ["Robin Sample", "Noor Dummy", "山田 太郎", "ليلى مثال", "Sasha Specimen"]


@pytest.fixture
def account(client: Client) -> dict:
    return client.account()


@pytest.fixture
def page(browser: Browser, server: Server, client: Client, account: dict) -> Page:
    page = open_app(browser, server, client, "/people")
    page.wait_text("Nobody on your list yet.")
    return page


@pytest.fixture
def listed(page: Page, client: Client) -> Page:
    """The page with five people on the list."""
    for name in EVERYBODY:
        client.post("/targets", {"person": {"name": name}}).expect(201)
    page.cdp("Page.reload")
    wait_idle(page).wait_text("Sasha Specimen")
    return page


def names(page: Page) -> list[str]:
    return list(page.run("() => [...document.querySelectorAll('.list .who b')].map((one) => one.innerText)"))


def too_small(page: Page) -> list[str]:
    """What a finger misses. The label around a box is what is pressed."""
    return [one for one in page.run(TOO_SMALL) if "checkbox" not in one and "radio" not in one]


def picked(page: Page) -> str:
    return str(page.run("() => document.querySelector('[data-picked]').textContent"))


def test_one_then_several(page: Page, client: Client) -> None:
    page.fill("textbox", "Name or profile link", "Kai Example")
    page.click("button", "Add")
    page.wait_text("Added Kai Example.")
    assert names(page) == ["Kai Example"]
    page.click("button", "Add")
    page.wait_text("Enter a name or a profile link.")
    assert page.focused_name() == ("textbox", "Name or profile link")

    page.click("DisclosureTriangle", "Several at once")
    page.fill("textbox", "One a line: names, links, or both", PASTED)
    page.click("button", "Look at them")
    page.wait_text("5 people would be added")
    page.wait_text("Line 6: https://example.com/nobody")
    assert_accessible(page)
    assert len(client.get("/targets").expect(200)["items"]) == 1
    page.click("button", "Add 5 people")
    page.wait_text("Added 5 people.")
    assert names(page) == ["Kai Example", *EVERYBODY]


def test_search_as_you_type(listed: Page) -> None:
    before = listed.url
    listed.press("/")
    until(lambda: listed.focused_name() == ("searchbox", "Search"), "the key leads to the field")
    for letter in "robin":
        listed.press(letter)

    until(lambda: names(listed) == ["Robin Sample"], "one is left")
    assert listed.focused_name() == ("searchbox", "Search")
    assert listed.url == before
    listed.type("nobody")
    listed.wait_text("Nobody matches.")
    assert_accessible(listed)


def test_filters(listed: Page, client: Client, account: dict) -> None:
    client.log(account, "Robin Sample").expect(201)
    listed.click("radio", "Waiting")
    until(lambda: names(listed) == ["Robin Sample"], "the one who was written to")
    listed.wait_text("Waiting since today")
    listed.click("radio", "Today")
    listed.wait_text("Nobody is planned for today.")


def test_by_keyboard_alone(listed: Page, client: Client) -> None:
    listed.press("j")
    until(lambda: listed.focused_name() == ("button", "Edit Robin Sample"), "the first row")
    listed.press("x")
    listed.press("j")
    listed.press("j")
    listed.press("k")
    assert listed.focused_name() == ("button", "Edit Noor Dummy")
    listed.press("x")
    until(lambda: picked(listed) == "2 selected", "two are selected")
    assert_accessible(listed)

    listed.press("Enter")
    until(lambda: listed.focused_name() == ("textbox", "Note"), "the row is open, its first field has the focus")
    listed.type("jxk/?")
    assert_accessible(listed)
    listed.press("Escape")
    assert listed.focused_name() == ("button", "Cancel")
    listed.press("Escape")
    until(lambda: listed.focused_name() == ("button", "Edit Noor Dummy"), "the row is closed and has the focus")
    assert client.get("/targets").expect(200)["items"][1]["note"] is None
    listed.press("Enter")
    until(lambda: listed.focused_name() == ("textbox", "Note"), "open again")
    listed.type("met at a fair")
    listed.tab_to("button", "Save")
    listed.press("Enter")
    listed.wait_text("Saved.")
    assert client.get("/targets").expect(200)["items"][1]["note"] == "met at a fair"
    until(lambda: listed.focused_name() == ("button", "Edit Noor Dummy"), "the row has the focus")


def test_the_keys_are_listed(listed: Page) -> None:
    listed.press("?")
    until(lambda: listed.focused_name() == ("button", "Close"), "the list of keys is open")
    assert_accessible(listed)
    listed.press("Escape")
    until(lambda: listed.run("() => !document.querySelector('dialog').open"), "it is closed")
    listed.click("button", "Keyboard")
    listed.click("button", "Close")
    until(lambda: listed.run("() => !document.querySelector('dialog').open"), "it is closed")


def test_later_and_undo(listed: Page, client: Client) -> None:
    listed.click("checkbox", "Select Robin Sample")
    listed.click("checkbox", "Select 山田 太郎")
    listed.click("DisclosureTriangle", "Later")
    listed.click("button", "Tomorrow")
    listed.wait_text("2 people: tomorrow.")
    listed.wait_text("Planned tomorrow")
    until(lambda: picked(listed) == "", "nobody is selected any more")

    listed.click("button", "Undo")

    listed.wait_text("Undone.")
    assert {one["state"] for one in client.get("/targets").expect(200)["items"]} == {"ready"}


def test_dropping_all_shown_and_undo(listed: Page, client: Client) -> None:
    listed.click("checkbox", "Select all shown")
    until(lambda: picked(listed) == "5 selected", "all are selected")
    listed.click("button", "Drop")
    listed.wait_text("Dropped 5 people.")
    listed.wait_text("Dropped")
    listed.click("button", "Undo")
    listed.wait_text("Undone.")
    assert {one["state"] for one in client.get("/targets").expect(200)["items"]} == {"ready"}


def test_do_not_contact_and_undo(listed: Page, client: Client) -> None:
    listed.click("checkbox", "Select Sasha Specimen")
    listed.click("DisclosureTriangle", "More for those selected")
    listed.click("button", "Do not contact")
    listed.wait_text("Marked Sasha Specimen: do not contact.")
    listed.click("button", "Undo")
    listed.wait_text("Undone.")
    assert not any(one["person"]["do_not_contact"] for one in client.get("/targets").expect(200)["items"])


def test_a_profile_opens_in_a_tab_of_its_own(listed: Page, client: Client) -> None:
    person = {"name": "Mia Sample", "profile_url": "https://www.linkedin.com/in/mia-sample"}
    client.post("/targets", {"person": person}).expect(201)
    listed.cdp("Page.reload")
    wait_idle(listed)

    link = listed.find("link", "Mia Sample")

    assert listed.run_on(link, "(one) => [one.href, one.target, one.rel]") == [
        person["profile_url"],
        "_blank",
        "noopener noreferrer",
    ]


def test_the_file_there_and_back(listed: Page, client: Client, tmp_path: Path) -> None:
    listed.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    listed.click("button", "Download CSV")
    (file,) = until(lambda: [*tmp_path.glob("inkeeper-people-*.csv")], "the file is there")
    until(lambda: "ليلى مثال" in file.read_text(encoding="utf-8"), "it is whole")
    file.write_text(
        file.read_text(encoding="utf-8") + "Mia Sample\n".replace("\n", "," * 15 + "\r\n"), encoding="utf-8"
    )

    listed.click("DisclosureTriangle", "Several at once")
    document = listed.cdp("DOM.getDocument")["root"]["nodeId"]
    field = listed.cdp("DOM.querySelector", nodeId=document, selector="#add-file")["nodeId"]
    listed.cdp("DOM.setFileInputFiles", nodeId=field, files=[str(file)])

    listed.wait_text("1 person would be added")
    listed.wait_text("5 people on your list already")
    listed.click("button", "Add 1 person")
    listed.wait_text("Added 1 person.")
    assert names(listed) == [*EVERYBODY, "Mia Sample"]


def test_somebody_new_closes_no_open_row(listed: Page) -> None:
    listed.click("button", "Edit Robin Sample")
    listed.fill("textbox", "Note", "half a sentence")
    listed.press("Escape")
    assert listed.run_on(listed.find("textbox", "Note"), "(one) => one.value") == "half a sentence"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_small_screen_in_both_themes(listed: Page, theme: str) -> None:
    resize(listed, 360, touch=True)
    listed.emulate(theme=theme)
    try:
        assert listed.run("() => document.documentElement.scrollWidth") <= 360
        assert_accessible(listed)
        assert too_small(listed) == []
        listed.click("checkbox", "Select Robin Sample")
        listed.click("DisclosureTriangle", "Later")
        listed.find("button", "Tomorrow")
        listed.press("Escape")
        listed.click("button", "Edit Noor Dummy")
        listed.find("textbox", "Note")
        assert listed.run("() => document.documentElement.scrollWidth") <= 360
        assert_accessible(listed)
        assert too_small(listed) == []
    finally:
        reset_size(listed)


def test_home_leads_to_the_next_person(listed: Page, client: Client, account: dict) -> None:
    listed.click("link", "Home")
    listed.wait_text("Robin Sample")
    assert_accessible(listed)
    listed.click("DisclosureTriangle", "Later: Robin Sample")
    listed.click("button", "Next week")
    listed.wait_text("Robin Sample: ")
    until(lambda: "Noor Dummy" in listed.run("() => document.querySelector('#next').innerText"), "the next one")
    listed.fill("textbox", "Name or profile link", "Noor Dummy")
    listed.click("button", "Log InMail")
    listed.wait_text("Logged: Noor Dummy")
    listed.wait_text("Today: 1 of 1")
    assert client.get("/targets?state=waiting").expect(200)["items"][0]["person"]["name"] == "Noor Dummy"
