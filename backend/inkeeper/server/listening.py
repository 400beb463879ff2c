"""The HTTP server: waitress, with problems for what never reaches the application, and an orderly end.

Connections that only hold a place are closed, and what web pages of other sites send is not answered at all.
"""

from __future__ import annotations

import gc
import logging
import socket
import sys
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
"""More than the threads could need, and well below the 256 files that some systems let a process open. When there are
so many, the one that has been idle for longest makes room for the next.
"""

HEAD_SECONDS = 10
"""How long a request's head may take from its first byte on."""

BODY_SECONDS = 30
BODY_BYTES_PER_SECOND = 10_000
"""How long a body may take: 30 s, and a second more for each 10,000 bytes that have come."""

# Larger bodies than the application takes are still read to their end up to here, and dropped, so that its refusal is
# heard: closing the connection while a client is sending makes most clients report a broken connection instead.
_READ_BYTES = 64 * 1024 * 1024
_FINISH_SECONDS = 10
_THREAD_SWITCH_SECONDS = 0.0005

# A signal that comes in the instant before the loop goes to sleep does not wake it: its handler runs only afterwards.
_POLL_SECONDS = 1

# It only says that requests wait for each other, which the times in the request log show better.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)


class Server:
    """Listens from its creation on; answers while `run` runs."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        """Bind the address. Raises OSError if it is taken or does not exist."""
        self._map: dict[int, wasyncore.dispatcher] = {}
        bound = _bind(host, port)
        self._server = create_server(
            app,
            map=self._map,
            sockets=[bound],
            threads=THREADS,
            max_request_body_size=_READ_BYTES,
            # Never reached, since `_Channel` makes room before; waitress would accept no more connections.
            connection_limit=2 * CONNECTIONS_MAX,
            clear_untrusted_proxy_headers=False,
            ident=None,
        )
        self._server.channel_class = type("Channel", (_Channel,), {"parser_class": request_class(app, _Parser)})
        self.host: str = bound.getsockname()[0]
        self.port = int(self._server.effective_port)
        self._stopping = False
        self._checked_at = 0.0

    def run(self) -> None:
        """Answer requests until `stop` is called; then finish those that have begun."""
        # Threads hand over to each other with nearly every statement of SQL; by default each may keep the others
        # waiting for 5 ms.
        sys.setswitchinterval(_THREAD_SWITCH_SECONDS)
        # What has been made so far stays; looking for garbage in it would hold up a request now and then.
        gc.freeze()
        while not self._stopping:
            wasyncore.loop(timeout=_POLL_SECONDS, use_poll=True, map=self._map, count=1)
            self._close_overdue()
        # Accept no new connections; finish the answers under way.
        wasyncore.dispatcher.close(self._server)
        give_up_at = time.monotonic() + _FINISH_SECONDS
        while self._is_busy() and time.monotonic() < give_up_at:
            wasyncore.loop(timeout=0.1, use_poll=True, map=self._map, count=1)
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._map)

    def stop(self) -> None:
        """Make `run` end. May be called from a signal handler or another thread."""
        self._stopping = True
        self._server.pull_trigger()

    def _close_overdue(self) -> None:
        """Close the connections whose request takes too long to arrive. Looks once a second."""
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
    """Answers what is not valid HTTP in the same form as everything else."""

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


class _Task(WSGITask):
    """Keeps the connection behind an answer that has no body, such as a 304: it ends where its headers end.

    waitress closes behind every answer that tells no length.
    """

    _writes_head = False

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        if self.request.refusal is not None:
            environ[REFUSAL] = self.request.refusal
        return environ

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
    """The request is not to be answered."""


class _Parser(CheckedRequest):
    """Ends what a web page of another site sends as soon as its head is there, before its body is read.

    Also where the head is not valid or too large: a page can make it so by its address, or by cookies, which go to all
    ports of a host, and would learn from the refusal that somebody answers.
    """

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if isinstance(self.error, RequestHeaderFieldsTooLarge):
            # The headers that tell who asks may be among those that were not read.
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
                # waitress would drop the connection, for a length of 5,000 digits, say.
                raise ParsingError("A number or an address in the head cannot be read.") from error
            raise
        # Behind a proxy the application answers.
        if not is_forwarded(self._field) and from_other_site(self.command, self._field):
            raise _DropConnection

    def _field(self, name: str) -> str | None:
        value: str | None = self.headers.get(name.upper().replace("-", "_"))
        return value


def _fields_of(head: bytes) -> dict[str, str]:
    """The complete header lines of a head, by the names that browsers give them."""
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
        """Take what has arrived. A request of another site's page ends the connection, with no answer and no log."""
        try:
            goes_on: bool = super().received(data)
        except _DropConnection:
            self.request = None
            self.handle_close()
            return False
        if self.request is not self._begun[0]:
            self._begun = (self.request, time.monotonic())
        return goes_on

    def is_overdue(self, now: float) -> bool:
        """Whether the request that is arriving has taken too long, by the monotonic clock."""
        request, begun = self._begun
        if request is None or self.requests:
            return False
        allowed = float(HEAD_SECONDS)
        if request.headers_finished:
            allowed += BODY_SECONDS + request.body_bytes_received / BODY_BYTES_PER_SECOND
        return now - begun > allowed
