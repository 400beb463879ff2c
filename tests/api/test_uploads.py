"""Uploads at the real server: judged by their heads, and one file at a time in turns of owners."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from inkeeper.api.guard import MAX_UPLOAD_BYTES
from inkeeper.api.uploads import RETRY_SECONDS, ImportQueue
from inkeeper.errors import Problem
from inkeeper.services.access import Actor
from tests.conftest import Clock, Device
from tests.files import ME, inmail, messages
from tests.seat import Seat

SMALL = messages(*(inmail(f"Robin Sample {number}", "2026-11-05 10:00:00") for number in range(3)))
LARGE = 40 * 1024 * 1024


@pytest.fixture
def path(seat: Seat) -> str:
    return f"/api/v1{seat.path}/imports?preview=true&me={ME.replace(' ', '%20')}"


@contextmanager
def connected(address: str) -> Iterator[socket.socket]:
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        yield connection


def head(path: str, headers: dict[str, str]) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def answer(connection: socket.socket) -> tuple[HTTPResponse, dict[str, Any]]:
    response = HTTPResponse(connection)
    response.begin()
    return response, json.loads(response.read())


def on_disk() -> int:
    """Bytes in the files that this process has open and that have no name any more, as those of bodies."""
    found = 0
    for link in Path("/proc/self/fd").iterdir():
        try:
            if link.readlink().name.endswith("(deleted)"):
                found += link.stat().st_size
        except OSError:
            continue
    return found


def upload_headers(seat: Seat, **other: str) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in other.items()}
    return {"Content-Type": "text/csv", **seat.call.headers, **named}


REFUSED: list[tuple[dict[str, str], int, str]] = [
    ({"Authorization": "Bearer ink_wrong"}, 401, "unauthorized"),
    ({"Content-Type": "text/plain"}, 415, "unsupported_media_type"),
    ({"Host": "evil.example"}, 421, "misdirected_request"),
]


@pytest.mark.parametrize(("header", "status", "code"), REFUSED)
def test_what_is_refused_by_its_head_never_comes_to_disk(
    live_server: str, seat: Seat, path: str, header: dict[str, str], status: int, code: str
) -> None:
    headers = upload_headers(seat, Content_Length=str(LARGE)) | header
    sent = head(path, headers).replace(b"Host: 127.0.0.1\r\n", b"", "Host" in header)
    with connected(live_server) as connection:
        connection.sendall(sent + b"x" * (LARGE // 2))
        # Another request is answered, so what was sent before it has been taken in by then, or nearly so.
        assert seat.balance() == 5
        assert on_disk() < 1024 * 1024
        connection.sendall(b"x" * (LARGE - LARGE // 2))
        response, body = answer(connection)

    assert (response.status, body["code"]) == (status, code)
    assert response.headers["X-Inkeeper-Api"] == "1"


def test_the_connection_goes_on_behind_a_dropped_body(live_server: str, seat: Seat, path: str) -> None:
    with connected(live_server) as connection:
        wrong = upload_headers(seat, Content_Length="200000", Authorization="Bearer ink_wrong")
        connection.sendall(head(path, wrong) + b"x" * 200_000)
        assert answer(connection)[0].status == 401
        connection.sendall(head(path, upload_headers(seat, Content_Length=str(len(SMALL)))) + SMALL)
        response, body = answer(connection)

    assert (response.status, body["adds"]["inmails"]) == (200, 3)


@pytest.mark.parametrize(("header", "status", "code"), REFUSED)
def test_who_waits_to_continue_is_refused_at_once(
    live_server: str, seat: Seat, path: str, header: dict[str, str], status: int, code: str
) -> None:
    headers = upload_headers(seat, Content_Length=str(LARGE), Expect="100-continue") | header
    with connected(live_server) as connection:
        connection.sendall(head(path, headers).replace(b"Host: 127.0.0.1\r\n", b"", "Host" in header))
        response, body = answer(connection)

    assert (response.status, body["code"], response.headers["Connection"]) == (status, code, "close")


def test_who_waits_to_continue_may(live_server: str, seat: Seat, path: str) -> None:
    with connected(live_server) as connection:
        connection.sendall(head(path, upload_headers(seat, Content_Length=str(len(SMALL)), Expect="100-continue")))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(SMALL)
        response, body = answer(connection)

    assert (response.status, body["adds"]["inmails"]) == (200, 3)


def test_a_body_in_chunks_ends_at_the_limit_of_its_route(live_server: str, seat: Seat) -> None:
    headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked", **seat.call.headers}
    block = b"x" * 65_536
    with connected(live_server) as connection:
        connection.sendall(head(f"/api/v1{seat.path}/inmails", headers))
        for _ in range(320):
            connection.sendall(b"10000\r\n" + block + b"\r\n")
        assert on_disk() < 2 * 1024 * 1024
        connection.sendall(b"0\r\n\r\n")
        response, body = answer(connection)

    assert (response.status, body["code"]) == (413, "too_large")


def test_an_upload_in_chunks(live_server: str, seat: Seat, path: str) -> None:
    parts = urlsplit(live_server)
    connection = HTTPConnection(parts.hostname or "", parts.port or 0, timeout=20)
    connection.request("POST", path, iter([SMALL[:100], SMALL[100:]]), upload_headers(seat), encode_chunked=True)

    assert connection.getresponse().status == 200
    connection.close()


def test_one_byte_too_many_is_known_by_the_head(live_server: str, seat: Seat, path: str) -> None:
    headers = upload_headers(seat, Content_Length=str(MAX_UPLOAD_BYTES + 1), Expect="100-continue")
    with connected(live_server) as connection:
        connection.sendall(head(path, headers))

        assert answer(connection)[0].status == 413


def test_eight_uploads_at_once_leave_the_server_answering(app: Flask, live_server: str, seat: Seat, path: str) -> None:
    """While one file is read, whose reading does not end, seven more are refused and everything else is answered."""
    queue: ImportQueue = app.extensions["inkeeper.import_queue"]
    parts = urlsplit(live_server)

    def ask(method: str, path: str, body: bytes | None = None) -> tuple[int, str | None]:
        connection = HTTPConnection(parts.hostname or "", parts.port or 0, timeout=20)
        connection.request(method, path, body, upload_headers(seat) if body else dict(seat.call.headers))
        response = connection.getresponse()
        response.read()
        connection.close()
        return response.status, response.headers["Retry-After"]

    refused: list[tuple[int, str | None]] = []
    with queue.slot(Actor("somebody"), Clock()()):
        threads = [threading.Thread(target=lambda: refused.append(ask("POST", path, SMALL))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for _ in range(20):
            assert ask("GET", "/api/v1/server")[0] == 200
            assert ask("GET", f"/api/v1{seat.path}/summary")[0] == 200
        for thread in threads:
            thread.join()

    assert refused == [(429, str(RETRY_SECONDS))] * 8
    assert ask("POST", path, SMALL)[0] == 200


def test_a_large_upload_beside_one_that_is_read_is_refused_by_its_head(
    app: Flask, live_server: str, seat: Seat, path: str
) -> None:
    headers = upload_headers(seat, Content_Length=str(LARGE), Expect="100-continue")
    with (
        app.extensions["inkeeper.import_queue"].slot(Actor("somebody"), Clock()()),
        connected(live_server) as connection,
    ):
        connection.sendall(head(path, headers))
        response, body = answer(connection)

    assert (response.status, body["code"]) == (429, "import_running")


def test_an_upload_that_comes_slowly_keeps_no_other_out(live_server: str, seat: Seat, path: str) -> None:
    with connected(live_server) as slow, connected(live_server) as other:
        slow.sendall(head(path, upload_headers(seat, Content_Length=str(LARGE))) + b"x" * 1000)
        other.sendall(head(path, upload_headers(seat, Content_Length=str(len(SMALL)))) + SMALL)

        assert answer(other)[0].status == 200


def test_an_owner_who_never_stops_keeps_no_other_out(pair: Callable[..., Device]) -> None:
    clock, queue = Clock(), ImportQueue()
    with (
        queue.slot(Actor("busy"), clock()),
        pytest.raises(Problem, match="import_running"),
        queue.slot(Actor("patient"), clock()),
    ):
        pass
    clock.advance(seconds=1)
    with pytest.raises(Problem, match="import_running"), queue.slot(Actor("busy"), clock()):
        pass
    clock.advance(seconds=RETRY_SECONDS - 1)
    with queue.slot(Actor("patient"), clock()):
        pass
    with queue.slot(Actor("busy"), clock()):
        pass


def test_who_does_not_come_again_keeps_the_turn_for_seconds_only() -> None:
    clock, queue = Clock(), ImportQueue()
    with (
        queue.slot(Actor("busy"), clock()),
        pytest.raises(Problem, match="import_running"),
        queue.slot(Actor("gone"), clock()),
    ):
        pass
    clock.advance(seconds=3 * RETRY_SECONDS)
    with queue.slot(Actor("busy"), clock()):
        pass


def test_a_clock_that_was_ahead_keeps_nobody_out() -> None:
    clock, queue = Clock(), ImportQueue()
    ahead = clock() + timedelta(days=1)
    with (
        queue.slot(Actor("busy"), ahead),
        pytest.raises(Problem, match="import_running"),
        queue.slot(Actor("gone"), ahead),
    ):
        pass
    with queue.slot(Actor("busy"), clock()):
        pass


def test_a_reading_that_fails_gives_the_turn_back(seat: Seat, path: str) -> None:
    for _ in range(2):
        response = seat.call.client.post(path, data=b"\x00", content_type="text/csv", headers=seat.call.headers)
        assert (response.status_code, response.json["code"]) == (422, "bad_file")
