"""Makes ids: UUIDv7 text (RFC 9562, 5.7), so that sorting by id sorts by time of creation."""

from __future__ import annotations

import re
import secrets
import struct
import threading
from datetime import datetime

from inkeeper.instants import to_microseconds

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)

_lock = threading.Lock()
_last = 0


def new_id(now: datetime) -> str:
    """An unguessable id for something created at `now` (aware).

    Ids of one process strictly increase, even if the clock is set back.
    """
    return new_ids(now, 1)[0]


def new_ids(now: datetime, count: int, after: str | None = None) -> list[str]:
    """`count` ids in ascending order, each greater than the id `after`.

    Pass `after` where the order matters across processes: ids of two processes, or of one restarted after its clock was
    set back, are not ascending otherwise.
    """
    global _last
    milliseconds = to_microseconds(now) // 1000
    randomness = secrets.randbits(74)
    fresh = (milliseconds << 80) | (0x7 << 76) | (randomness >> 62 << 64) | (0b10 << 62) | (randomness & (1 << 62) - 1)
    # Ids of one millisecond must ascend too, so the later one is the earlier one plus a step. The step is random, so
    # that the next id cannot be derived from a known one.
    steps = struct.unpack(f"<{count}I", secrets.token_bytes(4 * count))
    made = []
    with _lock:
        for step in steps:
            _last = fresh if fresh > _last else _last + 1 + step
            made.append(_last)
    floor = None if after is None else _number(after)
    if floor is not None and made and made[0] <= floor:
        made = [floor := floor + 1 + step for step in steps]
    return [_text(number) for number in made]


def _number(text: str) -> int | None:
    """The id as an integer. None for a text in another form."""
    return int(text.replace("-", ""), 16) if _ID.fullmatch(text) else None


def _text(number: int) -> str:
    # Equal to `str(uuid.UUID(int=number))`, in a fifth of the time.
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
