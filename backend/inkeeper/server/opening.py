"""Opens the pages in the default browser, signed in.

Other users can read command lines, so the browser gets the path of a private file that redirects to the sign-in link.
The file is removed after use.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import NamedTuple

from inkeeper.clock import utc_now
from inkeeper.services.devices import sign_ins
from inkeeper.storage.database import Store
from inkeeper.storage.files import new_private_file
from inkeeper.wording.terminal import gettext

WAIT_SECONDS = 10
"""The time limit for a browser to sign in. After it a link is printed."""

_POLL_SECONDS = 0.1
_TIMEOUT_SECONDS = 5

_PAGE = """<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url={link}">
<title>Inkeeper</title>
"""


class BrowserCannotOpen(Exception):
    """No browser can open a private file here. The message is one sentence with the reason."""


def sign_in_link(address: str, secret: str, path: str = "/") -> str:
    """The link that opens the page `path` of the server at `address` and signs in."""
    return f"{address.rstrip('/')}{path}#signin={secret}"


def open_in_default_browser(
    store: Store,
    address: str,
    owner: str,
    say: Callable[[str], None],
    *,
    path: str = "/",
    cancelled: Callable[[], bool] = lambda: False,
) -> bool:
    """Open a page of the server in the default browser, signed in. Returns whether it signed in within ten seconds.

    `say` prints the reason for a failure. The wait stops early when `cancelled` returns true.
    """
    try:
        # Check before making a secret.
        check_browser(os.environ)
        secret = sign_ins.make(store, owner, utc_now())
        with redirect_file(store.folder, sign_in_link(address, secret, path)) as file:
            if not webbrowser.open(file.as_uri()):
                raise BrowserCannotOpen(gettext("No browser could be started."))
            wait_until(lambda: cancelled() or sign_ins.is_used(store, secret), WAIT_SECONDS)
        if sign_ins.is_used(store, secret):
            return True
        say(gettext("The browser has not signed in so far."))
    except BrowserCannotOpen as reason:
        say(str(reason))
    return False


def portable_link(store: Store, address: str, owner: str, path: str = "/") -> str:
    """A sign-in link to open by hand or on another device, valid once for ten minutes."""
    return sign_in_link(address, sign_ins.make(store, owner, utc_now(), sign_ins.CARRIED_VALID_FOR), path)


@contextmanager
def redirect_file(folder: Path, link: str) -> Iterator[Path]:
    """A file in `folder` that redirects to the link. Only this user can read it; it is deleted after the block."""
    file = folder / f"open-{os.getpid()}-{time.monotonic_ns()}.html"
    with new_private_file(file) as draft:
        draft.write_text(_PAGE.format(link=escape(link)), encoding="utf-8")
    try:
        yield file
    finally:
        file.unlink(missing_ok=True)


def check_browser(environ: Mapping[str, str]) -> None:
    """Raise BrowserCannotOpen without a display, or if the default browser may not read hidden folders."""
    if sys.platform in ("win32", "darwin") or environ.get("BROWSER"):
        return
    if not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        raise BrowserCannotOpen(gettext("There is no display to open a browser on."))
    name = _default_browser(environ)
    if _is_sandboxed(name):
        raise BrowserCannotOpen(
            gettext("Your default browser is a snap or a Flatpak, which may not read Inkeeper's folder.")
        )


def _is_sandboxed(desktop_file: str) -> bool:
    """Whether a browser's desktop file belongs to a snap (`firefox_firefox.desktop`) or a Flatpak (`org.….desktop`)."""
    name = desktop_file.removesuffix(".desktop")
    return "_" in name or name.count(".") >= 2


def _default_browser(environ: Mapping[str, str]) -> str:
    try:
        result = subprocess.run(
            ["xdg-settings", "get", "default-web-browser"],  # noqa: S607 (found on the user's PATH)
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
            env=dict(environ),
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return result.stdout.strip()


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Check the condition ten times a second for up to `seconds`. Returns whether it became true."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(_POLL_SECONDS)
    return condition()


class Running(NamedTuple):
    """What a running server says of itself: the id of its ledger, and its version."""

    ledger: str
    version: str


def is_inkeeper(address: str) -> bool:
    """Whether an Inkeeper server runs at this address."""
    return running_at(address) is not None


def running_at(address: str) -> Running | None:
    """The Inkeeper server at this address; None without one."""
    import json
    import urllib.request

    try:
        with urllib.request.urlopen(f"{address}/api/v1/server", timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
            body = json.load(answer)
            found = Running(str(body.get("id", "")), str(body.get("version", "")))
            return found if body.get("app") == "inkeeper" else None
    except (OSError, ValueError, AttributeError):
        return None


def qr_code(link: str) -> str:
    """The link as a QR code in block characters, for a terminal."""
    import io

    import segno

    text = io.StringIO()
    segno.make(link, error="l").terminal(text, compact=True)
    return text.getvalue()
