"""The progress of long work."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float], None]
"""A progress callback: gets the part of the work that is done, from 0 to 1."""


def no_progress(_part: float) -> None:
    """Default progress callback: does nothing."""
