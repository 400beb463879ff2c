"""The HTTP server: waitress, with problems for what never reaches the application, and an orderly end."""

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
from waitress.server import create_server
from waitress.task import ErrorTask, WSGITask

from inkeeper.api.app import HEADERS
from inkeeper.api.problems import body_of
from inkeeper.api.uploads import REFUSAL, request_class
from inkeeper.errors import Problem

THREADS = 8

# Larger bodies than the application takes are still read to their end up to here, and dropped, so that its refusal is
# heard: closing the connection while a client is sending makes most clients report a broken connection instead.
_READ_BYTES = 64 * 1024 * 1024
_FINISH_SECONDS = 10
_SWITCH_SECONDS = 0.0005

# A signal that comes in the instant before the loop goes to sleep does not wake it: its handler runs only afterwards.
_LOOK_UP_SECONDS = 1

# It only says that requests wait for each other, which the times in the request log show better.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)


class Server:
    """Listens from its creation on; answers while `run` runs."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        """Bind the address. Raises OSError if it is taken or does not exist."""
        self._map: dict[int, wasyncore.dispatcher] = {}
        self._server = create_server(
            app,
            map=self._map,
            sockets=[_bound(host, port)],
            threads=THREADS,
            max_request_body_size=_READ_BYTES,
            clear_untrusted_proxy_headers=False,
            ident=None,
        )
        self._server.channel_class = type("Channel", (_Channel,), {"parser_class": request_class(app)})
        self.port = int(self._server.effective_port)
        self._stopping = False

    def run(self) -> None:
        """Answer requests until `stop` is called; then finish those that have begun."""
        # Threads hand over to each other with nearly every statement of SQL; by default each may keep the others
        # waiting for 5 ms.
        sys.setswitchinterval(_SWITCH_SECONDS)
        # What has been made so far stays; looking for garbage in it would hold up a request now and then.
        gc.freeze()
        while not self._stopping:
            wasyncore.loop(timeout=_LOOK_UP_SECONDS, use_poll=True, map=self._map, count=1)
        # Nobody new is let in, but the answers under way go out.
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

    def _is_busy(self) -> bool:
        return any(channel.requests or channel.total_outbufs_len for channel in self._server.active_channels.values())


def _bound(host: str, port: int) -> socket.socket:
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


class _Channel(HTTPChannel):
    task_class = _Task
    error_task_class = _ProblemTask
