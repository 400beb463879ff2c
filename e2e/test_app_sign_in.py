"""Getting in to the pages, staying in, and getting out, in a real browser."""

from __future__ import annotations

from contextlib import closing

import pytest

from e2e.harness.app import open_app, record_requests, sign_in_link, wait_idle
from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.judging import assert_accessible
from e2e.harness.server import Server
from e2e.harness.wait import until


@pytest.fixture
def account(client: Client) -> dict:
    account = client.account()
    client.log(account, "Robin Sample").expect(201)
    return account


def page_devices(client: Client) -> list[dict]:
    return [device for device in client.list_all("/devices") if device["kind"] == "page"]


def test_a_link_opens_the_page_signed_in(browser: Browser, server: Server, client: Client, account: dict) -> None:
    page = open_app(browser, server, client)

    page.wait_text("Robin Sample")
    assert page.url == f"{server.address}/"
    (device,) = page_devices(client)
    assert device["name"] == "Page in Chrome on Linux"


def test_the_secret_is_sent_once_and_nowhere_else(
    browser: Browser, server: Server, client: Client, account: dict
) -> None:
    link = sign_in_link(server, client)
    secret = link.rpartition("=")[2]
    with record_requests(browser.tab):
        tab = wait_idle(browser.visit(link))
    tab.wait_text("Robin Sample")

    sent = tab.run("() => sent")
    assert [one["url"] for one in sent] == ["/api/v1/sign-ins/redeem", "/"]
    for one in sent:
        assert secret not in str(one["headers"]) + one["url"]
        assert "HX-Current-URL" not in one["headers"]
    assert secret not in server.terminal()
    assert secret not in tab.run("() => JSON.stringify([{...localStorage}, {...sessionStorage}, history.state])")


def test_it_stays_signed_in_and_an_old_link_does_no_harm(
    browser: Browser, server: Server, client: Client, account: dict
) -> None:
    link = sign_in_link(server, client)
    wait_idle(browser.visit(link)).wait_text("Robin Sample")

    browser.visit(f"{server.address}/api/docs")
    wait_idle(browser.visit(link)).wait_text("Robin Sample")
    wait_idle(browser.visit(f"{server.address}/")).wait_text("Robin Sample")
    # Another link while the page is open changes the fragment only.
    browser.tab.run("(link) => { location.href = link; }", sign_in_link(server, client))
    until(lambda: "#" not in browser.tab.url, "the secret is taken out of the address")
    browser.tab.wait_text("Robin Sample")

    assert len(page_devices(client)) == 1


def test_an_expired_link_says_so(browser: Browser, server: Server, client: Client, account: dict) -> None:
    page = browser.visit(f"{server.address}/#signin=never-made")

    page.wait_text("That link has expired or was used before.")
    page.wait_text("inkeeper open")
    assert "Robin Sample" not in page.run("() => document.documentElement.outerHTML")
    assert_accessible(page)


def test_a_visit_without_a_link_says_how_to_get_in(browser: Browser, server: Server) -> None:
    page = browser.visit(f"{server.address}/")

    page.find("heading", "You're signed out")
    assert_accessible(page)


def test_a_revoked_page_shows_nothing_any_more(browser: Browser, server: Server, client: Client, account: dict) -> None:
    page = open_app(browser, server, client)
    page.wait_text("Robin Sample")
    client.delete(f"/devices/{page_devices(client)[0]['id']}").expect(200)

    page.click("button", "Replied: Robin Sample")

    page.wait_text("This browser was disconnected.")
    assert "Robin" not in page.run("() => document.body.innerHTML")
    assert page.run("() => localStorage.getItem('token')") is None
    assert client.inmails(account)[0]["outcome"] == "pending"


def test_signing_out_in_one_tab_clears_the_others(
    browser: Browser, server: Server, client: Client, account: dict
) -> None:
    page = open_app(browser, server, client)
    other = wait_idle(browser.open(f"{server.address}/"))
    other.wait_text("Robin Sample")

    # The tab in front is the one that can be clicked.
    other.click("DisclosureTriangle", "Account: My seat")
    other.click("button", "Sign out")

    for one in (page, other):
        one.wait_text("You're signed out")
        assert "Robin" not in one.run("() => document.body.innerHTML")
    until(lambda: page_devices(client)[0]["revoked_at"], "the server took the token away")


def test_back_after_signing_out_shows_nothing(browser: Browser, server: Server, client: Client, account: dict) -> None:
    page = open_app(browser, server, client)
    page.wait_text("Robin Sample")
    page.run("() => { location.href = '/api/docs'; }")
    page.wait_text("HTTP interface")
    other = wait_idle(browser.open(f"{server.address}/"))
    other.click("DisclosureTriangle", "Account: My seat")
    other.click("button", "Sign out")
    other.wait_text("You're signed out")

    page.run("() => history.back()")

    page.wait_text("You're signed out")
    assert "Robin" not in page.run("() => document.body.innerHTML")


def test_a_page_from_the_back_forward_cache_asks_again_who_is_signed_in(
    browser: Browser, server: Server, client: Client, account: dict
) -> None:
    page = open_app(browser, server, client)
    page.wait_text("Robin Sample")

    # What a browser tells a page that it restores as it was; these pages are `no-store`, so it rarely does.
    page.run(
        """() => {
            localStorage.removeItem('token');
            dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}));
        }"""
    )

    page.wait_text("You're signed out")
    assert "Robin" not in page.run("() => document.body.innerHTML")


def test_blocked_storage_is_named(browser: Browser, server: Server) -> None:
    page = browser.tab
    page.cdp("Page.enable")
    # What Chromium throws where the user blocks all site data.
    blocked = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('', 'SecurityError'); }})"
    script = page.cdp("Page.addScriptToEvaluateOnNewDocument", source=blocked)["identifier"]
    try:
        browser.visit(f"{server.address}/")
        page.find("heading", "Your browser blocks this page's storage")
    finally:
        page.cdp("Page.removeScriptToEvaluateOnNewDocument", identifier=script)


def test_without_javascript_it_says_why(browser: Browser, server: Server) -> None:
    page = browser.tab
    page.cdp("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.cdp("Page.navigate", url=f"{server.address}/")
        until(lambda: page.has("heading", "Inkeeper needs JavaScript"), "the page says it")
    finally:
        page.cdp("Emulation.setScriptExecutionDisabled", value=False)


def test_two_owners_in_one_browser(browser: Browser, server: Server, client: Client, account: dict) -> None:
    """A link of another owner signs that owner in, and shows nothing of the first."""
    open_app(browser, server, client).wait_text("Robin Sample")
    with closing(Client(server.port)) as other:
        pairing = other.post("/pairings", {"device": "other"}).expect(201)
        code = server.pair_for("Somebody Else")
        other.token = other.post(f"/pairings/{pairing['id']}/confirm", {"code": code}).expect(201)["token"]

        page = open_app(browser, server, other)

        page.wait_text("Welcome to Inkeeper")
        assert "Robin" not in page.run("() => document.body.innerHTML")
