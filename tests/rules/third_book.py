"""The rule book `quarterly`, which is in no release, beside the shipped ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import pytest

from inkeeper.rules import books

BOOKS = books.read_books(resources.files("inkeeper.rules") / "books", Path(__file__).parent / "books")


@contextmanager
def rule_books(known: dict[str, books.RuleBook] = BOOKS) -> Iterator[None]:
    """These rule books are the ones there are: without an argument, all three."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(books, "rule_books", lambda: known)
        yield
