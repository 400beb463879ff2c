"""Early checks of uploads, and a queue so that one file is imported at a time.

waitress passes a request to the application after its whole body was written to disk. The checks here run as soon as
the request's head (request line and headers) has arrived: the body of a request that will be refused is discarded
while it arrives, and the application sends the refusal.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from flask import Flask
from waitress.parser import HTTPRequestParser

from inkeeper.api.auth import find_device
from inkeeper.api.guard import (
    MAX_BODY_BYTES,
    MAX_UPLOAD_BYTES,
    check_body,
    check_form,
    check_host,
    check_origin,
    check_upload,
    too_large,
)
from inkeeper.errors import Problem
from inkeeper.services.access import Actor
from inkeeper.storage.database import DatabaseProblem

REFUSAL = "inkeeper.refusal"
"""The key of the Problem in the WSGI environment of a request whose body was discarded."""

RETRY_SECONDS = 5
_PRIORITY_KEPT = timedelta(seconds=3 * RETRY_SECONDS)
_MOST_WAITING = 100

# Reading a smaller body costs less than checking the head twice.
_SMALL_BYTES = 64 * 1024

HeadCheck = Callable[[dict[str, Any]], Problem | None]
"""Returns the Problem with which the application would refuse this WSGI environment, None if it would not."""


class ImportQueue:
    """Lets one request at a time import a file. Owners refused in the meantime get the next slots, in order.

    This prevents an owner who sends one file after another from blocking the others. A refused owner loses the priority
    without a retry within 15 seconds. Thread-safe.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._busy = False
        self._waiting: dict[str, datetime] = {}

    @contextmanager
    def slot(self, actor: Actor, now: datetime) -> Iterator[None]:
        """Hold the slot while the block runs. Raises the 429 Problem at once if another request or owner has it."""
        with self._lock:
            if not self._is_free_for(actor, now):
                self._enqueue(actor, now)
                raise _import_running()
            self._waiting.pop(actor.owner_id, None)
            self._busy = True
        try:
            yield
        finally:
            with self._lock:
                self._busy = False

    def check(self, actor: Actor, now: datetime) -> None:
        """Raise the 429 Problem if the slot is not free for this owner."""
        with self._lock:
            if not self._is_free_for(actor, now):
                self._enqueue(actor, now)
                raise _import_running()

    def _is_free_for(self, actor: Actor, now: datetime) -> bool:
        if self._busy:
            return False
        # Ignore times in the future: the clock may have been set back.
        waiting = [owner for owner, since in self._waiting.items() if timedelta() <= now - since < _PRIORITY_KEPT]
        return not waiting or waiting[0] == actor.owner_id

    def _enqueue(self, actor: Actor, now: datetime) -> None:
        self._waiting = {
            owner: since for owner, since in self._waiting.items() if timedelta() <= now - since < _PRIORITY_KEPT
        }
        if actor.owner_id in self._waiting or len(self._waiting) < _MOST_WAITING:
            self._waiting[actor.owner_id] = now


def _import_running() -> Problem:
    return Problem(
        "import_running",
        f"Another file is being read. Try again in {RETRY_SECONDS} seconds.",
        status=429,
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


class CheckedRequest(HTTPRequestParser):
    """A request whose body is discarded if `check_head` refuses its head; `refusal` is then the Problem.

    The body is still read to its end, because most clients read the response only after sending it. A client that
    waits for `100 Continue` gets the response at once.
    """

    check_head: HeadCheck = staticmethod(lambda _environ: None)
    refusal: Problem | None = None

    body_rcv: Any
    content_length: int
    expect_continue: bool

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the head, and check it if a large body follows."""
        super().parse_header(header_plus)
        if self.chunked or self.content_length > _SMALL_BYTES or (self.expect_continue and self.content_length):
            refusal = self.check_head(environment_of(self))
            if refusal is not None:
                self._refuse(refusal)

    def received(self, data: bytes) -> int:
        """Process received bytes, and refuse a chunked body that grows above its route's limit."""
        consumed: int = super().received(data)
        if self.chunked and self.refusal is None and self.body_bytes_received > self._max_bytes():
            self._refuse(too_large())
        return consumed

    def _max_bytes(self) -> int:
        takes_file = is_upload(self.command, self.path) or not is_api(self.path)
        most: int = self.adj.max_request_body_size if takes_file else MAX_BODY_BYTES
        return most

    def _refuse(self, refusal: Problem) -> None:
        self.refusal = refusal
        if self.expect_continue:
            self.expect_continue = False
            self.body_rcv = None
            self.chunked = False
            self.content_length = 0
            self.headers["CONNECTION"] = "close"
        elif self.body_rcv is not None:
            self.body_rcv.getbuf().close()
            self.body_rcv.buf = _DiscardBuffer()


def request_class(app: Flask, base: type[CheckedRequest]) -> type[CheckedRequest]:
    """Create a subclass of `base` that checks heads with this application's head check."""
    return type("AppRequest", (base,), {"check_head": staticmethod(app.extensions["inkeeper.head_check"])})


def head_check_for(app: Flask, allowed_hosts: frozenset[str], clock: Callable[[], datetime]) -> HeadCheck:
    """Create the head check: the application's checks before a handler runs, as far as they need no body."""
    queue: ImportQueue = app.extensions["inkeeper.import_queue"]

    def check(environ: dict[str, Any]) -> Problem | None:
        try:
            check_host(environ, allowed_hosts)
            check_origin(environ)
            upload = is_upload(environ["REQUEST_METHOD"], environ["PATH_INFO"])
            if not upload and is_api(environ["PATH_INFO"]):
                check_body(environ)
                return None
            with app.app_context():
                owner_id = find_device(environ).owner_id
            if not upload:
                # Forms of pages may have a file; the view checks the exact limit.
                check_form(environ, MAX_UPLOAD_BYTES)
                return None
            check_upload(environ)
            queue.check(Actor(owner_id), clock())
        except Problem as problem:
            return problem
        except DatabaseProblem:
            # The application will respond with this error.
            return None
        return None

    return check


class _DiscardBuffer:
    """A body buffer that discards everything."""

    def append(self, data: bytes) -> None:
        """Discard the data."""

    def getfile(self) -> io.BytesIO:
        """An empty body."""
        return io.BytesIO()

    def close(self) -> None:
        """Do nothing."""

    def __len__(self) -> int:
        return 0


def is_api(path: str) -> bool:
    """Whether the path belongs to the API; all other paths belong to the pages."""
    return path.startswith("/api/")


def is_upload(method: str, path: str) -> bool:
    """Whether the request is an upload of a file to the API."""
    if method == "POST" and path == "/api/v1/targets/import":
        return True
    parts = path.split("/")
    return method == "POST" and len(parts) == 6 and parts[:4] == ["", "api", "v1", "accounts"] and parts[5] == "imports"


def environment_of(request: HTTPRequestParser) -> dict[str, Any]:
    """The part of the request's WSGI environment that the head check needs."""
    headers = request.headers
    environ = {
        "REQUEST_METHOD": request.command.upper(),
        "PATH_INFO": request.path,
        "CONTENT_TYPE": headers.get("CONTENT_TYPE", ""),
        "CONTENT_LENGTH": headers.get("CONTENT_LENGTH", ""),
        "HTTP_HOST": headers.get("HOST", ""),
        "HTTP_AUTHORIZATION": headers.get("AUTHORIZATION", ""),
    }
    if "ORIGIN" in headers:
        environ["HTTP_ORIGIN"] = headers["ORIGIN"]
    return environ
