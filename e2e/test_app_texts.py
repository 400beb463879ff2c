"""Texts and results in a real browser: writing with a live preview, by keyboard and finger, in both themes."""

from __future__ import annotations

import re

import pytest

from e2e.harness.app import open_app, record_requests, reset_size, resize, wait_idle
from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.judging import assert_accessible
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until
from e2e.test_app_home import TOO_SMALL

PREVIEW = "() => [...document.querySelectorAll('#preview .letter p')].map((one) => one.innerText).join('\\n')"

COUNT_CHANGES = """() => {
    globalThis.changes = 0;
    document.addEventListener('inkeeper:changed', () => { changes += 1; });
}"""

HELLO = {"name": "Hello", "purpose": "introduction", "subject": "A question", "body": "Hi {{first_name}}"}


@pytest.fixture
def account(client: Client) -> dict:
    account = client.account(plan="sales_navigator")
    client.post("/people", {"name": "Mika Placeholder", "company": "Sample Ltd"}).expect(201)
    return account


@pytest.fixture
def page(browser: Browser, server: Server, client: Client, account: dict) -> Page:
    page = open_app(browser, server, client, "/people/texts")
    page.wait_text("Your texts")
    return page


def preview(page: Page) -> str:
    """Its paragraphs, one a line."""
    return str(
        page.run("() => [...document.querySelectorAll('#preview .letter p')].map((p) => p.innerText).join('\\n')")
    )


def body(page: Page) -> str:
    return str(page.run_on(page.find("textbox", "Message"), "(one) => one.value"))


def test_a_text_by_keyboard_alone(page: Page, client: Client) -> None:
    page.tab_to("link", "New text")
    page.press("Enter")
    page.find("heading", "New text")
    until(lambda: page.focused_name() == ("heading", "Texts"), "the page has the focus")
    page.tab_to("textbox", "Name")
    page.type("Greeting")
    page.tab_to("textbox", "Subject")
    page.type("Hello")
    page.tab_to("textbox", "Message")
    page.type("Hi ")
    until(lambda: preview(page) == "Hello\nHi", "the preview follows")

    # Back to the buttons, which write where the caret was.
    for name, written in (
        ("First name", "Hi {{first_name}}"),
        ("Company", "Hi {{first_name}} of {{company|your company}}"),
    ):
        page.tab_to("button", name, press=lambda: page.press("Tab", modifiers=8))
        page.press("Enter")
        until(lambda: page.focused_name() == ("textbox", "Message"), "the caret is back in the message")
        assert body(page) == written
        for letter in " of ":
            page.press("Space" if letter == " " else letter)

    until(lambda: preview(page) == "Hello\nHi Mika of Sample Ltd of", "the preview is filled in")
    page.wait_text("Good length.")
    assert page.focused_name() == ("textbox", "Message"), "the preview takes no focus"
    page.tab_to("button", "Save")
    page.press("Enter")

    page.wait_text("Saved.")
    page.find("link", "Greeting")
    assert page.url.endswith(f"/people/texts?account={client.get('/accounts').expect(200)['items'][0]['id']}")
    stored = client.get("/texts").expect(200)["items"][-1]
    assert (stored["name"], stored["body"]) == ("Greeting", "Hi {{first_name}} of {{company|your company}} of")


def test_what_is_missing_for_somebody_else(page: Page, client: Client) -> None:
    page.click("link", "New text")
    page.fill("textbox", "Subject", "At {{company}}")
    page.fill("textbox", "Message", "Hi {{first_name}}")
    until(lambda: preview(page) == "At Sample Ltd\nHi Mika", "for the newest person")
    assert page.text().count("missing") == 0

    page.fill("combobox", "For", "Robin Sample")

    page.wait_text("Not on your list, so only the name is known.")
    page.wait_text("Company is missing for Robin.")
    assert preview(page) == "At {{company}}\nHi Robin"
    assert_accessible(page)
    page.fill("textbox", "Subject", "At {{company|your company}}")
    page.wait_no_text("is missing")


