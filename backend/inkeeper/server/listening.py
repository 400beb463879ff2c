"""The HTTP server: waitress with limits on connections and a graceful stop.

- Errors before the application runs are sent as problem+json.
- Slow and surplus idle connections are closed.
- Requests of other sites' web pages get no response at all.
"""

from __future__ import annotations

import gc
import logging
import socket
import sys
import threading
import time
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError, TransferEncodingNotImplemented
from waitress.server import create_server
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import RequestHeaderFieldsTooLarge

from inkeeper.api.app import HEADERS
from inkeeper.api.guard import from_other_site, is_forwarded
from inkeeper.api.problems import body_of
from inkeeper.api.uploads import REFUSAL, CheckedRequest, request_class
from inkeeper.errors import Problem

THREADS = 8

CONNECTIONS_MAX = 200
"""The limit of open connections. Some systems allow a process only 256 open files. At the limit a new connection
replaces the one that has been idle longest.
"""

HEAD_SECONDS = 10
"""The time limit for a request's head (request line and headers), from its first byte."""

BODY_SECONDS = 30
BODY_BYTES_PER_SECOND = 10_000
"""The time limit for a body: 30 s, plus 1 s for each 10,000 received bytes."""

# Refused bodies are read and discarded up to this size. If the connection were closed while a client is sending, most
# clients would report a broken connection instead of the response.
_READ_BYTES = 64 * 1024 * 1024
_FINISH_SECONDS = 10
_THREAD_SWITCH_SECONDS = 0.0005

# How long the loop waits for a thread that is sending. Sending never blocks, so this is long.
_SENDING_SECONDS = 0.005

# The largest first part of a body that is copied to be sent with the head.
_JOINED_BYTES = 64 * 1024

# A signal that arrives just before the loop sleeps does not wake it, so the loop wakes up once a second.
_POLL_SECONDS = 1

# waitress warns of each queued request; the durations in the request log show this better.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)


class Server:
    """Listens as soon as it is created; handles requests while `run` runs."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        """Bind the address. Raises OSError if it is in use or not available."""
        self._map: dict[int, wasyncore.dispatcher] = {}
        bound = _bind(host, port)
        self._server = create_server(
            app,
            map=self._map,
            sockets=[bound],
            threads=THREADS,
            max_request_body_size=_READ_BYTES,
            # At its limit waitress would stop accepting; `_Channel` closes idle connections before that.
            connection_limit=2 * CONNECTIONS_MAX,
            clear_untrusted_proxy_headers=False,
            ident=None,
        )
        self._server.channel_class = type("Channel", (_Channel,), {"parser_class": request_class(app, _Parser)})
        self.host: str = bound.getsockname()[0]
        self.port = int(self._server.effective_port)
        self._stopping = False
        self._closed = False
        # Reentrant, since a signal handler may interrupt the closing.
        self._closing = threading.RLock()
        self._checked_at = 0.0

    def run(self) -> None:
        """Handle requests until `stop` is called, then wait up to 10 seconds for started ones."""
        # Threads switch at nearly every SQL statement; with the default interval each switch can take 5 ms.
        sys.setswitchinterval(_THREAD_SWITCH_SECONDS)
        # Exclude the objects made so far from garbage collection: scanning them delays requests.
        gc.freeze()
        while not self._stopping:
            wasyncore.loop(timeout=_POLL_SECONDS, use_poll=True, map=self._map, count=1)
            self._close_overdue()
        # Accept no new connections; finish started responses.
        wasyncore.dispatcher.close(self._server)
        give_up_at = time.monotonic() + _FINISH_SECONDS
        while self._is_busy() and time.monotonic() < give_up_at:
            wasyncore.loop(timeout=0.1, use_poll=True, map=self._map, count=1)
        self._server.task_dispatcher.shutdown()
        with self._closing:
            self._closed = True
            wasyncore.close_all(self._map)

    def stop(self) -> None:
        """Make `run` return. Safe to call from a signal handler or another thread, also after `run` has ended."""
        self._stopping = True
        with self._closing:
            # The number of a closed file may be that of another one.
            if not self._closed:
                self._server.pull_trigger()

    def _close_overdue(self) -> None:
        """Close connections whose request takes too long to arrive. Checks at most once a second."""
        now = time.monotonic()
        if now - self._checked_at < _POLL_SECONDS:
            return
        self._checked_at = now
        for channel in list(self._server.active_channels.values()):
            if channel.is_overdue(now):
                channel.handle_close()

    def _is_busy(self) -> bool:
        return any(channel.requests or channel.total_outbufs_len for channel in self._server.active_channels.values())


def _bind(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return socket.create_server(address, family=family)


class _ProblemTask(ErrorTask):
    """Sends waitress's own errors, such as for invalid HTTP, as problem+json."""

    def execute(self) -> None:
        error = self.request.error
        if error.code == 413:
            problem = Problem("too_large", f"Send at most {_READ_BYTES} bytes.", status=413)
        elif error.code == 431:
            problem = Problem("headers_too_large", "Send fewer or shorter headers.", status=431)
        elif error.code == 500:
            problem = Problem("internal_error", "Try again; nothing is known of what went wrong.", status=500)
        else:
            problem = Problem("bad_request", "The request is not valid HTTP.", status=error.code)
        body = body_of(problem).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [("Content-Type", "application/problem+json"), *HEADERS.items()]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Joining:
    """A channel that collects what is to be sent."""

    def __init__(self, channel: HTTPChannel) -> None:
        self.server = channel.server
        self.parts: list[bytes] = []
        self.write_soon = self.parts.append


