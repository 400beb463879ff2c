"""`inkeeper open`: the pages in the browser, signed in, by a link that no other user of the machine can see."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e.harness.wait import until
from inkeeper.server.extension import included_extension
from inkeeper.server.opening import BrowserCannotOpen, check_browser
from tests.cli.conftest import Serving

Run = Callable[..., subprocess.CompletedProcess[str]]


def port_of(serving: Serving) -> str:
    return serving.address.rpartition(":")[2]


def redeem(serving: Serving, link: str) -> dict:
    page, _, secret = link.partition("#signin=")
    assert page == f"{serving.address}/"
    return serving.post("/api/v1/sign-ins/redeem", {"secret": secret, "device": "Firefox on Linux"})


def test_the_browser_is_signed_in_by_a_private_file(
    serving: Serving, inkeeper: Run, opening: dict[str, str], tmp_path: Path
) -> None:
    finished = inkeeper("open", "--port", port_of(serving), **opening)

    assert (finished.returncode, finished.stdout) == (0, ""), finished.stderr
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert stat.S_IMODE(seen["mode"]) == 0o600
    assert seen["link"].startswith(f"{serving.address}/#signin=")
    assert "signin" not in " ".join(seen["arguments"])
    assert not Path(seen["file"]).exists()
    request = urllib.request.Request(
        f"{serving.address}/", headers={"Authorization": f"Bearer {seen['token']}", "HX-Request": "true"}
    )
    with urllib.request.urlopen(request) as answer:
        assert "Welcome to Inkeeper" in answer.read().decode()


def test_a_browser_that_does_not_sign_in_gets_a_printed_link(
    serving: Serving, inkeeper: Run, opening: dict[str, str], tmp_path: Path
) -> None:
    finished = inkeeper("open", "--port", port_of(serving), **(opening | {"SIGNS_IN": ""}))

    assert finished.returncode == 0
    assert "The browser has not signed in so far." in finished.stderr
    assert redeem(serving, finished.stdout.split()[-1])["token"]
    assert not Path(json.loads((tmp_path / "seen.json").read_text())["file"]).exists()


def test_a_chrome_that_ignores_extensions_is_never_said_to_have_one(
    environment: dict[str, str], opening: dict[str, str], tmp_path: Path
) -> None:
    chrome = tmp_path / "google-chrome"
    started = f'test "$1" = --version || touch {tmp_path}/started'
    chrome.write_text(f"#!/bin/sh\n{started}\necho Google Chrome 139.0.7258.66\n")
    chrome.chmod(0o755)
    variables = {"DISPLAY": ":99", "INKEEPER_CHROMIUM": str(chrome)}

    serving = Serving(environment | opening | variables, "--port", "0", "--browser", str(included_extension()))
    until((tmp_path / "seen.json").exists, "the browser was started", seconds=60)
    status, said = serving.stop()

    said = "".join(serving.lines) + said
    assert status == 0
    assert f"{chrome} is Google Chrome 139, which loads no extension at its start." in said
    assert "Chromium of its own" not in said
    assert not (tmp_path / "started").exists()


def test_without_a_display_the_link_is_printed(serving: Serving, inkeeper: Run) -> None:
    finished = inkeeper("open", "--port", port_of(serving), DISPLAY="", WAYLAND_DISPLAY="", BROWSER="")

    assert "There is no display" in finished.stderr
    assert redeem(serving, finished.stdout.split()[-1])["token"]


def test_print_and_qr(serving: Serving, inkeeper: Run) -> None:
    printed = inkeeper("open", "--print", "--port", port_of(serving)).stdout
    assert redeem(serving, printed.split()[-1])["token"]

    drawn = inkeeper("open", "--qr", "--address", "https://inkeeper.example.org/", "--owner", "Kai Example")

    assert drawn.returncode == 0, drawn.stderr
    assert re.search(r"https://inkeeper\.example\.org/#signin=[\w-]{43}\n", drawn.stdout)
    assert len(re.findall("[█▀▄ ]{29,}", drawn.stdout)) > 14


def test_where_no_inkeeper_answers(serving: Serving, inkeeper: Run) -> None:
    finished = inkeeper("open", "--port", "9")

    assert finished.returncode == 1
    assert "Start it with `inkeeper run`" in finished.stderr


def test_a_link_works_once(serving: Serving, inkeeper: Run) -> None:
    link = inkeeper("open", "--print", "--port", port_of(serving)).stdout.split()[-1]
    answers: list[object] = []

    def try_it() -> None:
        try:
            answers.append(redeem(serving, link)["token"])
        except urllib.error.HTTPError as error:
            answers.append(error.code)
            error.close()

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers.count(410) == 7


@pytest.mark.parametrize(
    "name", ["firefox_firefox.desktop", "chromium_chromium.desktop", "org.mozilla.firefox.desktop"]
)
def test_a_sandboxed_browser_is_not_given_the_file(tmp_path: Path, name: str) -> None:
    tool = tmp_path / "xdg-settings"
    tool.write_text(f"#!/bin/sh\necho {name}\n")
    tool.chmod(0o755)

    with pytest.raises(BrowserCannotOpen, match="snap or a Flatpak"):
        check_browser({"DISPLAY": ":0", "PATH": str(tmp_path)})
