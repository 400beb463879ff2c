"""The rows of a CSV file, one after the other, each with the line it begins on; memory does not grow with the file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO

from inkeeper.reasons import Bound, Reason, reason
from inkeeper.services.imports.blanks import is_empty, single_spaced
from inkeeper.services.imports.refusals import bad_file
from inkeeper.services.imports.texts import Texts
from inkeeper.services.progress import Progress, no_progress

MOST_ROWS = 1_000_000
MOST_COLUMNS = 1_000
_MOST_EMPTY_ROWS = 2_000_000
_DELIMITERS = ",;\t|"
_LONGEST_SEP_LINE = 10
_SEP_LINE = re.compile(r'"?sep=(?P<delimiter>[^\w\s"]|\t)"?', re.IGNORECASE)
"""The first line `sep=;`, which sets the delimiter in Excel."""

_SAMPLE_CHARACTERS = 32 * 1024
_SAMPLE_ROWS = 30

_REASONS = {
    "unexpected end of data": reason("import.never_closed"),
    "field larger than field limit": reason("import.never_closed"),
    "expected after": reason("import.quote_inside"),
    "new-line character": reason("import.line_ends"),
}
"""The reason of each error, by words of the module `csv`."""


class Rows:
    """The rows below the heading, in the heading's columns. Iterate once.

    Raises the refusal `bad_file` for what is not CSV, from the heading on.
    """

    def __init__(
        self, source: BinaryIO, file: str, size: int = 0, *, heading_has: str = "", progress: Progress = no_progress
    ) -> None:
        """Read up to the heading: the first row that is not empty, or, with `heading_has`, the first that has this
        column. `size` (in bytes) only serves `progress`.
        """

        def report_bytes(done: int) -> None:
            progress(min(1.0, done / size) if size else 0.0)

        self.file = file
        self._texts = Texts(source, file, report_bytes)
        texts = iter(self._texts)
        self._sample = next(texts, "")
        # Blocks of many lines, so that splitting and decoding has no cost per line.
        self._lines = chain.from_iterable(io.StringIO(text, newline="\n") for text in chain([self._sample], texts))
        self._above = 0
        self.delimiter = ","
        self.heading = self._heading(heading_has)

    @property
    def is_encoding_guessed(self) -> bool:
        """Whether the file was not UTF-8 so far, and was decoded as Windows-1252."""
        return self._texts.guessed

    def column(self, name: str) -> int | None:
        """Where the column of that name stands, ignoring case; None if there is none."""
        named = [heading.lower() for heading in self.heading]
        return named.index(name.lower()) if name.lower() in named else None

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with its line (from 1). Rows of nothing but blanks and delimiters are passed over; ragged ones come
        as they are.
        """
        reader = csv.reader(self._lines, delimiter=self.delimiter, strict=True)
        first = self._above + 1
        begin, left, empty_left = first, MOST_ROWS, _MOST_EMPTY_ROWS
        try:
            for row in reader:
                if not is_empty(row):
                    if not left:
                        raise bad_file(self.file, begin, reason("import.too_many_rows", most=Bound(MOST_ROWS)))
                    left -= 1
                    yield begin, row
                elif not empty_left:
                    raise bad_file(self.file, begin, reason("import.too_many_empty_rows", most=Bound(_MOST_EMPTY_ROWS)))
                else:
                    empty_left -= 1
                begin = first + reader.line_num
        except csv.Error as error:
            raise bad_file(self.file, begin, _reason(error)) from None

    def _heading(self, has: str) -> list[str]:
        said, offset = None, 0
        for line in self._lines:
            self._above += 1
            begin, offset = offset, offset + len(line)
            if is_empty([line]) or has not in line:
                continue
            if said is None and not has:
                said = _said_delimiter(line)
                if said is not None:
                    continue
            self.delimiter = said or _best_delimiter(line, self._sample[begin : begin + _SAMPLE_CHARACTERS])
            return self._names(line)
        raise bad_file(
            self.file, None, reason("import.no_heading_with", column=has) if has else reason("import.file_empty")
        )

    def _names(self, line: str) -> list[str]:
        """The columns' names, each only once: another of the same name gets a number, as in `Date (2)`."""
        reader = csv.reader(chain([line], self._lines), delimiter=self.delimiter, strict=True)
        try:
            names = [single_spaced(name) for name in next(reader)]
        except csv.Error as error:
            raise bad_file(self.file, self._above, _reason(error)) from None
        self._above += reader.line_num - 1
        if len(names) > MOST_COLUMNS:
            raise bad_file(self.file, self._above, reason("import.too_many_columns", most=Bound(MOST_COLUMNS)))
        return _numbered(names)


def _said_delimiter(line: str) -> str | None:
    if len(line) > _LONGEST_SEP_LINE:
        return None
    found = _SEP_LINE.fullmatch(line.strip("\r\n "))
    return found["delimiter"] if found else None


def _best_delimiter(heading: str, sample: str) -> str:
    """The delimiter under which the first rows fit the heading; of several, the one after which no blank comes.

    `sample` begins with the heading and may end within a row; it is empty if the heading comes far into the file.
    """
    is_cut = len(sample) == _SAMPLE_CHARACTERS
    return max(_DELIMITERS, key=lambda delimiter: _fit(sample or heading, delimiter, is_cut=is_cut))


def _fit(sample: str, delimiter: str, *, is_cut: bool) -> tuple[float, float, int]:
    """How well the delimiter fits: the share of rows as wide as the heading, that of cells with no blank in front,
    and the number of columns.
    """
    try:
        rows = list(islice(csv.reader(io.StringIO(sample, newline="\n"), delimiter=delimiter), _SAMPLE_ROWS))
    except csv.Error:
        return 0, 0, 0
    if is_cut and 1 < len(rows) < _SAMPLE_ROWS:
        rows.pop()
    heading, *below = [row for row in rows if not is_empty(row)] or [[]]
    width = len(heading)
    if width < 2:
        return 0, 0, 0
    fitting = sum(len(row) >= width and not any(row[width:]) for row in below)
    inner = [cell for row in (heading, *below) for cell in row[1:] if cell]
    tidy = sum(not cell[0].isspace() for cell in inner)
    return fitting / len(below) if below else 1, tidy / len(inner) if inner else 1, width


def _numbered(names: list[str]) -> list[str]:
    taken = {name.lower() for name in names}
    seen: dict[str, int] = {}
    numbered = []
    for name in names:
        plain = name.lower()
        number = seen.get(plain, 0) + 1
        while name and number > 1 and f"{plain} ({number})" in taken:
            number += 1
        seen[plain] = number
        numbered.append(f"{name} ({number})" if name and number > 1 else name)
    return numbered


def _reason(error: csv.Error) -> Reason:
    for words, why in _REASONS.items():
        if words in str(error):
            return why
    return reason("import.no_csv", error=str(error))
