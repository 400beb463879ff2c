"""Starts `inkeeper` in a process forked from one that has imported all modules already.

Importing takes most of a server's start, and nearly each browser test starts a server. The start of a new process is
tested elsewhere (`tests/cli`, `test_make.py`).

As a program (`python -m e2e.harness.forking`) it reads commands (a JSON value a line) and writes a result for each.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO

from e2e.harness.wait import until

PRELOADED = ("inkeeper.api.resources", "inkeeper.web.views", "inkeeper.server.listening", "inkeeper.cli.serve")
FOREVER_SECONDS = 3600.0


class ForkServer:
    """The process from which the servers are forked."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__], env=environment, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def start(self, arguments: list[str], terminal: BinaryIO) -> ForkedProcess:
        """Starts `inkeeper` with these arguments; its output is appended to the file `terminal`."""
        return ForkedProcess(self, int(self.order({"arguments": arguments, "terminal": terminal.name})))

    def order(self, order: dict[str, Any]) -> Any:
        """Sends one command; returns its result."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """Ends it."""
        self._process.communicate(timeout=20)


class ForkedProcess:
    """One forked process, with the methods of `subprocess.Popen` that tests use."""

    def __init__(self, fork_server: ForkServer, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._fork_server = fork_server

    def poll(self) -> int | None:
        """Its exit code, negative after a signal; None while it runs."""
        if self.returncode is None:
            self.returncode = self._fork_server.order({"ended": self.pid})
        return self.returncode

    def wait(self, timeout: float = FOREVER_SECONDS) -> int:
        """Its exit code, once it has ended. AssertionError after `timeout` seconds."""
        until(lambda: self.poll() is not None, "the process ended", seconds=timeout)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Sends a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)


def _ended(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _become_program(arguments: list[str], terminal: str) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    printed = os.open(terminal, os.O_WRONLY | os.O_APPEND)
    for given, wanted in ((nothing, 0), (printed, 1), (printed, 2)):
        os.dup2(given, wanted)
    os.close(nothing)
    os.close(printed)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["inkeeper", *arguments]
    runpy.run_module("inkeeper", run_name="__main__", alter_sys=True)


def _serve_orders() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is for the test run
    for name in PRELOADED:
        __import__(name)
    for line in sys.stdin:
        order = json.loads(line)
        if "ended" in order:
            print(json.dumps(_ended(order["ended"])), flush=True)  # noqa: T201
        elif pid := os.fork():
            print(json.dumps(pid), flush=True)  # noqa: T201
        else:
            _become_program(**order)


if __name__ == "__main__":
    _serve_orders()
