"""Files that appear whole or not at all, for their owner alone."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inkeeper.reasons import Reason, reason

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OURS = ("browser-extension", "browser-profile", "extension", "inkeeper")
"""Other files that Inkeeper keeps beside its database."""


@contextmanager
def new_private_file(path: Path) -> Iterator[Path]:
    """Give an empty draft beside `path` (mode 0600) to write to. It is moved to `path` when the block ends, and deleted
    if it raises.

    Raises FileExistsError if `path` exists by then, or is a symbolic link, even one that leads nowhere: what is there
    is never replaced or written through.
    """
    if path.is_symlink():
        raise _exists(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        # The draft's name means nothing to the user.
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        yield draft
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        _put_in_place(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _put_in_place(draft: Path, path: Path) -> None:
    # A hard link, unlike a rename, fails if the name is taken, even if it was taken only a moment ago.
    try:
        path.hardlink_to(draft)
    except OSError:
        # Taken, or the file system has no hard links; there the check and the rename are two steps.
        if os.path.lexists(path):
            raise _exists(path) from None
        draft.rename(path)


def _exists(path: Path) -> FileExistsError:
    return FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


def keep_private(database: Path) -> list[Reason]:
    """Remove other users' permissions from a database's files and folder. Returns what was changed, and what only the
    owner of a file can change.

    A folder that holds other things too is left as it is, which is returned if others may put files in the database's
    place.
    """
    if os.name != "posix":
        return []
    return [done for done in (_closed_files(database), _closed_folder(database)) if done]


def _closed_files(database: Path) -> Reason | None:
    files = [database, *(database.with_name(database.name + ending) for ending in ("-wal", "-shm"))]
    opened = [path for path in files if path.exists() and path.stat().st_mode & _OTHERS]
    if not opened:
        return None
    if any(path.stat().st_uid != os.geteuid() for path in opened):
        return reason("private.file_of_another", path=str(opened[0]))
    for path in opened:
        path.chmod(0o600)
    return reason("private.file", path=str(opened[0]))


def _closed_folder(database: Path) -> Reason | None:
    folder = database.parent
    found = folder.stat()
    if not found.st_mode & _OTHERS:
        return None
    beginnings = (database.name, f".{database.name}", *_OURS)
    if found.st_uid == os.geteuid() and all(entry.name.startswith(beginnings) for entry in folder.iterdir()):
        folder.chmod(0o700)
        return reason("private.folder", path=str(folder))
    # In a folder with the sticky bit, such as /tmp, files are safe from being replaced by others.
    if found.st_mode & _OTHERS_WRITE and not found.st_mode & stat.S_ISVTX:
        return reason("private.folder_of_all", path=str(folder))
    return None
