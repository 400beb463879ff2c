"""What a read page changes in popup and shortcut: cost, account, LinkedIn's balance; and what is kept of it nowhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import refresh
from e2e.harness.judging import assert_accessible
from e2e.harness.linkedin import PracticeSite
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until
from e2e.harness.wire import wiretap

LOG = re.compile("^Log InMail to Kai Example")
SHORTCUT = """async () => {
    const {logPersonOf} = await import(chrome.runtime.getURL('core/log/quicklog.js'));
    const [tab] = await chrome.tabs.query({url: 'https://www.linkedin.com/*', active: true});
    await logPersonOf(tab);
}"""


@pytest.fixture
def sales(connected: Browser, client: Client) -> dict:
    """A Sales Navigator seat with 50 credits, the current account."""
    made = client.account("Sales", rule_book="rolling")
    refresh(connected)
    connected.wait_badge("50")
    return made


@pytest.fixture
def recruiter(connected: Browser, client: Client, sales: dict) -> dict:
    """A Recruiter seat beside it."""
    made = client.account("Recruiter", plan="recruiter_lite", rule_book="rolling")
    refresh(connected)
    return made


@pytest.fixture
def premium(connected: Browser, client: Client, sales: dict) -> dict:
    """A Premium Business account with 15 credits beside it."""
    made = client.account("Premium", plan="premium_business", rule_book="rolling")
    refresh(connected)
    return made


def popup_over(browser: Browser, page: str, **asked: str) -> Page:
    """The real popup over a composer, once it has looked at it."""
    browser.visit(PracticeSite.composer(page, **asked))
    popup = browser.click_toolbar()
    popup.wait_text("Kai Example")
    return popup


def log_button(popup: Page) -> str:
    """What the popup's first button says."""
    popup.find("button", LOG)
    return next(name for name in popup.names("button") if LOG.match(name))


def costs(client: Client, account: dict) -> list[tuple[str, int]]:
    """Whom an account's InMails went to, newest first, and what they cost."""
    return [(one["recipient"]["name"], one["cost"]) for one in client.inmails(account)]


BUTTONS = [
    ("main", {}, "1 credit"),
    ("main", {"state": "free"}, "free"),
    ("sales", {"lang": "de"}, "1 credit"),
    ("sales", {"state": "free", "lang": "tr"}, "free"),
    ("main", {"state": "loading"}, r"1 credit \(LinkedIn doesn’t show the cost here\)"),
    ("main", {"root": "closed"}, r"1 credit \(LinkedIn doesn’t show the cost here\)"),
    ("recruiter", {}, r"1 credit \(LinkedIn doesn’t show the cost here\)"),
]


def test_the_button_says_what_it_costs(connected: Browser, sales: dict, premium: dict, recruiter: dict) -> None:
    for page, asked, words in BUTTONS:
        popup = popup_over(connected, page, **asked)
        assert re.match(rf"Log InMail to Kai Example {words}( ·|$)", log_button(popup))
    assert_accessible(popup)


def test_the_page_picks_the_account_and_the_cost(
    connected: Browser, client: Client, sales: dict, premium: dict
) -> None:
    popup = popup_over(connected, "main")
    popup.find("heading", "Premium")
    popup.click("button", LOG)
    until(lambda: costs(client, premium) == [("Kai Example", 1)], "logged for the Premium account")

    popup = popup_over(connected, "sales", state="free")
    popup.find("heading", "Sales")
    popup.wait_text(re.compile("You wrote .* · Premium"))
    popup.click("button", re.compile("^Log a second InMail… to Kai Example free"))
    popup.click("button", "Yes, log it")
    until(lambda: costs(client, sales) == [("Kai Example", 0)], "logged for the Sales Navigator account")
    assert len(costs(client, premium)) == 1

    popup.click("button", "Sales")
    popup.click("button", re.compile("^Switch to Premium"))
    popup.find("heading", "Premium")


