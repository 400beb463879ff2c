"""Files and folders of the database are for their owner alone; what cannot be mended is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inkeeper.reasons import reason
from inkeeper.storage.files import keep_private


@pytest.fixture
def database(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    for ending in ("", "-wal", "-shm"):
        path = folder / f"inkeeper.sqlite3{ending}"
        path.touch(mode=0o600)
    return folder / "inkeeper.sqlite3"


def modes(database: Path) -> list[int]:
    return [path.stat().st_mode & 0o777 for path in (database.parent, *sorted(database.parent.iterdir()))]


def test_what_is_private_is_left_without_a_word(database: Path) -> None:
    assert keep_private(database) == []


@pytest.mark.parametrize("mode", [0o666, 0o644, 0o640, 0o606])
def test_files_that_others_may_use_are_closed(database: Path, mode: int) -> None:
    for path in database.parent.iterdir():
        path.chmod(mode)

    assert keep_private(database) == [reason("private.file", path=str(database))]
    assert modes(database) == [0o700, 0o600, 0o600, 0o600]
    assert keep_private(database) == []


@pytest.mark.parametrize("mode", [0o777, 0o755, 0o770])
def test_a_folder_of_its_own_is_closed(database: Path, mode: int) -> None:
    for name in ("browser-profile", "browser-extension", "extension"):
        (database.parent / name).mkdir(mode=0o700)
    (database.parent / "inkeeper.sqlite3.before-0003_lean_writes").touch(mode=0o600)
    database.parent.chmod(mode)

    assert keep_private(database) == [reason("private.folder", path=str(database.parent))]
    assert database.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("mode", "sentences"), [(0o777, 1), (0o775, 1), (0o755, 0), (0o1777, 0)])
def test_a_folder_with_other_things_in_it_is_left(database: Path, mode: int, sentences: int) -> None:
    (database.parent / "thesis.txt").touch()
    database.parent.chmod(mode)

    assert len(keep_private(database)) == sentences
    assert database.parent.stat().st_mode & 0o7777 == mode


def test_what_is_somebody_elses_is_told(database: Path) -> None:
    if os.geteuid() == 0:
        database.chmod(0o666)
        os.chown(database, 65534, -1)
        theirs = database
    else:
        theirs = Path("/etc/passwd")
    before = theirs.stat().st_mode

    assert keep_private(theirs)[0] == reason("private.file_of_another", path=str(theirs))
    assert theirs.stat().st_mode == before
