"""Idempotency keys with the responses to their writes, so that a repeated write is not done again and gets the same
response.

A key is stored before its work is done, in the same transaction. Of two requests with one key, in any processes, the
second waits for the first and then finds its response.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from inkeeper.instants import to_microseconds
from inkeeper.storage.transaction import Transaction

_IN_WORK = 0
"""The status of a key whose write has no response yet. Never visible outside of its transaction."""

_NOTHING_YET = "null"


class Answer(NamedTuple):
    """A hash of the key's request, and the response to it: HTTP status and body (JSON text)."""

    request_hash: str
    status: int
    body: str


def add(tx: Transaction, device_id: str, key: str, request_hash: str, now: datetime) -> bool:
    """Store the key of a write that is about to be done at `now` (UTC); False where the device has used it before."""
    added = tx.execute(
        "INSERT INTO idempotency (device_id, key, request_hash, status, body, created_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (device_id, key) DO NOTHING",
        (device_id, key, request_hash, _IN_WORK, _NOTHING_YET, to_microseconds(now)),
    )
    return added.rowcount == 1


def answer_of(tx: Transaction, device_id: str, key: str) -> Answer:
    """The response to a key that is stored."""
    row = tx.execute(
        "SELECT request_hash, status, body FROM idempotency WHERE device_id = ? AND key = ?", (device_id, key)
    ).fetchone()
    return Answer(*row)


def keep_answer(tx: Transaction, device_id: str, key: str, status: int, body: str) -> None:
    """Store the response to the key's write."""
    tx.execute(
        "UPDATE idempotency SET status = ?, body = ? WHERE device_id = ? AND key = ?", (status, body, device_id, key)
    )


def prune(tx: Transaction, since: datetime, now: datetime, latest: datetime, limit: int) -> None:
    """Delete up to `limit` keys from before `since` (UTC), the oldest first. Keys from after `latest` were stored while
    the clock was ahead: up to `limit` of them are re-dated to `now`.
    """
    # Row by row and in a fixed order, so that two processes that prune at once do not deadlock.
    ahead = tx.execute(
        "SELECT device_id, key FROM idempotency WHERE created_at > ? ORDER BY created_at, device_id, key LIMIT ?",
        (to_microseconds(latest), limit),
    ).fetchall()
    if ahead:
        tx.executemany(
            "UPDATE idempotency SET created_at = ? WHERE device_id = ? AND key = ?",
            [(to_microseconds(now), device_id, key) for device_id, key in ahead],
        )
    old = tx.execute(
        "SELECT device_id, key FROM idempotency WHERE created_at < ? ORDER BY created_at, device_id, key LIMIT ?",
        (to_microseconds(since), limit),
    ).fetchall()
    if old:
        tx.executemany("DELETE FROM idempotency WHERE device_id = ? AND key = ?", old)
