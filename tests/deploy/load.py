"""Clients that log InMails without a pause and send each again with its key until it is acknowledged."""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import uuid4

from e2e.harness.client import Client
from e2e.harness.wait import until

GIVE_UP_SECONDS = 240
PAUSE_SECONDS = 0.1
"""Before a request is sent again."""


class Attempt(NamedTuple):
    """One request to log an InMail."""

    began: float
    """By `time.monotonic()`."""

    seconds: float
    status: int
    """0 where the connection broke."""

    code: str
    """Of the problem; empty if there is none."""


@dataclass(frozen=True)
class Look:
    """What a summary says, right after an InMail was acknowledged, beside what the client knows."""

    used: int
    acknowledged: int


class Writer(threading.Thread):
    """Logs InMails to an account of its own, each for 1 credit, at one server after the other.

    After each one it reads the account's summary from the server that the next one goes to.
    """

    def __init__(self, clients: Sequence[Client], account: dict[str, Any]) -> None:
        super().__init__(name=f"writer of {account['name']}")
        self.account = account
        self.acknowledged: list[str] = []
        """The ids, in order."""
        self.attempts: list[Attempt] = []
        self.looks: list[Look] = []
        self.error: BaseException | None = None
        self.over = threading.Event()
        self._clients = clients
        self._in_turn = itertools.cycle(clients)

    def run(self) -> None:
        """See `Thread.run`."""
        try:
            for number in itertools.count():
                if self.over.is_set():
                    return
                self.acknowledged.append(self._log(f"Person {number}"))
                self._look()
        except BaseException as error:  # noqa: BLE001 (raised again in the test's thread)
            self.error = error
        finally:
            for client in self._clients:
                client.close()

    def _log(self, name: str) -> str:
        key, give_up_at = uuid4().hex, time.monotonic() + GIVE_UP_SECONDS
        while True:
            began = time.monotonic()
            try:
                answer = next(self._in_turn).log(self.account, name, cost=1, key=key)
            except (OSError, http.client.HTTPException):
                status, body = 0, {}
            else:
                status, body = answer.status, answer.body if isinstance(answer.body, dict) else {}
            self.attempts.append(Attempt(began, time.monotonic() - began, status, body.get("code", "")))
            if status == 201:
                return str(body["inmail"]["id"])
            assert time.monotonic() < give_up_at, f"{name} was not acknowledged; the last answer: {status} {body}"
            self.over.wait(PAUSE_SECONDS)

    def _look(self) -> None:
        try:
            answer = next(self._in_turn).get(f"/accounts/{self.account['id']}/summary")
        except (OSError, http.client.HTTPException):
            return
        if answer.status == 200:
            self.looks.append(Look(answer.body["used"], len(self.acknowledged)))


class Load:
    """Several writers at work."""

    def __init__(self, writers: list[Writer]) -> None:
        self.writers = writers

    def go_on(self, many: int) -> None:
        """Wait until each client has logged so many more InMails."""
        wanted = {writer: len(writer.acknowledged) + many for writer in self.writers}

        def done() -> bool:
            for writer in self.writers:
                if writer.error:
                    raise writer.error
            return all(len(writer.acknowledged) >= number for writer, number in wanted.items())

        until(done, f"each client logs {many} more InMails", seconds=GIVE_UP_SECONDS)

    def attempts(self, *, since: float = 0.0) -> list[Attempt]:
        """All requests to log an InMail that began since then (`time.monotonic()`), in order."""
        every = itertools.chain.from_iterable(list(writer.attempts) for writer in self.writers)
        return sorted(attempt for attempt in every if attempt.began >= since)

    def wrong_looks(self) -> list[Look]:
        """The summaries that did not count exactly what was acknowledged."""
        every = itertools.chain.from_iterable(writer.looks for writer in self.writers)
        return [look for look in every if look.used != look.acknowledged]


@contextmanager
def load(writers: list[Writer]) -> Iterator[Load]:
    """The writers at work while the block runs. At its end each finishes the InMail that it is at."""
    for writer in writers:
        writer.start()
    try:
        yield Load(writers)
    finally:
        for writer in writers:
            writer.over.set()
        for writer in writers:
            writer.join(timeout=GIVE_UP_SECONDS)
    for writer in writers:
        if writer.error:
            raise writer.error


def lost_or_doubled(writer: Writer, client: Client) -> tuple[list[str], list[str]]:
    """Of what a writer logged: what was acknowledged and is not stored, and what is stored without that or twice.

    Ids for what is lost, people's names for what is too much.
    """
    stored = client.inmails(writer.account)
    ids = [inmail["id"] for inmail in stored]
    names = [inmail["recipient"]["name"] for inmail in stored]
    lost = [each for each in writer.acknowledged if each not in ids]
    extra = [inmail["recipient"]["name"] for inmail in stored if inmail["id"] not in writer.acknowledged]
    return lost, extra + [name for name in set(names) if names.count(name) > 1]
