"""Waiting for a condition with a deadline: the only kind of waiting these tests do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

POLL_SECONDS = 0.02


def until(condition: Callable[[], Found], what: str, *, seconds: float = 10.0) -> Found:
    """The first truthy value of `condition()`; past the deadline an AssertionError that names `what`."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:g} s still not so: {what} (last seen: {found!r})")
        time.sleep(POLL_SECONDS)


def wait_span(seconds: float, why: str) -> None:
    """Lets a span go by that another program counts by its own clock; `why` says which."""
    over = time.monotonic() + seconds
    until(lambda: time.monotonic() > over, why, seconds=seconds + 1)