def test_what_the_user_chose_last_holds_where_no_cost_is_shown(
    connected: Browser, client: Client, sales: dict, recruiter: dict
) -> None:
    popup = popup_over(connected, "sales", state="free")
    popup.click("button", LOG)
    popup.wait_text("Logged Kai Example · free")
    popup_over(connected, "recruiter").find("button", re.compile("^Log a second.*1 credit .LinkedIn"))

    popup = popup_over(connected, "recruiter")
    popup.click("button", "Log a free InMail to Kai Example")
    popup.click("button", "Yes, log it")
    popup.wait_text("Logged Kai Example · free")

    assert connected.storage("preferences")["lastCost"] == 0


def test_linkedins_balance_is_taken_over_with_one_click(connected: Browser, client: Client, sales: dict) -> None:
    popup = popup_over(connected, "sales")

    popup.click("button", "Use it")

    popup.wait_text("Updated to 92 (was 50).")
    connected.wait_balance(92)
    until(lambda: client.summary(sales)["balance"] == 92, "the server's balance")
    popup.wait_no_text("Use it")


def test_what_is_logged_before_it_is_taken_over_is_spent_from_it(
    connected: Browser, client: Client, sales: dict
) -> None:
    popup = popup_over(connected, "sales")
    popup.click("button", LOG)
    connected.wait_balance(49)

    popup.click("button", "Use it")

    popup.wait_text("Updated to 92 (was 50).")
    until(lambda: client.summary(sales)["balance"] == 91, "the server's balance")
    connected.wait_balance(91)
    # The line still shows what it was before this InMail: that is no news.
    popup = popup_over(connected, "sales")
    popup.find("button", re.compile("^Log a second InMail… to Kai Example"))
    assert not popup.has("button", re.compile("^(Use it|Yes, that)"))


def test_always_takes_it_over_at_once(connected: Browser, client: Client, sales: dict) -> None:
    popup = popup_over(connected, "sales", n="40")
    popup.click("checkbox", "Always")
    popup.wait_text("Updated to 40 (was 50).")
    connected.wait_balance(40)

    popup_over(connected, "sales", n="30").wait_text("Updated to 30 (was 40).")
    connected.wait_balance(30)
    # A zero may stand there in words that mean something else: the user decides.
    popup_over(connected, "sales", state="zero").find("button", "Use it")
    connected.wait_balance(30)

    connected.visit(PracticeSite.composer("sales", n="20"))
    connected.control.run(SHORTCUT)
    connected.wait_balance(19)
    until(lambda: client.summary(sales)["balance"] == 19, "the server's balance")


def test_an_equal_number_is_confirmed_once_a_day(connected: Browser, client: Client, sales: dict) -> None:
    popup = popup_over(connected, "sales", n="50")
    popup.click("button", "Yes, that’s right")
    popup.wait_text("Good, both show 50.")
    until(lambda: client.summary(sales)["observed"], "observed on the server")

    popup = popup_over(connected, "sales", n="50")
    popup.find("button", LOG)
    assert not popup.has("button", re.compile("^(Use it|Yes, that)"))


def test_a_number_of_another_product_is_not_offered(connected: Browser, sales: dict) -> None:
    connected.visit(PracticeSite.composer("main"))
    popup = connected.click_toolbar()

    popup.wait_text("This InMail uses Premium credits.")
    assert not popup.has("button", re.compile("^(Use it|Yes, that)"))


def test_a_page_that_is_not_recognised_says_so(connected: Browser, client: Client, sales: dict, premium: dict) -> None:
    popup = popup_over(connected, "main", hashed="1")
    popup.wait_text("Inkeeper couldn’t read this page. Fill in the form yourself.")
    assert "doesn’t show the cost" in log_button(popup)
    assert_accessible(popup)
    connected.close_popups()

    connected.control.run(SHORTCUT)

    until(lambda: connected.pages("popup/popup.html"), "the popup, to be filled in")
    assert client.inmails(sales) == []
    assert connected.outbox() == []


def test_a_message_to_a_1st_degree_connection_is_no_inmail(connected: Browser, client: Client, sales: dict) -> None:
    popup = popup_over(connected, "main", degree="1")
    popup.wait_text("Kai Example is a 1st-degree connection. Messages to them are free and aren’t InMails.")
    assert not popup.has("button", LOG)
    assert_accessible(popup)
    connected.close_popups()

    connected.control.run(SHORTCUT)

    until(lambda: connected.pages("popup/popup.html"), "the popup, to say so")
    assert connected.outbox() == []


