"""A file that somebody sends: told apart by its content, unpacked within limits, never written to disk by its names."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath, PureWindowsPath
from typing import BinaryIO

from inkeeper.services.imports.refusals import bad_file

MOST_UNPACKED_BYTES = 512 * 1024 * 1024
_MOST_EXPANSION = 200
_NO_BOMB_BYTES = 16 * 1024 * 1024
_DIRECTORY_BYTES = 1024 * 1024
_ZIP_BEGINS = (b"PK\x03\x04", b"PK\x05\x06")
_NAMES_SHOWN = 5
_BLOCK_BYTES = 256 * 1024


class Archive:
    """A zip whose directory has been read and found harmless: nothing in it unpacks to more than `most_bytes`."""

    def __init__(self, source: BinaryIO, name: str, most_bytes: int = MOST_UNPACKED_BYTES) -> None:
        self.name = name
        self._most_bytes = most_bytes
        try:
            self._zip = zipfile.ZipFile(_Bounded(source, name))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError):
            raise bad_file(name, None, "The zip is damaged or not whole. Download it again.") from None
        for info in self._zip.infolist():
            self._check(info)

    def find(self, name: str) -> str | None:
        """The member of that file name in whatever folder, upper and lower case alike; None if there is none."""
        found = [member for member in self._zip.namelist() if PurePosixPath(member).name.lower() == name.lower()]
        if len(found) > 1:
            raise bad_file(self.name, None, f"The zip holds {name} more than once.")
        return found[0] if found else None

    def names(self) -> str:
        """Some of what it holds, for people."""
        names = self._zip.namelist()
        more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
        return (", ".join(map(_shown, names[:_NAMES_SHOWN])) + more) or "nothing"

    def size(self, member: str) -> int:
        """How many bytes the member says it unpacks to."""
        return self._zip.getinfo(member).file_size

    @contextmanager
    def open(self, member: str) -> Iterator[BinaryIO]:
        """The member's bytes. What turns out to be damaged while it is read raises the refusal."""
        try:
            with self._zip.open(member) as unpacked, io.BufferedReader(unpacked) as stream:  # type: ignore[type-var]
                yield stream
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
            raise bad_file(_shown(member), None, "The zip is damaged here. Download it again.") from None

    def _check(self, info: zipfile.ZipInfo) -> None:
        name = info.filename
        parts = PureWindowsPath(name)  # takes both kinds of slashes for what they are
        if parts.is_absolute() or parts.drive or parts.root or ".." in parts.parts:
            raise bad_file(self.name, None, f"The zip holds a path that leads outside of it: {_shown(name)}.")
        if info.flag_bits & 0x1:
            raise bad_file(self.name, None, "The zip is locked with a password. Unpack it, and import what is in it.")
        bomb = info.file_size > _NO_BOMB_BYTES and info.file_size > _MOST_EXPANSION * info.compress_size
        if bomb or info.file_size > self._most_bytes:
            raise bad_file(
                self.name,
                None,
                f"{_shown(name)} would unpack to {info.file_size:,} bytes, which is more than any real export.",
            )


def _shown(name: str) -> str:
    """A name that a zip gives, so that it can do no harm where it is shown."""
    return name[:100] if name.isprintable() else ascii(name[:100])


def is_zip(source: BinaryIO) -> bool:
    """Whether the file begins as a zip does. Leaves it at its beginning."""
    begin = source.read(4)
    source.seek(0)
    return begin in _ZIP_BEGINS


def digest_of(source: BinaryIO) -> str:
    """Stands for the file's content. Leaves the file at its beginning."""
    digest = hashlib.sha256()
    while block := source.read(_BLOCK_BYTES):
        digest.update(block)
    source.seek(0)
    return digest.hexdigest()


def size_of(source: BinaryIO) -> int:
    """How many bytes the file has. Leaves it at its beginning."""
    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    return size


class _Bounded(io.RawIOBase):
    """The file, with no more read at once than a sensible directory of a zip takes.

    A directory of a million names would take a gigabyte once it is read.
    """

    def __init__(self, source: BinaryIO, name: str) -> None:
        self._source = source
        self._name = name

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size if 0 <= size <= _DIRECTORY_BYTES else _DIRECTORY_BYTES + 1)
        if len(data) > _DIRECTORY_BYTES:
            raise bad_file(self._name, None, "The zip holds more files than any real export.")
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._source.seek(offset, whence)

    def tell(self) -> int:
        return self._source.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True
