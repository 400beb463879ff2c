"""A one-time connection in the folder from which browsers load the extension: a browser connects without a code.

It is a file, `connect.json`, that the extension reads at its installation (`core/server/connect.js`):

- It is valid for one browser and ten minutes. It is deleted after use, and when it is found to be over.
- It is written only where no other user can read it: into a folder of this user with mode 0700, with mode 0600. On
  Windows a folder in the user's profile is private by its access list.
- A shared server, one on PostgreSQL and a demo put none there.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from inkeeper.errors import Problem
from inkeeper.services.devices import pairing
from inkeeper.settings import Settings
from inkeeper.storage.database import Store

CONNECTION_FILE = "connect.json"
_DRAFT = "connect.json.new"
FILES = (CONNECTION_FILE, _DRAFT)
"""The files in the extension's folder that are no part of the extension."""

_KEPT_FOR_AT_LEAST = timedelta(minutes=5)
"""A connection that is valid for longer than this is not replaced: a browser may be loading the folder."""


class Connection(NamedTuple):
    """A prepared pairing for the extension: the server's address, the pairing's id and its code.

    `several` is whether more than one browser may load the folder. Then a browser that is connected already leaves the
    pairing to another one.
    """

    address: str
    id: str
    code: str
    several: bool = False


def offer(store: Store, settings: Settings, folder: Path, address: str, now: datetime) -> bool:
    """Put a connection to the server at `address`, for the default owner, into the extension's folder.

    Returns whether one is there now. A shared server, one on PostgreSQL and a demo offer none; nor does one without a
    private folder, or with one that cannot be written.
    """
    if settings.is_shared or settings.demo or store.path is None:
        return False
    try:
        with _private(folder) as place:
            if place is None:
                return False
            found = _connection_in(place)
            if found and found.address == address and pairing.is_open(store, found.id, now + _KEPT_FOR_AT_LEAST):
                return True
            if found:
                _cancel(store, found.id, now)
            made = pairing.prepare(store, pairing.DEFAULT_OWNER, pairing.UNNAMED, now, pairing.FOLDER_FOR)
            _write(place, Connection(address, made.id, made.code, several=True))
    except OSError:
        return False
    return True


def is_offered(store: Store, folder: Path, now: datetime) -> bool:
    """Whether a browser that loads the folder now connects without a code. Deletes a connection that is over."""
    found = _connection_in(_Place(folder, None))
    if found is None:
        return False
    is_open = pairing.is_open(store, found.id, now)
    if not is_open:
        forget(folder, found.id)
    return is_open


def forget(folder: Path, pairing_id: str) -> None:
    """Delete the connection in the extension's folder if it is the one of this pairing."""
    found = _connection_in(_Place(folder, None))
    if found and found.id == pairing_id:
        with suppress(OSError):
            (folder / CONNECTION_FILE).unlink(missing_ok=True)


def _cancel(store: Store, pairing_id: str, now: datetime) -> None:
    # Pairings are deleted a day after their end.
    with suppress(Problem):
        pairing.cancel(store, pairing_id, now)


class _Place(NamedTuple):
    """A folder to open files in. With a descriptor it cannot be exchanged for another folder meanwhile."""

    folder: Path
    descriptor: int | None

    def open(self, name: str, flags: int) -> int:
        if self.descriptor is None:
            return os.open(self.folder / name, flags, 0o600)
        return os.open(name, flags | os.O_NOFOLLOW, 0o600, dir_fd=self.descriptor)

    def unlink(self, name: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(name if self.descriptor is not None else self.folder / name, dir_fd=self.descriptor)

    def rename(self, name: str, new: str) -> None:
        if self.descriptor is None:
            (self.folder / name).replace(self.folder / new)
        else:
            os.replace(name, new, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)


@contextmanager
def _private(folder: Path) -> Iterator[_Place | None]:
    """The folder, or None if another user can look into it. Raises OSError if it cannot be opened."""
    if sys.platform == "win32":
        yield _Place(folder, None) if folder.resolve().is_relative_to(Path.home().resolve()) else None
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        found = os.fstat(descriptor)
        is_private = found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        yield _Place(folder, descriptor) if is_private else None
    finally:
        os.close(descriptor)


def _write(place: _Place, connection: Connection) -> None:
    """Write the file whole: a browser never reads a part of it."""
    place.unlink(_DRAFT)
    descriptor = place.open(_DRAFT, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(connection._asdict(), file)
    place.rename(_DRAFT, CONNECTION_FILE)


def _connection_in(place: _Place) -> Connection | None:
    """The connection in a folder; None without one."""
    try:
        with os.fdopen(place.open(CONNECTION_FILE, os.O_RDONLY), encoding="utf-8") as file:
            return Connection(**json.load(file))
    except (OSError, ValueError, TypeError):
        return None
