"""The real server, `inkeeper serve`, in its own process: start, stop, kill, restart."""

from __future__ import annotations

import itertools
import os
import random
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from e2e.harness.client import Client, answers
from e2e.harness.forking import ForkedProcess, ForkServer
from e2e.harness.wait import until

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "backend"
"""The folder with the package `inkeeper` of this project."""

PORTS = range(11_000, 31_000)
_CODE = re.compile(r"│\s+(\d{3}) (\d{3})\s+│")

_first = random.choice(PORTS)
_ports = itertools.chain(range(_first, PORTS.stop), range(PORTS.start, _first))


def environment() -> dict[str, str]:
    """The environment of the product's processes, without the developer's settings and language."""
    mine = {key: value for key, value in os.environ.items() if not key.startswith("INKEEPER_")}
    ours = {"PYTHONPATH": f"{PROGRAM}{os.pathsep}{ROOT}", "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"}
    return mine | ours


def code_in(terminal: str) -> str | None:
    """The first pairing code that a server's terminal shows."""
    found = _CODE.search(terminal)
    return None if found is None else found[1] + found[2]


def free_port() -> int:
    """A free port, another one at each call.

    It is outside of the range of ephemeral ports. The system might give one of those to a browser's connection or to a
    server of another test process, before the server listens on it or during a restart.
    """
    for port in _ports:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")


class Server:
    """One server with a data folder of its own. It keeps its port over restarts.

    `at` sets its clock (an aware instant), which then runs on. A `fork_server` starts it faster than a new Python
    process. `program` is the folder with the package `inkeeper` of another version. Changing it between two starts is
    an update. A `verbose` one prints a line for each request.
    """

    def __init__(
        self,
        folder: Path,
        *,
        at: datetime | None = None,
        fork_server: ForkServer | None = None,
        program: Path = PROGRAM,
        verbose: bool = True,
    ) -> None:
        self.data = folder / "data"
        self.port = free_port()
        self.at = at
        self.program = program
        self._fork_server = fork_server
        self._verbose = verbose
        self._terminal = folder / "terminal.txt"
        self._process: subprocess.Popen[bytes] | ForkedProcess | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._terminal.touch()

    @property
    def address(self) -> str:
        """Its address for a browser on this machine."""
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str) -> list[str]:
        """A command line of the product against this server's data, for `subprocess`."""
        program = ["-m", "e2e.harness.clocked", self.at.isoformat()] if self.at else ["-m", "inkeeper"]
        return [sys.executable, *program, *arguments, "--data-dir", str(self.data)]

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of the product against this server's data, with further environment variables."""
        return subprocess.run(
            self.command(*arguments),
            env=self.environment() | variables,
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )

    def environment(self) -> dict[str, str]:
        """The environment of the product's processes."""
        return environment() | {"PYTHONPATH": f"{self.program}{os.pathsep}{ROOT}"}

    def start(self) -> Server:
        """Starts it and waits until it responds."""
        assert self._process is None, "already running"
        with self._terminal.open("ab") as terminal:
            command = ["serve", *(["--verbose"] if self._verbose else []), "--port", str(self.port)]
            self._process = self._launch(command, terminal)

        def up() -> bool:
            assert self._process is not None
            assert self._process.poll() is None, f"the server ended with {self._process.returncode}:\n{self.terminal()}"
            return answers(self.port)

        until(up, "the server answers", seconds=20)
        return self

    def _launch(self, arguments: list[str], terminal: BinaryIO) -> subprocess.Popen[bytes] | ForkedProcess:
        # The fork server has this project's Inkeeper imported; a clock of its own has to be there before.
        if self._fork_server is not None and self.at is None and self.program == PROGRAM:
            return self._fork_server.start([*arguments, "--data-dir", str(self.data)], terminal)
        return subprocess.Popen(
            self.command(*arguments),
            stdout=terminal,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=self.environment(),
            cwd=ROOT,
        )

    def terminal(self) -> str:
        """Everything it has printed."""
        return self._terminal.read_text(encoding="utf-8", errors="replace")

    def terminate(self) -> int:
        """Stops it (SIGTERM); returns its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kills it (SIGKILL)."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Suspends it (SIGSTOP): connections are accepted, but get no response."""
        assert self._process is not None, "not running"
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Resumes it after `freeze`; it handles what arrived meanwhile."""
        assert self._process is not None, "not running"
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """Ends it if it still runs."""
        if self._process is not None:
            self.thaw()
            self._end(signal.SIGTERM)

    def _end(self, number: int) -> int:
        assert self._process is not None, "not running"
        self._process.send_signal(number)
        code = self._process.wait(timeout=20)
        self._process = None
        return code

    def pairing_code(self, *, after: int = 0) -> str:
        """The pairing code that its terminal shows after the given length of output."""
        found = until(lambda: code_in(self.terminal()[after:]), f"a pairing code in:\n{self.terminal()}")
        assert found is not None
        return found

    def pair_for(self, owner: str) -> str:
        """Assigns the device being connected to an owner, on the command line. Returns the code printed."""
        printed = self.run("pair", "--owner", owner).stdout
        found = re.match(r"\d{6}\b", printed)
        assert found, printed
        return found[0]

    def client(self, device: str = "test client") -> Client:
        """A client that is paired through the code."""
        client = Client(self.port)
        seen = len(self.terminal())
        pairing = client.post("/pairings", {"device": device}).expect(201)
        code = self.pairing_code(after=seen)
        client.token = client.post(f"/pairings/{pairing['id']}/confirm", {"code": code}).expect(201)["token"]
        return client
