"""Splits long lists of values for `IN (...)` into slices that an engine accepts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

_AT_ONCE = 500
"""Parameters per statement. Engines have an upper bound."""


def slices(values: Iterable[str]) -> Iterator[tuple[Sequence[str], str]]:
    """The values in slices, each with its placeholders: `?, ?, ?`."""
    left = iter(values)
    while some := list(islice(left, _AT_ONCE)):
        yield some, ", ".join("?" * len(some))
