"""What `make run` and `make demo` start, as a person would see it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from e2e.demo import demo
from e2e.harness.cdp import Connection
from e2e.harness.desktop import Desktop, program
from e2e.harness.judging import assert_accessible
from e2e.harness.page import Page
from e2e.harness.server import ROOT, free_port
from e2e.harness.wait import until
from inkeeper.server.browser import open_with_extension

LINK = re.compile(r"http://127\.0\.0\.1:\d+(/\w*)#signin=([\w-]{43})")


class Running:
    """`inkeeper run` in a session of its own, as `make run` starts it."""

    def __init__(self, folder: Path, *, display: str | None = None, port: int | None = None, where: str = "") -> None:
        self.port = port or free_port()
        self.data = folder / "data"
        self.profile = self.data / "browser-profile"
        self.copy = self.data / "browser-extension"
        self._terminal = folder / f"terminal-{os.urandom(4).hex()}.txt"
        environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        environment |= {
            "PYTHONPATH": str(ROOT / "backend"),
            "PYTHONUNBUFFERED": "1",
            "BROWSER": "",
            "LC_ALL": "C.UTF-8",
        }
        environment |= {"INKEEPER_CHROMIUM": str(watched_chromium(folder)), **({"DISPLAY": display} if display else {})}
        options = [*(["--browser", where] if where else []), "--data-dir", str(self.data), "--verbose"]
        with self._terminal.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "inkeeper", "run", *options, "--port", str(self.port)],
                stdout=output,
                stderr=output,
                env=environment,
                start_new_session=True,
            )
        until(lambda: f":{self.port}" in self.terminal(), "the server starts", seconds=30)

    def terminal(self) -> str:
        return self._terminal.read_text(encoding="utf-8")

    def link(self) -> re.Match[str]:
        """The link that it printed."""
        return until(lambda: LINK.search(self.terminal()), "a link is printed", seconds=30)

    def interrupt(self) -> int:
        """Its exit code after Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=20)


@contextmanager
def run(folder: Path, **options: object) -> Iterator[Running]:
    """The program while the block runs; it must end well and say nothing of what went wrong."""
    running = Running(folder, **options)  # type: ignore[arg-type]
    try:
        yield running
    finally:
        code = running.interrupt()
    assert code == 0
    assert "Traceback" not in running.terminal()


def watched_chromium(folder: Path) -> Path:
    """A Chromium that tests can look into; nothing else is different."""
    script = folder / "chromium"
    script.write_text(f'#!/bin/sh\nexec {program("chromium")} --remote-debugging-port=0 --disable-sync "$@"\n')
    script.chmod(0o755)
    return script


class Opened:
    """The Chromium that was opened, looked into."""

    def __init__(self, profile: Path) -> None:
        port_file = profile / "DevToolsActivePort"
        until(lambda: port_file.is_file() and port_file.read_text().count("\n") > 0, "the browser starts", seconds=60)
        port, path = port_file.read_text(encoding="utf-8").split()
        self.cdp = Connection(f"ws://127.0.0.1:{port}{path}")
        worker = until(
            lambda: [one for one in self.cdp.targets("service_worker") if one["url"].startswith("chrome-extension://")],
            "the extension's worker starts",
            seconds=60,
        )
        self.extension = "/".join(worker[0]["url"].split("/")[:3])
        # The manifest, opened as a page, has chrome.* and runs none of the product's code.
        manifest = f"{self.extension}/manifest.json"
        target = self.cdp.call("Target.createTarget", {"url": manifest, "background": True})
        self.control = Page(self.cdp, target["targetId"]).wait_loaded()

    def page(self, url_part: str) -> Page:
        """An open page, found by its address."""

        def found() -> list[dict]:
            return [one for one in self.cdp.targets("page") if url_part in one["url"]]

        return Page(self.cdp, until(found, f"a page at {url_part}", seconds=60)[0]["targetId"]).wait_loaded()

    def badge(self) -> str:
        return str(self.control.run("() => chrome.action.getBadgeText({})"))

    def server(self) -> dict:
        """The server that the extension is connected to."""
        return dict(self.control.run("() => chrome.storage.local.get('server')").get("server") or {})


