"""A `.desktop` file, which a desktop starts when the user logs in. For Linux without systemd."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from inkeeper.server.autostart.entry import KeptEntry, as_comment, from_comment, write_if_changed
from inkeeper.server.autostart.program import Program

_MARK = "# Command: "
_FILE = """\
# Starts Inkeeper when you log in. Written by `inkeeper autostart on`; `inkeeper autostart off` removes it.
{mark}{comment}
[Desktop Entry]
Type=Application
Name=Inkeeper
Exec={command}
Terminal=false
NoDisplay=true
"""
_RESERVED = re.compile(r'(["`$\\])')


def file_text(command: Sequence[str]) -> bytes:
    """The file that runs this command.

    https://specifications.freedesktop.org/autostart-spec/latest/
    """
    text = _FILE.format(mark=_MARK, comment=as_comment(command), command=" ".join(map(quoted, command)))
    return os.fsencode(text)


def quoted(argument: str) -> str:
    """One argument of the key `Exec`: quoted, `%%` for `%`, and then escaped like every string of such a file.

    https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html
    """
    in_quotes = _RESERVED.sub(r"\\\1", argument.replace("%", "%%"))
    escaped = in_quotes.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return f'"{escaped}"'


class DesktopFile(KeptEntry):
    """The file `inkeeper.desktop`."""

    kind = "desktop"

    def __init__(self, folder: Path) -> None:
        self._path = folder / "inkeeper.desktop"
        self.place = str(self._path)

    def write(self, program: Program) -> bool:
        """See `Entry.write`."""
        return write_if_changed(self._path, file_text(program.keep()))

    def command(self) -> list[str] | None:
        """See `Entry.command`."""
        if not self._path.exists():
            return None
        return from_comment(self._path.read_text(encoding="utf-8", errors="replace"), _MARK)

    def delete(self, *, stops: bool) -> None:  # noqa: ARG002 (this does not stop it)
        """See `KeptEntry.delete`."""
        self._path.unlink()
