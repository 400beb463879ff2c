"""Puts temporary files of all tests into memory, and runs the longest test files first."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108 (the folder created in it has a unique name)
MIN_FREE_BYTES = 2 * 1024**3
PREFIX = "inkeeper-tests-"

LONGEST_FIRST = (
    "/e2e/test_other_sites.py",
    "/e2e/",
    "/tests/api/test_openapi.py",
    "/tests/package/",
    "/tests/fuzz/",
    "/tests/contract/test_update.py",
    "/tests/cli/",
    "/tests/services/",
)
"""Parts of the paths of test files, by falling run time; all other files are quick."""

_folder = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Sets TMPDIR, also for servers and browsers, to a folder in memory, where fsync takes no time.

    A test that kills a process sees no difference: the files outlive the process.
    """
    if not hasattr(config, "workerinput") and "TMPDIR" not in os.environ and _is_usable():
        _remove_stale_folders()
        folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=MEMORY)
        os.environ["TMPDIR"] = config.stash[_folder] = folder
        tempfile.tempdir = None  # read again from the environment


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Deletes the folder. After a failure it stays until the next run, for inspection."""
    folder = session.config.stash.get(_folder, None)
    if folder is not None and exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sorts the longest files first, so that no worker is left with a long file at the end."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    path = item.path.as_posix()
    return next((place for place, part in enumerate(LONGEST_FIRST) if part in path), len(LONGEST_FIRST))


def _remove_stale_folders() -> None:
    for folder in MEMORY.glob(f"{PREFIX}*"):
        try:
            os.kill(int(folder.name.removeprefix(PREFIX).partition("-")[0]), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except PermissionError:
            continue  # another user's run


def _is_usable() -> bool:
    """Whether /dev/shm exists, has enough space and allows executing programs."""
    try:
        found = os.statvfs(MEMORY)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize >= MIN_FREE_BYTES and not found.f_flag & os.ST_NOEXEC