@pytest.mark.parametrize(("state", "cost"), [("free", 0), ("missing", 1)])
def test_the_shortcut_knows_the_cost(
    connected: Browser, client: Client, sales: dict, premium: dict, state: str, cost: int
) -> None:
    connected.visit(PracticeSite.composer("compose", name="entity", state=state))

    connected.control.run(SHORTCUT)

    until(lambda: costs(client, premium) == [("Kai Example", cost)], "logged for the Premium account")
    (inmail,) = client.inmails(premium)
    assert inmail["recipient"]["profile_url"] == "https://www.linkedin.com/in/kai-example"


# -- nothing is guessed ------------------------------------------------------------------------------


def shortcut_asks(browser: Browser) -> Page:
    """The popup that the shortcut opens where it cannot log, as a click on the toolbar opens it."""
    browser.close_popups()
    browser.control.run(SHORTCUT)
    until(lambda: browser.pages("popup/popup.html"), "the popup, to be filled in")
    assert browser.outbox() == []
    return browser.click_toolbar()


@pytest.fixture
def only_premium(connected: Browser, client: Client) -> dict:
    """A Premium Business account with 15 credits, the only one."""
    made = client.account("Premium", plan="premium_business", rule_book="rolling")
    refresh(connected)
    connected.wait_badge("15")
    return made


def test_no_account_pays_for_another_products_composer(connected: Browser, client: Client, only_premium: dict) -> None:
    connected.visit(PracticeSite.composer("sales"))
    popup = shortcut_asks(connected)

    popup.wait_text("This InMail uses Sales Navigator credits.")
    popup.wait_text("You have no Sales Navigator account here.")
    popup.find("button", "Add one…")
    assert not popup.has("button", LOG)
    assert_accessible(popup)
    name = popup.find("textbox", "Name")
    assert popup.run_on(name, "(field) => field.value") == "Kai Example"
    assert client.inmails(only_premium) == []
    connected.wait_badge("15")

    popup.choose("Account", "Premium")
    popup.click("button", "Log InMail")
    until(lambda: costs(client, only_premium) == [("Kai Example", 1)], "logged for the account that was chosen")


def test_a_profile_without_a_composer_leaves_no_doubt_with_one_product(
    connected: Browser, client: Client, sales: dict
) -> None:
    connected.visit(PracticeSite.person())
    connected.control.run(SHORTCUT)
    until(lambda: costs(client, sales) == [("Kai Example", 1)], "logged for the only seat")

    client.account("Recruiter", plan="recruiter_lite", rule_book="rolling")
    refresh(connected)
    connected.visit(PracticeSite.person("robin-sample"))
    connected.click_toolbar().wait_text("This InMail uses Premium credits.")


ON_LINK = """async (link) => {
    const {logPersonOf} = await import(chrome.runtime.getURL('core/log/quicklog.js'));
    const [tab] = await chrome.tabs.query({url: 'https://www.linkedin.com/*', active: true});
    await logPersonOf(tab, link);
}"""


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://de.linkedin.com/in/mia-sample", "https://www.linkedin.com/in/mia-sample"),
        ("https://www.linkedin.com/mwlite/in/mia-sample?trk=x", "https://www.linkedin.com/in/mia-sample"),
        ("https://www.linkedin.com/company/sample/", ""),
        ("https://www.example.com/in/mia-sample", ""),
    ],
)
def test_a_link_is_never_taken_for_the_person_of_the_page(
    connected: Browser, only_premium: dict, link: str, kept: str
) -> None:
    connected.visit(PracticeSite.person())
    connected.control.run(ON_LINK, link)
    until(lambda: connected.pages("popup/popup.html"), "the popup, to be filled in")
    popup = connected.attach_page("popup/popup.html")

    field = popup.find("textbox", re.compile("^Profile link"))
    assert popup.run_on(field, "(field) => field.value") == kept
    assert popup.run_on(popup.find("textbox", "Name"), "(field) => field.value") == ""
    assert ("isn’t a person’s profile" in popup.text()) is (kept == "")
    assert connected.outbox() == []


