"""Rate limits: requests per minute."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from threading import Lock

from inkeeper.errors import Problem


class MinuteLimit:
    """Allows `per_minute` requests of each kind. `detail` is the text of the 429 Problem. Thread-safe."""

    _MINUTE = timedelta(minutes=1)

    def __init__(self, per_minute: int, detail: str) -> None:
        self._per_minute = per_minute
        self._detail = detail
        self._lock = Lock()
        self._since: datetime | None = None
        self._counts: Counter[str] = Counter()

    def count(self, kind: str, at: datetime) -> None:
        """Count a request at `at` (UTC). Raises the 429 Problem above the limit."""
        with self._lock:
            # Start a new minute if the clock was set back; otherwise the limit would last until it catches up.
            if self._since is None or not timedelta() <= at - self._since < self._MINUTE:
                self._since = at
                self._counts.clear()
            self._counts[kind] += 1
            if self._counts[kind] <= self._per_minute:
                return
            wait = self._since + self._MINUTE - at
        raise Problem(
            "too_many_requests",
            self._detail,
            status=429,
            headers={"Retry-After": str(max(1, round(wait.total_seconds())))},
        )
