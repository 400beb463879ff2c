"""Opens a Chromium with the extension loaded, in its own profile, or reports why it cannot.

`private_copy` makes the copy of the extension that `inkeeper serve` loads: it connects to the server without a code.
"""

from __future__ import annotations

import base64
import filecmp
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from inkeeper.server.extension import with_loopback
from inkeeper.server.prepared import CONNECTION_FILE, Connection
from inkeeper.wording.terminal import gettext

# Without Google Chrome and Microsoft Edge: they ignore --load-extension without an error.
_PROGRAMS = ("chromium", "chromium-browser", "ungoogled-chromium", "google-chrome-for-testing", "chrome-for-testing")
_INSTALLED_AT = {
    "darwin": (
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
    ),
    "win32": ("%LOCALAPPDATA%/Chromium/Application/chrome.exe", "%PROGRAMFILES%/Chromium/Application/chrome.exe"),
}
_PROGRAM_VARIABLE = "INKEEPER_CHROMIUM"
_STOP_SECONDS = 5
_VERSION_SECONDS = 10

# https://groups.google.com/a/chromium.org/g/chromium-extensions/c/1-g8EFx2BBY: branded Chrome since 137; Edge too.
_BRANDED = re.compile(r"(Google Chrome|Microsoft Edge)(?! for Testing)\D*(\d+)")
_IGNORES_SINCE = 137

# Where Windows has these programs: in a folder with such a name, beside a folder named by the version.
_BRANDED_PLACE = re.compile(r"[\\/](Google[\\/]Chrome|Microsoft[\\/]Edge)(?! for Testing)[^\\/]*[\\/]", re.IGNORECASE)
_VERSION_FOLDER = re.compile(r"(\d+)\.\d+\.\d+\.\d+")


class BrowserUnavailable(Exception):
    """No browser can be opened here. The message is one sentence with the reason."""


class OpenBrowser:
    """A started browser. It has its own process group, so Ctrl-C in the terminal does not end it."""

    def __init__(self, process: subprocess.Popen[bytes], on_failure: Callable[[str], None]) -> None:
        self._process = process
        self._closing = False
        self._watch = threading.Thread(target=self._wait, args=(on_failure,), name="browser", daemon=True)
        self._watch.start()

    def has_ended(self) -> bool:
        """Whether the process has ended. It also ends after passing the page to a browser that was already running."""
        return self._process.poll() is not None

    def close(self) -> None:
        """Terminate the process and wait up to 5 seconds for its end."""
        self._closing = True
        if self._process.poll() is None:
            self._process.terminate()
        self._watch.join(_STOP_SECONDS)

    def _wait(self, on_failure: Callable[[str], None]) -> None:
        status = self._process.wait()
        if status != 0 and not self._closing:
            on_failure(gettext("The browser ended with status %(status)s.", status=str(status)))


def open_with_extension(
    extension: Path,
    profile: Path,
    address: str,
    *,
    on_failure: Callable[[str], None],
    flags: Sequence[str] = (),
    environ: Mapping[str, str] = os.environ,
    program: Path | None = None,
) -> OpenBrowser:
    """Open `address` in a Chromium that has the folder `extension` loaded and keeps its data in the folder `profile`.

    - `program` is the result of `find_program`; None searches for a program.
    - `on_failure` is called with a sentence, from another thread, if the browser ends with an error status.

    Raises BrowserUnavailable without a display, a suitable browser, or the extension.
    """
    extension = extension.resolve()
    _require_extension(extension)
    if "," in str(extension):
        raise BrowserUnavailable(
            gettext("Chromium takes the comma in %(folder)s for the end of the name.", folder=extension)
        )
    command = [
        str(program or find_program(environ)),
        f"--user-data-dir={profile}",
        f"--load-extension={extension}",
        "--no-first-run",
        "--no-default-browser-check",
        *(["--no-sandbox"] if _is_root() else []),  # Chromium does not start as root without it
        *flags,
        address,
    ]
    if not profile.exists():
        _make_profile(profile, extension_id(extension))
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
            start_new_session=True,
        )
    except OSError as error:
        raise BrowserUnavailable(
            gettext(
                "The browser %(program)s could not be started: %(reason)s.", program=command[0], reason=error.strerror
            )
        ) from error
    return OpenBrowser(process, on_failure)


def private_copy(extension: Path, folder: Path, connection: Connection) -> Path:
    """Make or update, in `folder`, a copy of the extension that connects to this computer's server. Returns `folder`.

    The connection is a one-time secret in a separate file:

    - Only this user can read the folder (0700) and the file (0600).
    - The secret is on no command line and in no log. Web pages and other extensions cannot read the file.
    - The secret is valid once, for a minute. The caller then removes it (`forget_connection`).

    The copy has permission to call 127.0.0.1; the original extension has to ask for it. Unchanged files are not
    rewritten: a running browser may use them.

    Raises BrowserUnavailable without the extension, OSError if it cannot be copied.
    """
    _require_extension(extension)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    _mirror(extension, folder)
    _write_private(folder / "manifest.json", with_loopback((extension / "manifest.json").read_text(encoding="utf-8")))
    _write_private(folder / CONNECTION_FILE, json.dumps(connection._asdict()))
    return folder


def _require_extension(extension: Path) -> None:
    if not (extension / "manifest.json").is_file():
        raise BrowserUnavailable(gettext("There is no extension in %(folder)s.", folder=extension))


