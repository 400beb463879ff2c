"""For the rules: new random histories on every run, the same ones each time where CI is set; and a third rule book.

The book `quarterly` is in no release. All tests of the rules run with it beside the shipped ones.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.rules import third_book


@pytest.fixture(scope="module", autouse=True)
def three_books() -> Iterator[None]:
    """The rule books of the package and the test's own."""
    with third_book.rule_books():
        yield


settings.register_profile("random", deadline=None, print_blob=True)
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "random")
