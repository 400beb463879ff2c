"""Opening a browser: the reason where it cannot be done, the right command where it can."""

from __future__ import annotations

import json
import os
import queue
import shutil
import stat
from pathlib import Path

import pytest

from inkeeper.server.browser import (
    BrowserUnavailable,
    Connection,
    extension_id,
    find_program,
    forget_connection,
    manual_steps,
    open_with_extension,
    private_copy,
    version_by_place,
)

EXTENSION = Path(__file__).resolve().parents[1] / "extension"
ID = "fjpapeegcjoojpokammibfkmoiioafkb"
"""The id of the unpacked extension, on which the storage of every installed one depends: it never changes."""


@pytest.fixture
def extension(tmp_path: Path) -> Path:
    folder = tmp_path / "extension"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    return folder


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    folder = tmp_path / "programs"
    folder.mkdir()
    return folder


def a_program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def environment(programs: Path, **more: str) -> dict[str, str]:
    return {"PATH": str(programs), "DISPLAY": ":99", **more}


def fail(message: str) -> None:
    raise AssertionError(message)


def reason(extension: Path, environ: dict[str, str]) -> str:
    with pytest.raises(BrowserUnavailable) as refusal:
        open_with_extension(extension, extension.parent / "profile", "about:blank", on_failure=fail, environ=environ)
    assert not (extension.parent / "profile").exists()
    return str(refusal.value)


def test_without_a_display_it_says_so(extension: Path, programs: Path) -> None:
    a_program(programs / "chromium", "exit 0")
    assert "no display" in reason(extension, {"PATH": str(programs)})


def test_without_a_chromium_it_names_the_variable_that_could_point_to_one(extension: Path, programs: Path) -> None:
    assert "INKEEPER_CHROMIUM" in reason(extension, environment(programs))


def test_a_chromium_that_is_named_but_absent_is_said_to_be_absent(extension: Path, programs: Path) -> None:
    assert "/no/such/program" in reason(extension, environment(programs, INKEEPER_CHROMIUM="/no/such/program"))


def test_a_snap_is_not_started_since_it_could_not_read_the_extension(extension: Path, programs: Path) -> None:
    a_program(programs / "chromium-browser", 'exec /snap/bin/chromium "$@"')
    assert "snap" in reason(extension, environment(programs))


def test_a_folder_without_a_manifest_is_no_extension(tmp_path: Path, programs: Path) -> None:
    a_program(programs / "chromium", "exit 0")
    (tmp_path / "empty").mkdir()
    assert "no extension" in reason(tmp_path / "empty", environment(programs))


def test_a_comma_in_the_folders_name_would_be_read_as_two_folders(tmp_path: Path, programs: Path) -> None:
    a_program(programs / "chromium", "exit 0")
    folder = tmp_path / "one,two"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    assert "comma" in reason(folder, environment(programs))


def test_the_browser_gets_the_extension_its_own_profile_and_the_address(extension: Path, programs: Path) -> None:
    told = extension.parent / "told"
    a_program(programs / "chromium", f'for word in "$@"; do echo "$word"; done > "{told}"')
    profile = extension.parent / "profile"
    browser = open_with_extension(
        extension, profile, "http://127.0.0.1:1/", on_failure=fail, environ=environment(programs), flags=["--more"]
    )
    browser._watch.join(10)
    words = told.read_text(encoding="utf-8").splitlines()
    assert f"--load-extension={extension}" in words
    assert f"--user-data-dir={profile}" in words
    assert words[-2:] == ["--more", "http://127.0.0.1:1/"]
    assert ("--no-sandbox" in words) == (os.geteuid() == 0)
    assert profile.stat().st_mode & 0o077 == 0


def test_a_browser_that_fails_is_reported(extension: Path, programs: Path) -> None:
    a_program(programs / "chromium", "exit 21")
    reports: queue.Queue[str] = queue.Queue()
    open_with_extension(
        extension,
        extension.parent / "profile",
        "about:blank",
        on_failure=reports.put,
        environ=environment(programs),
    )
    assert "21" in reports.get(timeout=10)


def test_closing_ends_it_and_is_no_failure(extension: Path, programs: Path) -> None:
    a_program(programs / "chromium", "exec /bin/sleep 60")
    reports: queue.Queue[str] = queue.Queue()
    browser = open_with_extension(
        extension,
        extension.parent / "profile",
        "about:blank",
        on_failure=reports.put,
        environ=environment(programs),
    )
    browser.close()
    assert browser._process.poll() is not None
    assert reports.empty()


@pytest.mark.parametrize(
    ("version", "usable"),
    [
        ("Google Chrome 137.0.7151.55", False),
        ("Google Chrome 156.0.0.1 beta", False),
        ("Google Chrome 136.0.7103.92", True),
        ("Google Chrome for Testing 156.0.0.1", True),
        ("Chromium 156.0.0.1 built on Debian", True),
        ("Brave Browser 156.1.0.0", True),
    ],
)
def test_a_chrome_that_loads_no_extension_is_not_taken(
    extension: Path, programs: Path, version: str, usable: bool
) -> None:
    a_program(programs / "browser", f'echo "{version}"')
    environ = environment(programs, INKEEPER_CHROMIUM="browser")
    if usable:
        assert find_program(environ) == programs / "browser"
    else:
        assert "which loads no extension at its start" in reason(extension, environ)


