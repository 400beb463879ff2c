"""Uploads before and while they are read: judged by their heads, and one file at a time, in turns of owners.

waitress hands a request over when its whole body is on disk. What the application would refuse by the head alone is
known here before that: such a body is dropped as it comes in, and the application refuses the request without it.
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
"""The key of a WSGI environment under which the refusal of a body that was dropped stands."""

RETRY_SECONDS = 5
_PRIORITY_KEPT = timedelta(seconds=3 * RETRY_SECONDS)
_MOST_WAITING = 100

# Smaller bodies cost less than judging them twice.
_SMALL_BYTES = 64 * 1024

HeadCheck = Callable[[dict[str, Any]], Problem | None]
"""Says of a WSGI environment without a body why the application would refuse it; None if it would not."""


class ImportQueue:
    """One file is read at a time. Who was refused meanwhile comes before the others when they ask again.

    So no owner who sends one file after the other keeps others out.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._busy = False
        self._waiting: dict[str, datetime] = {}

    @contextmanager
    def slot(self, actor: Actor, now: datetime) -> Iterator[None]:
        """Hold the turn while the block runs. Raises the 429 Problem at once where it is somebody else's."""
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
        """Raise the 429 Problem where the turn is somebody else's at the moment."""
        with self._lock:
            if not self._is_free_for(actor, now):
                self._enqueue(actor, now)
                raise _import_running()

    def _is_free_for(self, actor: Actor, now: datetime) -> bool:
        if self._busy:
            return False
        # Clocks may be set: only what lies a little way back counts.
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
    """A request whose body is dropped where `judge` refuses its head; `refusal` then says why.

    The body is still read to its end, since most clients hear an answer only then; one that waits for `100 Continue`
    is answered at once.
    """

    check_head: HeadCheck = staticmethod(lambda _environ: None)
    refusal: Problem | None = None

    body_rcv: Any
    content_length: int
    expect_continue: bool

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the head, and judge it where a body that is worth it follows."""
        super().parse_header(header_plus)
        if self.chunked or self.content_length > _SMALL_BYTES or (self.expect_continue and self.content_length):
            refusal = self.check_head(environment_of(self))
            if refusal is not None:
                self._refuse(refusal)

    def received(self, data: bytes) -> int:
        """Take in what arrived, as waitress does; a body in chunks may not grow beyond what its route takes."""
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
    """The class of the requests that are judged as this application judges them, based on another one."""
    return type("AppRequest", (base,), {"check_head": staticmethod(app.extensions["inkeeper.head_check"])})


def head_check_for(app: Flask, allowed_hosts: frozenset[str], clock: Callable[[], datetime]) -> HeadCheck:
    """What the application checks of a request with a body before its handler runs, without the body."""
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
                # A form of the pages, which may bring a file. Its own view knows how large it may be.
                check_form(environ, MAX_UPLOAD_BYTES)
                return None
            check_upload(environ)
            queue.check(Actor(owner_id), clock())
        except Problem as problem:
            return problem
        except DatabaseProblem:
            # The application answers what is to be said about that.
            return None
        return None

    return check


class _DiscardBuffer:
    """A buffer that keeps nothing."""

    def append(self, data: bytes) -> None:
        """Drop it."""

    def getfile(self) -> io.BytesIO:
        """An empty body."""
        return io.BytesIO()

    def close(self) -> None:
        """There is nothing to close."""

    def __len__(self) -> int:
        return 0


def is_api(path: str) -> bool:
    """Whether the path is one of the API's; all others are those of the pages."""
    return path.startswith("/api/")


def is_upload(method: str, path: str) -> bool:
    """Whether the request brings a file to import."""
    if method == "POST" and path == "/api/v1/targets/import":
        return True
    parts = path.split("/")
    return method == "POST" and len(parts) == 6 and parts[:4] == ["", "api", "v1", "accounts"] and parts[5] == "imports"


def environment_of(request: HTTPRequestParser) -> dict[str, Any]:
    """As much of the request's WSGI environment as the checks of its head need."""
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
