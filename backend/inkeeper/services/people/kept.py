"""What was worked out last, by all that it depends on. Only a cache."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class ValueCache(Generic[Value]):
    """The values that were asked for last, at most `limit` of them. Any thread may use it.

    A key holds everything that its value depends on, such as the version of the list (`targets.list_version`), so no
    value has to be given up. Callers do not change what they are given.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: dict[Hashable, Value] = {}
        self._lock = Lock()

    def of(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of this key, made now if it is not there."""
        try:
            return self._values[key]
        except KeyError:
            value = make()
        with self._lock:
            self._values[key] = value
            if len(self._values) > self._limit:
                del self._values[next(iter(self._values))]
        return value
