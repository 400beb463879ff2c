"""Long lists of values in the `IN (...)` of statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

_AT_ONCE = 500
"""Engines bound the number of parameters of a statement."""


def slices(values: Iterable[str]) -> Iterator[tuple[Sequence[str], str]]:
    """The values in slices that a statement can take as parameters, each with its marks: `?, ?, ?`."""
    left = iter(values)
    while some := list(islice(left, _AT_ONCE)):
        yield some, ", ".join("?" * len(some))