class Onlooker:
    """Another user of the machine, who sees every command line: those of this test and of what it starts are kept.

    Programs that have nothing to do with the test may hold any text in theirs.
    """

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Onlooker:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stopping.wait(0.02):
            for process_id in descendants(os.getpid()):
                with suppress(OSError):
                    line = Path(f"/proc/{process_id}/cmdline").read_bytes()
                    self.seen.add(line.replace(b"\0", b" ").decode(errors="replace"))


def descendants(process_id: int) -> set[int]:
    """The ids of a process and of all that it started, as far as their parents still run."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # Behind the name, which may hold anything, stand the state and the parent's id.
            parents[int(status.parent.name)] = int(status.read_text(errors="replace").rpartition(")")[2].split()[1])
    found = {process_id}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def redeem(port: int, secret: str) -> int:
    """The status with which the server answers a browser that opens a link."""
    body = json.dumps({"secret": secret, "device": "Firefox on Linux"}).encode()
    address = f"http://127.0.0.1:{port}/api/v1/sign-ins/redeem"
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, {"Content-Type": "application/json"})) as ok:
            return int(ok.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def browser_runs_in(profile: Path) -> bool:
    """Chromium makes a link to its machine and process in its profile, and may leave it there."""
    lock = profile / "SingletonLock"
    if not lock.is_symlink():
        return False
    process_id = str(lock.readlink()).rpartition("-")[2]
    return Path("/proc", process_id).exists()


@pytest.mark.parametrize(
    ("where", "reason"), [("", "There is no display"), ("default", "There is no display"), ("none", "")]
)
def test_without_a_browser_the_link_is_printed(tmp_path: Path, where: str, reason: str) -> None:
    with run(tmp_path, where=where) as running:
        path, secret = running.link().groups()
        assert path == "/welcome"
        assert redeem(running.port, secret) == 201
        assert redeem(running.port, secret) == 410
    assert reason in running.terminal()
    assert "/api/v1/sign-ins/redeem 201" in running.terminal()
    assert running.terminal().count(secret) == 1


def test_from_make_run_to_the_number_in_the_badge(tmp_path: Path, desktop: Desktop) -> None:
    """One choice, one number, one button."""
    with Onlooker() as onlooker, run(tmp_path, display=desktop.display) as running:
        opened = Opened(running.profile)
        page = opened.page("/welcome")
        page.find("radio", "Sales Navigator")
        until(lambda: opened.server().get("token"), "the extension is connected", seconds=30)

        page.click("radio", "Sales Navigator")
        page.fill("textbox", "Credits that LinkedIn shows now", "12")
        page.click("button", "Save")

        until(lambda: opened.badge().startswith("12"), "the badge shows the number", seconds=30)
        page.wait_text("Connected in Inkeeper's own Chromium")
        page.wait_text("You're ready")
        assert_accessible(page)
        assert not [one for one in opened.cdp.targets("page") if "welcome/welcome.html" in one["url"]]
        until(lambda: not (running.copy / "connect.json").exists(), "the secret was removed", seconds=30)
        assert not list(running.data.glob("open-*"))
        token = opened.server()["token"]
        assert opened.control.run("() => chrome.storage.local.get('pairing')") == {"pairing": None}
        preferences = json.loads((running.profile / "Default" / "Preferences").read_text(encoding="utf-8"))
        assert preferences["extensions"]["pinned_extensions"] == [opened.extension.rpartition("/")[2]]
        opened.cdp.close()
    assert stat.S_IMODE(running.copy.stat().st_mode) == 0o700
    assert not browser_runs_in(running.profile)
    assert "Inkeeper is open in a Chromium of its own" in running.terminal()
    for secret in (token, "signin=", '"code"'):
        assert secret not in running.terminal()
        assert not [line for line in onlooker.seen if secret in line]
    assert [line for line in onlooker.seen if "--load-extension=" in line]


def test_the_next_start_is_connected_still_and_a_second_one_opens_the_first(tmp_path: Path, desktop: Desktop) -> None:
    with run(tmp_path, display=desktop.display) as running:
        opened = Opened(running.profile)
        # The first synchronisation adds the server's version.
        before = until(
            lambda: opened.server() if opened.server().get("version") else None, "it is connected", seconds=30
        )
        page = opened.page("/welcome")
        page.click("radio", "Premium Career")
        page.fill("textbox", "Credits that LinkedIn shows now", "4")
        page.click("button", "Save")
        until(lambda: opened.badge().startswith("4"), "the badge shows the number", seconds=30)
        opened.cdp.close()
    (running.profile / "DevToolsActivePort").unlink(missing_ok=True)

    with run(tmp_path, display=desktop.display, port=running.port) as again:
        opened = Opened(again.profile)
        opened.page(f":{again.port}/").wait_text("credits left of 5")
        assert opened.server() == before
        assert not [one for one in opened.cdp.targets("page") if "welcome" in one["url"]]
        until(lambda: not (again.copy / "connect.json").exists(), "the secret was removed", seconds=30)

        tabs = len(opened.cdp.targets("page"))
        second = Running(tmp_path, display=desktop.display, port=running.port)
        assert second.process.wait(timeout=60) == 0
        assert "Inkeeper is running already" in second.terminal()
        assert "Traceback" not in second.terminal()
        until(lambda: len(opened.cdp.targets("page")) > tabs, "it opens in another tab")
        assert opened.badge().startswith("4")
        opened.cdp.close()


def test_a_moved_folder_is_the_same_extension_with_the_same_storage(tmp_path: Path, desktop: Desktop) -> None:
    """As when `extension/` is loaded by hand and the project's folder is then renamed."""
    folder, profile = tmp_path / "before" / "extension", tmp_path / "profile"
    shutil.copytree(ROOT / "extension", folder)
    with loaded(folder, profile, desktop) as opened:
        identity = opened.extension
        opened.control.run("() => chrome.storage.local.set({'outbox/1': {name: 'Kai Example'}})")

    moved = folder.parent.rename(tmp_path / "after") / "extension"
    with loaded(moved, profile, desktop) as opened:
        assert opened.extension == identity == "chrome-extension://fjpapeegcjoojpokammibfkmoiioafkb"
        stored = opened.control.run("() => chrome.storage.local.get('outbox/1')")
        assert stored == {"outbox/1": {"name": "Kai Example"}}


