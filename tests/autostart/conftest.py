"""A session with a systemd, folders with difficult names, and the command."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

UNSHARE = ["unshare", "--mount", "--cgroup", "--pid", "--fork", "--mount-proc", "--kill-child"]
SESSION = Path(__file__).with_name("session.py")
DIFFICULT = [
    "",
    " ",
    "a b",
    "it's",
    'say "hi"',
    "100% %h %%",
    "$HOME ${HOME} $$",
    "back\\slash\\",
    "`id`",
    "Zoë 東京",
    ";",
]
"""Arguments that a quoting can get wrong."""


class Done(NamedTuple):
    code: int
    out: str
    err: str


class Session:
    """Runs commands in one session, one after the other."""

    def __init__(self, environment: dict[str, str]) -> None:
        as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
        self._process = subprocess.Popen(
            [*UNSHARE, *as_root, sys.executable, str(SESSION)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: object) -> Done:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(each) for each in command]) + "\n")
        self._process.stdin.flush()
        return Done(**json.loads(self._process.stdout.readline()))

    def inkeeper(self, *arguments: object) -> Done:
        return self.run(sys.executable, "-m", "inkeeper", *arguments)

    def show(self, unit: str, name: str) -> str:
        return self.run("systemctl", "--user", "show", "--value", "--property", name, unit).out.rstrip("\n")

    def close(self) -> None:
        self._process.communicate(timeout=60)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with everything in its name that a quoting can get wrong."""
    folder = tmp_path / 'Zoë\'s "own" 100%h $HOME \\x `id`'
    folder.mkdir()
    return folder


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("INKEEPER_", "XDG_"))}
    return {**kept, "HOME": str(home)}


@pytest.fixture
def session(environment: dict[str, str]) -> Iterator[Session]:
    running = Session(environment)
    yield running
    running.close()


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        found: int = free.getsockname()[1]
        return found