def test_a_fault_is_named_while_typing_and_when_saving(page: Page, client: Client) -> None:
    page.click("link", "New text")
    page.fill("textbox", "Name", "Greeting")
    page.fill("textbox", "Subject", "Hello")
    page.fill("textbox", "Message", "Hi {{firstname}}")
    page.wait_text("Did you mean {{first_name}}?")

    page.click("button", "Save")

    until(lambda: page.focused_name() == ("textbox", "Message"), "the fault has the focus")
    assert body(page) == "Hi {{firstname}}"
    assert "Greeting" not in [text["name"] for text in client.get("/texts").expect(200)["items"]]
    assert_accessible(page)
    page.fill("textbox", "Message", "Hi {{first_name}}")
    page.click("button", "Save")
    page.wait_text("Saved.")


def test_editing_deleting_and_undo(page: Page, client: Client) -> None:
    client.post("/texts", HELLO).expect(201)
    page.cdp("Page.reload")
    wait_idle(page)
    page.click("link", "Hello")
    page.fill("textbox", "Message", "Hello {{name}}")
    page.click("button", "Save")
    page.wait_text("Saved.")
    assert client.get("/texts").expect(200)["items"][-1]["body"] == "Hello {{name}}"

    page.click("link", "Hello")
    page.click("button", "Delete Hello")
    page.wait_text("Deleted Hello.")
    assert not page.has("link", "Hello")
    page.click("button", re.compile("^Undo"))

    page.find("link", "Hello")
    assert client.get("/texts").expect(200)["items"][-1]["body"] == "Hello {{name}}"


def test_back_leads_from_a_text_to_the_list(page: Page, client: Client) -> None:
    client.post("/texts", HELLO).expect(201)
    page.cdp("Page.reload")
    wait_idle(page)
    page.click("link", "Hello")
    page.find("heading", "Edit text")

    page.run("() => history.back()")

    page.find("link", "New text")
    assert not page.has("heading", "Edit text")


def test_typing_tells_the_extension_of_no_change(page: Page) -> None:
    """The preview stores nothing, so that nothing has to be fetched anew."""
    page.run(COUNT_CHANGES)
    page.click("link", "New text")
    page.fill("textbox", "Name", "Greeting")
    page.fill("textbox", "Subject", "Hello")
    page.fill("textbox", "Message", "Hi")
    until(lambda: preview(page) == "Hello\nHi", "the preview is there")
    assert page.run("() => changes") == 0

    page.click("button", "Save")
    page.wait_text("Saved.")
    assert page.run("() => changes") == 1


def test_nothing_typed_is_in_an_address(browser: Browser, page: Page) -> None:
    with record_requests(page):
        page.cdp("Page.reload")
        wait_idle(page)
        page.click("link", "New text")
        page.fill("textbox", "Message", "secret words")
        page.fill("combobox", "For", "Robin Sample")
        until(lambda: "secret words" in preview(page), "the preview is there")

        sent = page.run("() => sent.map((one) => one.url)")
        assert [url for url in sent if "secret" in url or "Robin" in url] == []
        assert "Robin" not in page.url


@pytest.mark.parametrize("touch", [False, True])
def test_on_a_narrow_screen(page: Page, client: Client, account: dict, touch: bool) -> None:
    client.post("/texts", HELLO).expect(201)
    client.log(account, "Robin Sample").expect(201)
    try:
        resize(page, 360, touch=touch)
        page.cdp("Page.reload")
        wait_idle(page)
        for step, link in (("the list", "Hello"), ("the editor", "Results"), ("the results", "Texts")):
            assert page.run("() => document.documentElement.scrollWidth <= innerWidth"), step
            assert page.run(TOO_SMALL) == [], step
            assert_accessible(page)
            page.click("link", link)
            wait_idle(page)
    finally:
        reset_size(page)


def test_results(page: Page, client: Client, account: dict) -> None:
    client.patch(f"/accounts/{account['id']}", {"allotment": 100}).expect(200)
    for number in range(25):
        logged = client.log(account, f"Person {number}", purpose="article" if number < 22 else "other").expect(201)
        if number < 6:
            path = f"/accounts/{account['id']}/inmails/{logged['inmail']['id']}"
            client.patch(path, {"outcome": "replied"}).expect(200)
    page.click("link", "Results")
    page.wait_text("6 of 25 answered 24%")
    page.wait_text("No InMail was sent with a text yet.")

    page.click("link", "Why")

    page.wait_text("too few to tell")
    page.wait_text("27% 13–48%")
    assert page.run("() => document.querySelectorAll('.range').length") == 1
    assert_accessible(page)
