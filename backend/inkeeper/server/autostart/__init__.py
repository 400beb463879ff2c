"""Starts Inkeeper when its user logs in, in the background: no terminal, no browser.

One entry for each user, in the place that the system reads:

- Linux: a systemd user unit; without systemd, a `.desktop` file that the desktop starts.
- macOS: a launchd agent.
- Windows: a value of the registry key `Run`.

Only systemd restarts a program that crashed and gives up after some tries. Elsewhere `keeper` does that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from inkeeper.server.autostart.entry import CannotStart, Entry, State
from inkeeper.server.autostart.program import NotForAutostart, Program, program_for, program_of

__all__ = [
    "CannotStart",
    "Entry",
    "NotForAutostart",
    "Program",
    "State",
    "entry_of_this_system",
    "program_for",
    "program_of",
]


def entry_of_this_system(environ: Mapping[str, str] = os.environ) -> Entry:
    """The entry that there is, else one in the place that this system reads."""
    if sys.platform == "win32":
        from inkeeper.server.autostart.run_key import RunKey

        return RunKey()
    if sys.platform == "darwin":
        from inkeeper.server.autostart.launchd import Agent

        return Agent(Path.home() / "Library" / "LaunchAgents")
    from inkeeper.server.autostart import desktop, systemd

    config = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    unit, file = systemd.Unit(config / "systemd" / "user", environ), desktop.DesktopFile(config / "autostart")
    # An entry stays the one to change where systemd cannot be reached for now, such as from another user's shell.
    for entry in (unit, file):
        if entry.command() is not None:
            return entry
    return unit if systemd.is_there(environ) else file