def test_an_address_and_a_title_of_two_people_are_not_logged(
    connected: Browser, client: Client, only_premium: dict
) -> None:
    connected.visit(PracticeSite.person("robin-sample"))
    connected.tab.run("() => history.pushState({}, '', '/in/kai-example/?composer=none')")

    popup = shortcut_asks(connected)

    popup.wait_text("This page may still be changing to another person.")
    assert not popup.has("button", re.compile("^Log InMail to"))
    connected.close_popups()
    connected.tab.run("() => { document.title = 'Kai Example | LinkedIn'; }")
    connected.control.run(SHORTCUT)
    until(lambda: costs(client, only_premium) == [("Kai Example", 1)], "logged once they are of one person")


def test_as_it_is_shipped_the_click_alone_lets_it_look(visible: Browser) -> None:
    look = """async () => {
        const {activeTab} = await import(chrome.runtime.getURL('core/browser.js'));
        const {readPage} = await import(chrome.runtime.getURL('core/page/reading.js'));
        return readPage(await activeTab());
    }"""
    assert visible.control.run("() => chrome.permissions.getAll()")["origins"] == []

    for asked in ({}, {"frame": "page"}, {"frame": "blank"}):
        visible.visit(PracticeSite.composer("sales", **asked))
        read: dict[str, Any] = visible.click_toolbar().run(look)
        assert (read["person"]["name"], read["cost"], read["balance"]) == ("Kai Example", "credit", 92)


MARKER = "Zanzibar-marmalade-4711"


def test_what_is_written_in_a_message_is_found_nowhere(
    browser: Browser, client: Client, server: Server, linkedin: PracticeSite
) -> None:
    with wiretap(server.port) as wire:
        seen = len(server.terminal())
        browser.ask("pair.start", {"address": wire.address, "device": "Chromium in a test"})
        browser.ask("pair.confirm", {"code": server.pairing_code(after=seen)})
        accounts = [
            client.account("Premium", plan="premium_business", rule_book="rolling"),
            client.account("Sales", rule_book="rolling"),
            client.account("Recruiter", plan="recruiter_lite", rule_book="rolling"),
        ]
        refresh(browser)
        browser.ask("preferences.set", {"takeOver": True})
        for number, page in enumerate(("main", "sales", "recruiter")):
            browser.visit(PracticeSite.composer(page))
            write(browser, MARKER)
            asked = len(linkedin.requested_paths)
            popup = browser.click_toolbar()
            popup.click("button", re.compile("^Log (InMail|a second InMail…) to Kai Example"))
            if number:
                popup.click("button", "Yes, log it")
            # What LinkedIn shows is taken over next, and its message may take the place of the log's at once.
            until(lambda number=number: client.inmails(accounts[number]), "it is logged")
            assert MARKER not in popup.run("() => document.documentElement.outerHTML")
            browser.control.run(SHORTCUT)
            assert linkedin.requested_paths[asked:] == []
        until(lambda: not browser.outbox(), "all of it is on the server")
        assert b"Kai Example" in wire.traffic
        assert MARKER.encode() not in wire.traffic
    server.terminate()
    assert MARKER not in json.dumps(browser.storage())
    assert MARKER not in json.dumps(browser.control.run("() => chrome.storage.session.get(null)"))
    assert MARKER not in server.terminal()
    kept = [path for path in Path(server.data).rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if MARKER.encode() in path.read_bytes()]


def write(browser: Browser, text: str) -> None:
    """Types a text into subject and body of the composer in the first tab, with real keys."""
    for field in ("input", "textarea, [role=textbox]"):
        browser.tab.run(
            """(css) => {
                const roots = [document, ...[...document.querySelectorAll('*')].map((one) => one.shadowRoot)];
                roots.filter(Boolean).map((root) => root.querySelector(css)).find(Boolean).focus();
            }""",
            field,
        )
        browser.tab.cdp("Input.insertText", text=text)
