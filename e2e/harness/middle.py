"""A proxy between extension and server that records requests and can replace replies."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"}


class Request(NamedTuple):
    """A request of the extension."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Reply(NamedTuple):
    """The reply to the extension."""

    status: int
    headers: dict[str, str]
    body: bytes


INKEEPER = {"X-Inkeeper-Api": "1", "Content-Type": "application/json"}
"""The headers of Inkeeper's responses that the extension checks."""


@dataclass
class Interceptor:
    """The running proxy. `change` returns the reply to a request, or None to forward it."""

    port: int
    change: Callable[[Request], Reply | None]
    requests: list[Request] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The address at which it listens."""
        return f"http://127.0.0.1:{self.port}"

    def transcript(self) -> str:
        """All requests as one text to search."""
        return "\n".join(f"{one.method} {one.path} {one.headers} {one.body.decode('utf-8')}" for one in self.requests)


@contextmanager
def intercepted(
    change: Callable[[Request], Reply | None], *, port: int = 0, server_port: int | None = None
) -> Iterator[Interceptor]:
    """Listens on 127.0.0.1:`port` and forwards to `server_port`; without one, forwarded requests get 404."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            connections.append(self.connection)

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            request = Request(self.command, self.path, dict(self.headers), self.rfile.read(length))
            interceptor.requests.append(request)
            reply = interceptor.change(request) or self.forward(request)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_PATCH = do_DELETE = do_OPTIONS = handle_any  # noqa: N815 (the names of http.server)

        def forward(self, request: Request) -> Reply:
            if server_port is None:
                return Reply(404, INKEEPER, b'{"code": "not_found", "detail": "There is nothing here."}')
            connection = http.client.HTTPConnection("127.0.0.1", server_port, timeout=20)
            connection.request(request.method, request.path, request.body or None, request.headers)
            answer = connection.getresponse()
            reply = Reply(answer.status, dict(answer.getheaders()), answer.read())
            connection.close()
            return reply

        def log_message(self, *_: object) -> None:
            """Silent."""

    class Listener(ThreadingHTTPServer):
        daemon_threads = True

    connections: list[socket.socket] = []
    listener = Listener(("127.0.0.1", port), Handler)
    interceptor = Interceptor(int(listener.server_address[1]), change)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield interceptor
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()
        # A browser would keep using its persistent connections.
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