@contextmanager
def loaded(extension: Path, profile: Path, desktop: Desktop) -> Iterator[Opened]:
    """A Chromium with this folder loaded; closed as a person closes it, so that it writes everything."""
    failures: list[str] = []
    environ = os.environ | {"DISPLAY": desktop.display, "INKEEPER_CHROMIUM": str(watched_chromium(profile.parent))}
    browser = open_with_extension(extension, profile, "about:blank", on_failure=failures.append, environ=environ)
    opened = Opened(profile)
    try:
        yield opened
        opened.cdp.call("Browser.close")
        until(browser.has_ended, "the browser ends", seconds=30)
    finally:
        opened.cdp.close()
        browser.close()
        (profile / "DevToolsActivePort").unlink(missing_ok=True)
    assert failures == []


def test_the_demo_is_connected_says_that_it_is_one_and_leaves_nothing_behind(desktop: Desktop) -> None:
    with demo(os.environ | {"DISPLAY": desktop.display}) as (server, browser):
        with urllib.request.urlopen(f"{server.address}/api/v1/server") as answer:
            assert json.load(answer)["demo"] is True
        assert browser.badge().rstrip("!").isdigit()
        popup = browser.open("popup/popup.html")
        popup.wait_text("Demo")
        popup.click("button", re.compile("^Sales Navigator"))
        popup.wait_text("Recruiter Lite")
        practice = browser.pages("https://www.linkedin.com/")
        assert practice[0]["title"] == "Feed | LinkedIn"
        folder = browser.profile.parent
    assert not folder.exists()
