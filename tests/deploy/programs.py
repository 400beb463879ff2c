"""What the tests of docs/deploy start: programs with a log, and server processes on one PostgreSQL database."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from e2e.harness.server import Server, environment
from e2e.harness.wait import until

CONFIGURATIONS = Path(__file__).parents[2] / "docs" / "deploy"
START_SECONDS = 60


def configuration(name: str, replaced: dict[str, str]) -> str:
    """The text of a file of docs/deploy with addresses, folders and ports replaced. Each must be in the file."""
    text = (CONFIGURATIONS / name).read_text(encoding="utf-8")
    for old, new in replaced.items():
        assert old in text, f"{old!r} is not in {name}"
        text = text.replace(old, new)
    return text


def find_program(name: str) -> str:
    """The path of an installed program."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    assert found, f"{name} is not installed; .ci/system names what the tests need"
    return found


def as_owner_of(folder: Path) -> dict[str, Any]:
    """For `subprocess`: run as the user whose folder it is. An ordinary user needs no change."""
    if os.geteuid() != 0:
        return {}
    found = folder.stat()
    return {"user": found.st_uid, "group": found.st_gid, "extra_groups": []}


class Program:
    """A process that runs in `folder` and writes what it prints to a file there."""

    def __init__(self, folder: Path, name: str, *command: object, **options: Any) -> None:
        self.log = folder / f"{name}.log"
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [find_program(str(command[0])), *map(str, command[1:])],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=folder,
                **options,
            )

    def until_listening(self, port: int) -> None:
        """Wait until it takes connections at this port."""
        until(lambda: self.is_running() and is_listening(port), f"port {port} is open", seconds=START_SECONDS)

    def is_running(self) -> bool:
        """True. AssertionError with its log if it has ended."""
        assert self.process.poll() is None, self.log.read_text(encoding="utf-8", errors="replace")[-5000:]
        return True

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, and wait until it has ended; by SIGKILL if it has not after 20 seconds."""
        self.process.send_signal(how)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=20)


@contextmanager
def running(folder: Path, name: str, *command: object, port: int, **options: Any) -> Iterator[Program]:
    """A program that listens at `port` while the block runs."""
    program = Program(folder, name, *command, **options)
    try:
        program.until_listening(port)
        yield program
    finally:
        program.end()


def is_listening(port: int) -> bool:
    """Whether something takes connections there."""
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class TeamServer(Server):
    """One of several server processes on one PostgreSQL database, started as docs/deploy/README.md says."""

    def __init__(self, folder: Path, database: str, **variables: str) -> None:
        """`variables` are added to the process's environment."""
        super().__init__(folder)
        self._database = database
        self._variables = variables

    def command(self, *arguments: str) -> list[str]:
        """See `Server.command`."""
        folder = ("--data-dir", str(self.data))
        return [sys.executable, "-m", "inkeeper", *arguments, "--database", self._database, *folder]

    def environment(self) -> dict[str, str]:
        """See `Server.environment`."""
        return {**environment(), **self._variables}
