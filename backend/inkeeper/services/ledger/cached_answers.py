"""A cache of responses that depend on an account: reused until the account changes or their time is over."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

from inkeeper.storage.accounts import Account

Answer = TypeVar("Answer")


class CachedAnswer(NamedTuple, Generic[Answer]):
    """A response, and the instant (UTC) until which it stays valid if the account's version does not change."""

    answer: Answer
    until: datetime


class CachedAnswers(Generic[Answer]):
    """A cache of at most `limit` responses; the one stored longest ago is dropped first. Thread-safe."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._made: dict[Hashable, tuple[int, datetime, CachedAnswer[Answer]]] = {}
        self._lock = Lock()

    def of(self, row: Account, now: datetime, make: Callable[[], CachedAnswer[Answer]], *kind: Hashable) -> Answer:
        """The account's response of that kind at `now` (UTC): the cached one if it is valid, else a new one from
        `make`.
        """
        key = (row.id, *kind)
        version, since, cached = self._made.get(key, (None, now, None))
        if cached and version == row.version and since <= now < cached.until:
            return cached.answer
        cached = make()
        with self._lock:
            self._made.pop(key, None)
            self._made[key] = (row.version, now, cached)
            if len(self._made) > self._limit:
                del self._made[next(iter(self._made))]
        return cached.answer
