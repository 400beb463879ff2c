"""The settings' pages in a real browser: account, plan, rules, connecting a browser, the calendar, both themes, small
screens, keyboard.
"""

from __future__ import annotations

import re
import urllib.request
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

PLACES = ["", "/account", "/account/new", "/plan", "/browsers", "/reminders", "/data", "/about"]

BROKEN_RULES = """() => {
    globalThis.broken = [];
    addEventListener('securitypolicyviolation', ({violatedDirective}) => broken.push(violatedDirective));
}"""


@pytest.fixture
def account(client: Client) -> dict:
    """A Premium Career account with two of five credits used."""
    made = client.account(plan="premium_career", price={"amount_minor": 2999, "currency": "EUR"})
    for name in ("Robin Sample", "Mika Placeholder"):
        client.log(made, name).expect(201)
    return made


@pytest.fixture
def page(browser: Browser, server: Server, client: Client, account: dict) -> Page:
    page = open_app(browser, server, client, "/settings")
    page.find("heading", "Settings")
    page.run(BROKEN_RULES)
    return page


def go(page: Page, place: str) -> Page:
    """Opens a page of the settings by its link in the index."""
    page.click("link", place)
    page.find("heading", place)
    return wait_idle(page)


def open_place(page: Page, server: Server, place: str) -> None:
    page.cdp("Page.navigate", url=f"{server.address}/settings{place}")
    page.wait_loaded()
    wait_idle(page).find("heading")


def test_the_index_and_working_days(page: Page, client: Client, account: dict) -> None:
    go(page, "Account")
    assert page.focused_name()[0] == "heading"
    page.fill("textbox", "Name", "The other seat")
    page.click("checkbox", "Sat")
    page.fill("textbox", "Credits to keep in reserve", "two")
    page.click("button", "Save")
    page.wait_text("Enter a whole number, such as 12.")
    assert_accessible(page)
    assert page.run_on(page.find("textbox", "Name"), "(one) => one.value") == "The other seat"

    page.fill("textbox", "Credits to keep in reserve", "2")
    page.click("button", "Save")

    page.wait_text("Saved.")
    page.find("DisclosureTriangle", "Account: The other seat")
    stored = client.get(f"/accounts/{account['id']}").expect(200)
    assert (stored["working_days"], stored["reserve"]) == ([1, 2, 3, 4, 5, 6], 2)
    go(page, "Plan & rules")
    assert page.run("() => broken") == []


def test_a_language_for_pages_whatever_the_browsers_is(page: Page, client: Client, account: dict) -> None:
    go(page, "Account")
    page.choose("Language of pages, calendar and e-mails", "Deutsch")
    page.click("button", "Save language")

    page.wait_text("Arbeitstage")
    wait_idle(page)
    assert page.run("() => document.documentElement.lang") == "de"
    assert page.run("() => document.querySelector('#skip').textContent") == "Zum Inhalt springen"
    said = "() => document.querySelector('#state-out').content.querySelector('h1').textContent"
    assert page.run(said) == "Sie sind abgemeldet"
    assert client.get(f"/accounts/{account['id']}").expect(200)["language"] == "de"
    assert_accessible(page)


def test_an_upgrade_by_keyboard_and_its_undo(page: Page, client: Client, account: dict) -> None:
    go(page, "Plan & rules")
    page.choose("Change to", "Sales Navigator")
    page.tab_to("button", "See what changes")
    page.press("Enter")
    page.wait_text("Upgrade to Sales Navigator today")
    until(lambda: page.focused_name()[1] == "What changes", "the preview has the focus")
    assert client.summary(account)["balance"] == 3
    assert_accessible(page)

    page.tab_to("button", "Save the upgrade")
    page.press("Enter")

    page.wait_text("Change of plan saved. Inkeeper changes nothing at LinkedIn.")
    assert client.summary(account)["balance"] == 28
    page.click("button", re.compile("^Undo: Sales Navigator"))
    page.wait_text("Undone. You have 3 credits.")
    assert client.summary(account)["account"]["plan"] == "premium_career"


def test_a_cancellation_that_is_left(page: Page, client: Client, account: dict) -> None:
    go(page, "Plan & rules")
    page.choose("Change to", "Cancel the subscription")
    page.click("button", "See what changes", within=page.find("form", "Change the plan"))
    page.wait_text("Use your 3 credits first.")
    assert_accessible(page)

    page.click("link", "Keep as it is")

    page.wait_no_text("Save the cancellation")
    assert client.list_all(f"/accounts/{account['id']}/plan-changes") == []


def test_the_credit_rules(page: Page, client: Client, account: dict) -> None:
    go(page, "Plan & rules")
    form = page.find("form", "Credit rules")
    page.click("radio", re.compile("^Yes"), within=form)
    page.click("radio", "From another day", within=form)
    until(lambda: page.run("() => document.querySelector('#own-day').checkVisibility()"), "a field for the day")
    page.click("radio", "From today", within=form)
    page.click("button", "See what changes", within=form)
    page.wait_text(re.compile("You have 3 credits now"))
    assert_accessible(page)

    page.click("button", "Save")

    page.wait_text("Saved.")
    assert client.get(f"/accounts/{account['id']}").expect(200)["rule_book"] == "rolling"


def test_another_account_in_the_browsers_time_zone(page: Page, client: Client) -> None:
    go(page, "Account")
    page.click("link", "Add an account")
    page.find("heading", "Add an account")
    zone = page.run("() => Intl.DateTimeFormat().resolvedOptions().timeZone")
    assert page.run("() => document.querySelector('#zone').value") == zone
    page.choose("LinkedIn plan", "Recruiter Lite")
    page.fill("textbox", "Name", "Hiring")
    page.click("button", "Add account")

    page.wait_text("Log an InMail")
    page.find("DisclosureTriangle", "Account: Hiring")
    made = next(one for one in client.list_all("/accounts") if one["name"] == "Hiring")
    assert (made["product"], client.summary(made)["balance"]) == ("recruiter", 50)


