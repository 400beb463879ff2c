"""Logging an InMail (token, validation, idempotency, fact, fsync), compared with two programs that store a row.

aw-server speaks HTTP/1.0 without keep-alive, so beside it both servers get a new connection for each request. Beside
sqlite3, which has no network at all, our client keeps its connections. Neither server prints a line for each request,
which is the default of both.
"""

from __future__ import annotations

import statistics
import uuid
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from e2e.harness.client import Client
from e2e.harness.server import Server
from tests.benchmarks import load, servers
from tests.benchmarks.report import ROUNDS, Row, ratio_of_rounds

ALONE = 300
CLIENTS = 8
EACH_OF_MANY = 100
ACCOUNT = {
    "name": "Sales Navigator",
    "plan": "sales_navigator",
    "rule_book": "month_end",
    "time_zone": "Europe/Berlin",
    "allotment": 100_000,
}
"""Enough credits for every round: refusals would be faster than logs."""

Figures = dict[str, list[float]]


def inmail_requests(
    port: int, token: str, account_id: str, clients: int, each: int, *, keep_alive: bool
) -> list[list[str]]:
    """Requests of each client that log InMails to new people, dated when the request is sent."""

    def one() -> str:
        person = uuid.uuid4().hex
        body = {
            "recipient": {"name": f"Kai {person}", "profile_url": f"https://www.linkedin.com/in/kai-{person}"},
            "sent_at": load.NOW,
            "subject": "A question about your talk on samples",
            "purpose": "introduction",
            "source": "popup",
        }
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": person}
        path = f"/api/v1/accounts/{account_id}/inmails"
        return load.request("POST", path, port, keep_alive=keep_alive, headers=headers, body=body)

    return [[one() for _ in range(each)] for _ in range(clients)]


def event_requests(port: int, clients: int, each: int) -> list[list[str]]:
    """The same number of requests that store events in aw-server."""

    def one() -> str:
        person = uuid.uuid4().hex
        data = {"title": f"Kai {person}", "url": f"https://www.linkedin.com/in/kai-{person}", "purpose": "introduction"}
        body: dict[str, Any] = {"timestamp": load.NOW, "duration": 0, "data": data}
        return load.request("POST", "/api/0/buckets/inmails/events", port, keep_alive=False, body=body)

    return [[one() for _ in range(each)] for _ in range(clients)]


def open_account(client: Client) -> str:
    """Opens an account with enough credits; returns its id."""
    return str(client.post("/accounts", ACCOUNT).expect(201)["id"])


def measure(folder: Path) -> list[Row]:
    """Both servers and the bare database in turn, for ROUNDS rounds."""
    figures: Figures = defaultdict(list)
    with ExitStack() as running:
        server = Server(folder / "inkeeper", verbose=False).start()
        running.callback(server.close)
        client = server.client()
        account_id, token = open_account(client), str(client.token)
        aw_port = running.enter_context(servers.aw_server(folder / "aw-server"))
        servers.make_bucket(aw_port, "inmails")
        for number in range(ROUNDS + 1):
            seen: Figures = defaultdict(list)
            for clients, each in ((1, ALONE), (CLIENTS, EACH_OF_MANY)):
                theirs = load.run(aw_port, event_requests(aw_port, clients, each), expect=200)
                requests = inmail_requests(server.port, token, account_id, clients, each, keep_alive=False)
                ours = load.run(server.port, requests, expect=201)
                requests = inmail_requests(server.port, token, account_id, clients, each, keep_alive=True)
                kept = load.run(server.port, requests, expect=201)
                for name, run in (("aw-server", theirs), ("inkeeper", ours), ("inkeeper kept", kept)):
                    seen[f"{name} {clients}"].append(run.rate)
                    seen[f"{name} {clients} median ms"].append(run.median_ms)
                    seen[f"{name} {clients} p99 ms"].append(run.p99_ms)
            seen["sqlite3"].append(servers.sqlite_inserts_per_second(folder / "bare.sqlite3", ALONE))
            if number > 0:  # the first round is a warm-up
                for name, values in seen.items():
                    figures[name] += values
    return _rows(figures)


def _rows(figures: Figures) -> list[Row]:
    details = {name if name.endswith("ms") else f"{name} (a second)": values for name, values in figures.items()}
    rows = []
    for clients, target in ((1, 1.5), (CLIENTS, 1.6)):
        value = ratio_of_rounds(figures[f"inkeeper {clients}"], figures[f"aw-server {clients}"])
        rows.append(
            Row(
                f"log an InMail, {_clients(clients)}",
                "aw-server 0.12.0, POST one event",
                value,
                "x",
                "at least",
                target,
                details,
            )
        )
    slowest = statistics.median(figures[f"inkeeper {CLIENTS} p99 ms"])
    rows.append(Row(f"log an InMail, {_clients(CLIENTS)}, p99", "", slowest, "ms", "at most", 25))
    for clients in (1, CLIENTS):
        value = ratio_of_rounds(figures[f"inkeeper kept {clients}"], figures["sqlite3"])
        rows.append(
            Row(
                f"log an InMail, {_clients(clients)}",
                "sqlite3 alone, one transaction each",
                value,
                "x",
                "at least",
                0.2,
            )
        )
    return rows


def _clients(number: int) -> str:
    return "1 client" if number == 1 else f"{number} clients"
