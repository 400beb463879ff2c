"""What `make run` and `make demo` start, as a person would see it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from e2e.demo import demo
from e2e.harness.desktop import Desktop
from e2e.harness.server import ROOT, free_port
from e2e.harness.wait import until


def started(folder: Path, *, display: str | None) -> tuple[subprocess.Popen[bytes], int, Path]:
    """`inkeeper serve --browser extension` in a session of its own, as `make run` starts it: process, port, output."""
    port, words = free_port(), folder / "words.txt"
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment |= {"PYTHONPATH": str(ROOT / "backend"), "PYTHONUNBUFFERED": "1"}
    if display:
        environment["DISPLAY"] = display
    options = ["--browser", str(ROOT / "extension"), "--data-dir", str(folder / "data"), "--port", str(port)]
    with words.open("wb") as output:
        command = [sys.executable, "-m", "inkeeper", "serve", *options]
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment, start_new_session=True)
    until(lambda: f":{port}" in words.read_text(encoding="utf-8"), "the server starts", seconds=30)
    return process, port, words


def interrupted(process: subprocess.Popen[bytes]) -> int:
    """Its exit code after Ctrl-C."""
    process.send_signal(signal.SIGINT)
    return process.wait(timeout=20)


def browser_runs_in(profile: Path) -> bool:
    """Chromium makes a link to its machine and process in its profile, and may leave it there."""
    lock = profile / "SingletonLock"
    if not lock.is_symlink():
        return False
    process_id = str(lock.readlink()).rpartition("-")[2]
    return Path("/proc", process_id).exists()


def test_without_a_display_the_server_runs_and_the_two_steps_are_told(tmp_path: Path) -> None:
    process, port, words = started(tmp_path, display=None)
    try:
        until(lambda: "Load unpacked" in words.read_text(encoding="utf-8"), "the steps are told")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/server") as answer:
            assert json.load(answer)["demo"] is False
    finally:
        code = interrupted(process)
    said = words.read_text(encoding="utf-8")
    assert code == 0
    assert "There is no display" in said
    assert f"choose the folder {ROOT / 'extension'}" in said
    assert "Traceback" not in said


def test_with_a_display_a_chromium_shows_the_extension_pinned_and_ends_with_the_server(
    tmp_path: Path, desktop: Desktop
) -> None:
    process, _, words = started(tmp_path, display=desktop.display)
    profile = tmp_path / "data" / "browser-profile"
    try:
        until(lambda: browser_runs_in(profile), "the browser runs in its own profile", seconds=30)
        until(lambda: "GET / 200" in words.read_text(encoding="utf-8"), "it shows the server's page", seconds=30)
    finally:
        code = interrupted(process)
    assert code == 0
    assert not browser_runs_in(profile)
    preferences = json.loads((profile / "Default" / "Preferences").read_text(encoding="utf-8"))
    known = preferences["extensions"]
    (pinned,) = known["pinned_extensions"]
    assert Path(known["settings"][pinned]["path"]) == ROOT / "extension"
    assert "Traceback" not in words.read_text(encoding="utf-8")


def test_the_demo_is_connected_says_that_it_is_one_and_leaves_nothing_behind(desktop: Desktop) -> None:
    with demo(os.environ | {"DISPLAY": desktop.display}) as (server, browser):
        with urllib.request.urlopen(f"{server.address}/api/v1/server") as answer:
            assert json.load(answer)["demo"] is True
        assert browser.badge().rstrip("!").isdigit()
        popup = browser.open("popup/popup.html")
        popup.wait_text("Demo")
        popup.wait_text("Sales Navigator")
        popup.wait_text("Recruiter Lite")
        practice = browser.pages("https://www.linkedin.com/")
        assert practice[0]["title"] == "Feed | LinkedIn"
        folder = browser.profile.parent
    assert not folder.exists()
