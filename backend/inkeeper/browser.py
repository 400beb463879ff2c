"""Opens a Chromium with the extension loaded, in a profile of its own; says why where that cannot be done."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

# Google Chrome and Edge are no candidates: what they are asked to load from the command line they silently leave out.
_PROGRAMS = ("chromium", "chromium-browser", "ungoogled-chromium", "google-chrome-for-testing", "chrome-for-testing")
_INSTALLED_AT = {
    "darwin": (
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
    ),
    "win32": ("%LOCALAPPDATA%/Chromium/Application/chrome.exe", "%PROGRAMFILES%/Chromium/Application/chrome.exe"),
}
_CHOSEN = "INKEEPER_CHROMIUM"
_STOP_SECONDS = 5


class BrowserUnavailable(Exception):
    """No browser can be opened here; the message says why in one sentence."""


class OpenBrowser:
    """A browser that was opened. It is its own process group: what interrupts this program does not reach it."""

    def __init__(self, process: subprocess.Popen[bytes], on_failure: Callable[[str], None]) -> None:
        self._process = process
        self._closing = False
        self._watch = threading.Thread(target=self._wait, args=(on_failure,), name="browser", daemon=True)
        self._watch.start()

    def close(self) -> None:
        """Ask it to end, as closing its last window would, and wait a few seconds for it."""
        self._closing = True
        if self._process.poll() is None:
            self._process.terminate()
        self._watch.join(_STOP_SECONDS)

    def _wait(self, on_failure: Callable[[str], None]) -> None:
        status = self._process.wait()
        if status != 0 and not self._closing:
            on_failure(f"The browser ended with status {status}.")


def open_with_extension(
    extension: Path,
    profile: Path,
    address: str,
    *,
    on_failure: Callable[[str], None],
    flags: Sequence[str] = (),
    environ: Mapping[str, str] = os.environ,
) -> OpenBrowser:
    """Open `address` in a Chromium that has the folder `extension` loaded and keeps its data in the folder `profile`.

    `on_failure` is told, from another thread, if the browser ends by an error. Raises BrowserUnavailable where there
    is no display, no browser that could load the extension, or no such extension.
    """
    extension = extension.resolve()
    if not (extension / "manifest.json").is_file():
        raise BrowserUnavailable(f"There is no extension in {extension}.")
    if "," in str(extension):
        raise BrowserUnavailable(f"A Chromium takes the comma in {extension} for the end of the name.")
    if not _has_display(environ):
        raise BrowserUnavailable("There is no display to open a browser on.")
    command = [
        str(_find_program(environ)),
        f"--user-data-dir={profile}",
        f"--load-extension={extension}",
        "--no-first-run",
        "--no-default-browser-check",
        *(["--no-sandbox"] if _is_root() else []),  # a Chromium refuses to start as root otherwise
        *flags,
        address,
    ]
    if not profile.exists():
        _prepare(profile, extension)
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
        raise BrowserUnavailable(f"The browser {command[0]} could not be started: {error.strerror}.") from error
    return OpenBrowser(process, on_failure)


def _prepare(profile: Path, extension: Path) -> None:
    """Make a new profile that shows the extension's icon in the toolbar, where its number can be seen."""
    preferences = profile / "Default" / "Preferences"
    preferences.parent.mkdir(parents=True)
    profile.chmod(0o700)
    # The id of an unpacked extension is made from its folder's name: hexadecimal digits, written as a to p.
    digits = hashlib.sha256(os.fsencode(extension)).hexdigest()[:32]
    extension_id = "".join(chr(ord("a") + int(digit, 16)) for digit in digits)
    preferences.write_text(json.dumps({"extensions": {"pinned_extensions": [extension_id]}}), encoding="utf-8")


def steps_by_hand(extension: Path) -> str:
    """How a person loads the extension into a browser that is already there."""
    return (
        "  1. In Chromium, Chrome or Edge open chrome://extensions and switch on Developer mode (top right).\n"
        f"  2. Press 'Load unpacked' and choose the folder {extension.resolve()}"
    )


def _has_display(environ: Mapping[str, str]) -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _find_program(environ: Mapping[str, str]) -> Path:
    chosen = environ.get(_CHOSEN)
    if chosen:
        found = shutil.which(chosen, path=environ.get("PATH"))
        if not found:
            raise BrowserUnavailable(f"{_CHOSEN} names {chosen}, which is no program.")
        return Path(found)
    on_path = (shutil.which(name, path=environ.get("PATH")) for name in _PROGRAMS)
    installed = (os.path.expandvars(place) for place in _INSTALLED_AT.get(sys.platform, ()))
    found_programs = [Path(place) for place in (*on_path, *installed) if place and Path(place).is_file()]
    usable = [program for program in found_programs if not _is_snap(program)]
    if usable:
        return usable[0]
    if found_programs:
        raise BrowserUnavailable(f"{found_programs[0]} is a snap, which may not read the folders of other programs.")
    raise BrowserUnavailable(f"No Chromium was found (set {_CHOSEN} to the program if there is one).")


def _is_snap(program: Path) -> bool:
    """Whether it is a snap, or the small script in its place that Ubuntu installs to start one."""
    if program.resolve().name == "snap":
        return True
    with program.open("rb") as file:
        start = file.read(4096)
    return start.startswith(b"#!") and b"/snap/bin/" in start
