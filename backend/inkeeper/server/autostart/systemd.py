"""A systemd user unit."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from inkeeper.server.autostart.entry import (
    OFF,
    CannotStart,
    Entry,
    State,
    Trouble,
    as_comment,
    from_comment,
    missing_file,
    run,
    write_if_changed,
)
from inkeeper.server.autostart.program import Program

NAME = "inkeeper.service"
_MARK = "# Command: "
_UNIT = """\
# Starts Inkeeper when you log in. Written by `inkeeper autostart on`; `inkeeper autostart off` removes it.
{mark}{comment}

[Unit]
Description=Inkeeper
# After 5 failures within 10 minutes it is not started again.
StartLimitIntervalSec=600
StartLimitBurst=5

[Service]
Type=exec
ExecStart=:{command}
Environment=PYTHONUNBUFFERED=1
Restart=on-failure
RestartSec=5
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy=default.target
"""


def is_there(environ: Mapping[str, str]) -> bool:
    """Whether a systemd of this user runs."""
    try:
        return run(["systemctl", "--user", "show-environment"], _with_runtime_folder(environ)).returncode == 0
    except CannotStart:
        return False


def unit_text(command: Sequence[str]) -> bytes:
    """The unit that runs this command.

    The colon before the command switches off the replacement of `$NAME`.
    https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines
    """
    # systemd refuses a program with such characters in its path, however they are quoted. An argument may have them.
    is_refused = any(each in command[0] for each in "\"'\\") or not command[0].isprintable()
    started = ["/bin/sh", "-c", 'exec "$0" "$@"', *command] if is_refused else command
    return _UNIT.format(mark=_MARK, comment=as_comment(command), command=" ".join(map(quoted, started))).encode()


def quoted(argument: str) -> str:
    """One argument as systemd reads it: in double quotes, with C escapes, and `%%` for `%`."""
    escaped = argument.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return '"' + "".join(map(_escaped, escaped)) + '"'


def _escaped(character: str) -> str:
    """Control characters, and bytes of a file name that are not UTF-8, as `\\xHH`."""
    code = ord(character)
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else character


class Unit(Entry):
    """The unit `inkeeper.service`."""

    kind = "systemd"

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._path = folder / NAME
        self._environ = _with_runtime_folder(environ)
        self.place = str(self._path)

    def write(self, program: Program) -> bool:
        """See `Entry.write`."""
        changed = write_if_changed(self._path, unit_text(program.serve()))
        self._systemctl("daemon-reload")
        self._systemctl("enable", NAME)
        return changed

    def start(self, program: Program, *, changed: bool) -> None:  # noqa: ARG002 (the unit has the program)
        """See `Entry.start`."""
        self._systemctl("reset-failed", NAME, is_needed=False)
        self._systemctl("restart" if changed else "start", NAME)

    def remove(self, *, stops: bool) -> bool:
        """See `Entry.remove`."""
        if not self._path.exists():
            return False
        self._systemctl("disable", *(["--now"] if stops else []), NAME)
        self._path.unlink()
        self._systemctl("daemon-reload")
        self._systemctl("reset-failed", NAME, is_needed=False)
        return True

    def state(self) -> State:
        """See `Entry.state`."""
        command = self.command()
        if command is None:
            return OFF
        shown = self._properties()
        since = _instant(shown.get("ActiveEnterTimestamp", "")) if shown.get("ActiveState") == "active" else None
        missing = missing_file(command)
        return State(True, since, "program_gone" if missing else _trouble(shown), missing)

    def command(self) -> list[str] | None:
        """See `Entry.command`."""
        if not self._path.exists():
            return None
        return from_comment(self._path.read_text(encoding="utf-8", errors="replace"), _MARK)

    def log(self, program: Program) -> str:  # noqa: ARG002 (the journal has the name)
        """See `Entry.log`."""
        return "journalctl --user -u inkeeper"

    def _properties(self) -> dict[str, str]:
        names = "ActiveState,ActiveEnterTimestamp,UnitFileState"
        found = run(["systemctl", "--user", "show", "--property", names, NAME], {**self._environ, "TZ": "UTC"})
        return dict(line.split("=", 1) for line in found.stdout.splitlines() if "=" in line)

    def _systemctl(self, *arguments: str, is_needed: bool = True) -> None:
        done = run(["systemctl", "--user", *arguments], self._environ)
        if done.returncode and is_needed:
            reason = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
            raise CannotStart(f"systemctl --user {' '.join(arguments)}: {reason}")


def _trouble(shown: Mapping[str, str]) -> Trouble | None:
    if shown.get("UnitFileState") != "enabled":
        return "not_enabled"
    if shown.get("ActiveState") == "failed":
        return "failed"
    return None if shown.get("ActiveState") in ("active", "activating") else "stopped"


def _instant(text: str) -> datetime | None:
    """The instant in a property such as `Fri 2026-11-27 05:47:42 UTC`; None where it is in another form."""
    try:
        return datetime.strptime(text.partition(" ")[2], "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
    except ValueError:
        return None


def _with_runtime_folder(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with the folder of the user's systemd, which a remote shell may lack."""
    default = f"/run/user/{os.getuid()}" if hasattr(os, "getuid") else ""
    if environ.get("XDG_RUNTIME_DIR") or not Path(default).is_dir():
        return dict(environ)
    return {**environ, "XDG_RUNTIME_DIR": default}
