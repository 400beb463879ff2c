"""A real Firefox with the extension, controlled over its own WebDriver BiDi server, without geckodriver."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import websocket

from e2e.harness.axe import RUN_AXE, axe_source
from e2e.harness.desktop import program
from e2e.harness.extension import ASK
from e2e.harness.linkedin import HOST, PracticeSite
from e2e.harness.page import AIM
from e2e.harness.server import free_port
from e2e.harness.wait import until

EXTENSION_ID = "inkeeper@extension"
UUID = "5b1f8ad4-6a0c-4d0e-9a55-0c6f3d1f7a10"
"""The extension's UUID in this profile; by default it is random for each installation."""

ANSWER_SECONDS = 30
ENTER = "\ue007"


CHOOSE_IN_MENU = """(label) => {
    const ours = document.querySelector('#contentAreaContextMenu menu[id^=inkeeper_extension]');
    if (ours && !ours.open) ours.openMenu(true);
    const entries = [...(ours?.querySelectorAll('menuitem') ?? [])];
    const chosen = entries.find((one) => one.label === label && one.closest('menupopup').state === 'open');
    chosen?.closest('menupopup').activateItem(chosen);
    return [Boolean(chosen), entries.map((one) => one.label)];
}"""
"""JavaScript for the browser's window: chooses the extension's entry with this label in the open context menu.

Returns whether it was there, and the labels of all its entries.
"""

SET_THEME = """(theme) => Services.prefs.setIntPref(
    'layout.css.prefers-color-scheme.content-override', theme === 'dark' ? 0 : 1)"""
SHOWS_THEME = """(theme) => matchMedia(`(prefers-color-scheme: ${theme})`).matches
    && document.getAnimations().every((one) => !one.effect.target.checkVisibility())"""


class BidiError(RuntimeError):
    """The browser refused a command, or the script that it ran threw."""


