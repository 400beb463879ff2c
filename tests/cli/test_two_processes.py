"""Two processes on one database: the last credit is sold once, whichever of them sells it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from inkeeper.clock import format_instant, utc_now
from inkeeper.ids import new_id
from inkeeper.services.access import Actor
from inkeeper.services.devices import connected as devices
from inkeeper.services.takeout.integrity import check
from inkeeper.storage.database import open_database
from inkeeper.storage.models import Owner
from tests.cli.conftest import COMMAND, AtTerminal, Serving
from tests.rows import add_row

CREDITS = 5
THREADS = 16
ROUNDS = 20


class Client:
    """A connected device that speaks to any of the servers."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(
        self, server: Serving, path: str, body: dict[str, Any] | None = None, key: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        request = urllib.request.Request(
            f"{server.address}/api/v1{path}",
            None if body is None else json.dumps(body).encode(),
            {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.token}",
                **({"Idempotency-Key": key} if key else {}),
            },
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def open_account(self, server: Serving, name: str) -> str:
        wanted = {
            "name": name,
            "plan": "premium_career",
            "rule_book": "month_end",
            "time_zone": "UTC",
            "opened_at": format_instant(datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)),
        }
        status, answer = self(server, "/accounts", wanted)
        assert status == 201, answer
        account: str = answer["id"]
        return account

    def log_with_key(self, server: Serving, account: str, key: str) -> tuple[int, dict[str, Any]]:
        wanted = {"recipient": {"name": f"Person {key}"}, "source": "api"}
        return self(server, f"/accounts/{account}/inmails", wanted, key)

    def log(self, server: Serving, account: str, number: int, *, dated: bool) -> int:
        wanted: dict[str, Any] = {"recipient": {"name": f"Person {number}"}, "source": "api"}
        if dated:
            wanted["sent_at"] = format_instant(utc_now())
        return self(server, f"/accounts/{account}/inmails", wanted)[0]


@pytest.fixture
def client(cli_database_url: str, tmp_path: Path) -> Client:
    (tmp_path / "data").mkdir()
    store = open_database(cli_database_url)
    with store.begin_write(None) as tx:
        owner = add_row(tx, Owner, id=new_id(utc_now()), name="me", created_at=utc_now()).id
        token = devices.add(tx, Actor(owner), "Test", utc_now()).token
    store.checkpoint_and_close()
    return Client(token)


@pytest.fixture
def start(environment: dict[str, str], client: Client) -> Iterator[Callable[[], Serving]]:
    """Starts a server on the one database."""
    running: list[Serving] = []

    def start_one() -> Serving:
        running.append(Serving(environment, "--port", "0"))
        return running[-1]

    yield start_one
    for server in running:
        server.stop()
        for stream in (server.process.stdout, server.process.stderr):
            assert stream is not None
            stream.close()


def assert_sold_once(database_url: str, account: str) -> None:
    """The ledger spent what was granted, placed no credit of its own, and is sound."""
    store = open_database(database_url)
    with store.read() as tx:
        facts = tx.execute("SELECT count(*) FROM fact WHERE account_id = ? AND kind = 'sent'", (account,))
        assert facts.fetchone() == (CREDITS,)
    assert list(check(store, utc_now())) == []
    store.checkpoint_and_close()


def test_two_servers_sell_each_credit_once(start: Callable[[], Serving], client: Client, cli_database_url: str) -> None:
    servers = [start(), start()]
    sold = Counter()
    with ThreadPoolExecutor(THREADS) as pool:
        for number in range(ROUNDS):
            account = client.open_account(servers[0], f"Seat {number}")
            together = Barrier(THREADS)

            def log(thread: int, account: str = account, number: int = number, together: Barrier = together) -> int:
                together.wait()
                return client.log(servers[thread % 2], account, thread, dated=bool(number % 2))

            statuses = Counter(pool.map(log, range(THREADS)))
            _, summary = client(servers[1], f"/accounts/{account}/summary")
            assert client(servers[0], f"/accounts/{account}/summary")[1]["balance"] == summary["balance"]
            warned = {warning["code"] for warning in summary["warnings"]}
            sold[statuses[201], statuses[409], summary["balance"], summary["used"], "discrepancy" in warned] += 1

    assert sold == {(CREDITS, THREADS - CREDITS, 0, CREDITS, False): ROUNDS}
    assert_sold_once(cli_database_url, account)


def test_one_key_from_two_servers_at_once_is_one_inmail(start: Callable[[], Serving], client: Client) -> None:
    servers = [start(), start()]
    account = client.open_account(servers[0], "My seat")
    with ThreadPoolExecutor(THREADS) as pool:
        for key in ("one", "another"):
            together = Barrier(THREADS)

            def log(thread: int, key: str = key, together: Barrier = together) -> tuple[int, dict[str, Any]]:
                together.wait()
                return client.log_with_key(servers[thread % 2], account, key)

            answers = list(pool.map(log, range(THREADS)))
            assert [status for status, _ in answers] == [201] * THREADS
            assert len({answer["inmail"]["id"] for _, answer in answers}) == 1

    for server in servers:
        assert client(server, f"/accounts/{account}/summary")[1]["used"] == 2


@pytest.mark.parametrize("sold_meanwhile", [0, 2, 3, 5])
def test_an_import_beside_a_server_sells_each_credit_once(
    start: Callable[[], Serving],
    client: Client,
    cli_database_url: str,
    environment: dict[str, str],
    tmp_path: Path,
    sold_meanwhile: int,
) -> None:
    # given an import of three InMails that has been shown and waits for a yes
    server = start()
    account = client.open_account(server, "My seat")
    file = tmp_path / "sent.csv"
    lines = [f"Imported {line},{format_instant(utc_now())}" for line in range(3)]
    file.write_text("\n".join(["name,sent_at", *lines, ""]))
    importing = AtTerminal([*COMMAND, "import", str(file)], environment)
    importing.read_until("[y/N]")
    # when the server logs some, all dated after the import's beginning, and then comes the yes
    logged = [client.log(server, account, number, dated=False) for number in range(sold_meanwhile)]
    imported, printed = (3 if importing.answer("y") == 0 else 0), importing.shown

    assert logged == [201] * sold_meanwhile
    assert imported == (3 if sold_meanwhile <= 2 else 0), printed
    _, summary = client(server, f"/accounts/{account}/summary")
    assert summary["used"] == sold_meanwhile + imported
    assert summary["balance"] == CREDITS - sold_meanwhile - imported
    assert "discrepancy" not in {warning["code"] for warning in summary["warnings"]}
    if not imported:
        assert "no credit was left" in " ".join(printed.split())
    for number in range(summary["balance"]):
        assert client.log(server, account, 10 + number, dated=False) == 201
    assert client.log(server, account, 20, dated=False) == 409
    assert_sold_once(cli_database_url, account)
