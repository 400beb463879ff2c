"""The command line that starts the server in the background, with the settings of now."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import quote, unquote, urlsplit

import inkeeper
from inkeeper.settings import DATABASE_NAME, DEFAULT_HOST, DEFAULT_PORT, Settings


class NotForAutostart(Exception):
    """Settings that a background start cannot have: the server is for others too, its port is not fixed, or the
    password in its database's URL would be seen by all users of the computer.
    """

    def __init__(self, why: Literal["shared", "port", "password"]) -> None:
        super().__init__(why)
        self.why = why


class Program(NamedTuple):
    """The program and where its files are. All paths are absolute."""

    start: list[str]
    """Python with the arguments that make it run Inkeeper's command."""

    options: list[str]
    """The server's options."""

    folder: Path
    """The folder for the log, and the state of `keeper`."""

    address: str
    """The server's address on this computer."""

    def serve(self) -> list[str]:
        """The command that runs the server."""
        return [*self.start, "serve", "--background", *self.options]

    def keep(self) -> list[str]:
        """The command that runs the server and restarts it: see `keeper`."""
        return [*self.start, "autostart", "keep", *self.options]


def program_for(settings: Settings) -> Program:
    """The program with these settings, all written as options, since a session has no variables of a shell.

    Raises NotForAutostart.
    """
    if settings.is_shared:
        raise NotForAutostart("shared")
    if settings.port == 0:
        raise NotForAutostart("port")
    # Left out where it is the default: Windows limits the length of the command.
    options = [] if settings.port == DEFAULT_PORT else ["--port", str(settings.port)]
    if settings.host != DEFAULT_HOST:
        options += ["--host", settings.host]
    data_options, folder = _data(settings)
    return Program(_start(), [*options, *data_options], folder, _address(settings.host, settings.port))


def program_of(command: Sequence[str]) -> Program:
    """The program that a command of `Program.serve` or `Program.keep` starts."""
    words = list(command)
    begin = next(each for each in ("serve", "autostart") if each in words)
    start, options = words[: words.index(begin)], words[words.index(begin) + 2 :]
    named = dict(zip(options[::2], options[1::2], strict=True))
    database = named.get("--database", "")
    folder = Path(named["--data-dir"]) if "--data-dir" in named else _path_in(database).parent
    host, port = named.get("--host", DEFAULT_HOST), named.get("--port", str(DEFAULT_PORT))
    return Program(start, options, folder, _address(host, port))


def _path_in(database: str) -> Path:
    return Path(unquote(database.removeprefix("sqlite:///"))).absolute()


def _address(host: str, port: int | str) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _data(settings: Settings) -> tuple[list[str], Path]:
    """The options that name the data, and the folder for other files."""
    if settings.folder is not None:
        if urlsplit(settings.database).password is not None:
            raise NotForAutostart("password")
        folder = settings.folder.absolute()
        return ["--database", settings.database, "--data-dir", str(folder)], folder
    path = _path_in(settings.database)
    if path.name == DATABASE_NAME:
        return ["--data-dir", str(path.parent)], path.parent
    return ["--database", f"sqlite:///{quote(str(path))}"], path.parent


def _start() -> list[str]:
    """`python -P -m inkeeper`; from a source tree that is not installed, `python -P …/inkeeper/__main__.py`.

    With `-P` no file of the folder that the session starts programs in can take a module's place.
    """
    python = sys.executable
    package = Path(inkeeper.__file__).resolve().parent
    if sys.platform == "win32":
        # It opens no window.
        windowless = Path(python).with_name("pythonw.exe")
        python = str(windowless) if windowless.exists() else python
    if _is_installed(package):
        return [python, "-P", "-m", "inkeeper"]
    return [python, "-P", str(package / "__main__.py")]


def _is_installed(package: Path) -> bool:
    """Whether Python finds this very package without help, such as `PYTHONPATH` or the current folder."""
    found = subprocess.run(
        [sys.executable, "-P", "-c", "import inkeeper; print(inkeeper.__file__)"],
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        cwd=package.anchor,
    )
    printed = os.fsdecode(found.stdout.rstrip(b"\r\n"))
    return bool(printed) and Path(printed).resolve().parent == package
