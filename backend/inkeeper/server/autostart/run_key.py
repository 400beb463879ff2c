"""A value of the registry key `Run` of Windows."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from typing import Any

from inkeeper.server.autostart.entry import CannotStart, KeptEntry
from inkeeper.server.autostart.program import Program
from inkeeper.wording.terminal import gettext

KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
VALUE = "Inkeeper"
LONGEST = 260
"""The longest command line in this key. https://learn.microsoft.com/windows/win32/setupapi/run-and-runonce-registry-keys
"""


def command_line(command: Sequence[str]) -> str:
    """The command as one line by Windows' rules. A value of the kind REG_SZ has no variables, so `%` stays.

    Raises CannotStart if it is too long.
    """
    line = subprocess.list2cmdline(command)
    if len(line) > LONGEST:
        raise CannotStart(
            gettext(
                "Windows starts no command of more than %(most)s characters. Use a shorter --data-dir.", most=LONGEST
            )
        )
    return line


def arguments(line: str) -> list[str]:
    """The arguments in a command line that `command_line` made.

    https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments
    """
    found: list[str] = []
    current, is_quoted, is_begun, slashes = "", False, False, 0
    for each in line:
        if each == "\\":
            slashes += 1
            continue
        current += "\\" * (slashes // 2 if each == '"' else slashes)
        is_literal = each != '"' or slashes % 2 == 1
        is_begun, slashes = is_begun or slashes > 0, 0
        if not is_literal:
            is_quoted, is_begun = not is_quoted, True
        elif each in " \t" and not is_quoted:
            found += [current] if is_begun else []
            current, is_begun = "", False
        else:
            current, is_begun = current + each, True
    current += "\\" * slashes
    return [*found, current] if is_begun or slashes else found


class RunKey(KeptEntry):
    """The value `Inkeeper`."""

    kind = "run_key"
    place = rf"HKEY_CURRENT_USER\{KEY}\{VALUE}"

    def __init__(self) -> None:
        # The module exists on Windows only. Any, since the types of other systems have nothing in it.
        import winreg

        self._registry: Any = winreg

    def write(self, program: Program) -> bool:
        """See `Entry.write`."""
        line = command_line(program.keep())
        if self._line() == line:
            return False
        with self._registry.CreateKey(self._registry.HKEY_CURRENT_USER, KEY) as key:
            self._registry.SetValueEx(key, VALUE, 0, self._registry.REG_SZ, line)
        return True

    def command(self) -> list[str] | None:
        """See `Entry.command`."""
        line = self._line()
        return None if line is None else arguments(line)

    def delete(self, *, stops: bool) -> None:  # noqa: ARG002 (this does not stop it)
        """See `KeptEntry.delete`."""
        access = self._registry.KEY_SET_VALUE
        with self._registry.OpenKey(self._registry.HKEY_CURRENT_USER, KEY, 0, access) as key:
            self._registry.DeleteValue(key, VALUE)

    def _line(self) -> str | None:
        try:
            with self._registry.OpenKey(self._registry.HKEY_CURRENT_USER, KEY) as key:
                return str(self._registry.QueryValueEx(key, VALUE)[0])
        except FileNotFoundError:
            return None
