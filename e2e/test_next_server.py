"""Other programs on the server's port, and other servers, get no token, name or entry that is not theirs."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect, refresh, type_code
from e2e.harness.judging import assert_accessible
from e2e.harness.linkedin import PracticeSite
from e2e.harness.middle import INKEEPER, Interceptor, Reply, Request, intercepted
from e2e.harness.page import Page
from e2e.harness.server import ROOT, Server
from e2e.harness.wait import until

GREETING = {"app": "inkeeper", "version": "9.9.9", "api": 1, "demo": False, "id": "0" * 32}
IMPOSTOR = "Another program answers on Inkeeper’s port"


def posing(**greeting: Any) -> Any:
    """Answers as Inkeeper would, as far as a program can that knows its source but no secret."""

    def change(request: Request) -> Reply | None:
        if request.path.startswith("/api/v1/server"):
            return Reply(200, INKEEPER, json.dumps({**GREETING, **greeting}).encode())
        if request.path.startswith("/api/v1/accounts"):
            return Reply(200, INKEEPER, b'{"items": [], "next_cursor": null}')
        return Reply(201, INKEEPER, b'{"secret": "mine", "inmail": {"id": "taken"}}')

    return change


OPEN_APP = """async () => {
    const {openApp} = await import(chrome.runtime.getURL('core/server/openapp.js'));
    return openApp('/').catch((error) => error.problem.code);
}"""


@pytest.fixture
def account(connected: Browser, client: Client) -> dict[str, Any]:
    """50 credits, none of which expires soon."""
    made = client.account(rule_book="rolling")
    refresh(connected)
    connected.wait_badge("50")
    return made


@pytest.fixture
def next_server(tmp_path: Path) -> Iterator[Server]:
    """Another server, with a ledger of its own."""
    running = Server(tmp_path / "next").start()
    yield running
    running.close()


def log(browser: Browser, account: dict[str, Any], name: str) -> None:
    recipient = {"name": name, "profileUrl": None}
    browser.ask("log", {"accountId": account["id"], "recipient": recipient, "cost": 1, "source": "popup"})


def popup_of(browser: Browser) -> Page:
    browser.visit(PracticeSite.person())
    return browser.click_toolbar()


def names(client: Client, account: dict[str, Any]) -> list[str]:
    return [inmail["recipient"]["name"] for inmail in client.inmails(account)]


def nothing_got_out(middle: Interceptor) -> None:
    everything = middle.transcript()
    for words in ("ink_", "Robin", "uthorization"):
        assert words not in everything, f"{words} in {everything}"


@pytest.mark.parametrize("proof", [{}, {"proof": None}, {"proof": "0" * 64}, {"proof": 7}], ids=str)
def test_an_impostor_gets_neither_token_nor_names(
    connected: Browser, client: Client, account: dict[str, Any], server: Server, proof: dict[str, Any]
) -> None:
    server.kill()
    client.close()
    with intercepted(posing(**proof), port=server.port) as impostor:
        log(connected, account, "Robin Sample")
        popup = popup_of(connected)
        popup.wait_text(IMPOSTOR)
        popup.wait_text("nothing was sent to it")
        connected.wait_badge("49↑", title="nother program")
        assert impostor.requests
        nothing_got_out(impostor)
        assert_accessible(popup)
        # The link to the app takes the same way.
        assert connected.control.run(OPEN_APP) == "impostor"
        popup.click("link", "See what to do…")
        welcome = connected.attach_page("welcome/welcome.html#server")
        welcome.wait_text("Did you set up Inkeeper anew?")
        assert_accessible(welcome)
        nothing_got_out(impostor)

    server.start()
    popup = popup_of(connected)

    connected.wait_badge("49")
    popup.wait_no_text(IMPOSTOR)
    assert names(client, account) == ["Robin Sample"]


def test_each_conversation_asks_for_proof_once(connected: Browser, client: Client, server: Server) -> None:
    client.account(rule_book="rolling")
    with intercepted(lambda _: None, server_port=server.port) as line:
        stored = connected.storage("server")
        connected.control.run("(server) => chrome.storage.local.set({server})", {**stored, "address": line.address})
        connected.kill_worker()
        line.requests.clear()

        refresh(connected)

        paths = [request.path.partition("?")[0] for request in line.requests]
        assert paths.count("/api/v1/server") == 1
        assert paths[0] == "/api/v1/server"
        assert len(paths) > 2
        assert "Authorization" not in line.requests[0].headers


def without_secret(browser: Browser, server: Server) -> None:
    """Makes the connection one of before there were secrets, on both sides."""
    with closing(sqlite3.connect(server.data / "inkeeper.sqlite3")) as database:
        database.execute("UPDATE device SET secret = NULL")
        database.commit()
    stored = browser.storage("server")
    old = {name: stored[name] for name in ("address", "token", "deviceId", "demo")}
    browser.control.run("(server) => chrome.storage.local.set({server})", old)


def test_a_connection_of_before_gets_its_secret(
    connected: Browser, client: Client, account: dict[str, Any], server: Server
) -> None:
    without_secret(connected, server)

    refresh(connected)

    assert len(connected.storage("server")["secret"]) == 43
    log(connected, account, "Kai Example")
    connected.wait_badge("49")
    assert names(client, account) == ["Kai Example"]
    server.kill()
    client.close()
    with intercepted(posing(), port=server.port) as impostor:
        log(connected, account, "Robin Sample")
        popup_of(connected).wait_text(IMPOSTOR)
        nothing_got_out(impostor)


def of_before(server: Server) -> Any:
    """Answers as a server that knows nothing of ids, proofs and secrets."""

    def change(request: Request) -> Reply | None:
        if request.path.startswith("/api/v1/server"):
            old = {name: GREETING[name] for name in ("app", "version", "api", "demo")}
            return Reply(200, INKEEPER, json.dumps(old).encode())
        if request.path.endswith("/current/secret"):
            return Reply(404, INKEEPER, b'{"code": "not_found", "detail": "There is nothing here."}')
        if request.path.endswith("/confirm"):
            client = Client(server.port)
            answer = client.request(request.method, request.path.removeprefix("/api/v1"), json.loads(request.body))
            client.close()
            old = {name: answer.body[name] for name in ("token", "device_id")}
            return Reply(answer.status, INKEEPER, json.dumps(old).encode())
        return None

    return change


def test_a_server_of_before_goes_on_working_until_it_is_updated(
    browser: Browser, server: Server, client: Client
) -> None:
    account = client.account(rule_book="rolling")
    with intercepted(of_before(server), server_port=server.port) as line:
        seen = len(server.terminal())
        browser.ask("pair.start", {"address": line.address, "device": "Chromium in a test"})
        browser.ask("pair.confirm", {"code": server.pairing_code(after=seen)})
        browser.wait_badge("50")
        log(browser, account, "Kai Example")
        browser.wait_badge("49")
        assert not [request for request in line.requests if request.path.endswith("/current/secret")]

        # The same connection meets the new version: the entry that waits goes there, under its protection.
        line.change = lambda request: Reply(503, INKEEPER, b"{}") if request.path.endswith("/inmails") else None
        with closing(sqlite3.connect(server.data / "inkeeper.sqlite3")) as database:
            database.execute("UPDATE device SET secret = NULL WHERE name = 'Chromium in a test'")
            database.commit()
        log(browser, account, "Robin Sample")
        until(lambda: browser.storage("server").get("secret"), "it has a secret")
        line.change = lambda _: None
        browser.ask("retry")

        browser.wait_badge("48")
        assert names(client, account) == ["Robin Sample", "Kai Example"]


class TestAnotherServer:
    """Two InMails wait for the first server when the browser is connected to the next one."""

    @pytest.fixture
    def popup(
        self, connected: Browser, client: Client, account: dict[str, Any], server: Server, next_server: Server
    ) -> Page:
        server.kill()
        client.close()
        for name in ("Robin Sample", "Mika Placeholder"):
            log(connected, account, name)
        connected.wait_badge("48↑")
        with intercepted(lambda _: None, server_port=next_server.port) as line:
            seen = len(next_server.terminal())
            connected.ask("pair.start", {"address": line.address, "device": "Chromium in a test"})
            connected.ask("pair.confirm", {"code": next_server.pairing_code(after=seen)})
            self.theirs(next_server)
            refresh(connected)
            connected.wait_badge("50?")
            for name in ("Robin", "Mika"):
                assert name not in line.transcript()
        # From here on without the line between.
        stored = connected.storage("server")
        connected.control.run(
            "(server) => chrome.storage.local.set({server})", {**stored, "address": next_server.address}
        )
        popup = popup_of(connected)
        popup.wait_text("2 waiting for another server")
        popup.wait_text("InMail to Robin Sample")
        return popup

    def theirs(self, next_server: Server) -> None:
        self.client = next_server.client()
        # Open for longer than the entries wait: an InMail of before would be refused.
        opened_at = (datetime.now(UTC) - timedelta(days=1)).isoformat()
        terms = {"plan": "premium_business", "rule_book": "rolling", "allotment": 50, "cap": 150}
        self.seat = self.client.account("Next seat", opened_at=opened_at, **terms)

    @pytest.fixture(autouse=True)
    def close(self) -> Iterator[None]:
        self.client: Client | None = None
        yield
        if self.client:
            self.client.close()

    def test_they_are_kept_and_go_to_their_own_server_later(
        self, connected: Browser, popup: Page, server: Server, client: Client, account: dict[str, Any]
    ) -> None:
        assert_accessible(popup)
        popup.click("button", "Keep for now")
        connected.wait_badge("50", title="2 waiting for another server.")
        popup.find("button", "Decide…")
        assert_accessible(popup)
        assert self.client
        assert self.client.inmails(self.seat) == []

        server.start()
        connect(connected, server)

        connected.wait_badge("48")
        assert sorted(names(client, account)) == ["Mika Placeholder", "Robin Sample"]
        until(lambda: not connected.outbox(), "nothing waits any more")
        assert self.client.inmails(self.seat) == []

    def test_they_go_to_this_one_after_all(self, connected: Browser, popup: Page) -> None:
        popup.click("button", "Add the InMails to “Next seat”")

        connected.wait_badge("48")
        assert self.client
        assert sorted(names(self.client, self.seat)) == ["Mika Placeholder", "Robin Sample"]
        popup.wait_no_text("waiting for another server")

    def test_they_are_deleted_when_the_user_says_so(self, connected: Browser, popup: Page) -> None:
        popup.click("button", "Delete")

        connected.wait_badge("50")
        popup.wait_no_text("waiting for another server")
        assert connected.outbox() == []
        assert "Robin" not in json.dumps(connected.storage("recentLogs"))


def test_what_is_answered_later_does_not_go_to_the_next_server_either(
    connected: Browser, client: Client, account: dict[str, Any], next_server: Server
) -> None:
    question = {
        "id": "q", "accountId": account["id"], "name": "Robin Sample", "profileUrl": None, "cost": 1,
        "at": datetime.now(UTC).isoformat(),
    }  # fmt: skip
    connected.control.run("(questions) => chrome.storage.local.set({questions})", [question])
    with intercepted(lambda _: None, server_port=next_server.port) as line:
        seen = len(next_server.terminal())
        connected.ask("pair.start", {"address": line.address, "device": "Chromium in a test"})
        connected.ask("pair.confirm", {"code": next_server.pairing_code(after=seen)})

        connected.ask("question.answer", {"id": "q", "cost": 1})
        connected.ask("refresh")

        assert len(connected.outbox()) == 1
        assert "Robin" not in line.transcript()


def test_entries_of_before_belong_to_the_server_of_then(
    connected: Browser, client: Client, account: dict[str, Any], server: Server, next_server: Server
) -> None:
    server.kill()
    client.close()
    log(connected, account, "Robin Sample")
    connected.wait_badge("49↑")
    stored = connected.storage("server")
    old = {name: stored[name] for name in ("address", "token", "deviceId", "demo")}
    connected.control.run("(server) => chrome.storage.local.set({server})", old)
    (entry,) = connected.outbox()
    assert "serverId" not in entry

    connect(connected, next_server)
    refresh(connected)

    (entry,) = connected.outbox()
    assert (entry["state"], entry["serverId"]) == ("waiting", server.address)
    server.start()
    connect(connected, server)
    connected.wait_badge("49")
    assert names(client, account) == ["Robin Sample"]


def test_a_pause_of_centuries_is_half_an_hour_and_the_users_press_always_goes(
    connected: Browser, client: Client, account: dict[str, Any], server: Server
) -> None:
    def too_many(request: Request) -> Reply | None:
        if not request.path.endswith("/inmails"):
            return None
        return Reply(429, {**INKEEPER, "Retry-After": "999999999"}, b'{"code": "too_many_requests", "detail": "Wait."}')

    with intercepted(too_many, server_port=server.port) as line:
        stored = connected.storage("server")
        connected.control.run("(server) => chrome.storage.local.set({server})", {**stored, "address": line.address})
        log(connected, account, "Robin Sample")
        retry_at = until(lambda: connected.storage("connection")["retryAt"], "it was told to wait")
        assert datetime.fromisoformat(retry_at) <= datetime.now(UTC) + timedelta(minutes=30)
        popup = popup_of(connected)
        popup.wait_text("1 waiting to be saved")
        assert names(client, account) == []

        line.change = lambda _: None
        popup.click("button", "Try again")

        connected.wait_badge("49")
        assert names(client, account) == ["Robin Sample"]


READ_STORAGE = """async (area) => {
    const [tab] = await chrome.tabs.query({url: 'https://www.linkedin.com/*'});
    const [{result}] = await chrome.scripting.executeScript({
        target: {tabId: tab.id}, args: [area],
        func: async (area) => {
            try {
                return JSON.stringify(await chrome.storage[area].get(null));
            } catch (error) {
                return `refused: ${error}`;
            }
        },
    });
    return result;
}"""


@pytest.mark.parametrize("area", ["local", "session"])
def test_scripts_in_pages_cannot_read_what_is_stored(connected: Browser, account: dict[str, Any], area: str) -> None:
    connected.visit(PracticeSite.person())

    assert str(connected.control.run(READ_STORAGE, area)).startswith("refused")


def test_an_address_with_a_path(browser: Browser, server: Server) -> None:
    """A proxy serves Inkeeper below a path."""

    def below(request: Request) -> Reply | None:
        if not request.path.startswith("/inkeeper/"):
            return Reply(404, {}, b"")
        client = Client(server.port, request.headers.get("Authorization", "").removeprefix("Bearer ") or None)
        body = json.loads(request.body) if request.body else None
        answer = client.request(request.method, request.path.removeprefix("/inkeeper/api/v1"), body)
        client.close()
        return Reply(answer.status, INKEEPER, json.dumps(answer.body).encode())

    with intercepted(below) as proxy:
        page = browser.open_extension("welcome/welcome.html")
        page.fill("textbox", "Inkeeper’s address", f"{proxy.address}/inkeeper/")
        seen = len(server.terminal())
        page.click("button", "Connect")
        type_code(page, server.pairing_code(after=seen))

        page.find("heading", "Settings")
        assert browser.storage("server")["address"] == f"{proxy.address}/inkeeper"


def test_an_address_that_cannot_work_is_refused_in_words(browser: Browser, server: Server) -> None:
    page = browser.open_extension("welcome/welcome.html")
    host = server.address.removeprefix("http://")
    page.fill("textbox", "Inkeeper’s address", f"http://kai:secret@{host}")
    page.click("button", "Connect")
    page.wait_text("Leave out the user name and password")

    page.fill("textbox", "Inkeeper’s address", f"{server.address}/people")
    page.click("button", "Connect")

    page.wait_text("Inkeeper answers, but not under this path")
    page.wait_text(f"Try {server.address}")
    assert_accessible(page)


def test_a_server_that_refuses_to_connect_is_shown_with_the_reason(browser: Browser) -> None:
    def refuse(_: Request) -> Reply:
        return Reply(421, INKEEPER, b'{"code": "misdirected_request", "detail": "Use an address that is allowed."}')

    with intercepted(refuse) as proxy:
        page = browser.open_extension("welcome/welcome.html")
        page.fill("textbox", "Inkeeper’s address", proxy.address)
        page.click("button", "Connect")

        page.wait_text("Inkeeper doesn’t answer under this name. Use the address in its terminal.")


def test_the_browser_forgets_who_was_erased_at_the_server(
    connected: Browser, client: Client, account: dict[str, Any], server: Server
) -> None:
    link = "https://www.linkedin.com/in/robin-sample"
    recipient = {"name": "Robin Sample", "profileUrl": link}
    connected.ask("log", {"accountId": account["id"], "recipient": recipient, "cost": 1, "source": "popup"})
    log(connected, account, "Mia Sample")
    until(lambda: len(names(client, account)) == 2, "the server has both")
    subprocess.run(
        server.command("erase", "--person", link), env=server.environment(), check=True, capture_output=True, cwd=ROOT
    )

    refresh(connected)

    until(lambda: "obin" not in str(connected.storage()), "nothing of the person is left here")
    assert [item["name"] for item in connected.storage()["recentLogs"]] == ["Mia Sample"]
    connected.wait_badge("48")
