"""Where all tests keep their files, and the order in which they run."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108 (the folder that is made in it has a name of its own)
MIN_FREE_BYTES = 2 * 1024**3
PREFIX = "inkeeper-tests-"

LONGEST_FIRST = (
    "/e2e/test_other_sites.py",
    "/e2e/",
    "/tests/api/test_openapi.py",
    "/tests/fuzz/",
    "/tests/cli/",
    "/tests/services/",
)
"""Parts of the paths of test files: those that take minutes, then those that take seconds; all others are quick."""

_folder = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Puts temporary files, those of servers and browsers too, into memory, where writing to disk costs no wait.

    A test that ends a process by force sees no difference: what was written outlives the process in memory too.
    """
    if not hasattr(config, "workerinput") and "TMPDIR" not in os.environ and _is_usable():
        _remove_stale_folders()
        folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=MEMORY)
        os.environ["TMPDIR"] = config.stash[_folder] = folder
        tempfile.tempdir = None  # it is read from the environment anew


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Frees the memory. After a failure the files stay until the next run, to be looked at."""
    folder = session.config.stash.get(_folder, None)
    if folder is not None and exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with the files that take longest, so that at the end no worker waits for another one's long file."""
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
    """Whether there is a file system in memory, with space enough, from which programs may be started."""
    try:
        found = os.statvfs(MEMORY)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize >= MIN_FREE_BYTES and not found.f_flag & os.ST_NOEXEC
