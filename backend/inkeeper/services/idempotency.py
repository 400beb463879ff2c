"""A write that is sent again with the same key is answered again, not done again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from inkeeper.clock import to_microseconds
from inkeeper.errors import conflict
from inkeeper.jsontext import to_json
from inkeeper.services.dates import CLOCK_TOLERANCE
from inkeeper.storage.database import Store
from inkeeper.storage.transaction import Transaction

KEPT = timedelta(days=100)
"""How long a key is remembered; promised are 90 days."""

LOOKED_THROUGH_EVERY = 32
"""With how many new keys the oldest are looked through once."""

_LOOK_UP = "SELECT request_hash, status, body FROM idempotency WHERE device_id = ? AND key = ?"

Work = Callable[[Transaction], tuple[int, Any]]


def run_once(
    store: Store, device_id: str, key: str | None, request_hash: str, account_id: str | None, work: Work, now: datetime
) -> tuple[int, str, bool]:
    """Do `work` in one write, and answer its status, its body as JSON text, and whether that is an earlier answer.

    Key, request and answer are stored in the same transaction as the work: there is no moment at which one is on disk
    without the other. A Problem that `work` raises stores nothing, so the key may be tried again. Without a key the
    work is simply done. Raises the 409 Problem if the key came with another request before.
    """
    with store.begin_write(account_id) as transaction:
        if key is not None:
            row = transaction.execute(_LOOK_UP, (device_id, key)).fetchone()
            if row is not None:
                return _answered(row, request_hash)
        status, body = work(transaction)
        text = to_json(body)
        if key is not None:
            kept = transaction.execute(
                "INSERT INTO idempotency (device_id, key, request_hash, status, body, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (device_id, key, request_hash, status, text, to_microseconds(now)),
            )
            if kept.lastrowid and kept.lastrowid % LOOKED_THROUGH_EVERY == 0:
                _forget_oldest(transaction, now)
        return status, text, False


def _answered(row: tuple[str, int, str], request_hash: str) -> tuple[int, str, bool]:
    stored_hash, status, body = row
    if stored_hash != request_hash:
        raise conflict("idempotency_conflict", "Choose a new key for each new request.")
    return status, body, True


def _forget_oldest(transaction: Transaction, now: datetime) -> None:
    ahead = to_microseconds(now + CLOCK_TOLERANCE)
    stored_ahead = transaction.execute(
        "SELECT 1 FROM idempotency WHERE rowid IN (SELECT rowid FROM idempotency ORDER BY rowid LIMIT ?)"
        " AND created_at > ? LIMIT 1",
        (2 * LOOKED_THROUGH_EVERY, ahead),
    )
    if stored_ahead.fetchone():
        # The clock was ahead then. They would keep their places among the oldest until that time, and none behind them
        # would go.
        transaction.execute("UPDATE idempotency SET created_at = ? WHERE created_at > ?", (to_microseconds(now), ahead))
    # Twice as many go as have come since, so the table never holds much more than it must and no write has much to do.
    # Rows are in the order of their coming, which spares an index on the time.
    transaction.execute(
        "DELETE FROM idempotency WHERE rowid IN (SELECT rowid FROM idempotency ORDER BY rowid LIMIT ?)"
        " AND created_at < ?",
        (2 * LOOKED_THROUGH_EVERY, to_microseconds(now - KEPT)),
    )
