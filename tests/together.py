"""Runs writes that wait for one another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from e2e.harness.wait import until
from inkeeper.storage.database import Store


def together(store: Store, writes: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run each write in its own thread. They begin when all wait for the store, and in this order.

    Returns what each returned, or the exception that it raised. For a store on SQLite.
    """
    outcomes: list[Any] = [None] * len(writes)
    waiting = store._engine._writes._turns._waiting  # type: ignore[attr-defined]

    def run(number: int) -> None:
        try:
            outcomes[number] = writes[number]()
        except Exception as error:  # noqa: BLE001 (returned to the test)
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(writes))]
    with store.begin_write(None):
        for number, thread in enumerate(threads, 1):
            thread.start()
            until(lambda number=number: len(waiting) == number, "the write waits")
    for thread in threads:
        thread.join()
    return outcomes
