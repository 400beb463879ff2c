"""A write that is sent again with the same key is answered again, not done again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from inkeeper.errors import conflict
from inkeeper.jsontext import to_json
from inkeeper.services.dates import CLOCK_TOLERANCE
from inkeeper.storage import idempotency
from inkeeper.storage.database import Store
from inkeeper.storage.transaction import Transaction

KEPT = timedelta(days=100)
"""How long a key is remembered; promised are 90 days."""

PRUNE_EVERY = 32
"""Keys that are older than `KEPT` are deleted with a process's first new key, and with every 32nd after it."""

Work = Callable[[Transaction], tuple[int, Any]]

_new_keys = count()


def run_once(
    store: Store, device_id: str, key: str | None, request_hash: str, account_id: str | None, work: Work, now: datetime
) -> tuple[int, str, bool]:
    """Do `work` in one write, and answer its status, its body as JSON text, and whether that is an earlier answer.

    The key is stored first and its answer last, in the same transaction as the work: of requests with one key, sent at
    the same time to one process or to several, one is done, and the others get its answer. A Problem that `work` raises
    stores nothing, so the key may be tried again. Without a key the work is simply done. Raises the 409 Problem if the
    key came with another request before.
    """
    with store.begin_write(account_id) as tx:
        if key is not None and not idempotency.add(tx, device_id, key, request_hash, now):
            earlier = idempotency.answer_of(tx, device_id, key)
            if earlier.request_hash != request_hash:
                raise conflict("idempotency_conflict", "Choose a new key for each new request.")
            return earlier.status, earlier.body, True
        status, body = work(tx)
        text = to_json(body)
        if key is not None:
            idempotency.keep_answer(tx, device_id, key, status, text)
            if next(_new_keys) % PRUNE_EVERY == 0:
                # Twice as many go as have been stored since, so the table never holds much more than it must, and no
                # write has much to do.
                idempotency.prune(tx, now - KEPT, now, now + CLOCK_TOLERANCE, 2 * PRUNE_EVERY)
        return status, text, False
