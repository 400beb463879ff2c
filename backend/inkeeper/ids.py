"""Ids: UUIDv7 text, so that sorting by id is sorting by the time of making."""

from __future__ import annotations

import secrets
import threading
import uuid
from datetime import datetime

from inkeeper.clock import to_microseconds

_lock = threading.Lock()
_last = 0


def new_id(now: datetime) -> str:
    """An unguessable id for something made at `now` (aware).

    Strictly increasing within the process, even if the clock steps back.
    """
    global _last
    milliseconds = to_microseconds(now) // 1000
    randomness = secrets.randbits(74)
    fresh = (milliseconds << 80) | (0x7 << 76) | (randomness >> 62 << 64) | (0b10 << 62) | (randomness & (1 << 62) - 1)
    with _lock:
        # Two ids of one millisecond must not fall behind each other: the later one counts on from the earlier. The
        # step is random, so that knowing one id does not give away the next.
        if fresh <= _last:
            fresh = _last + 1 + secrets.randbits(32)
        _last = fresh
    return str(uuid.UUID(int=fresh))
