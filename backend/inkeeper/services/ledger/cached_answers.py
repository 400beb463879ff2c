"""Answers that stand: made once, and given again as long as nothing has changed. Only a cache."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

from inkeeper.storage.accounts import Account

Answer = TypeVar("Answer")


class CachedAnswer(NamedTuple, Generic[Answer]):
    """An answer and the instant (UTC) up to which it stays the same if nothing is written to the account."""

    answer: Answer
    until: datetime


class CachedAnswers(Generic[Answer]):
    """The answers that were asked for last, at most `limit` of them. Any thread may use it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._made: dict[Hashable, tuple[int, datetime, CachedAnswer[Answer]]] = {}
        self._lock = Lock()

    def of(self, row: Account, now: datetime, make: Callable[[], CachedAnswer[Answer]], *kind: Hashable) -> Answer:
        """The account's answer of that kind at `now` (UTC): one that stands, else what `make` gives."""
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