class _Task(WSGITask):
    """waitress's task with two changes:

    - The head of a response is sent together with the first part of its body. waitress sends it alone.
    - The connection is kept open after a response without a body, such as a 304. waitress closes it after every
      response without a Content-Length.
    """

    channel: Any
    _writes_head = False

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        if self.request.refusal is not None:
            environ[REFUSAL] = self.request.refusal
        return environ

    def write(self, data: bytes) -> None:
        if self.wrote_header or not 0 < len(data) <= _JOINED_BYTES:
            super().write(data)
            return
        channel = self.channel
        self.channel = joining = _Joining(channel)
        try:
            super().write(data)
        finally:
            self.channel = channel
        channel.write_soon(b"".join(joining.parts))

    def build_response_header(self) -> bytes:
        self._writes_head = True
        head: bytes = super().build_response_header()
        self._writes_head = False
        return head

    def set_close_on_finish(self) -> None:
        asked_to_close = self.version != "1.1" or self.request.headers.get("CONNECTION", "").lower() == "close"
        if asked_to_close or self.has_body or not self._writes_head:
            super().set_close_on_finish()


class _DropConnection(Exception):
    """Close the connection without a response."""


class _Parser(CheckedRequest):
    """Drops the connection of a request from another site's web page as soon as its head has arrived.

    This includes invalid and too large heads. A page can cause them by the address, or by cookies, which are sent to
    all ports of a host. An error response would reveal that a server runs here.
    """

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if isinstance(self.error, RequestHeaderFieldsTooLarge):
            # The headers that identify the sender may be among the unread ones.
            head = self.header_plus + data
            if b"\r\n" not in head or _fields_of(head).get("User-Agent", "").startswith("Mozilla/"):
                raise _DropConnection
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except (ParsingError, TransferEncodingNotImplemented, ValueError) as error:
            if from_other_site("GET", _fields_of(header_plus + b"\r\n").get):
                raise _DropConnection from None
            if isinstance(error, ValueError):
                # waitress lets a ValueError end the connection, for example for a length of 5,000 digits.
                raise ParsingError("A number or an address in the head cannot be read.") from error
            raise
        # Behind a proxy the application refuses the request (`guard.check_site`).
        if not is_forwarded(self._field) and from_other_site(self.command, self._field):
            raise _DropConnection

    def _field(self, name: str) -> str | None:
        value: str | None = self.headers.get(name.upper().replace("-", "_"))
        return value


def _fields_of(head: bytes) -> dict[str, str]:
    """The complete header lines of a head, by name in the spelling of browsers."""
    parts = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:-1])
    return {name: value.strip() for name, _, value in parts}


class _Channel(HTTPChannel):
    parser_class = _Parser
    task_class = _Task
    error_task_class = _ProblemTask

    def __init__(self, server: Any, *arguments: Any, **options: Any) -> None:
        idle = [channel for channel in server.active_channels.values() if not channel.requests]
        if len(server.active_channels) >= CONNECTIONS_MAX and idle:
            min(idle, key=lambda channel: channel.last_activity).handle_close()
        self._begun: tuple[HTTPRequestParser | None, float] = (None, 0.0)
        super().__init__(server, *arguments, **options)

    def received(self, data: bytes) -> bool:
        """Process received bytes. A request from another site's page closes the connection without response or log."""
        try:
            handled: bool = super().received(data)
        except _DropConnection:
            self.request = None
            self.handle_close()
            return False
        if self.request is not self._begun[0]:
            self._begun = (self.request, time.monotonic())
        return handled

    def _flush_some_if_lockable(self, do_close: bool = True) -> None:
        """Send what a thread has left to the loop, as soon as that thread has ended its own sending.

        waitress does not wait for it. Its loop then runs again and again, and keeps the thread from running.
        """
        locked = self.outbuf_lock.acquire(timeout=_SENDING_SECONDS)
        try:
            super()._flush_some_if_lockable(do_close)
        finally:
            if locked:
                self.outbuf_lock.release()

    def is_overdue(self, now: float) -> bool:
        """Whether the arriving request has exceeded its time limit. `now` is in seconds of the monotonic clock."""
        request, begun = self._begun
        if request is None or self.requests:
            return False
        allowed = float(HEAD_SECONDS)
        if request.headers_finished:
            allowed += BODY_SECONDS + request.body_bytes_received / BODY_BYTES_PER_SECOND
        return now - begun > allowed
