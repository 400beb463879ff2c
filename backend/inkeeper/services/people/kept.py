"""A cache of computed values by everything that they depend on."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class ValueCache(Generic[Value]):
    """A cache of at most `limit` values; the one stored longest ago is dropped first. Thread-safe.

    A key contains everything that its value depends on, such as the version of the list (`targets.list_version`), so
    values never become invalid. Callers must not modify values.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: dict[Hashable, Value] = {}
        self._lock = Lock()

    def of(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of this key: the cached one, else a new one from `make`."""
        try:
            return self._values[key]
        except KeyError:
            value = make()
        with self._lock:
            self._values[key] = value
            if len(self._values) > self._limit:
                del self._values[next(iter(self._values))]
        return value