def test_a_browser_that_asks_appears_with_its_code(page: Page, client: Client) -> None:
    go(page, "Browsers")
    page.wait_text("No browser is asking at the moment.")

    asking = client.post("/pairings", {"device": "Edge on Windows"}).expect(201)["id"]

    page.wait_text("Edge on Windows wants to connect")
    assert_accessible(page)
    code = re.search(r"(\d{3}) (\d{3})", page.text())
    client.post(f"/pairings/{asking}/confirm", {"code": code[1] + code[2]}).expect(201)
    page.wait_no_text("wants to connect")
    page.click("button", "Disconnect Edge on Windows")
    page.wait_text("1 more was disconnected.")
    (device,) = [one for one in client.list_all("/devices") if one["name"] == "Edge on Windows"]
    assert device["revoked_at"]


def test_a_page_that_is_disconnected_elsewhere_signs_out(page: Page, client: Client) -> None:
    go(page, "Browsers")
    (device,) = [one for one in client.list_all("/devices") if one["kind"] == "page" and not one["revoked_at"]]
    client.delete(f"/devices/{device['id']}").expect(200)

    page.wait_text("This browser was disconnected.")
    assert "Edge" not in page.text()


def test_this_page_signs_out(page: Page, client: Client) -> None:
    go(page, "Browsers")
    page.click("button", "Sign out", within=page.find("region", "Connected"))

    page.wait_text("You're signed out")
    until(
        lambda: all(one["revoked_at"] for one in client.list_all("/devices") if one["kind"] == "page"), "it is revoked"
    )


def test_when_to_warn(page: Page, client: Client, account: dict) -> None:
    go(page, "Reminders")
    form = page.find("form", "Warnings")
    page.fill("textbox", "First warning", "14")
    page.fill("textbox", "Second warning", "20")
    page.fill("textbox", "Tell me when only this many credits are left", "3")
    page.click("button", "Save", within=form)
    page.wait_text("Enter fewer than 14 days.")
    assert_accessible(page)

    page.fill("textbox", "Second warning", "5")
    page.click("button", "Save", within=page.find("form", "Warnings"))

    page.wait_text("Saved.")
    page.wait_text("with an alarm 14 days before credits are lost")
    stored = client.get(f"/accounts/{account['id']}").expect(200)
    assert (stored["lead_days"], stored["low_balance"]) == ([14, 5, 1], 3)
    page.click("link", "Home")
    page.wait_text("You're down to 3 credits.")
    assert_accessible(page)
    assert page.run("() => broken") == []


def test_the_calendar(page: Page, server: Server, account: dict, tmp_path: Path) -> None:
    go(page, "Reminders")
    page.click("button", "Make a private address")
    page.wait_text("Copy this address now.")
    assert_accessible(page)
    address = page.run("() => document.querySelector('[data-copy$=\".ics\"]').dataset.copy")
    with urllib.request.urlopen(address) as feed:
        assert feed.read().startswith(b"BEGIN:VCALENDAR")

    page.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    page.click("button", "Download as a file")
    until(lambda: [*tmp_path.glob("*.ics")], "the file is there")

    page.click("DisclosureTriangle", "Replace or end the calendar's address")
    page.click("button", "End it")
    page.wait_text("The address no longer works.")
    page.find("button", "Make a private address")


def test_a_command_is_copied_or_selected(page: Page) -> None:
    go(page, "Data")
    page.run("() => { navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }; }")
    page.click("button", "Copy the command for the export")
    page.find("button", "Copied")
    assert page.run("() => copied") == ".venv/bin/inkeeper export inkeeper.zip"

    page.run("() => { navigator.clipboard.writeText = async () => { throw new Error('not allowed'); }; }")
    page.click("button", "Copy the command for a backup")
    until(
        lambda: page.run("() => String(getSelection())") == ".venv/bin/inkeeper backup inkeeper-backup.db", "selected"
    )


def test_a_person_is_erased(page: Page, client: Client, account: dict) -> None:
    link = "https://www.linkedin.com/in/kai-example"
    client.log(account, "Kai Example", recipient={"name": "Kai Example", "profile_url": link}).expect(201)
    go(page, "Data")
    page.fill("textbox", "LinkedIn profile", link)
    page.click("button", "See what would be erased")
    page.wait_text("1 InMail went to this person.")
    assert_accessible(page)

    page.click("button", "Erase this person")

    page.wait_text("Erased from 1 InMail.")
    assert "Kai Example" not in [one["recipient"]["name"] for one in client.inmails(account)]
    assert "kai" not in page.url


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_in_both_themes(page: Page, server: Server, theme: str) -> None:
    page.emulate(theme=theme)
    for place in PLACES:
        open_place(page, server, place)
        page.emulate(theme=theme)
        assert_accessible(page)


@pytest.mark.parametrize("touch", [False, True])
def test_every_page_on_a_narrow_screen(page: Page, server: Server, touch: bool) -> None:
    try:
        resize(page, 360, touch=touch)
        for place in PLACES:
            open_place(page, server, place)
            page.run("() => document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
            assert page.run("() => document.documentElement.scrollWidth <= innerWidth"), place
            small = [one for one in page.run(TOO_SMALL) if "checkbox" not in one and "radio" not in one]
            assert small == [], place
            assert_accessible(page)
    finally:
        reset_size(page)
