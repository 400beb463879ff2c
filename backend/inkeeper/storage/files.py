"""Files that appear whole or not at all, readable by their owner alone."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def new_private_file(path: Path) -> Iterator[Path]:
    """A draft beside `path` to be filled (mode 0600); it becomes `path` at the end, or goes if the block fails.

    Raises FileExistsError if `path` exists by then: what is there is never replaced.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
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
        if path.exists():
            raise FileExistsError(errno.EEXIST, "exists already", str(path)) from None
        draft.rename(path)
