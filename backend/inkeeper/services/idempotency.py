"""A write that is sent again with the same key is answered again, not done again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from inkeeper.clock import to_microseconds
from inkeeper.errors import conflict
from inkeeper.jsontext import to_json
from inkeeper.storage.database import Store, Transaction

KEPT = timedelta(days=100)
"""How long a key is remembered; promised are 90 days."""

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
    # Looked up before, so that repeating a request costs no write; and again inside, since the same request may have
    # come twice at once.
    if key is not None:
        answered = _answered(store.read_row(_LOOK_UP, (device_id, key)), request_hash)
        if answered is not None:
            return answered
    with store.begin_write(account_id) as transaction:
        if key is not None:
            answered = _answered(transaction.execute(_LOOK_UP, (device_id, key)).fetchone(), request_hash)
            if answered is not None:
                return answered
        status, body = work(transaction)
        text = to_json(body)
        if key is not None:
            _forget_oldest(transaction, now)
            transaction.execute(
                "INSERT INTO idempotency (device_id, key, request_hash, status, body, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (device_id, key, request_hash, status, text, to_microseconds(now)),
            )
        return status, text, False


def _answered(row: tuple[str, int, str] | None, request_hash: str) -> tuple[int, str, bool] | None:
    if row is None:
        return None
    stored_hash, status, body = row
    if stored_hash != request_hash:
        raise conflict("idempotency_conflict", "Choose a new key for each new request.")
    return status, body, True


def _forget_oldest(transaction: Transaction, now: datetime) -> None:
    # Two go for each that comes, so the table never holds much more than it must and no write has much to do. Rows
    # are in the order of their coming, which spares an index on the time.
    transaction.execute(
        "DELETE FROM idempotency WHERE rowid IN (SELECT rowid FROM idempotency ORDER BY rowid LIMIT 2)"
        " AND created_at < ?",
        (to_microseconds(now - KEPT),),
    )