def forget_connection(copy: Path) -> None:
    """Remove the one-time secret from a private copy."""
    (copy / CONNECTION_FILE).unlink(missing_ok=True)


def _mirror(source: Path, target: Path) -> None:
    """Copy changed files and delete files that are not in the source, except for the manifest."""
    wanted = {path.relative_to(source) for path in source.rglob("*")}
    for relative in sorted(wanted):
        path = target / relative
        if (source / relative).is_dir():
            path.mkdir(mode=0o700, exist_ok=True)
        elif relative.name != "manifest.json" and not (path.is_file() and filecmp.cmp(source / relative, path)):
            shutil.copy2(source / relative, path)
    for path in sorted(target.rglob("*"), reverse=True):
        if path.relative_to(target) not in wanted:
            path.rmdir() if path.is_dir() else path.unlink()


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def extension_id(extension: Path) -> str:
    """The id of an unpacked extension, from its manifest's key or else its folder's path."""
    key = json.loads((extension / "manifest.json").read_text(encoding="utf-8")).get("key")
    source = base64.b64decode(key) if key else os.fsencode(extension)
    # Chromium writes the hexadecimal digits 0 to f as a to p.
    digits = hashlib.sha256(source).hexdigest()[:32]
    return "".join(chr(ord("a") + int(digit, 16)) for digit in digits)


def _make_profile(profile: Path, pinned: str) -> None:
    """Make a new profile with this extension pinned to the toolbar, so that its badge is visible.

    Developer mode is on: without it Chromium does not start an unpacked extension again that reloaded itself.
    """
    settings = {"extensions": {"pinned_extensions": [pinned], "ui": {"developer_mode": True}}}
    preferences = profile / "Default" / "Preferences"
    preferences.parent.mkdir(parents=True)
    profile.chmod(0o700)
    preferences.write_text(json.dumps(settings), encoding="utf-8")


def manual_steps(extension: Path) -> str:
    """Instructions for loading the extension into an installed browser, as two numbered lines."""
    return "\n".join(
        (
            "  1. "
            + gettext("In Chromium, Chrome or Edge open chrome://extensions and switch on Developer mode (top right)."),
            "  2. " + gettext("Press “Load unpacked” and choose the folder %(folder)s", folder=extension.resolve()),
        )
    )


def _has_display(environ: Mapping[str, str]) -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def find_program(environ: Mapping[str, str]) -> Path:
    """The path of a Chromium that can load an extension. Raises BrowserUnavailable without one or without a display."""
    if not _has_display(environ):
        raise BrowserUnavailable(gettext("There is no display to open a browser on."))
    chosen = environ.get(_PROGRAM_VARIABLE)
    if chosen:
        found = shutil.which(chosen, path=environ.get("PATH"))
        if not found:
            raise BrowserUnavailable(
                gettext(
                    "%(variable)s names %(program)s, which isn't a program.", variable=_PROGRAM_VARIABLE, program=chosen
                )
            )
        return _supported(Path(found), environ)
    on_path = (shutil.which(name, path=environ.get("PATH")) for name in _PROGRAMS)
    installed = (os.path.expandvars(place) for place in _INSTALLED_AT.get(sys.platform, ()))
    found_programs = [Path(place) for place in (*on_path, *installed) if place and Path(place).is_file()]
    if not found_programs:
        raise BrowserUnavailable(
            gettext(
                "No Chromium was found (set %(variable)s to the program if there is one).", variable=_PROGRAM_VARIABLE
            )
        )
    refused: list[BrowserUnavailable] = []
    for program in found_programs:
        try:
            return _supported(program, environ)
        except BrowserUnavailable as reason:
            refused.append(reason)
    raise refused[0]


def _supported(program: Path, environ: Mapping[str, str]) -> Path:
    """The program. Raises BrowserUnavailable if it ignores or cannot read an extension on its command line."""
    if _is_snap(program):
        raise BrowserUnavailable(
            gettext("%(program)s is a snap, which may not read the folders of other programs.", program=program)
        )
    branded = _BRANDED.search(_version(program, environ) or version_by_place(program))
    if branded and int(branded[2]) >= _IGNORES_SINCE:
        name = f"{branded[1]} {branded[2]}"
        raise BrowserUnavailable(
            gettext("%(program)s is %(name)s, which loads no extension at its start.", program=program, name=name)
        )
    return program


def _version(program: Path, environ: Mapping[str, str]) -> str:
    """The output of `--version`, such as `Chromium 156.0.1.2`. Empty on Windows, where it would open a window."""
    if sys.platform == "win32":
        return ""
    try:
        result = subprocess.run(
            [program, "--version"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_VERSION_SECONDS,
            check=False,
            env=dict(environ),
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return result.stdout


def version_by_place(program: Path) -> str:
    """What a branded program on Windows would print for `--version`, from its folder. Empty for another program.

    Without a folder that names the version it is the first one that ignores extensions.
    """
    branded = _BRANDED_PLACE.search(str(program))
    if not branded:
        return ""
    found = [int(match[1]) for each in program.parent.iterdir() if (match := _VERSION_FOLDER.fullmatch(each.name))]
    name = branded[1].replace("\\", " ").replace("/", " ").title()
    return f"{name} {max(found, default=_IGNORES_SINCE)}"


def _is_snap(program: Path) -> bool:
    """Whether the program is a snap, or the script that Ubuntu installs to start a snap."""
    if program.resolve().name == "snap":
        return True
    with program.open("rb") as file:
        start = file.read(4096)
    return start.startswith(b"#!") and b"/snap/bin/" in start
