"""A launchd agent of macOS."""

from __future__ import annotations

import os
import plistlib
import sys
from collections.abc import Sequence
from pathlib import Path

from inkeeper.server.autostart import keeper
from inkeeper.server.autostart.entry import CannotStart, KeptEntry, run, write_if_changed
from inkeeper.server.autostart.program import Program

LABEL = "inkeeper.server"


def plist(command: Sequence[str]) -> bytes:
    """The agent's property list. launchd passes the arguments as they are, without a shell: launchd.plist(5)."""
    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "ProcessType": "Background",
        }
    )


class Agent(KeptEntry):
    """The agent `inkeeper.server`. launchd limits no restarts, so the server is restarted by `keeper`."""

    kind = "launchd"

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"{LABEL}.plist"
        self.place = str(self._path)

    def write(self, program: Program) -> bool:
        """See `Entry.write`."""
        changed = write_if_changed(self._path, plist(program.keep()))
        # launchd refuses agents that others may write to.
        self._path.chmod(0o600)
        return changed

    def start(self, program: Program, *, changed: bool) -> None:
        """See `Entry.start`."""
        if changed:
            run(["launchctl", "bootout", f"{_domain()}/{LABEL}"])
            keeper.stop(program.folder)
        loaded = run(["launchctl", "print", f"{_domain()}/{LABEL}"]).returncode == 0
        command = ["kickstart", f"{_domain()}/{LABEL}"] if loaded else ["bootstrap", _domain(), self.place]
        done = run(["launchctl", *command])
        if done.returncode:
            raise CannotStart(f"launchctl {command[0]}: {' '.join(done.stderr.split())}")

    def command(self) -> list[str] | None:
        """See `Entry.command`."""
        if not self._path.exists():
            return None
        found: list[str] = plistlib.loads(self._path.read_bytes()).get("ProgramArguments", [])
        return found

    def delete(self, *, stops: bool) -> None:
        """See `KeptEntry.delete`."""
        if stops:
            run(["launchctl", "bootout", f"{_domain()}/{LABEL}"])
        self._path.unlink()


def _domain() -> str:
    return "" if sys.platform == "win32" else f"gui/{os.getuid()}"
