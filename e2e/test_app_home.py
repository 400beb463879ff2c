"""Home in a real browser: logging, replies, LinkedIn's number, by mouse, keyboard and finger, in both themes."""

from __future__ import annotations

import re

import pytest

from e2e.harness.app import open_app, reset_size, resize, wait_idle
from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.judging import assert_accessible
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until

WHO = "Name or profile link"

TOO_SMALL = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
    .filter((one) => one.checkVisibility() && !one.classList.contains('skip'))
    .map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 90)])
    .filter(([box]) => box.height && (box.height < 43.5 || box.width < 43.5))
    .map(([box, html]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""


@pytest.fixture
def account(client: Client) -> dict:
    return client.account(price={"amount_minor": 7999, "currency": "EUR"})


@pytest.fixture
def home(browser: Browser, server: Server, client: Client, account: dict) -> Page:
    page = open_app(browser, server, client)
    page.find("button", "Log InMail")
    return page


def number(page: Page) -> str:
    return str(page.run("() => document.querySelector('.hero .number').innerText"))


def test_logging_and_undo(home: Page, client: Client, account: dict) -> None:
    home.fill("textbox", WHO, "https://www.linkedin.com/in/kai-example-000000000")
    home.click("button", "Log InMail")

    home.wait_text("Logged: Kai Example, 1 credit.")
    assert number(home) == "24"
    assert home.run("() => document.querySelector('#log-who').value") == ""
    assert client.inmails(account)[0]["recipient"]["profile_url"].endswith("/in/kai-example-000000000")

    home.click("button", re.compile("^Undo"))
    home.wait_text("Removed Kai Example.")
    assert number(home) == "25"


def test_all_by_keyboard(home: Page, client: Client, account: dict) -> None:
    home.press("n")
    until(lambda: home.focused_name() == ("textbox", WHO), "the key leads to the field")
    home.type("Robin Sample")
    home.press("Enter")
    home.wait_text("Logged: Robin Sample")
    assert home.focused_name() == ("textbox", WHO)

    home.tab_to("button", "Replied: Robin Sample")
    home.press("Enter")
    home.wait_text("Robin Sample: replied.")
    assert client.inmails(account)[0]["outcome"] == "replied"
    home.tab_to("DisclosureTriangle", "Account: My seat")
    home.press("Enter")
    home.find("button", "Sign out")
    home.press("Escape")
    until(lambda: not home.has("button", "Sign out"), "Escape closes the menu")
    assert home.focused_name() == ("DisclosureTriangle", "Account: My seat")


def test_a_day_can_be_picked(home: Page, client: Client, account: dict) -> None:
    assert not home.has("Date", "Day")
    home.choose("Sent", "Yesterday")
    home.choose("Sent", "Pick a day")
    until(lambda: home.run("() => document.querySelector('#log-date').checkVisibility()"), "a field for the day")
    home.choose("Sent", "Just now")
    until(lambda: not home.run("() => document.querySelector('#log-date').checkVisibility()"), "no field for the day")


def test_an_error_stands_at_its_field(home: Page) -> None:
    home.fill("textbox", WHO, "https://www.linkedin.com/company/example")
    home.click("button", "Log InMail")

    home.wait_text("That link doesn't lead to a person on LinkedIn.")
    until(lambda: home.focused_name() == ("textbox", WHO), "the field with the error has the focus")
    field = home.find("textbox", WHO)
    assert home.run_on(field, "(one) => one.value") == "https://www.linkedin.com/company/example"
    assert home.run_on(field, "(one) => document.getElementById(one.getAttribute('aria-describedby')).innerText")
    assert_accessible(home)


def test_no_credits_left(home: Page, client: Client, account: dict) -> None:
    client.post(f"/accounts/{account['id']}/observations", {"balance": 0, "source": "person"}).expect(201)
    home.cdp("Page.reload")
    wait_idle(home).wait_text("new credits come")
    home.fill("textbox", WHO, "Robin Sample")
    home.click("button", "Log InMail")
    home.wait_text("Did LinkedIn let you send it?")
    assert_accessible(home)
    assert client.inmails(account) == []

    home.click("button", "Yes, log it")

    home.wait_text("Logged: Robin Sample")
    assert len(client.inmails(account)) == 1


def test_the_same_person_twice(home: Page, client: Client, account: dict) -> None:
    client.log(account, "Robin Sample").expect(201)
    home.fill("textbox", WHO, "Robin Sample")
    home.click("button", "Log InMail")
    home.wait_text("Already logged today")
    until(lambda: home.focused_name() == ("button", "Log a second one"), "the question has the focus")

    home.click("button", "Log a second one")

    home.wait_text("Logged: Robin Sample")
    assert len(client.inmails(account)) == 2


def test_linkedins_number(home: Page, client: Client, account: dict) -> None:
    home.click("DisclosureTriangle", "No, it's…")
    home.fill("textbox", "LinkedIn shows", "9")
    home.click("button", "Save")
    home.wait_text("Updated to 9 (was 25).")
    assert number(home) == "9"
    home.wait_text("LinkedIn shows 9 too")
    assert_accessible(home)


def test_several_accounts(home: Page, client: Client) -> None:
    other = client.account("Second seat", plan="premium_business", time_zone="Asia/Tokyo")
    home.cdp("Page.reload")
    wait_idle(home).wait_text("Second seat")
    assert_accessible(home)

    home.click("DisclosureTriangle", "Account: My seat")
    home.click("link", re.compile("Second seat$"))
    home.find("DisclosureTriangle", "Account: Second seat")
    home.fill("textbox", WHO, "Robin Sample")
    home.click("button", "Log InMail")

    home.wait_text("Logged: Robin Sample")
    assert len(client.inmails(other)) == 1


def test_an_open_page_is_brought_up_to_date_when_looked_at(
    browser: Browser, home: Page, client: Client, account
) -> None:
    client.log(account, "Robin Sample").expect(201)
    # As if the page had been left for an hour.
    home.run("() => { const now = Date.now; Date.now = () => now() + 3_600_000; }")

    browser.open("about:blank#")
    browser.cdp.call("Target.activateTarget", {"targetId": home.target_id})
    home.run("() => document.dispatchEvent(new Event('visibilitychange'))")

    home.wait_text("Robin Sample")


@pytest.mark.parametrize("touch", [False, True])
def test_on_a_narrow_screen(home: Page, client: Client, account: dict, touch: bool) -> None:
    client.log(account, "Maximiliane Sample-Placeholder von Mustermann").expect(201)
    try:
        resize(home, 360, touch=touch)
        home.cdp("Page.reload")
        wait_idle(home).wait_text("Maximiliane")
        home.fill("textbox", WHO, "Robin Sample")
        home.click("button", "Log InMail")
        home.wait_text("Logged: Robin Sample")
        assert home.run("() => document.documentElement.scrollWidth <= innerWidth")
        assert home.run(TOO_SMALL) == []
        assert_accessible(home)
    finally:
        reset_size(home)


STARTS = """(css) => [...document.querySelectorAll(css)].map((one) => one.getBoundingClientRect())
    .map(({left, right, top}) => [left, right, top].map(Math.round))"""


def test_two_accounts_are_aligned_with_each_other_and_the_cards_below(
    home: Page, client: Client, account: dict
) -> None:
    client.account("Another seat", plan="recruiter_lite", rule_book="rolling", opened_at="2026-01-02T09:00:00Z")
    home.cdp("Page.reload")
    wait_idle(home.wait_loaded())

    first, second = home.run(STARTS, ".seat > .linkedin")
    assert first[2] == second[2], "the questions"
    assert [card[:2] for card in home.run(STARTS, ".seat")] == [card[:2] for card in home.run(STARTS, ".two > .card")]
