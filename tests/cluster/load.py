"""Clients that log InMails without pause at one or several servers, and remember what was acknowledged.

A write that is not acknowledged is sent again with its key, here or at another server, until it is: as the extension's
outbox does it.
"""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from e2e.harness.wait import until, wait_span
from inkeeper.clock import format_instant, utc_now
from inkeeper.ids import new_id
from inkeeper.services.access import Actor
from inkeeper.services.devices import connected as devices
from inkeeper.services.takeout.integrity import check
from inkeeper.storage.database import open_database
from inkeeper.storage.models import Owner
from tests.rows import add_row

TIMEOUT = 15
_PAUSE = 0.05


class Answer(NamedTuple):
    """An HTTP status and the JSON that came with it. Status 0: the server gave no answer."""

    status: int
    body: Any


class Client:
    """A connected device. It speaks to the servers at any of these addresses (`http://host:port`)."""

    def __init__(self, token: str) -> None:
        self.token = token

    def ask(self, address: str, method: str, path: str, body: Any = None, key: str | None = None) -> Answer:
        """One request; never raises for a server that is gone."""
        parts = urlsplit(address)
        connection_type = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        if key:
            headers["Idempotency-Key"] = key
        try:
            with closing(connection_type(parts.netloc, timeout=TIMEOUT)) as connection:
                content = None if body is None else json.dumps(body)
                connection.request(method, f"/api/v1{path}", content, headers)
                answer = connection.getresponse()
                return Answer(answer.status, json.loads(answer.read() or b"null"))
        except (OSError, http.client.HTTPException, ValueError):
            return Answer(0, None)

    def open_account(self, address: str, name: str = "My seat") -> str:
        """The id of a new account."""
        first = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        wanted = {
            "name": name,
            "plan": "premium_career",
            "rule_book": "month_end",
            "time_zone": "UTC",
            "opened_at": format_instant(first),
        }
        answer = self.ask(address, "POST", "/accounts", wanted)
        assert answer.status == 201, answer
        return str(answer.body["id"])

    def log(self, address: str, account: str, key: str) -> Answer:
        """Log an InMail that costs nothing, to a person who is called as the key is."""
        wanted = {"recipient": {"name": f"Person {key}"}, "source": "api", "cost": 0}
        return self.ask(address, "POST", f"/accounts/{account}/inmails", wanted, key)


class Load:
    """Clients under way in threads, each with one write after the other."""

    def __init__(self, client: Client, addresses: Callable[[], list[str]], account: str, threads: int) -> None:
        """`addresses` says where servers are at the moment; each attempt takes the next of them."""
        self.acknowledged: dict[str, str] = {}
        """The keys of the writes that were answered with 201, with the ids of their InMails."""
        self.answers: Counter[int] = Counter()
        """How often each HTTP status was answered; 0 for no answer."""
        self.slowest = 0.0
        """How long the slowest answer took, in seconds."""
        self._client = client
        self._addresses = addresses
        self._account = account
        self._turn = itertools.count()
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(threads)]

    def start(self) -> None:
        """Begin to write."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Begin no further write, and wait until those under way are acknowledged."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more: int, seconds: float = 60) -> float:
        """Wait until so many more writes are acknowledged; how long that took. Fails after these seconds."""
        began, wanted = time.monotonic(), len(self.acknowledged) + more
        until(
            lambda: len(self.acknowledged) >= wanted,
            f"{wanted} writes are acknowledged ({self.answers})",
            seconds=seconds,
        )
        return time.monotonic() - began

    def _run(self, number: int) -> None:
        for turn in itertools.count():
            if self._stopped.is_set():
                return
            self._write(f"{number}-{turn}")

    def _write(self, key: str) -> None:
        while True:
            addresses = self._addresses()
            began = time.monotonic()
            answer = self._client.log(addresses[next(self._turn) % len(addresses)], self._account, key)
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.answers[answer.status] += 1
            if answer.status == 201:
                self.acknowledged[key] = answer.body["inmail"]["id"]
                return
            wait_span(_PAUSE, "a pause before the write is sent again")


@contextmanager
def load(client: Client, addresses: Callable[[], list[str]], account: str, threads: int = 8) -> Iterator[Load]:
    """A load while the block runs; at its end all that was begun is acknowledged."""
    running = Load(client, addresses, account, threads)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def health(address: str) -> int:
    """The status of `GET /health`; 0 for no answer."""
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=TIMEOUT) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code
    except OSError:
        return 0


def connect(database_url: str) -> Client:
    """A client with a token of its own, put straight into the database."""
    store = open_database(database_url)
    with store.begin_write(None) as tx:
        owner = add_row(tx, Owner, id=new_id(utc_now()), name="me", created_at=utc_now()).id
        token = devices.add(tx, Actor(owner), "Test", utc_now()).token
    store.checkpoint_and_close()
    return Client(token)


def assert_all_is_stored_once(database_url: str, account: str, acknowledged: dict[str, str]) -> None:
    """Nothing acknowledged is lost, nothing is stored twice, and the ledger is sound."""
    store = open_database(database_url)
    with store.read() as tx:
        rows = tx.execute("SELECT name, id FROM inmail WHERE account_id = ?", (account,)).fetchall()
    assert sorted(rows) == sorted((f"Person {key}", inmail_id) for key, inmail_id in acknowledged.items())
    assert list(check(store, utc_now())) == []
    store.checkpoint_and_close()
