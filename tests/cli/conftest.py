"""Runs the real command as a process of its own."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result

from inkeeper.cli import main
from inkeeper.clock import utc_now
from inkeeper.ids import new_id
from inkeeper.services.access import Actor
from inkeeper.services.ledger import accounts
from inkeeper.storage.database import Store, open_database
from inkeeper.storage.models import Owner
from tests.conftest import Clock
from tests.rows import add_row

COMMAND = [sys.executable, "-m", "inkeeper"]


BROWSER = """
import json, os, re, sys, urllib.parse, urllib.request
file = urllib.parse.unquote(urllib.parse.urlsplit(sys.argv[1]).path)
link = re.search(r"url=([^\\"]+)", open(file).read())[1]
page, _, secret = link.partition("#signin=")
seen = {"link": link, "file": file, "mode": os.stat(file).st_mode, "arguments": sys.argv[1:]}
if os.environ.get("SIGNS_IN"):
    body = json.dumps({"secret": secret, "device": "a fake browser"}).encode()
    request = urllib.request.Request(
        page.rpartition("/")[0] + "/api/v1/sign-ins/redeem", body, {"Content-Type": "application/json"}, method="POST"
    )
    seen["token"] = json.load(urllib.request.urlopen(request))["token"]
json.dump(seen, open(os.environ["SEEN"] + ".new", "w"))
os.replace(os.environ["SEEN"] + ".new", os.environ["SEEN"])
"""


@pytest.fixture
def opening(tmp_path: Path) -> dict[str, str]:
    """The environment in which a stand-in is the default browser. It signs in, and writes `seen.json`."""
    program = tmp_path / "browser.py"
    program.write_text(BROWSER)
    return {"BROWSER": f"{sys.executable} {program} %s", "SEEN": str(tmp_path / "seen.json"), "SIGNS_IN": "1"}


@pytest.fixture
def cli_database_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The database that the command uses unless a flag says otherwise."""
    if engine == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path}/data/inkeeper.sqlite3"


@pytest.fixture
def opened_account(cli_database_url: str, tmp_path: Path) -> None:
    """A database with one account, opened now."""
    (tmp_path / "data").mkdir(mode=0o700)
    store, now = open_database(cli_database_url), utc_now()
    with store.begin_write(None) as tx:
        owner = add_row(tx, Owner, id=new_id(now), name="me", created_at=now).id
        wanted = {"name": "My seat", "plan": "premium_career", "time_zone": "Europe/Berlin"}
        accounts.create_account(tx, Actor(owner), wanted, now)
    store.checkpoint_and_close()


@pytest.fixture
def environment(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """Where the command keeps its data unless a flag says otherwise."""
    on_a_server = {"INKEEPER_DATABASE": request.getfixturevalue("cli_database_url")} if engine == "postgresql" else {}
    return {
        **on_a_server,
        **{name: value for name, value in os.environ.items() if not name.startswith("INKEEPER_")},
        "PYTHONPATH": os.pathsep.join(sys.path),
        "INKEEPER_DATA_DIR": str(tmp_path / "data"),
    }


@pytest.fixture
def inkeeper(environment: dict[str, str], tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `inkeeper` with these arguments to its end."""

    def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            env={**environment, **variables},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def command(store: Store, database_url: str, clock: Clock) -> Callable[..., Result]:
    """Runs `inkeeper` in this process, on the tests' database and at the tests' clock. Its streams are no terminal."""

    def run(*arguments: object) -> Result:
        with time_machine.travel(clock.now, tick=False):
            return CliRunner(env={"INKEEPER_DATABASE": database_url}).invoke(main, [*map(str, arguments)], "inkeeper")

    return run


class AtTerminal:
    """A command that somebody watches and answers."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.terminal, theirs = pty.openpty()
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            close_fds=True,
            # Tests that run in the background of a shell have this signal ignored, and would hand that on.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        os.close(theirs)
        self.shown = ""

    def read_until(self, words: str | None) -> None:
        """Until these words have been shown, or, with None, until the command ends."""
        while words is None or words not in self.shown:
            try:
                more = os.read(self.terminal, 4096)
            except OSError:  # the other end is closed
                more = b""
            if not more:
                assert words is None, self.shown
                return
            self.shown += more.decode()

    def type(self, word: str) -> None:
        """Type a word and Return."""
        os.write(self.terminal, f"{word}\n".encode())

    def answer(self, word: str) -> int:
        """Type a word, and wait for the command's exit code."""
        self.type(word)
        return self.finish()

    def finish(self) -> int:
        """Wait for the command's exit code."""
        self.read_until(None)
        os.close(self.terminal)
        return self.process.wait(timeout=60)


class Serving:
    """`inkeeper serve` at work."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "serve", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self.address = self._printed(r"listens on (http://\S+)")

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(
            self.address + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as response:
            answer: dict[str, Any] = json.load(response)
            return answer

    def shown_code(self) -> str:
        return self._printed(r"^  │  (\d{3} \d{3})  │$").replace(" ", "")

    def next_lines(self, count: int) -> list[str]:
        """The next lines that it prints."""
        assert self.process.stdout is not None
        return [self.process.stdout.readline() for _ in range(count)]

    def greeting(self) -> str:
        """All that it prints when it starts."""
        self._printed("(Ctrl-C) stops the server")
        return "".join(self.lines)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Its exit code and what it still printed, log included."""
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out + err

    def _printed(self, pattern: str) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            found = re.search(pattern, line)
            if found:
                return found[1]
        raise AssertionError(f"{pattern} was never printed; exit code {self.process.wait()}")


@pytest.fixture
def serving(environment: dict[str, str]) -> Iterator[Serving]:
    running = Serving(environment, "--port", "0")
    yield running
    if running.process.poll() is None:
        running.stop()
    for stream in (running.process.stdout, running.process.stderr):
        assert stream is not None
        stream.close()
