"""An HTTP client with little overhead, to measure servers.

`run` starts it in its own process. Requests are bytes prepared before; only `NOW` in one is replaced by the present
time. Each client is a thread. A request's time starts with its first byte sent (without keep-alive, with the opening of
the connection) and ends with the last byte received. All servers are measured with this client.
"""

from __future__ import annotations

import gc
import json
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

NOW = "2000-01-01T00:00:00.000000Z"
"""Replaced by the instant of sending in the text of a request."""

Headers = dict[str, str]


@dataclass(frozen=True)
class Load:
    """The result of one run, in seconds."""

    seconds: float
    times: list[float]

    @property
    def rate(self) -> float:
        """Responses per second of all clients together."""
        return len(self.times) / self.seconds

    @property
    def median_ms(self) -> float:
        """The median response time."""
        return statistics.median(self.times) * 1000

    @property
    def p99_ms(self) -> float:
        """The 99th percentile of the response times."""
        return statistics.quantiles(self.times, n=100)[98] * 1000


def request(
    method: str, path: str, port: int, *, keep_alive: bool, headers: Headers | None = None, body: Any = None
) -> str:
    """The text of one HTTP/1.1 request."""
    payload = "" if body is None else json.dumps(body)
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Connection: {'keep-alive' if keep_alive else 'close'}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(payload.encode())}"]
    return "\r\n".join(lines) + "\r\n\r\n" + payload


def answers(port: int, asked: bytes) -> bool:
    """Whether the port responds to this request."""
    try:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(asked)
            return bool(connection.recv(1))
    except OSError:
        return False


def run(port: int, requests_by_client: list[list[str]], *, expect: int) -> Load:
    """Sends every client's requests, all clients at once. RuntimeError for a status that is not in `expect`."""
    return run_at([[(port, text) for text in requests] for requests in requests_by_client], expect={expect})


def run_at(requests_by_client: list[list[tuple[int, str]]], *, expect: set[int]) -> Load:
    """`run` for requests with a port each. A client keeps one connection per port."""
    order = json.dumps(requests_by_client)
    done = subprocess.run([sys.executable, __file__], input=order, capture_output=True, text=True, check=True)
    seen = json.loads(done.stdout)
    if not set(map(int, seen["statuses"])) <= expect:
        ports = sorted({port for requests in requests_by_client for port, _ in requests})
        only = " and ".join(map(str, sorted(expect)))
        raise RuntimeError(f"expected only {only} from ports {ports}, got {seen['statuses']}: {seen['first']}")
    return Load(seen["seconds"], seen["times"])


_NOW = NOW.encode()


def _now() -> bytes:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode()


class _Client(threading.Thread):
    def __init__(self, requests: list[tuple[int, str]], start_together: threading.Barrier) -> None:
        super().__init__()
        self.requests = [(port, text.encode()) for port, text in requests]
        self.start_together = start_together
        self.connections: dict[int, socket.socket] = {}
        self.times: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.first = b""
        self.finished = 0.0

    def run(self) -> None:
        self.start_together.wait()
        for port, text in self.requests:
            started = time.perf_counter()
            payload = text.replace(_NOW, _now()) if _NOW in text else text
            status = self.ask(port, payload)
            self.times.append(time.perf_counter() - started)
            self.statuses[status] += 1
        self.finished = time.perf_counter()

    def ask(self, port: int, payload: bytes) -> str:
        connection = self.connections.get(port)
        if connection is None:
            connection = self.connections[port] = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(payload)
        received = connection.recv(65536)
        while b"\r\n\r\n" not in received:
            received += _more(connection)
        head, _, body = received.partition(b"\r\n\r\n")
        head = head.lower()
        status = head[9:12].decode()
        _, _, length = head.partition(b"\r\ncontent-length:")
        left = 0 if status == "304" else int(length.split(b"\r\n", 1)[0]) - len(body)
        while left > 0:
            left -= len(_more(connection))
        if b"\r\nconnection: close" in head:
            self.connections.pop(port).close()
        self.first = self.first or received
        return status


def _more(connection: socket.socket) -> bytes:
    chunk = connection.recv(65536)
    if not chunk:
        raise ConnectionError("the server closed the connection within an answer")
    return chunk


def main() -> None:
    """Runs the command on standard input and prints the result as JSON."""
    order = json.load(sys.stdin)
    start_together = threading.Barrier(len(order) + 1)
    clients = [_Client(requests, start_together) for requests in order]
    gc.disable()
    for client in clients:
        client.start()
    start_together.wait()
    started = time.perf_counter()
    for client in clients:
        client.join()
    statuses: Counter[str] = sum((client.statuses for client in clients), Counter())
    seen = {
        "seconds": max(client.finished for client in clients) - started,
        "times": [seconds for client in clients for seconds in client.times],
        "statuses": statuses,
        "first": clients[0].first.decode(errors="replace")[:400],
    }
    json.dump(seen, sys.stdout)


if __name__ == "__main__":
    main()
