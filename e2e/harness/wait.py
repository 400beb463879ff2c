"""Waits for a condition with a deadline. Tests wait in no other way."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

POLL_SECONDS = 0.02
PATIENCE_SECONDS = 20.0
"""Of a machine that is busy with other tests."""


def until(condition: Callable[[], Found], what: str, *, seconds: float = PATIENCE_SECONDS) -> Found:
    """Returns the first truthy value of `condition()`. AssertionError with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:g} s still not so: {what} (last seen: {found!r})")
        time.sleep(POLL_SECONDS)


def wait_span(seconds: float, why: str) -> None:
    """Waits for a time span that another program measures; `why` is its name."""
    over = time.monotonic() + seconds
    until(lambda: time.monotonic() > over, why, seconds=seconds + 1)