class Firefox:
    """One running Firefox in a language (a BCP 47 tag). `proxy` is the port of the proxy to the practice site."""

    def __init__(self, extension: Path, profile: Path, proxy: int, language: str) -> None:
        profile.mkdir()
        prefs = {
            "intl.locale.requested": language,
            "extensions.webextensions.uuids": json.dumps({EXTENSION_ID: UUID}),
            "network.proxy.type": 1,
            "network.proxy.ssl": "127.0.0.1",
            "network.proxy.ssl_port": proxy,
            "datareporting.policy.dataSubmissionEnabled": False,
            "browser.shell.checkDefaultBrowser": False,
            "browser.aboutwelcome.enabled": False,
            "app.update.disabledForTesting": True,
        }
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in prefs.items()]
        (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        port = free_port()
        command = [program("firefox-esr", "firefox"), "--headless", "--no-remote", "--profile", str(profile)]
        command += [f"--remote-debugging-port={port}", "--remote-allow-system-access", "about:blank"]
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "MOZ_CRASHREPORTER_DISABLE": "1"},
        )
        self._socket = until(lambda: self._connected(port), "Firefox listens", seconds=60)
        self._last_id = 0
        self.call("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
        self.call("webExtension.install", extensionData={"type": "path", "path": str(extension)})
        self.tab = self.call("browsingContext.getTree")["contexts"][0]["context"]
        self._window = self.call("browsingContext.getTree", **{"moz:scope": "chrome"})["contexts"][0]["context"]
        self.control = self.open(self.extension_url("popup/popup.html"))

    def quit(self) -> None:
        """Ends the browser."""
        with suppress(BidiError, OSError, websocket.WebSocketException):
            self.call("browser.close")
        self._socket.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _connected(self, port: int) -> websocket.WebSocket | None:
        assert self._process.poll() is None, f"Firefox ended with {self._process.returncode}"
        with suppress(OSError, websocket.WebSocketException):
            address = f"ws://127.0.0.1:{port}/session"
            return websocket.create_connection(address, suppress_origin=True, timeout=ANSWER_SECONDS)
        return None

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Sends one command; returns its result."""
        self._last_id += 1
        self._socket.send(json.dumps({"id": self._last_id, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") != self._last_id:
                continue
            if answer["type"] == "error":
                raise BidiError(f"{method}: {answer['message']}")
            return dict(answer["result"])

    # -- tabs --------------------------------------------------------------------------------------

    @staticmethod
    def extension_url(path: str) -> str:
        """The address of a file of the extension."""
        return f"moz-extension://{UUID}/{path}"

    def open(self, url: str) -> str:
        """Loads `url` in a new tab; returns the tab."""
        tab = str(self.call("browsingContext.create", type="tab", background=True)["context"])
        return self.visit(url, tab)

    def visit(self, url: str, tab: str | None = None) -> str:
        """Loads `url` in a tab, by default the first one.

        The tab must not be loading another page by itself: Firefox may then never answer.
        """
        chosen = tab or self.tab
        self.call("browsingContext.navigate", context=chosen, url=url, wait="complete")
        return chosen

    def run(self, function: str, *arguments: Any, tab: str | None = None) -> Any:
        """What the JavaScript `function` (source text, may be async) returns for JSON `arguments`."""
        given = ", ".join(json.dumps(argument) for argument in arguments)
        answer = self.call(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({function})({given})))()",
            target={"context": tab or self.tab},
            awaitPromise=True,
            userActivation=True,
        )
        if answer["type"] == "exception":
            raise BidiError(answer["exceptionDetails"]["text"])
        value = answer["result"].get("value")
        return None if value is None else json.loads(value)

    def run_in_extension(self, function: str, *arguments: Any) -> Any:
        """Runs JavaScript in a page of the extension, as `run` does."""
        return self.run(function, *arguments, tab=self.control)

    def run_in_window(self, function: str, *arguments: Any) -> Any:
        """Runs JavaScript in the browser's own window, with its menus and preferences, as `run` does."""
        return self.run(function, *arguments, tab=self._window)

    def axe(self) -> list[str]:
        """The violations of WCAG 2.2 AA that axe-core finds in the first tab, one line each."""
        self.call("script.evaluate", expression=axe_source(), target={"context": self.tab}, awaitPromise=False)
        return list(self.run(RUN_AXE))

    def emulate(self, *, theme: str) -> None:
        """Emulates the system's theme; waits until transitions have finished."""
        self._activate(self.tab)
        self.run_in_window(SET_THEME, theme)
        until(lambda: self.run(SHOWS_THEME, theme), f"the {theme} theme")

    def text(self, tab: str) -> str:
        """The text that is visible in a tab."""
        return str(self.run("() => document.body.innerText", tab=tab))

    # -- keyboard and mouse ------------------------------------------------------------------------

    def click(self, find: str, *, tab: str | None = None) -> None:
        """Clicks the element that the JavaScript `find` returns with the mouse; retries if it moved away meanwhile."""
        until(lambda: self._clicked(find, tab), f"what {find} returns can be clicked")

    def _clicked(self, find: str, tab: str | None) -> bool:
        # In a background tab, animation frames are seconds apart.
        self._activate(tab)
        x, y = self.run(
            f"""async () => {{
                const element = ({find})();
                element.scrollIntoView({{block: 'center'}});
                const middle = () => {{
                    const box = element.getBoundingClientRect();
                    return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
                }};
                let [before, now] = [null, middle()];
                while (String(before) !== String(now)) {{
                    await new Promise(requestAnimationFrame);
                    [before, now] = [now, middle()];
                }}
                ({AIM})(element);
                return now;
            }}""",
            tab=tab,
        )
        self._press_mouse(x, y, 0, tab)
        try:
            return self.run("() => globalThis.clickArrived ?? null", tab=tab) is not False
        except BidiError:  # the click closed the tab or loads another page
            return True

    def type(self, text: str, *, tab: str | None = None) -> None:
        """Types with real keys where the cursor is."""
        steps = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self._perform({"type": "key", "id": "keyboard", "actions": steps}, tab)

    def choose_in_menu(self, label: str) -> None:
        """Right-clicks the page in the first tab, and chooses one of the extension's entries in the menu."""
        self._press_mouse(100, 100, 2, None)
        seen: list[str] = []

        def is_chosen() -> bool:
            was_there, seen[:] = self.run_in_window(CHOOSE_IN_MENU, label)
            return bool(was_there)

        try:
            until(is_chosen, f"{label!r} in the menu")
        except AssertionError as failure:
            raise AssertionError(f"{failure}\nthe extension's entries: {seen}") from None

    def _press_mouse(self, x: int, y: int, button: int, tab: str | None) -> None:
        steps: list[dict[str, Any]] = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": button},
            {"type": "pointerUp", "button": button},
        ]
        self._perform({"type": "pointer", "id": "mouse", "actions": steps}, tab)

    def _perform(self, source: dict[str, Any], tab: str | None) -> None:
        self._activate(tab)
        self.call("input.performActions", context=tab or self.tab, actions=[source])

    def _activate(self, tab: str | None) -> None:
        with suppress(BidiError):  # a frame cannot be activated; its tab is active
            self.call("browsingContext.activate", context=tab or self.tab)

    # -- the extension -----------------------------------------------------------------------------

    def ask(self, name: str, params: dict[str, Any] | None = None) -> Any:
        """Sends one message to the background script, as the extension's own pages do."""
        return self.run_in_extension(
            ASK,
            name,
            params or {},
        )

    def storage(self, key: str) -> Any:
        """The value of a key in the extension's local storage (None if absent)."""
        return self.run_in_extension("async (key) => (await chrome.storage.local.get(key))[key] ?? null", key)

    def outbox(self) -> list[str]:
        """The keys of the entries that are not on the server, or not yet counted."""
        every = self.run_in_extension("async () => Object.keys(await chrome.storage.local.get(null))")
        return [key for key in every if key.startswith("outbox/")]

    def badge(self) -> str:
        """The text on the toolbar icon."""
        return str(self.run_in_extension("() => chrome.action.getBadgeText({})"))


@contextmanager
def proxy_to(site: PracticeSite) -> Iterator[int]:
    """The port of a proxy that connects every host to the practice site."""
    listener = socket.create_server(("127.0.0.1", 0))

    def copy_bytes(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while part := one.recv(65536):
                other.sendall(part)
            other.shutdown(socket.SHUT_WR)

    def serve(near: socket.socket) -> None:
        with near, suppress(OSError):
            asked = b""
            while b"\r\n\r\n" not in asked:
                asked += near.recv(65536)
            if not asked.startswith(f"CONNECT {HOST}:443 ".encode()):
                near.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")
                return
            near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with socket.create_connection(("127.0.0.1", site.port)) as far:
                back = threading.Thread(target=copy_bytes, args=(far, near), daemon=True)
                back.start()
                copy_bytes(near, far)
                back.join()

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.close()


@contextmanager
def firefox(extension: Path, site: PracticeSite, *, language: str = "en-US") -> Iterator[Firefox]:
    """A Firefox with a new profile, until the block ends. AssertionError if it has no pack for the language."""
    folder = Path(tempfile.mkdtemp(prefix="firefox-"))
    with proxy_to(site) as proxy:
        browser = Firefox(extension, folder / "profile", proxy, language)
        try:
            spoken = browser.run_in_extension("() => chrome.i18n.getUILanguage()")
            assert spoken == language, f"Firefox speaks {spoken!r}: its language pack for {language!r} is not installed"
            yield browser
        finally:
            browser.quit()
            shutil.rmtree(folder, ignore_errors=True)
