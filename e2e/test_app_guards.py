"""What htmx 4.0.1 does by default and the pages must not: one test each, so that an update of htmx shows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from e2e.harness.app import open_app, record_requests, reset_size, resize, wait_idle
from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.page import CONTROL, SHIFT, Page
from e2e.harness.server import Server
from e2e.harness.wait import until

WHO = "Name or profile link"


@pytest.fixture
def account(client: Client) -> dict:
    return client.account()


@pytest.fixture
def home(browser: Browser, server: Server, client: Client, account: dict) -> Page:
    page = open_app(browser, server, client)
    page.find("button", "Log InMail")
    return page


@contextmanager
def locked(server: Server) -> Iterator[None]:
    """Another program keeps the database for itself: every write of the server fails after some seconds."""
    with closing(sqlite3.connect(server.data / "inkeeper.sqlite3", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def click_at(page: Page, role: str, name: str, *, times: int = 1, modifiers: int = 0) -> None:
    """Clicks with keys held, or several times within the same moment."""
    x, y = page.run_on(
        page.find(role, name),
        "(one) => { const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }",
    )
    for count in range(1, times + 1):
        page.press_mouse(x, y, count=count, modifiers=modifiers)


@pytest.mark.parametrize("modifiers", [CONTROL, SHIFT])
def test_a_click_with_ctrl_or_shift_opens_another_tab(browser: Browser, home: Page, modifiers: int) -> None:
    before = home.url

    click_at(home, "link", "History", modifiers=modifiers)

    until(lambda: browser.pages("/history"), "another tab or window shows it")
    assert home.url == before
    assert home.has("button", "Log InMail")


def test_a_refused_page_is_not_pushed(home: Page) -> None:
    home.run(
        """() => {
            const link = document.querySelector('#to-history');
            link.setAttribute('hx-get', '/history?account=missing');
            htmx.process(link);
        }"""
    )
    before, entries = home.url, home.run("() => history.length")

    home.click("link", "History")

    home.wait_text("This isn't here any more")
    assert (home.url, home.run("() => history.length")) == (before, entries)
    home.find("button", "Log InMail")


def test_a_double_click_logs_once(home: Page, client: Client, account: dict) -> None:
    home.fill("textbox", WHO, "Robin Sample")

    click_at(home, "button", "Log InMail", times=2)

    home.wait_text("Logged: Robin Sample")
    wait_idle(home)
    assert len(client.inmails(account)) == 1
    assert "Already logged" not in home.text()


def test_an_answer_that_is_no_page_leaves_the_form_alone(home: Page, server: Server, client: Client, account) -> None:
    home.fill("textbox", WHO, "Robin Sample")
    with locked(server):
        home.click("button", "Log InMail")
        home.wait_text("That didn't work, and nothing was saved.", seconds=20)
        assert home.run("() => document.querySelector('#log-who').value") == "Robin Sample"

    home.click("button", "Log InMail")

    home.wait_text("Logged: Robin Sample")
    assert "nothing was saved" not in home.text()
    assert len(client.inmails(account)) == 1


def test_a_server_that_is_away_leaves_what_was_typed(home: Page, server: Server, client: Client, account: dict) -> None:
    home.fill("textbox", WHO, "Robin Sample")
    server.kill()
    home.click("button", "Log InMail")
    home.wait_text("Can't reach Inkeeper.")
    assert home.run("() => document.querySelector('#log-who').value") == "Robin Sample"

    server.start()
    home.click("button", "Log InMail")

    home.wait_text("Logged: Robin Sample")
    client.close()
    assert len(client.inmails(account)) == 1


def test_a_page_opened_while_the_server_goes_away_says_so(browser: Browser, home: Page, server: Server) -> None:
    server.freeze()
    try:
        home.run("() => { htmx.config.defaultTimeout = 300; }")
        home.run("() => { document.getElementById('main').setAttribute('aria-busy', 'true'); }")
        home.run("() => { htmx.ajax('GET', '/', {target: '#main', swap: 'outerHTML'}); }")
        home.find("heading", "Inkeeper isn't running")
    finally:
        server.thaw()


def test_back_and_forward_show_each_page_with_its_scroll(home: Page, client: Client, account: dict) -> None:
    for number in range(20):
        client.log(account, f"Person {number}").expect(201)
    resize(home, 1000, 400)
    try:
        home.cdp("Page.reload")
        wait_idle(home).wait_text("Person 0")
        home.run("() => window.scrollTo(0, 200)")
        until(lambda: home.run("() => scrollY") == 200, "scrolled")
        home.run("() => document.querySelector('#to-history').click()")
        home.find("heading", "History")
        assert home.url.endswith("/history")
        until(lambda: home.run("() => scrollY") == 0, "the other page begins at its top")

        home.run("() => history.back()")
        home.find("button", "Log InMail")
        until(lambda: home.run("() => scrollY") == 200, "scrolled back")
        home.run("() => history.forward()")
        home.find("heading", "History")
    finally:
        reset_size(home)


def test_what_htmx_sends_and_stores(browser: Browser, server: Server, client: Client, account: dict) -> None:
    with record_requests(browser.tab):
        page = open_app(browser, server, client)
    page.find("button", "Log InMail")
    page.fill("textbox", WHO, "Robin Sample")
    page.click("button", "Log InMail")
    page.wait_text("Logged: Robin Sample")
    page.click("link", "History")
    page.find("heading", "History")
    page.run("() => history.back()")
    page.find("button", "Log InMail")

    token = page.run("() => localStorage.getItem('token')")
    requests = [one for one in page.run("() => sent") if "/api/" not in one["url"]]
    assert len(requests) == 4
    for one in requests:
        assert one["headers"]["Authorization"] == f"Bearer {token}"
        assert "HX-Current-URL" not in one["headers"]
        assert "Robin" not in one["url"]
    assert page.run("() => [Object.keys(localStorage), Object.keys(sessionStorage)]") == [["token"], []]
    assert "Robin" not in page.url + page.run("() => document.title + JSON.stringify(history.state)")


def test_markup_in_attributes_cannot_run(home: Page, server: Server) -> None:
    """The policy stops what htmx would evaluate; nothing is sent then."""
    home.run(
        """() => {
            const form = document.createElement('form');
            form.innerHTML = `<button type="button" onclick="globalThis.ran = 1" hx-on:click="ran = 2">Run</button>
                <button type="button" hx-post="/sign-out" hx-vals="js:x:1">Send</button>`;
            document.querySelector('#main').prepend(form);
            htmx.process(form);
        }"""
    )

    home.click("button", "Run")
    home.click("button", "Send")
    home.click("link", "History")
    home.find("heading", "History")

    assert home.run("() => globalThis.ran ?? 0") == 0
    assert "POST /sign-out" not in server.terminal()


def test_an_upload_shows_its_progress(home: Page) -> None:
    seen = home.run(
        """async () => {
            const form = document.createElement('form');
            form.setAttribute('hx-post', '/accounts/missing/inmails');
            form.setAttribute('hx-encoding', 'multipart/form-data');
            form.setAttribute('hx-swap', 'none');
            const file = document.createElement('input');
            file.type = 'file';
            file.name = 'file';
            const chosen = new DataTransfer();
            chosen.items.add(new File([new Uint8Array(500_000)], 'large.csv'));
            file.files = chosen.files;
            const progress = document.createElement('progress');
            progress.dataset.upload = '';
            progress.hidden = true;
            form.append(file, progress);
            document.querySelector('#main').append(form);
            htmx.process(form);
            const done = new Promise((resolve) => addEventListener('htmx:finally:request', resolve, {once: true}));
            form.requestSubmit();
            await done;
            return [progress.max, progress.value, progress.hidden];
        }"""
    )

    total, sent, hidden = seen
    assert sent == total > 500_000
    assert hidden
    home.wait_text("This isn't here any more.")
