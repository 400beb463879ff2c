"""Idempotent writes: a request repeated with the same key gets the first response and is not done again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from inkeeper.errors import conflict
from inkeeper.jsontext import plain, to_json
from inkeeper.reasons import reason
from inkeeper.services.dates import CLOCK_TOLERANCE
from inkeeper.storage import idempotency
from inkeeper.storage.database import Store
from inkeeper.storage.transaction import Transaction

KEPT = timedelta(days=100)
"""How long a key is kept. The API promises 90 days."""

PRUNE_EVERY = 32
"""Keys that are older than `KEPT` are deleted with a process's first new key, and with every 32nd after it."""

Work = Callable[[Transaction], tuple[int, Any]]

_new_keys = count()


def run_once(
    store: Store,
    device_id: str,
    key: str | None,
    request_hash: str,
    account_id: str | None,
    work: Work,
    now: datetime,
    *,
    brief: bool = False,
) -> tuple[int, str, bool]:
    """Do `work` in one write. Returns its status, its body as JSON text, and whether these are of an earlier request.

    NamedTuples in the body are JSON objects of their members.

    Key, work and response are one transaction: of concurrent requests with one key, to any processes, one is done and
    the others get its response. If `work` raises a Problem, nothing is stored and the key can be used again. Without a
    key, `work` is always done. `brief` is as in `Store.begin_write`. Raises the 409 Problem if the key came with
    another request before.
    """
    with store.begin_write(account_id, brief=brief) as tx:
        if key is not None and not idempotency.add(tx, device_id, key, request_hash, now):
            earlier = idempotency.answer_of(tx, device_id, key)
            if earlier.request_hash != request_hash:
                raise conflict("idempotency_conflict", reason("request.new_key"))
            return earlier.status, earlier.body, True
        status, body = work(tx)
        text = to_json(plain(body))
        if key is not None:
            idempotency.keep_answer(tx, device_id, key, status, text)
            if next(_new_keys) % PRUNE_EVERY == 0:
                # Deletes up to twice as many as were stored since, so the table stays small and no single write is
                # slow.
                idempotency.prune(tx, now - KEPT, now, now + CLOCK_TOLERANCE, 2 * PRUNE_EVERY)
        return status, text, False
