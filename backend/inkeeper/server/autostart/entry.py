"""The interface of the entries, and what they share."""

from __future__ import annotations

import json
import os
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from inkeeper.server.autostart import keeper
from inkeeper.server.autostart.program import Program, program_of
from inkeeper.wording.terminal import gettext

Trouble = Literal["program_gone", "not_enabled", "failed", "stopped"]
"""What is wrong with an entry that is on: its program is not there any more, the system does not start the entry, the
program failed too often, or it does not run now.
"""

_TIMEOUT_SECONDS = 30


class State(NamedTuple):
    """Whether the entry is on, since when its program has been running (UTC; None: it is not), and what is wrong."""

    is_on: bool
    running_since: datetime | None = None
    trouble: Trouble | None = None
    missing: str | None = None
    """The file that is not there, with `program_gone`."""


OFF = State(False)


class CannotStart(Exception):
    """The system refused the entry. The message is its reason, one sentence."""


class Entry(ABC):
    """The entry that starts Inkeeper when the user logs in. Its methods raise CannotStart and OSError."""

    kind: Literal["systemd", "launchd", "run_key", "desktop"]

    place: str
    """The file or registry value, for people."""

    @abstractmethod
    def write(self, program: Program) -> bool:
        """Write the entry. Returns whether it was changed."""

    @abstractmethod
    def start(self, program: Program, *, changed: bool) -> None:
        """Start the program now; restart it if the entry or the program has `changed`."""

    @abstractmethod
    def remove(self, *, stops: bool) -> bool:
        """Remove the entry, and with `stops` stop its program before. Returns whether there was one."""

    @abstractmethod
    def command(self) -> list[str] | None:
        """The command that the entry runs; None if there is no entry."""

    @abstractmethod
    def state(self) -> State:
        """What is the case now."""

    @abstractmethod
    def log(self, program: Program) -> str:
        """The log's file, or the command that shows the log."""


class KeptEntry(Entry):
    """An entry whose program is run by `keeper`."""

    def start(self, program: Program, *, changed: bool) -> None:
        """See `Entry.start`."""
        if changed:
            keeper.stop(program.folder)
        if not keeper.is_running(program.folder):
            keeper.start_detached(program)

    def remove(self, *, stops: bool) -> bool:
        """See `Entry.remove`."""
        command = self.command()
        if command is None:
            return False
        self.delete(stops=stops)
        if stops:
            keeper.stop(program_of(command).folder)
        return True

    def state(self) -> State:
        """See `Entry.state`."""
        command = self.command()
        if command is None:
            return OFF
        folder = program_of(command).folder
        since = keeper.running_since(folder)
        missing = missing_file(command)
        trouble: Trouble | None = None if since else "failed" if keeper.gave_up(folder) else "stopped"
        return State(True, since, "program_gone" if missing else trouble, missing)

    def log(self, program: Program) -> str:
        """See `Entry.log`."""
        return str(keeper.log_file(program.folder))

    @abstractmethod
    def delete(self, *, stops: bool) -> None:
        """Delete the entry, which is there. With `stops` its program may be stopped in doing so."""


def missing_file(command: Sequence[str]) -> str | None:
    """The file of the command that is not there: the program, or the script that a source tree is started with."""
    for part in command[:3]:
        if Path(part).is_absolute() and not Path(part).exists():
            return part
    return None


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write the file (mode 0600, whole or not at all) unless it has this content. Returns whether it was written."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)
    return True


def as_comment(command: Sequence[str]) -> str:
    """The command in one line of ASCII, from which `from_comment` reads it."""
    return json.dumps(list(command))


def from_comment(text: str, mark: str) -> list[str]:
    """The command in the line of `text` that begins with `mark`; empty if there is none."""
    for line in text.splitlines():
        if line.startswith(mark):
            found: list[str] = json.loads(line.removeprefix(mark))
            return found
    return []


def run(command: Sequence[str], environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run one of the system's programs. Its exit code is up to the caller. Raises CannotStart if it cannot be run."""
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=_TIMEOUT_SECONDS,
            check=False,
            env=None if environ is None else dict(environ),
        )
    except subprocess.TimeoutExpired:
        raise CannotStart(
            gettext(
                "%(program)s gave no answer within %(number)s seconds.", program=command[0], number=_TIMEOUT_SECONDS
            )
        ) from None
    except OSError as error:
        raise CannotStart(f"{command[0]}: {error.strerror}.") from error
