"""Opens the app, signed in, when `inkeeper serve` starts.

It tries in this order: a Chromium with the extension connected, the default browser, a printed link.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from inkeeper.clock import utc_now
from inkeeper.errors import Problem
from inkeeper.server import browser, opening, prepared
from inkeeper.services.devices import pairing, sign_ins
from inkeeper.storage import accounts
from inkeeper.storage.database import Store
from inkeeper.wording.devices import OWN_CHROMIUM
from inkeeper.wording.terminal import gettext

DEFAULT = "default"
"""The value of `where` for the default browser."""

NONE = "none"
"""The value of `where` for a printed link instead of a browser."""

START_SECONDS = 60
"""The time limit for a Chromium to start, equal to the validity of a prepared pairing and of a sign-in."""


class Launch:
    """Opens the app in its own thread, started by the constructor."""

    def __init__(
        self, store: Store, address: str, where: str, say: Callable[[str], None], seconds: float = START_SECONDS
    ) -> None:
        """`where` is `DEFAULT`, `NONE` or the extension's folder; `say` prints a line; `seconds` limits each wait."""
        self._store = store
        self._address = address
        self._where = where
        self._say = say
        self._seconds = seconds
        self._folder = store.folder
        with store.read() as tx:
            self._path = "/" if accounts.has_any(tx, pairing.DEFAULT_OWNER) else "/welcome"
        self._browser: browser.OpenBrowser | None = None
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="launch", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until the app is open or a link was printed. A Chromium keeps running."""
        self._thread.join()

    def close(self) -> None:
        """Stop opening, and end the Chromium."""
        self._cancelled.set()
        self._thread.join()
        if self._browser:
            self._browser.close()

    def _run(self) -> None:
        try:
            shown = self._where != NONE and (self._open_own_chromium() or self._open_default_browser())
            if not shown and not self._cancelled.is_set():
                self._print_link()
        except Problem:
            self._say(gettext("Too many links were made within ten minutes. Wait a little, then run `inkeeper open`."))

    def _open_own_chromium(self) -> bool:
        if self._where == DEFAULT:
            return False
        try:
            program = browser.find_program(os.environ)
            with ExitStack() as secrets:
                return self._show_in(program, Path(self._where), secrets)
        except browser.BrowserUnavailable as reason:
            self._say(str(reason))
        except OSError as error:
            self._say(gettext("The extension could not be copied: %(reason)s.", reason=error.strerror))
        return False

    def _show_in(self, program: Path, extension: Path, secrets: ExitStack) -> bool:
        """Start the Chromium and wait until it is signed in. `secrets` removes the one-time secrets afterwards."""
        profile, copy = self._folder / "browser-profile", self._folder / "browser-extension"
        connecting = pairing.prepare(self._store, pairing.DEFAULT_OWNER, OWN_CHROMIUM, utc_now())
        secrets.callback(lambda: pairing.cancel(self._store, connecting.id, utc_now()))
        secrets.callback(browser.forget_connection, copy)
        connection = prepared.Connection(self._address, connecting.id, connecting.code)
        extension = browser.private_copy(extension, copy, connection)
        secret = sign_ins.make(self._store, pairing.DEFAULT_OWNER, utc_now())
        link = opening.sign_in_link(self._address, secret, self._path)
        file = secrets.enter_context(opening.redirect_file(self._folder, link))
        failed = threading.Event()

        def on_failure(message: str) -> None:
            self._say(message)
            failed.set()

        self._browser = browser.open_with_extension(
            extension, profile, file.as_uri(), on_failure=on_failure, program=program
        )
        self._wait_for(lambda: failed.is_set() or sign_ins.is_used(self._store, secret))
        if failed.is_set() or not sign_ins.is_used(self._store, secret):
            return False
        self._say(gettext("Inkeeper is open in a Chromium of its own. Closing it does not stop the server."))
        self._wait_for_extension(connecting.id)
        return True

    def _wait_for_extension(self, pairing_id: str) -> None:
        """Wait until the extension has used its secret, or the process ended because a Chromium was already running."""
        ended = self._browser.has_ended if self._browser else self._cancelled.is_set

        def is_closed() -> bool:
            return pairing.is_closed(self._store, pairing_id)

        self._wait_for(lambda: ended() or is_closed())
        if not (self._cancelled.is_set() or ended() or is_closed()):
            self._say(gettext("The extension did not start there. Set-up says how to add it to a browser."))

    def _open_default_browser(self) -> bool:
        if self._cancelled.is_set():
            return False
        return opening.open_in_default_browser(
            self._store,
            self._address,
            pairing.DEFAULT_OWNER,
            self._say,
            path=self._path,
            cancelled=self._cancelled.is_set,
        )

    def _print_link(self) -> None:
        link = opening.portable_link(self._store, self._address, pairing.DEFAULT_OWNER, self._path)
        self._say(gettext("Open this link within 10 minutes. It works once:") + f"\n\n  {link}\n")

    def _wait_for(self, condition: Callable[[], bool]) -> None:
        opening.wait_until(lambda: self._cancelled.is_set() or condition(), self._seconds)
