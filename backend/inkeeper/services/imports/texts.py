"""Decodes a file into blocks of whole lines, for any of the accepted encodings and line ends."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from inkeeper.reasons import Bound, reason
from inkeeper.services.imports.files import MOST_UNPACKED_BYTES
from inkeeper.services.imports.refusals import bad_file

_LONGEST_LINE = 1024 * 1024
_BLOCK_BYTES = 256 * 1024
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_QUOTED = re.compile(rb'"[^"]*"')

Progress = Callable[[int], None]
"""A progress callback: gets the number of bytes read."""


class Texts:
    """The text of a file in blocks of whole lines, which end in `\\n`. Iterate once.

    UTF-8 and UTF-16 with a byte order mark are read as they are. What is no UTF-8 is read as Windows-1252, of which
    Latin-1 is a part: `guessed` says so. Raises the refusal `bad_file` for anything else.
    """

    def __init__(self, source: BinaryIO, file: str, progress: Progress) -> None:
        self.guessed = False
        self._source = source
        self._file = file
        self._progress = progress
        self._had_utf8 = False

    def __iter__(self) -> Iterator[str]:
        lines = size = 0
        rest = b""
        for more in self._bytes():
            size += len(more)
            rest += more
            if size > MOST_UNPACKED_BYTES:
                raise bad_file(self._file, lines + 1, reason("import.file_too_large", most=Bound(MOST_UNPACKED_BYTES)))
            end = rest.rfind(b"\n") + 1
            if len(rest) - end > _LONGEST_LINE:
                raise bad_file(self._file, lines + 1, reason("import.line_too_long", most=Bound(_LONGEST_LINE)))
            if end:
                yield self._decoded(rest[:end], lines)
                lines += rest.count(b"\n", 0, end)
                rest = rest[end:]
                self._progress(size)
        if rest:
            yield self._decoded(rest, lines)
        self._progress(size)

    def _bytes(self) -> Iterator[bytes]:
        """The file's blocks in UTF-8 or in an encoding of single bytes, with `\\n` where lines end."""
        blocks = iter(lambda: self._source.read(_BLOCK_BYTES), b"")
        begin = next(blocks, b"")
        if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            blocks = self._from_utf16(begin, blocks)
            begin = next(blocks, b"")
        begin = begin.removeprefix(codecs.BOM_UTF8)
        first_end = _LINE_END.search(_QUOTED.sub(b"", begin))
        if first_end is not None and first_end[0] == b"\r":
            # The lines of the whole file end so, as those of old programs for the Mac do.
            yield begin.replace(b"\r", b"\n")
            for block in blocks:
                yield block.replace(b"\r", b"\n")
        else:
            yield begin
            yield from blocks

    def _from_utf16(self, begin: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder("utf-16")()
        try:
            yield decoder.decode(begin).encode()
            for block in blocks:
                yield decoder.decode(block).encode()
            yield decoder.decode(b"", final=True).encode()
        except UnicodeError:
            raise bad_file(self._file, None, reason("import.no_utf16")) from None

    def _decoded(self, block: bytes, lines_before: int) -> str:
        if b"\0" in block:
            line = lines_before + block.count(b"\n", 0, block.index(b"\0")) + 1
            raise bad_file(self._file, line, reason("import.maybe_utf16"))
        if not self.guessed:
            try:
                text = block.decode("utf-8")
            except UnicodeDecodeError as error:
                line = lines_before + block.count(b"\n", 0, error.start) + 1
                if self._had_utf8 or not block.decode("utf-8", "ignore").isascii():
                    raise bad_file(self._file, line, reason("import.damaged_character")) from None
            else:
                self._had_utf8 = self._had_utf8 or not text.isascii()
                return text
            self.guessed = True
        return self._guessed(block, lines_before)

    def _guessed(self, block: bytes, lines_before: int) -> str:
        try:
            text = block.decode("cp1252")
        except UnicodeDecodeError as error:
            odd = error.start
        else:
            found = _NO_TEXT.search(text)
            if found is None:
                return text
            odd = found.start()
        line = lines_before + block.count(b"\n", 0, odd) + 1
        raise bad_file(self._file, line, reason("import.no_text"))
