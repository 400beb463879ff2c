"""HAProxy and Caddy before two servers on one PostgreSQL database, with the configurations in docs/deploy."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from e2e.harness.browser import Browser
from e2e.harness.extension import extension_copy
from e2e.harness.linkedin import PracticeSite
from e2e.harness.server import ROOT
from e2e.harness.wait import until
from tests.deploy.load import Writer, load, lost_or_doubled
from tests.deploy.programs import TeamServer
from tests.deploy.proxies import NAME, Proxy, TlsClient, caddy, haproxy

pytestmark = pytest.mark.postgresql

PROXIES = {"haproxy": haproxy, "caddy": caddy}
UNDER_A_KILL = {"haproxy": {201}, "caddy": {201, 502, 503}}
"""With which statuses writes with a key are answered while a server is killed."""
WRITERS = 4
PLENTY = 100_000

Run = Callable[[Path, list[int]], AbstractContextManager[Proxy]]


@pytest.fixture(params=list(PROXIES))
def run_proxy(request: pytest.FixtureRequest) -> Run:
    return PROXIES[request.param]


@pytest.fixture
def servers(empty_database_url: str, tmp_path: Path) -> Iterator[list[TeamServer]]:
    """Two servers on one database, both started before it has tables."""
    with ExitStack() as stack:
        started = []
        for number in range(2):
            server = TeamServer(tmp_path / f"server{number}", empty_database_url, INKEEPER_ALLOWED_HOSTS=NAME)
            stack.callback(server.close)
            started.append(server.start())
        yield started


@pytest.fixture
def proxy(run_proxy: Run, servers: list[TeamServer], tmp_path: Path) -> Iterator[Proxy]:
    with run_proxy(tmp_path, [server.port for server in servers]) as running:
        # The proxy passes requests on from the first good answer of a server on.
        until(lambda: running.ask("GET", "/health", {})[0] == 200, "a server is up", seconds=30)
        yield running


def code_for(server: TeamServer, owner: str) -> str:
    """The code that connects the next device, which will belong to this person."""
    command = server.command("pair", "--owner", owner)
    said = subprocess.run(command, env=server.environment(), cwd=ROOT, check=True, capture_output=True, text=True)
    return said.stdout.split()[0]


def paired(proxy: Proxy, server: TeamServer, owner: str) -> TlsClient:
    """A client of this person's."""
    code, client = code_for(server, owner), proxy.client()
    pairing = client.post("/pairings", {"device": f"{owner}'s client"}).expect(201)
    client.token = client.post(f"/pairings/{pairing['id']}/confirm", {"code": code}).expect(201)["token"]
    return client


def test_the_servers_answer_through_it_and_refuse_strangers_and_other_sites(proxy: Proxy) -> None:
    # Often enough that both servers have answered.
    for _ in range(4):
        headers = proxy.headers("/api/v1/server")
        assert headers["X-Inkeeper-Api"] == "1"
        assert headers["Strict-Transport-Security"] == "max-age=31536000"

    stranger = proxy.client()
    assert stranger.post("/pairings", {"device": "Stranger"}).expect(403)["code"] == "invitation_needed"
    stranger.close()

    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    status, body = proxy.ask("GET", "/api/v1/server", foreign)
    assert (status, json.loads(body)["code"]) == (403, "forbidden_origin")


@pytest.mark.parametrize(("run_proxy", "statuses"), UNDER_A_KILL.items(), indirect=["run_proxy"])
def test_a_server_is_killed_under_load(proxy: Proxy, servers: list[TeamServer], statuses: set[int]) -> None:
    owner = paired(proxy, servers[0], "Robin Sample")
    writers = []
    for number in range(WRITERS):
        terms = {"plan": "recruiter", "rule_book": "rolling", "allotment": PLENTY, "cap": PLENTY}
        writers.append(Writer([proxy.client(owner.token)], owner.account(f"Seat {number}", **terms)))

    with load(writers) as running:
        running.go_on(20)
        servers[0].kill()
        running.go_on(40)

    # Its connection has been idle for longer than a proxy keeps one.
    owner.close()
    assert {attempt.status for attempt in running.attempts()} <= statuses
    assert running.wrong_looks() == []
    for writer in writers:
        assert lost_or_doubled(writer, owner) == ([], [])
    owner.close()


