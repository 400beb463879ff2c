"""The rows of a CSV file, one after the other, each with the line it begins on; memory does not grow with the file."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from itertools import chain
from typing import BinaryIO

from inkeeper.services.imports.files import MOST_UNPACKED_BYTES
from inkeeper.services.imports.refusals import bad_file

MOST_ROWS = 1_000_000
_LONGEST_LINE = 1024 * 1024
_BLOCK_BYTES = 256 * 1024
_DELIMITERS = ",;\t"

_OTHER_ENCODINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAVE_AS = "Save it as CSV in UTF-8, and import that."
_NEVER_CLOSED = "The row that begins here has a quote that is never closed."
_REASONS = {
    "unexpected end of data": _NEVER_CLOSED,
    "field larger than field limit": _NEVER_CLOSED,
    "expected after": "The row that begins here has a quote inside a field that is not doubled.",
    "new-line character": f"The lines do not end as lines of a text file do. {_SAVE_AS}",
}

Progress = Callable[[float], None]
"""Is told from time to time how much of the file has been read, from 0 to 1."""


def no_progress(_part: float) -> None:
    """Nobody is waiting to see it."""


class Rows:
    """The rows below the heading, in the heading's columns. Iterate once.

    Raises the refusal `bad_file` for what is not CSV in UTF-8, from the heading on.
    """

    def __init__(
        self, source: BinaryIO, file: str, size: int = 0, *, heading_has: str = "", progress: Progress = no_progress
    ) -> None:
        """Read up to the heading: the first row that is not empty, or, with `heading_has`, the first that has this
        column. `size` (in bytes) only serves `progress`.
        """

        def told(done: int) -> None:
            progress(min(1.0, done / size) if size else 0.0)

        self.file = file
        # Blocks of many lines, so that taking them apart and decoding them costs nothing for each line.
        self._lines = chain.from_iterable(io.StringIO(text, newline="\n") for text in _blocks(source, file, told))
        self._above = 0
        self.delimiter = ","
        self.heading = self._heading(heading_has)

    def column(self, name: str) -> int | None:
        """Where the column of that name stands, upper and lower case alike; None if there is none."""
        named = [heading.lower() for heading in self.heading]
        return named.index(name.lower()) if name.lower() in named else None

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with its line (from 1). Empty rows are passed over; ragged ones come as they are."""
        reader = csv.reader(self._lines, delimiter=self.delimiter, strict=True)
        first = self._above + 1
        begin, left = first, MOST_ROWS
        try:
            for row in reader:
                if row:
                    if not left:
                        raise bad_file(self.file, begin, f"The file has more than {MOST_ROWS:,} rows. Split it.")
                    left -= 1
                    yield begin, row
                begin = first + reader.line_num
        except csv.Error as error:
            raise bad_file(self.file, begin, _reason(error)) from None

    def _heading(self, has: str) -> list[str]:
        for line in self._lines:
            self._above += 1
            if not line.strip() or has not in line:
                continue
            self.delimiter = max(_DELIMITERS, key=line.count)
            try:
                heading = next(csv.reader([line], delimiter=self.delimiter, strict=True))
            except csv.Error as error:
                raise bad_file(self.file, self._above, _reason(error)) from None
            return [name.strip() for name in heading]
        raise bad_file(self.file, None, f"The heading with {has} is missing." if has else "The file is empty.")


def _blocks(source: BinaryIO, file: str, progress: Callable[[int], None]) -> Iterator[str]:
    """The text in blocks of whole lines."""
    lines = size = 0
    rest = _without_mark(source.read(_BLOCK_BYTES), file)
    more = rest
    while more:
        size += len(more)
        if size > MOST_UNPACKED_BYTES:
            raise bad_file(file, lines + 1, f"The file is larger than {MOST_UNPACKED_BYTES:,} bytes. Split it.")
        end = rest.rfind(b"\n") + 1
        if len(rest) - end > _LONGEST_LINE:
            raise bad_file(file, lines + 1, f"A line here is longer than {_LONGEST_LINE:,} bytes.")
        if end:
            yield _decoded(rest[:end], file, lines)
            lines += rest.count(b"\n", 0, end)
            rest = rest[end:]
            progress(size)
        more = source.read(_BLOCK_BYTES)
        rest += more
    if rest:
        yield _decoded(rest, file, lines)
    progress(size)


def _without_mark(begin: bytes, file: str) -> bytes:
    if begin.startswith(_OTHER_ENCODINGS):
        raise bad_file(file, 1, f"The file is in UTF-16. {_SAVE_AS}")
    return begin.removeprefix(codecs.BOM_UTF8)


def _decoded(block: bytes, file: str, lines_before: int) -> str:
    if b"\0" in block:
        line = lines_before + block.count(b"\n", 0, block.index(b"\0")) + 1
        raise bad_file(file, line, f"This is not text in UTF-8, but perhaps UTF-16, or no text at all. {_SAVE_AS}")
    try:
        return block.decode("utf-8")
    except UnicodeDecodeError as error:
        line = lines_before + block.count(b"\n", 0, error.start) + 1
        raise bad_file(file, line, f"This is not UTF-8, but perhaps Latin-1 or Windows-1252. {_SAVE_AS}") from None


def _reason(error: csv.Error) -> str:
    for words, reason in _REASONS.items():
        if words in str(error):
            return reason
    return f"This is not CSV: {error}."
