"""Opens the pages in the default browser, signed in: the secret goes by a private file, since command lines are public.

The file redirects to the page; the browser is given the file's name only. It is removed once it was used.
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

from inkeeper.clock import utc_now
from inkeeper.services.devices import sign_ins
from inkeeper.storage.database import Store
from inkeeper.storage.files import new_private_file

WAIT_SECONDS = 10
"""How long a browser may take to sign in before the link is printed as well."""

_POLL_SECONDS = 0.1
_TIMEOUT_SECONDS = 5

_PAGE = """<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url={link}">
<title>Inkeeper</title>
"""


class BrowserCannotOpen(Exception):
    """No browser can be opened with a private file here; the message says why in one sentence."""


def sign_in_link(address: str, secret: str, path: str = "/") -> str:
    """The link that signs in at a page of the server at `address`."""
    return f"{address.rstrip('/')}{path}#signin={secret}"


def open_in_default_browser(
    store: Store,
    address: str,
    owner: str,
    say: Callable[[str], None],
    *,
    path: str = "/",
    ended: Callable[[], bool] = lambda: False,
) -> bool:
    """Open a page of the server in the default browser, signed in. Returns whether it signed in within ten seconds.

    `say` shows in the terminal what stands in the way. The wait is over as soon as `ended` says so.
    """
    try:
        # Before a secret is made for it.
        check_browser(os.environ)
        secret = sign_ins.make(store, owner, utc_now())
        with redirect_file(store.folder, sign_in_link(address, secret, path)) as file:
            if not webbrowser.open(file.as_uri()):
                raise BrowserCannotOpen("No browser could be started.")
            wait_until(lambda: ended() or sign_ins.is_used(store, secret), WAIT_SECONDS)
        if sign_ins.is_used(store, secret):
            return True
        say("The browser has not signed in so far.")
    except BrowserCannotOpen as reason:
        say(str(reason))
    return False


def portable_link(store: Store, address: str, owner: str, path: str = "/") -> str:
    """A link that signs in at a page of the server, once within ten minutes."""
    return sign_in_link(address, sign_ins.make(store, owner, utc_now(), sign_ins.CARRIED_VALID_FOR), path)


@contextmanager
def redirect_file(folder: Path, link: str) -> Iterator[Path]:
    """A file in `folder` that leads a browser to a link, while the block runs; readable by this user alone."""
    file = folder / f"open-{os.getpid()}-{time.monotonic_ns()}.html"
    with new_private_file(file) as draft:
        draft.write_text(_PAGE.format(link=escape(link)), encoding="utf-8")
    try:
        yield file
    finally:
        file.unlink(missing_ok=True)


def check_browser(environ: Mapping[str, str]) -> None:
    """Raise BrowserCannotOpen where there is no display, or where the default browser may not read hidden folders."""
    if sys.platform in ("win32", "darwin") or environ.get("BROWSER"):
        return
    if not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        raise BrowserCannotOpen("There is no display to open a browser on.")
    name = _default_browser(environ)
    if _is_sandboxed(name):
        raise BrowserCannotOpen("Your default browser is a snap or a Flatpak, which may not read Inkeeper's folder.")


def _is_sandboxed(desktop_file: str) -> bool:
    """Whether a browser's desktop file is that of a snap (`firefox_firefox.desktop`) or a Flatpak (`org.….desktop`)."""
    name = desktop_file.removesuffix(".desktop")
    return "_" in name or name.count(".") >= 2


def _default_browser(environ: Mapping[str, str]) -> str:
    try:
        result = subprocess.run(
            ["xdg-settings", "get", "default-web-browser"],  # noqa: S607 (the user's own, wherever it is)
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
    """Wait for the condition, looking ten times a second; whether it was met in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(_POLL_SECONDS)
    return condition()


def is_inkeeper(address: str) -> bool:
    """Whether an Inkeeper server answers at this address."""
    return ledger_at(address) is not None


def ledger_at(address: str) -> str | None:
    """The id of the ledger that an Inkeeper server serves at this address; None where no Inkeeper answers."""
    import json
    import urllib.request

    try:
        with urllib.request.urlopen(f"{address}/api/v1/server", timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
            body = json.load(answer)
            return str(body.get("id", "")) if body.get("app") == "inkeeper" else None
    except (OSError, ValueError, AttributeError):
        return None


def qr_code(link: str) -> str:
    """The link as a QR code of block characters, for a terminal."""
    import io

    import segno

    text = io.StringIO()
    segno.make(link, error="l").terminal(text, compact=True)
    return text.getvalue()