class _Silent(BaseHTTPRequestHandler):
    """A server that is healthy, and ends each connection after it has read a request, as one that is killed does."""

    protocol_version = "HTTP/1.1"

    def handle_any(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/health":
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.server.heard.append(self.command)
        self.close_connection = True

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815 (the names of http.server)

    def log_message(self, *_: object) -> None:
        """Silent."""


class _SilentServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, heard: list[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Silent)
        self.heard = heard


@pytest.fixture
def heard() -> list[str]:
    """The methods of the requests that reached one of two servers that end without an answer."""
    return []


@pytest.fixture
def silent(run_proxy: Run, heard: list[str], tmp_path: Path) -> Iterator[Proxy]:
    """A proxy before two such servers."""
    with ExitStack() as stack:
        ports = []
        for _ in range(2):
            server = stack.enter_context(_SilentServer(heard))
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            ports.append(server.server_address[1])
        running = stack.enter_context(run_proxy(tmp_path, ports))
        until(lambda: running.ask("GET", "/health", {})[0] == 200, "a server is up", seconds=30)
        yield running


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_write_without_a_key_is_never_sent_again(silent: Proxy, heard: list[str], method: str) -> None:
    body = None if method == "DELETE" else b"{}"

    status, _ = silent.ask(method, "/api/v1/accounts", {"Content-Type": "application/json"}, body)

    assert status in (502, 503)
    assert heard == [method]


def test_a_read_is_sent_again(silent: Proxy, heard: list[str]) -> None:
    status, _ = silent.ask("GET", "/api/v1/server", {})

    assert status in (502, 503)
    assert len(heard) > 1


@pytest.mark.parametrize("run_proxy", ["haproxy"], indirect=True)
def test_a_write_with_a_key_is_sent_again(silent: Proxy, heard: list[str]) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "one"}

    status, _ = silent.ask("POST", "/api/v1/accounts", headers, b"{}")

    assert status in (502, 503)
    assert len(heard) > 1


@pytest.fixture
def browser(proxy: Proxy, tmp_path: Path) -> Iterator[Browser]:
    """A Chromium with the extension, which finds the proxy under its name."""
    with PracticeSite() as site:
        started = Browser(extension_copy(tmp_path), flags=proxy.browser_flags(site.browser_flags))
        yield started
        started.quit()


@pytest.mark.parametrize("run_proxy", ["haproxy"], indirect=True)
def test_the_extension_goes_on_while_one_of_two_servers_is_gone(
    browser: Browser, proxy: Proxy, servers: list[TeamServer]
) -> None:
    owner = paired(proxy, servers[0], "Robin Sample")
    account = owner.account()
    welcome = browser.attach_page(browser.extension_url("welcome/"))
    welcome.fill("textbox", "Inkeeper’s address", f"https://{NAME}")
    code = code_for(servers[1], "Robin Sample")
    welcome.click("button", "Connect")
    until(lambda: welcome.focused_name() == ("textbox", "Code"), "the code's field has the focus")
    welcome.type(code)
    browser.wait_balance(25)

    log_by_click(browser, "kai-example", "Kai Example")
    browser.wait_balance(24)
    servers[0].kill()
    log_by_click(browser, "robin-sample", "Robin Sample")
    browser.wait_balance(23)

    until(lambda: not browser.outbox(), "everything is stored")
    stored = [inmail["recipient"]["name"] for inmail in owner.inmails(account)]
    assert stored == ["Robin Sample", "Kai Example"]
    assert owner.summary(account)["balance"] == 23
    owner.close()


def log_by_click(browser: Browser, slug: str, name: str) -> None:
    """Log an InMail to a person by a click on the toolbar and one on the button."""
    browser.visit(PracticeSite.person(slug))
    popup = browser.click_toolbar()
    popup.click("button", re.compile(f"^Log InMail to {name}"))
    popup.wait_text(f"Logged {name}")
