"""Set-up in a real browser: without the extension and with it, by mouse, keyboard and finger, in both themes."""

from __future__ import annotations

import re

import pytest

from e2e.harness.app import reset_size, resize, wait_idle
from e2e.harness.browser import Browser
from e2e.harness.judging import assert_accessible
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until
from inkeeper.server.opening import portable_link
from inkeeper.storage.database import open_database

SHOWN = "Credits that LinkedIn shows now"

TOO_SMALL = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
    .filter((one) => one.checkVisibility() && !one.classList.contains('skip') && one.type !== 'radio')
    .map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 90)])
    .filter(([box]) => box.height && (box.height < 43.5 || box.width < 43.5))
    .map(([box, html]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def welcome(browser: Browser, server: Server) -> Page:
    """Set-up as `inkeeper serve` opens it: signed in, with nothing stored and no device connected."""
    store = open_database(f"sqlite:///{server.data}/inkeeper.sqlite3")
    link = portable_link(store, server.address, "me", "/welcome")
    store.checkpoint_and_close()
    page = wait_idle(browser.visit(link))
    page.find("radio", "Sales Navigator")
    return page


def choose_plan(page: Page, number: str = "12") -> None:
    page.click("radio", "Sales Navigator")
    page.fill("textbox", SHOWN, number)
    page.click("button", "Save")
    page.wait_text(f"Sales Navigator, {number} credits left")


def test_from_the_plan_to_the_finish_without_the_extension(welcome: Page) -> None:
    assert not welcome.run("() => document.querySelector('input:checked')")

    choose_plan(welcome)

    welcome.wait_text("Waiting for the extension…")
    welcome.click("button", "Not sure")
    welcome.wait_text("We'll tell you if LinkedIn's number says otherwise.")
    welcome.click("link", "Skip for now")
    welcome.wait_text("You're ready")
    welcome.click("link", "Go to Home")
    welcome.wait_text("credits left of 25")


HOLD_ANSWERS = """(addresses) => {
    const really = globalThis.fetch;
    globalThis.held = {};
    globalThis.fetch = async (url, options) => {
        const answer = await really(url, options);
        const held = addresses.find((one) => String(url).includes(one));
        if (held) await new Promise((release) => { globalThis.held[held] = release; });
        return answer;
    };
}"""
"""JavaScript that keeps the answers of these addresses, or parts of addresses, until `RELEASE` lets each go on."""

RELEASE = """(address) => new Promise((done) => {
    document.addEventListener('htmx:finally:request', ({detail}) => {
        if (detail.ctx.request.action.includes(address)) done();
    });
    held[address]();
})"""
"""JavaScript that lets an answer go on, and waits until htmx has finished with it."""


@pytest.mark.parametrize("order", [("/credit-rules", "step=3"), ("step=3", "/credit-rules")])
def test_the_last_click_decides_which_page_is_shown(welcome: Page, order: tuple[str, str]) -> None:
    choose_plan(welcome)
    welcome.wait_text("Waiting for the extension…")
    welcome.run(HOLD_ANSWERS, order)
    welcome.click("button", "Not sure")
    until(lambda: welcome.run("() => '/credit-rules' in held"), "the answer to the button is held")
    welcome.click("link", "Skip for now")
    until(lambda: welcome.run("() => 'step=3' in held"), "the answer to the link is held")

    for address in order:
        welcome.run(RELEASE, address)

    welcome.wait_text("You're ready")
    assert welcome.url.endswith("/welcome?step=3")


def test_the_time_zone_is_the_browsers(welcome: Page) -> None:
    welcome.cdp("Emulation.setTimezoneOverride", timezoneId="Europe/Berlin")
    try:
        welcome.run("() => location.reload()")
        wait_idle(welcome).find("radio", "Sales Navigator")
        zone = until(lambda: welcome.run("() => document.querySelector('#plan-zone').value"), "a zone is chosen")
        assert zone == "Europe/Berlin"
    finally:
        welcome.cdp("Emulation.setTimezoneOverride", timezoneId="")


def test_the_extension_asks_the_page_shows_the_code_and_both_are_connected(
    browser: Browser, server: Server, welcome: Page
) -> None:
    choose_plan(welcome)
    welcome.wait_text("Waiting for the extension…")
    welcome.find("button", "Copy the folder")
    seen = len(server.terminal())

    browser.ask("pair.start", {"address": server.address, "device": "Chrome on Linux"})

    code = server.pairing_code(after=seen)
    welcome.wait_text(re.compile(rf"{code[:3]} {code[3:]}\s+Chrome on Linux wants to connect"))
    browser.ask("pair.confirm", {"code": code})
    welcome.wait_text("Connected: Chrome on Linux")
    browser.wait_balance(12)
    welcome.click("link", "Next")
    welcome.wait_text("You're ready")
    welcome.wait_text("Automatic logging")


def test_the_badge_follows_what_is_changed_in_the_app(browser: Browser, server: Server, welcome: Page) -> None:
    """The page was open already when the extension was connected."""
    seen = len(server.terminal())
    browser.ask("pair.start", {"address": server.address, "device": "Chrome on Linux"})
    browser.ask("pair.confirm", {"code": server.pairing_code(after=seen)})

    choose_plan(welcome)

    browser.wait_balance(12)
    welcome.run("() => location.assign('/')")
    welcome.fill("textbox", "Name or profile link", "Kai Example")
    welcome.click("button", "Log InMail")
    browser.wait_balance(11)

    browser.ask("disconnect")
    assert browser.control.run("() => chrome.scripting.getRegisteredContentScripts({ids: ['app']})") == []


def test_a_mistake_is_told_at_its_field_and_nothing_typed_is_lost(welcome: Page) -> None:
    welcome.fill("textbox", SHOWN, "twelve")
    welcome.click("button", "Save")

    welcome.wait_text("Choose your plan.")
    welcome.wait_text("Enter a whole number, such as 12.")
    assert welcome.focused_name()[0] == "radio"
    assert welcome.run_on(welcome.find("textbox", SHOWN), "(field) => field.value") == "twelve"
    assert_accessible(welcome)


def test_a_surprising_number_is_asked_about(welcome: Page) -> None:
    welcome.click("radio", "Premium Career")
    welcome.fill("textbox", SHOWN, "90")
    welcome.click("button", "Save")

    welcome.wait_text("Premium Career holds 15 credits at most. Does LinkedIn really show 90?")
    assert_accessible(welcome)
    welcome.click("button", "Yes, use it")

    welcome.wait_text("Premium Career, 90 credits left")


def test_all_by_keyboard(welcome: Page) -> None:
    welcome.tab_to("radio", "Sales Navigator")
    welcome.press("Space")
    welcome.tab_to("textbox", SHOWN)
    welcome.type("12")
    welcome.press("Enter")
    welcome.wait_text("Sales Navigator, 12 credits left")
    until(lambda: welcome.focused_name() == ("heading", "Set up Inkeeper"), "the focus is on the page's heading")
    welcome.tab_to("button", "Yes")
    welcome.press("Enter")
    welcome.wait_text("Unused credits carry over.")
    welcome.tab_to("link", "Skip for now")
    welcome.press("Enter")
    welcome.wait_text("You're ready")
    welcome.tab_to("link", "Go to Home")


def test_every_step_in_both_themes_and_on_a_phone(browser: Browser, server: Server, welcome: Page) -> None:
    def judge(name: str) -> None:
        for width, touch in ((1200, False), (360, True)):
            resize(welcome, width, touch=touch)
            assert_accessible(welcome)
            assert welcome.run(OVERFLOW) == 0, (name, width)
            if touch:
                assert welcome.run(TOO_SMALL) == [], name

    try:
        welcome.click("radio", "Other")
        welcome.find("textbox", "Credits you get each month")
        judge("plan")
        resize(welcome, 1200)
        choose_plan(welcome)
        browser.ask("pair.start", {"address": server.address, "device": "Chrome on Linux"})
        welcome.wait_text("wants to connect")
        judge("extension")
        resize(welcome, 1200)
        welcome.click("button", "Not sure")
        welcome.wait_text("We'll tell you if LinkedIn's number says otherwise.")
        welcome.click("link", "Skip for now")
        welcome.wait_text("You're ready")
        judge("finish")
    finally:
        reset_size(welcome)
