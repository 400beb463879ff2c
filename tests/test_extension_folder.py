"""The folder from which browsers load the extension: put there whole, renewed whole, and nothing else touched."""

from __future__ import annotations

import itertools
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


PUT_AND_DIE = """
import os, signal, sys
from pathlib import Path
from inkeeper import installation
from inkeeper.server import extension

installation.PACKED_EXTENSION, data, steps = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

def count(event, _):
    global steps
    steps -= event.startswith(("open", "os.", "shutil."))
    if steps == 0:
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
extension.put_extension(data)
"""
"""Puts the extension, and kills itself before its n-th step with a file or a folder."""


def test_killed_at_any_step_it_leaves_a_whole_copy_or_none(data: Path, tmp_path: Path) -> None:
    old, new = (write_extension(tmp_path / mark, "1.2.0", mark) for mark in ("old", "new"))
    whole, found = [content(old), content(new)], set()
    for step in itertools.count(1):
        put_from(old, data)
        process = subprocess.run(
            [sys.executable, "-c", PUT_AND_DIE, new, data, str(step)],
            # With a fixed order of sets the steps are the same each time.
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "0"},
            check=False,
        )
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL
        is_there = (data / "extension").exists()
        found.add(whole.index(content(data / "extension")) if is_there else None)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(installation, "PACKED_EXTENSION", new)
            renew_extension(data)
        assert content(data / "extension") == content(new)

    assert found == {0, 1, None}
    hours_ago = time.time() - 7200
    for left in data.glob("extension.*"):
        os.utime(left, (hours_ago, hours_ago))
    put_from(old, data)
    assert sorted(path.name for path in data.iterdir()) == ["browser-extension", "extension", "inkeeper.sqlite3"]


def put_from(included: Path, data: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(installation, "PACKED_EXTENSION", included)
        put_extension(data)


def test_the_copy_may_call_this_computers_server_and_nothing_more(included: Path, data: Path) -> None:
    asked = {"optional_host_permissions": ["http://127.0.0.1/*", "https://*/*"]}
    (included / "manifest.json").write_text(json.dumps({"version": "1.2.0", **ADDON, **asked}))

    put_extension(data)

    manifest = json.loads((data / "extension" / "manifest.json").read_text())
    assert manifest["host_permissions"] == ["http://127.0.0.1/*"]
    assert manifest["optional_host_permissions"] == ["https://*/*"]
    assert not put_extension(data).is_renewed


def test_a_prepared_connection_is_no_part_of_the_extension(included: Path, data: Path) -> None:
    put_extension(data)
    (data / "extension" / "connect.json").write_text("{}")

    assert not put_extension(data).is_renewed
    assert (data / "extension" / "connect.json").exists()