def test_a_chrome_under_chromiums_name_is_passed_over(programs: Path) -> None:
    a_program(programs / "chromium", "echo Google Chrome 156.0.0.1")
    a_program(programs / "chrome-for-testing", "echo Google Chrome for Testing 156.0.0.1")

    assert find_program(environment(programs)) == programs / "chrome-for-testing"


@pytest.mark.parametrize(
    ("place", "folders", "version"),
    [
        ("Google/Chrome/Application/chrome.exe", ["139.0.7258.66", "138.0.1.2", "Dictionaries"], "Google Chrome 139"),
        ("Google/Chrome/Application/chrome.exe", ["136.0.7103.92"], "Google Chrome 136"),
        ("Google/Chrome Beta/Application/chrome.exe", [], "Google Chrome 137"),
        ("Microsoft/Edge/Application/msedge.exe", ["140.0.1.2"], "Microsoft Edge 140"),
        ("Google/Chrome for Testing/chrome.exe", ["156.0.0.1"], ""),
        ("Chromium/Application/chrome.exe", ["156.0.0.1"], ""),
    ],
)
def test_on_windows_the_version_is_that_of_the_folder(
    tmp_path: Path, place: str, folders: list[str], version: str
) -> None:
    program = tmp_path / place
    for name in ["", *folders]:
        (program.parent / name).mkdir(parents=True, exist_ok=True)

    assert version_by_place(program) == version


def test_a_chrome_that_says_no_version_is_known_by_its_folder(tmp_path: Path) -> None:
    program = tmp_path / "Google" / "Chrome" / "Application" / "chrome"
    program.parent.mkdir(parents=True)
    a_program(program, "exit 1")

    with pytest.raises(BrowserUnavailable, match="Google Chrome 137, which loads no extension at its start"):
        find_program({"PATH": "", "DISPLAY": ":99", "INKEEPER_CHROMIUM": str(program)})


class TestThePrivateCopy:
    CONNECTION = Connection("http://127.0.0.1:8425", "pairing", "a secret")

    @pytest.fixture
    def source(self, tmp_path: Path) -> Path:
        source = tmp_path / "source"
        (source / "core").mkdir(parents=True)
        (source / "core" / "api.js").write_text("1")
        (source / "worker.js").write_text("1")
        manifest = {"name": "x", "optional_host_permissions": ["http://127.0.0.1/*", "https://*/*"]}
        (source / "manifest.json").write_text(json.dumps(manifest))
        return source

    def test_it_is_this_users_alone(self, source: Path, tmp_path: Path) -> None:
        before = os.umask(0)
        try:
            (tmp_path / "copy").mkdir(mode=0o777)
            copy = private_copy(source, tmp_path / "copy", self.CONNECTION)
        finally:
            os.umask(before)

        assert stat.S_IMODE(copy.stat().st_mode) == 0o700
        assert stat.S_IMODE((copy / "connect.json").stat().st_mode) == 0o600
        assert json.loads((copy / "connect.json").read_text())["code"] == "a secret"

        forget_connection(copy)
        forget_connection(copy)
        assert not (copy / "connect.json").exists()

    def test_it_may_call_this_computers_server_and_nothing_more(self, source: Path, tmp_path: Path) -> None:
        copy = private_copy(source, tmp_path / "copy", self.CONNECTION)

        manifest = json.loads((copy / "manifest.json").read_text())
        assert manifest["host_permissions"] == ["http://127.0.0.1/*"]
        assert manifest["optional_host_permissions"] == ["https://*/*"]

    def test_of_what_is_no_extension_there_is_none(self, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()

        with pytest.raises(BrowserUnavailable, match="There is no extension"):
            private_copy(tmp_path / "empty", tmp_path / "copy", self.CONNECTION)
        assert not (tmp_path / "copy").exists()

    def test_it_has_the_extensions_id_in_every_folder(self, source: Path, tmp_path: Path) -> None:
        shutil.copy(EXTENSION / "manifest.json", source)
        copies = [private_copy(source, tmp_path / name, self.CONNECTION) for name in ("one", "two")]

        assert {extension_id(folder) for folder in (EXTENSION, source, *copies)} == {ID}

    def test_it_follows_the_source_and_leaves_alone_what_has_not_changed(self, source: Path, tmp_path: Path) -> None:
        copy = private_copy(source, tmp_path / "copy", self.CONNECTION)
        kept = (copy / "worker.js").stat().st_ino, (copy / "worker.js").stat().st_ctime_ns
        (source / "core" / "api.js").write_text("2, longer")
        (source / "core" / "new.js").write_text("3")
        (copy / "gone").mkdir()
        (copy / "gone" / "old.js").write_text("0")

        private_copy(source, copy, self.CONNECTION._replace(code="another"))

        assert (copy / "core" / "api.js").read_text() == "2, longer"
        assert (copy / "core" / "new.js").read_text() == "3"
        assert not (copy / "gone").exists()
        assert ((copy / "worker.js").stat().st_ino, (copy / "worker.js").stat().st_ctime_ns) == kept
        assert json.loads((copy / "connect.json").read_text())["code"] == "another"


def test_no_page_and_no_other_extension_can_find_the_extension_by_its_id() -> None:
    """The id is the same for everybody, so a page could look for it."""
    manifest = json.loads((EXTENSION / "manifest.json").read_text(encoding="utf-8"))
    assert not {"web_accessible_resources", "externally_connectable"} & set(manifest)
    for script in EXTENSION.rglob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert "onMessageExternal" not in text
        assert "onConnectExternal" not in text


def test_the_steps_by_hand_name_the_folder(extension: Path) -> None:
    assert str(extension) in manual_steps(extension)
