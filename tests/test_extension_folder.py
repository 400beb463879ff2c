"""The folder from which browsers load the extension: put there whole, renewed whole, and nothing else touched."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inkeeper import installation
from inkeeper.server.extension import NoExtension, put_extension, renew_extension

ADDON = {"browser_specific_settings": {"gecko": {"id": "inkeeper@extension"}}}


def write_extension(folder: Path, version: str, mark: str = "") -> Path:
    """An extension of two files that both say which version they are of."""
    (folder / "core").mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"version": version, **ADDON}), encoding="utf-8")
    (folder / "core" / "api.js").write_text(f"{version} {mark}", encoding="utf-8")
    return folder


@pytest.fixture
def included(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The extension that the installation includes, of version 1.2.0."""
    folder = write_extension(tmp_path / "included", "1.2.0")
    monkeypatch.setattr(installation, "PACKED_EXTENSION", folder)
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder in which something is already."""
    folder = tmp_path / "data"
    (folder / "browser-extension").mkdir(parents=True)
    (folder / "inkeeper.sqlite3").write_bytes(b"the ledger")
    (folder / "browser-extension" / "manifest.json").write_text("{}")
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_is_put_there_for_this_user_alone(included: Path, data: Path) -> None:
    before = content(data)

    put = put_extension(data)

    assert put == (data / "extension", False)
    assert content(put.path) == content(included)
    assert stat.S_IMODE(put.path.stat().st_mode) == 0o700
    shutil.rmtree(put.path)
    assert content(data) == before
    assert sorted(path.name for path in data.iterdir()) == ["browser-extension", "inkeeper.sqlite3"]


def test_what_is_there_already_is_left_alone(included: Path, data: Path) -> None:
    put_extension(data)
    inode = (data / "extension" / "manifest.json").stat().st_ino

    assert put_extension(data) == (data / "extension", False)
    assert (data / "extension" / "manifest.json").stat().st_ino == inode


def test_an_update_replaces_all_of_it(included: Path, data: Path) -> None:
    put_extension(data)
    (data / "extension" / "old.js").write_text("gone in the next version")
    write_extension(included, "1.10.0")

    assert renew_extension(data) == (data / "extension", True)
    assert content(data / "extension") == content(included)
    assert sorted(path.name for path in data.iterdir()) == ["browser-extension", "extension", "inkeeper.sqlite3"]


def test_other_content_of_the_same_version_replaces_it_too(included: Path, data: Path) -> None:
    put_extension(data)
    write_extension(included, "1.2.0", "changed by a developer")

    assert put_extension(data).is_renewed
    assert content(data / "extension") == content(included)


@pytest.mark.parametrize("version", ["1.2.1", "1.10.0", "2.0"])
def test_a_later_version_is_not_replaced_by_an_earlier_one(included: Path, data: Path, version: str) -> None:
    write_extension(data / "extension", version)
    later = content(data / "extension")

    assert put_extension(data) == (data / "extension", False)
    assert content(data / "extension") == later


def test_a_start_renews_only_what_was_put_there_before(included: Path, data: Path) -> None:
    assert renew_extension(data) is None
    assert not (data / "extension").exists()


@pytest.mark.parametrize("kind", ["folder", "extension", "file", "link"])
def test_what_is_not_inkeepers_is_not_replaced(included: Path, data: Path, tmp_path: Path, kind: str) -> None:
    target = data / "extension"
    if kind == "link":
        target.symlink_to(write_extension(tmp_path / "elsewhere", "1.0.0"))
    elif kind == "file":
        target.write_text("mine")
    else:
        target.mkdir()
        (target / ("manifest.json" if kind == "extension" else "mine.txt")).write_text('{"version": "1.0"}')
    before = content(data)

    with pytest.raises(NoExtension, match="is not Inkeeper's extension"):
        put_extension(data)
    assert content(data) == before
    assert target.is_symlink() == (kind == "link")


def test_an_empty_folder_is_filled(included: Path, data: Path) -> None:
    (data / "extension").mkdir()

    put_extension(data)
    assert content(data / "extension") == content(included)


def test_an_installation_without_an_extension_says_so(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PACKED_EXTENSION", "SOURCE_EXTENSION"):
        monkeypatch.setattr(installation, name, data / "none")
    with pytest.raises(NoExtension, match="has no extension in it"):
        put_extension(data)


def test_a_renewal_that_was_killed_between_its_two_steps_is_finished(included: Path, data: Path) -> None:
    put_extension(data)
    old = data / "extension.old-x1"
    old.mkdir()
    (data / "extension").rename(old / "extension")

    assert renew_extension(data) == (data / "extension", False)
    assert content(data / "extension") == content(included)


RENEW_FOR_EVER = """
import sys
from pathlib import Path
from inkeeper import installation
from inkeeper.server import extension
one, other, data = map(Path, sys.argv[1:])
while True:
    for installation.PACKED_EXTENSION in (one, other):
        extension.put_extension(data)
        print(flush=True)
"""


def test_a_killed_renewal_leaves_a_whole_copy_that_the_next_one_replaces(data: Path, tmp_path: Path) -> None:
    copies = [write_extension(tmp_path / mark, "1.2.0", mark) for mark in ("one", "other")]
    for number in range(60):
        for copy in copies:
            (copy / f"{number}.js").write_text("x" * 50_000)
    whole = [content(copy) for copy in copies]
    for lines in range(1, 13):
        process = subprocess.Popen(
            [sys.executable, "-c", RENEW_FOR_EVER, *copies, data],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert process.stdout is not None
        with process.stdout as output:
            for _ in range(lines):
                output.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()

        if (data / "extension").exists():
            assert content(data / "extension") in whole
        renewed = renew_extension_with(copies[0], data)
        assert content(renewed) == whole[0]

    hours_ago = time.time() - 7200
    for left in data.glob("extension.*"):
        os.utime(left, (hours_ago, hours_ago))
    renew_extension_with(copies[1], data)
    assert sorted(path.name for path in data.iterdir()) == ["browser-extension", "extension", "inkeeper.sqlite3"]


def renew_extension_with(included: Path, data: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(installation, "PACKED_EXTENSION", included)
        renewed = renew_extension(data)
    assert renewed is not None
    return renewed.path
