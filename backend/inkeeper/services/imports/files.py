"""Uploaded files and zips: recognised by content, unpacked within limits. Names in a zip are never used as paths."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PureWindowsPath
from typing import IO, Any, BinaryIO

from inkeeper.reasons import Bound, Reason, reason
from inkeeper.services.imports.refusals import bad_file

MOST_UNPACKED_BYTES = 512 * 1024 * 1024
_MOST_EXPANSION = 200
_NO_BOMB_BYTES = 16 * 1024 * 1024
_DIRECTORY_BYTES = 1024 * 1024
_ZIP_BEGINS = (b"PK\x03\x04", b"PK\x05\x06")
_NAMES_SHOWN = 5
_SLASHES = ("/", "\\")
_BLOCK_BYTES = 256 * 1024

# The methods for which Python bounds the output of one read. With bzip2 and LZMA, a few hundred bytes may unpack to
# gigabytes.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""The exceptions of `zipfile` for damaged and malicious zips."""


class Archive:
    """A zip whose directory has been read. A member's method and sizes are checked before it is opened.

    No member unpacks to more than `most_bytes`.
    """

    def __init__(self, source: BinaryIO, name: str, most_bytes: int = MOST_UNPACKED_BYTES) -> None:
        self.name = name
        self._most_bytes = most_bytes
        self._size = size_of(source)
        try:
            self._zip = zipfile.ZipFile(_Bounded(source, name))
        except _DAMAGED:
            raise bad_file(name, None, reason("import.zip_not_whole")) from None
        for info in self._zip.infolist():
            self._check_path(info.filename)

    def find(self, name: str) -> str | None:
        """The member of that file name in whatever folder, ignoring case; None if there is none.

        Raises the refusal `bad_file` where there is more than one.
        """
        found = [member for member in self._files() if _file_name(member).lower() == name.lower()]
        if len(found) > 1:
            raise bad_file(self.name, None, reason("import.zip_twice", name=name))
        return found[0] if found else None

    def file_names(self) -> list[str]:
        """The names of its files, without their folders."""
        return [_file_name(member) for member in self._files()]

    def names(self) -> Reason:
        """A few of the names in it, to show to people."""
        return a_few([_shown(name) for name in self._zip.namelist()])

    def size(self, member: str) -> int:
        """How many bytes the member says it unpacks to."""
        return self._zip.getinfo(member).file_size

    @contextmanager
    def open(self, member: str) -> Iterator[BinaryIO]:
        """The member's bytes. Raises the refusal `bad_file` for a member that is not to be opened, and, while it is
        read, for one that turns out to be damaged.
        """
        self._check_member(self._zip.getinfo(member))
        name = _shown(member)
        try:
            unpacked = self._zip.open(member)
        except _DAMAGED:
            raise _damaged(name) from None
        with unpacked, io.BufferedReader(_Unpacked(unpacked, name)) as stream:
            yield stream

    def _files(self) -> list[str]:
        return [info.filename for info in self._zip.infolist() if not info.filename.endswith(_SLASHES)]

    def _check_path(self, name: str) -> None:
        parts = PureWindowsPath(name)  # takes both kinds of slashes for what they are
        if parts.is_absolute() or parts.drive or parts.root or ".." in parts.parts:
            raise bad_file(self.name, None, reason("import.zip_leads_outside", name=_shown(name)))

    def _check_member(self, info: zipfile.ZipInfo) -> None:
        name = _shown(info.filename)
        if info.flag_bits & 0x1:
            raise bad_file(self.name, None, reason("import.zip_locked"))
        if info.compress_type not in _METHODS:
            raise bad_file(
                self.name,
                None,
                reason("import.zip_method", name=name),
            )
        if info.header_offset < 0 or info.compress_size > self._size - info.header_offset:
            # The directory claims more bytes than the zip has, so its sizes cannot be trusted.
            raise _damaged(name)
        bomb = info.file_size > _NO_BOMB_BYTES and info.file_size > _MOST_EXPANSION * info.compress_size
        if bomb or info.file_size > self._most_bytes:
            raise bad_file(
                self.name,
                None,
                reason("import.zip_too_large", name=name, bytes=Bound(info.file_size)),
            )


def _damaged(name: str) -> Exception:
    return bad_file(name, None, reason("import.zip_damaged"))


def _file_name(member: str) -> str:
    # Some programs for Windows write backslashes between folders.
    return PureWindowsPath(member).name


def _shown(name: str) -> str:
    """A name from a zip, made safe to show."""
    return name[:100] if name.isprintable() else ascii(name[:100])


def a_few(names: list[str]) -> Reason:
    """The first names, and how many more there are."""
    if not names:
        return reason("import.no_names")
    return reason("import.names_and_more", names=names[:_NAMES_SHOWN], more=max(0, len(names) - _NAMES_SHOWN))


def is_zip(source: BinaryIO) -> bool:
    """Whether the file begins as a zip does. Leaves it at its beginning."""
    begin = source.read(4)
    source.seek(0)
    return begin in _ZIP_BEGINS


def digest_of(source: BinaryIO) -> str:
    """A hash of the file's content. Leaves the file at its beginning."""
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
            raise bad_file(self._name, None, reason("import.zip_too_many"))
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._source.seek(offset, whence)

    def tell(self) -> int:
        return self._source.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


class _Unpacked(io.RawIOBase):
    """A member's bytes; damage that shows while they are read becomes the refusal `bad_file`."""

    def __init__(self, source: IO[bytes], name: str) -> None:
        self._source = source
        self._name = name

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._source.read(len(buffer))
        except _DAMAGED:
            raise _damaged(self._name) from None
        buffer[: len(data)] = data
        return len(data)

    def readable(self) -> bool:
        return True
