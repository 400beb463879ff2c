"""The same folder in a real Firefox: it installs, its background runs, and its pages say the next step."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import websocket

from e2e.harness.client import Client
from e2e.harness.desktop import program
from e2e.harness.extension import SOURCE, extension_copy
from e2e.harness.server import Server, free_port
from e2e.harness.wait import until

HOST = "0d3ad5ba-5b1e-4f7e-8a35-3d2f8a6f1c11"
"""Firefox gives each extension an address by chance; the tests fix it."""


class Firefox:
    """A headless Firefox, spoken to by WebDriver BiDi on its own socket."""

    def __init__(self, folder: Path, extension: Path) -> None:
        self._numbers = itertools.count(1)
        port = free_port()
        extension_id = json.loads((SOURCE / "manifest.json").read_text(encoding="utf-8"))["browser_specific_settings"]
        uuids = json.dumps({extension_id["gecko"]["id"]: HOST})
        profile = folder / "profile"
        profile.mkdir()
        preferences = {"extensions.webextensions.uuids": uuids, "datareporting.policy.dataSubmissionEnabled": False}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
        (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        self._process = subprocess.Popen(
            [
                program("firefox-esr", "firefox"),
                "--headless",
                f"--remote-debugging-port={port}",
                "--remote-allow-system-access",
                "--profile",
                str(profile),
            ],
            env=os.environ | {"HOME": str(folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._socket = until(lambda: self._connected(port), "Firefox starts", seconds=60)
        self.call("session.new", {"capabilities": {}})
        self.call("webExtension.install", {"extensionData": {"type": "path", "path": str(extension)}})
        self._tab = self.call("browsingContext.create", {"type": "tab"})["context"]

    def _connected(self, port: int) -> websocket.WebSocket | None:
        assert self._process.poll() is None, f"Firefox ended with {self._process.returncode}"
        try:
            return websocket.create_connection(f"ws://127.0.0.1:{port}/session", suppress_origin=True, timeout=30)
        except OSError:
            return None

    def call(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The result of one command."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == number:
                assert answer["type"] == "success", f"{method}: {answer}"
                return dict(answer["result"])

    def open(self, path: str) -> None:
        """Load a page of the extension."""
        url = f"moz-extension://{HOST}/{path}"
        self.call("browsingContext.navigate", {"context": self._tab, "url": url, "wait": "complete"})

    def run(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page, awaited; as JSON."""
        result = self.call(
            "script.evaluate",
            {
                "expression": f"(async () => JSON.stringify(await ({expression})))()",
                "target": {"context": self._tab},
                "awaitPromise": True,
            },
        )
        assert result["type"] == "success", result
        return json.loads(result["result"]["value"])

    def ask(self, name: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send one message to the background, as the extension's own pages do: `reply`, or `problem`."""
        message = json.dumps({"name": name, "params": params or {}})
        return dict(self.run(f"browser.runtime.sendMessage({message})"))

    def badge(self) -> str:
        """What the toolbar icon shows."""
        return str(self.run("browser.action.getBadgeText({})"))

    def text(self) -> str:
        """The text that is visible now."""
        return str(self.run("document.body.innerText"))

    def quit(self) -> None:
        """End it."""
        self._socket.close()
        self._process.terminate()
        self._process.wait(timeout=30)


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """Firefox with the extension as it is shipped."""
    browser = Firefox(tmp_path_factory.mktemp("firefox"), SOURCE)
    yield browser
    browser.quit()


@pytest.fixture
def allowed(tmp_path: Path) -> Iterator[Firefox]:
    """Firefox with the extension's optional permissions given, as after the first step of its first-run page."""
    browser = Firefox(tmp_path, extension_copy(tmp_path))
    yield browser
    browser.quit()


def test_the_popup_says_what_to_do_first(firefox: Firefox) -> None:
    firefox.open("popup/popup.html")
    until(lambda: "Connect" in firefox.text(), "the popup offers to connect")


def test_the_first_run_page_shows_its_steps(firefox: Firefox) -> None:
    firefox.open("welcome/welcome.html")
    until(lambda: "Find your server" in firefox.text(), "the first step")


def test_the_background_answers_and_paints_the_badge(firefox: Firefox) -> None:
    firefox.open("welcome/welcome.html")
    answer = firefox.ask("state.get")
    assert "problem" not in answer
    until(firefox.badge, "a badge")


def test_nothing_is_granted_at_installation(firefox: Firefox, server: Server) -> None:
    firefox.open("welcome/welcome.html")
    assert firefox.run("browser.permissions.getAll()")["origins"] == []
    assert "problem" in firefox.ask("server.check", {"address": server.address})


def test_the_main_path_from_connecting_to_the_servers_ledger(allowed: Firefox, server: Server, client: Client) -> None:
    account = client.account()
    allowed.open("welcome/welcome.html")
    seen = len(server.terminal())
    allowed.ask("pair.start", {"address": server.address, "device": "Firefox in a test"})
    assert "problem" not in allowed.ask("pair.confirm", {"code": server.pairing_code(after=seen)})
    until(lambda: allowed.badge().startswith("25"), "the badge shows the balance")

    recipient = {"name": "Kai Example", "profileUrl": "https://www.linkedin.com/in/kai-example"}
    logged = {"accountId": account["id"], "recipient": recipient, "cost": 1, "source": "popup"}
    assert "problem" not in allowed.ask("log", logged)

    until(lambda: allowed.badge().startswith("24"), "the badge shows one credit less")
    (inmail,) = until(lambda: client.inmails(account), "the InMail is on the server")
    assert inmail["recipient"]["name"] == "Kai Example"
    allowed.open("popup/popup.html")
    until(lambda: "24" in allowed.text() and "Kai Example" in allowed.text(), "the popup shows it")
