"""A TCP forwarder between extension and server that records the bytes of both directions."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Wire:
    """The bytes forwarded so far (`traffic`), and the address at which it listens."""

    def __init__(self, port: int) -> None:
        self.traffic = bytearray()
        self._port = port
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._start_thread(self._accept)

    def cut(self) -> None:
        """Closes it and all its connections."""
        for end in (self._listener, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in (self._listener, *self._ends):
            end.close()

    def _start_thread(self, work: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
                self._ends += [near, far]
                self._start_thread(self._copy, near, far)
                self._start_thread(self._copy, far, near)

    def _copy(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while part := one.recv(65536):
                self.traffic += part
                other.sendall(part)
            other.shutdown(socket.SHUT_WR)


@contextmanager
def wiretap(port: int) -> Iterator[Wire]:
    """Forwards to 127.0.0.1:`port`, until the block ends."""
    wire = Wire(port)
    try:
        yield wire
    finally:
        wire.cut()
