"""A web page of another site cannot tell a running server from one that is off, in either browser.

The time that an answer takes still differs; what a page sees does not.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from e2e.harness.browser import Browser
from e2e.harness.cdp import CdpError
from e2e.harness.extension import extension_copy
from e2e.harness.firefox import BidiError, Firefox, firefox
from e2e.harness.linkedin import PAGES, PracticeSite
from e2e.harness.server import Server, free_port
from e2e.harness.wait import until

Run = Callable[..., Any]

# These are not sent by every browser, or only when it finds the time.
NOT_EVERYWHERE = {"ping", "prefetch", "icon", "speculation_rules"}

REQUEST_LINE = re.compile(r"^\d\d:\d\d:\d\d (?:GET|POST|HEAD|OPTIONS) ", re.MULTILINE)


@contextmanager
def listening(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[int]:
    """The port of a program that answers everything this way."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            answer(self)

        do_GET = do_POST = do_HEAD = do_OPTIONS = handle_any  # noqa: N815 (the names of http.server)

        def log_message(self, *_: object) -> None:
            """Silent."""

    class Listener(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *_: object) -> None:
            """A browser that closes a connection half-way is no news."""

    listener = Listener(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield int(listener.server_address[1])
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


def _page(request: BaseHTTPRequestHandler) -> None:
    name, kind = (
        ("other_site.js", "text/javascript") if request.path == "/other_site.js" else ("other_site.html", "text/html")
    )
    _reply(request, (PAGES / name).read_bytes(), kind)


def _reply(request: BaseHTTPRequestHandler, body: bytes, kind: str) -> None:
    request.send_response(200)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


@pytest.fixture(scope="module")
def other_site() -> Iterator[int]:
    with listening(_page) as port:
        yield port


@pytest.fixture(scope="module")
def fox(linkedin: PracticeSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(extension_copy(tmp_path_factory.mktemp("firefox")), linkedin) as browser:
        yield browser


@pytest.fixture(params=["chromium", "firefox"])
def visit(request: pytest.FixtureRequest) -> Callable[[str], Run]:
    """Opens an address in the browser; what comes back runs JavaScript there."""
    if request.param == "chromium":
        browser: Browser = request.getfixturevalue("browser")
        return lambda url: browser.visit(url).run
    fox: Firefox = request.getfixturevalue("fox")

    def open_in_firefox(url: str) -> Run:
        fox.visit(url)
        return fox.run

    return open_in_firefox


def learned(visit: Callable[[str], Run], page: str, *ports: int) -> list[dict[str, str]]:
    """What a page learns by each kind of request to each of these ports of 127.0.0.1, which it asks at the same time.

    One after the other, it would wait for each of them as long as it has patience with what never answers.
    """
    bases = [f"http://127.0.0.1:{port}" for port in ports]
    return list(visit(page)("(bases) => Promise.all(bases.map(tryEverything))", bases))


def between_documents(run: Run, condition: str) -> bool:
    """Whether the JavaScript `condition` holds. While one document makes way for another, it does not."""
    with suppress(BidiError, CdpError):
        return bool(run(condition))
    return False


def requests_logged(server: Server) -> int:
    return len(REQUEST_LINE.findall(server.terminal()))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["same site", "cross site"])
def test_a_page_cannot_tell_whether_the_server_runs(
    visit: Callable[[str], Run], server: Server, other_site: int, host: str
) -> None:
    page = f"http://{host}:{other_site}/"
    # The page does ask in all these ways, and an ordinary server is found out.
    heard: set[str] = set()

    def ordinary(request: BaseHTTPRequestHandler) -> None:
        heard.update(re.findall(r"\?([a-z_]+)", request.path))
        _reply(request, b"", "text/plain")

    before = requests_logged(server)
    with listening(ordinary) as port:
        known, on, off = learned(visit, page, port, server.port, free_port())
        until(
            lambda: heard >= set(known) - NOT_EVERYWHERE - {"fetch_long", "form_get"}, f"all are sent, not only {heard}"
        )

    assert on == off
    assert on != known
    assert requests_logged(server) == before


def test_a_link_and_the_extension_are_let_in(visit: Callable[[str], Run], server: Server, other_site: int) -> None:
    run = visit(f"http://localhost:{other_site}/")
    before = requests_logged(server)

    run("(url) => { setTimeout(() => { location.href = url; }); }", f"{server.address}/")

    until(lambda: between_documents(run, "() => document.title.includes('Inkeeper')"), "the link's page is shown")
    assert requests_logged(server) > before
    assert "Inkeeper" in visit(f"{server.address}/")("() => document.title")


def test_a_form_of_another_site_in_a_tab_gets_no_answer(
    visit: Callable[[str], Run], server: Server, other_site: int
) -> None:
    run = visit(f"http://localhost:{other_site}/")
    before = requests_logged(server)

    run(
        """(action) => { setTimeout(() => {
            const form = Object.assign(document.createElement('form'), {method: 'post', action});
            document.body.append(form);
            form.submit();
        }); }""",
        f"{server.address}/api/v1/pairings",
    )

    # The browser's own error page, and nothing in the server's log.
    left = "() => !document.querySelector('script[src=\"/other_site.js\"]')"
    until(lambda: between_documents(run, left), "the browser has given up")
    assert "Inkeeper" not in run("() => document.documentElement?.textContent ?? ''")
    assert requests_logged(server) == before
