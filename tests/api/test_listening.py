"""The real server: what is not HTTP is refused in the same form, and stopping lets what has begun finish."""

from __future__ import annotations

import json
import socket
import threading
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest
from flask import Flask

from inkeeper.server import listening
from inkeeper.server.listening import Server
from tests.conftest import Device
from tests.seat import Seat


def connection_to(address: str) -> HTTPConnection:
    parts = urlsplit(address)
    return HTTPConnection(parts.hostname or "", parts.port or 0, timeout=10)


def answer_to(address: str, request: bytes) -> HTTPResponse:
    """What the server answers to these very bytes."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(request)
        response = HTTPResponse(connection)
        response.begin()
        response.body = response.read()
        return response


def test_answers_over_the_network(live_server: str) -> None:
    with urllib.request.urlopen(f"{live_server}/api/v1/server") as response:
        assert json.load(response)["app"] == "inkeeper"
        assert response.headers["X-Inkeeper-Api"] == "1"
        assert "Server" not in response.headers


def test_the_head_and_a_short_body_arrive_as_one(live_server: str) -> None:
    """Two packets wake the client twice."""
    parts = urlsplit(live_server)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        for _ in range(20):
            connection.sendall(b"GET /api/v1/server HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            head, _, body = connection.recv(65536).partition(b"\r\n\r\n")

            assert head.startswith(b"HTTP/1.1 200 OK\r\n")
            assert json.loads(body)["app"] == "inkeeper"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"what is this\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + b"9" * 4_000 + b"\r\n\r\n", 413),
        (b"GET http://[::1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 300_000 + b"\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\n\r\n", 421),
        (b"GET / HTTP/1.0\r\n\r\n", 421),
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n", 421),
        (b"GET /../api/v1/server HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 404),
    ],
)
def test_what_is_not_fit_is_refused_as_everything_else(live_server: str, request_: bytes, status: int) -> None:
    response = answer_to(live_server, request_)

    assert response.status == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["X-Inkeeper-Api"] == "1"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert json.loads(response.body)["status"] == status


GOOD = b"GET /api/v1/server HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
FOREIGN = b"Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n"
BROWSER = b"User-Agent: Mozilla/5.0\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + FOREIGN + b"\r\n",
        b"GET /nowhere HTTP/1.1\r\nHost: evil.example\r\n" + FOREIGN + b"\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + FOREIGN + b"Content-Length: 1000000\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + FOREIGN + b"Content-Length: 99999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + FOREIGN + b"Transfer-Encoding: gzip\r\n\r\n",
        # What is not valid is not answered either: a page can ask for such an address.
        b"GET //[ HTTP/1.1\r\nHost: 127.0.0.1\r\n" + FOREIGN + b"\r\n",
        b"GET /" + b"x" * 300_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n" + FOREIGN + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + BROWSER + b"Cookie: " + b"x" * 300_000 + b"\r\n" + FOREIGN + b"\r\n",
    ],
)
def test_what_a_page_of_another_site_sends_gets_no_answer(
    live_server: str, request_: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    parts = urlsplit(live_server)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection, suppress(ConnectionError):
        connection.sendall(request_)
        assert connection.recv(1000) == b""

    assert caplog.records == []
    assert answer_to(live_server, GOOD).status == 200


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "Via"])
def test_behind_a_proxy_it_is_refused_instead(live_server: str, header: str) -> None:
    forwarded = f"{header}: x\r\n".encode()

    response = answer_to(live_server, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + FOREIGN + forwarded + b"\r\n")

    assert response.status == 403
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert json.loads(response.body)["code"] == "forbidden_origin"


def open_connections(address: str, count: int, begin: bytes = b"") -> list[socket.socket]:
    """So many connections, each of which has sent `begin`."""
    parts = urlsplit(address)
    made = [socket.create_connection((parts.hostname, parts.port), timeout=10) for _ in range(count)]
    for connection in made:
        with suppress(ConnectionError):
            connection.sendall(begin)
    return made


@pytest.mark.parametrize("begin", [b"", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "], ids=["silent", "half a head"])
@pytest.mark.parametrize("count", [150, 3 * listening.CONNECTIONS_MAX])
def test_half_open_connections_do_not_stop_it(live_server: str, begin: bytes, count: int) -> None:
    held = open_connections(live_server, count, begin)

    assert [answer_to(live_server, GOOD).status for _ in range(3)] == [200] * 3

    for connection in held:
        connection.close()


def test_half_sent_bodies_do_not_stop_it(live_server: str) -> None:
    head = b"POST /api/v1/pairings HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    held = open_connections(live_server, 3 * listening.CONNECTIONS_MAX, head + b"Content-Length: 1000\r\n\r\n{")

    assert answer_to(live_server, GOOD).status == 200

    for connection in held:
        connection.close()


def test_the_one_that_was_idle_longest_makes_room(live_server: str) -> None:
    kept = connection_to(live_server)
    kept.request("GET", "/api/v1/server")
    kept.getresponse().read()
    taken = kept.sock
    held = open_connections(live_server, listening.CONNECTIONS_MAX - 1)
    kept.request("GET", "/api/v1/server")
    kept.getresponse().read()

    held += open_connections(live_server, 10)
    assert answer_to(live_server, GOOD).status == 200

    # It is still the same connection, while the oldest of the idle ones are gone.
    kept.request("GET", "/api/v1/server")
    assert kept.getresponse().status == 200
    assert kept.sock is taken
    assert held[0].recv(1) == b""
    for connection in held:
        connection.close()
    kept.close()


@pytest.mark.parametrize(
    "begin",
    [
        b"GET / HTTP/1.1\r\nHost: ",
        b"POST /api/v1/pairings HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{",
    ],
    ids=["head", "body"],
)
def test_a_request_that_does_not_go_on_is_ended(
    live_server: str, begin: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = connection_to(live_server)
    kept.request("GET", "/api/v1/server")
    kept.getresponse().read()
    taken = kept.sock
    monkeypatch.setattr(listening, "HEAD_SECONDS", 0)
    monkeypatch.setattr(listening, "BODY_SECONDS", 0)
    (held,) = open_connections(live_server, 1, begin)

    # The server ends it: 10 s is this test's patience, not the server's.
    assert held.recv(1) == b""

    # A connection that is merely kept is not touched.
    kept.request("GET", "/api/v1/server")
    assert kept.getresponse().status == 200
    assert kept.sock is taken
    kept.close()
    held.close()


def test_a_body_that_comes_at_a_fair_rate_is_read(live_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "HEAD_SECONDS", 0)
    monkeypatch.setattr(listening, "BODY_SECONDS", 0)
    monkeypatch.setattr(listening, "_POLL_SECONDS", 0.01)
    size = 400_000
    head = b"POST /api/v1/pairings HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    begin = head + f"Content-Length: {size}\r\n\r\n".encode() + b"x" * (size - 1)
    (held,) = open_connections(live_server, 1, begin)
    for _ in range(20):
        assert answer_to(live_server, GOOD).status == 200

    held.sendall(b"x")

    assert held.recv(12) == b"HTTP/1.1 400"
    held.close()


def test_ten_megabytes_are_refused_in_so_many_words(live_server: str) -> None:
    connection = connection_to(live_server)
    connection.request("POST", "/api/v1/pairings", b"x" * 10_000_000, {"Content-Type": "application/json"})

    response = connection.getresponse()

    assert response.status == 413
    assert json.load(response)["code"] == "too_large"
    connection.close()


def test_a_body_in_chunks(live_server: str) -> None:
    connection = connection_to(live_server)
    connection.request(
        "POST",
        "/api/v1/pairings",
        iter([b'{"device": ', b'"Chrome on Linux"}']),
        {"Content-Type": "application/json"},
        encode_chunked=True,
    )

    assert connection.getresponse().status == 201
    connection.close()


def test_many_at_once(live_server: str, pair: Callable[..., Device]) -> None:
    headers = pair().headers
    statuses: list[int] = []

    def ask() -> None:
        connection = connection_to(live_server)
        for _ in range(10):
            connection.request("GET", "/api/v1/devices", headers=headers)
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 120


def test_an_answer_without_a_body_keeps_the_connection(live_server: str, seat: Seat) -> None:
    headers = dict(seat.call.headers)
    connection = connection_to(live_server)
    connection.request("GET", f"/api/v1{seat.path}/summary", headers=headers)
    first = connection.getresponse()
    assert first.read()
    headers["If-None-Match"] = first.headers["ETag"]
    taken = connection.sock
    for _ in range(3):
        connection.request("GET", f"/api/v1{seat.path}/summary", headers=headers)
        again = connection.getresponse()
        assert (again.status, again.read(), again.headers["Connection"]) == (304, b"", None)
        assert connection.sock is taken
    connection.request("GET", f"/api/v1{seat.path}/summary", headers={**headers, "Connection": "close"})
    last = connection.getresponse()
    assert (last.status, last.headers["Connection"]) == (304, "close")
    connection.close()


def test_stopping_one_that_has_ended_does_nothing(app: Flask) -> None:
    """The loop may be awake and end before `stop` has woken it."""
    server = Server(app, "127.0.0.1", 0)
    running = threading.Thread(target=server.run)
    running.start()
    server.stop()
    running.join()

    server.stop()


def test_stopping_lets_a_request_finish(app: Flask) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> dict[str, str]:
        begun.set()
        go_on.wait(10)
        return {"slow": "but there"}

    app.add_url_rule("/slow", "slow", slow, methods=["OPTIONS"])
    server = Server(app, "127.0.0.1", 0)
    running = threading.Thread(target=server.run)
    running.start()
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("OPTIONS", "/slow")
    begun.wait(10)

    server.stop()
    wait_until_refused(server.port)
    go_on.set()

    assert json.load(connection.getresponse()) == {"slow": "but there"}
    running.join(10)
    assert not running.is_alive()
    connection.close()


def test_a_request_that_never_ends_does_not_keep_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "_FINISH_SECONDS", 0.1)
    server = Server(app, "127.0.0.1", 0)
    running = threading.Thread(target=server.run)
    running.start()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nnot all of it")
        server.stop()
        running.join(10)

    assert not running.is_alive()


def test_a_port_that_is_taken(app: Flask, live_server: str) -> None:
    with pytest.raises(OSError, match="in use"):
        Server(app, "127.0.0.1", urlsplit(live_server).port or 0)


def test_ipv6(app: Flask) -> None:
    server = Server(app, "::1", 0)
    running = threading.Thread(target=server.run)
    running.start()
    with urllib.request.urlopen(f"http://[::1]:{server.port}/api/v1/server") as response:
        assert response.status == 200
    server.stop()
    running.join()


def wait_until_refused(port: int) -> None:
    """Until nobody new is let in."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=10).close()
        except ConnectionError:
            return


def test_the_loop_does_not_run_on_while_a_thread_sends(live_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a client that opens its next connection at once would make it."""
    turns: list[int] = []
    handle_write = listening._Channel.handle_write

    def counted(channel: listening._Channel) -> None:
        turns.append(1)
        handle_write(channel)

    monkeypatch.setattr(listening._Channel, "handle_write", counted)
    for _ in range(100):
        answer_to(live_server, b"GET /api/v1/server HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")

    assert len(turns) < 300
