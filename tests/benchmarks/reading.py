"""The summary, compared with a server that reads one row, a route that reads nothing, and itself with more data."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

from e2e.harness.client import Client
from e2e.harness.server import Server
from tests.benchmarks import load, servers
from tests.benchmarks.logging_inmails import event_requests
from tests.benchmarks.report import ROUNDS, Row, ratio_of_rounds

ASKED = 400
FEW, MANY = 1_000, 100_000
ACCOUNTS = 10_000
GROWTH = 1.1

Figures = dict[str, list[float]]


def filled_server(folder: Path, inmails: int, accounts: int, targets: int = 0) -> Server:
    """A running server with a database of that size; `full_account` is the first account opened."""
    sizes = [str(inmails), str(accounts), *([str(targets)] if targets else [])]
    command = [sys.executable, "-m", "tests.benchmarks.filling", folder / "data", *sizes]
    server = Server(folder, verbose=False)  # the servers that it is compared with print no requests either
    subprocess.run(command, check=True, env=server.environment(), cwd=servers.ROOT)
    return server.start()


def summary_requests(server: Server, client: Client, *, keep_alive: bool, etag: str | None = None) -> list[list[str]]:
    """Repeated requests of one client for the summary of the full account."""
    headers = {"Authorization": f"Bearer {client.token}"} | ({"If-None-Match": etag} if etag else {})
    path = f"/api/v1/accounts/{full_account(client)}/summary"
    return [[load.request("GET", path, server.port, keep_alive=keep_alive, headers=headers)] * ASKED]


def full_account(client: Client) -> str:
    """The id of the account with most InMails."""
    # The others were opened after it.
    return str(client.get("/accounts?limit=1").expect(200)["items"][0]["id"])


def measure(folder: Path) -> list[Row]:
    """Measures all servers in turn."""
    figures: Figures = defaultdict(list)
    with ExitStack() as running:
        sizes = {"few": (FEW, 1), "many InMails": (MANY, 1), "many accounts": (FEW, ACCOUNTS)}
        ours: dict[str, Server] = {}
        for name, size in sizes.items():
            ours[name] = filled_server(folder / name.replace(" ", "-"), *size)
            running.callback(ours[name].close)
        clients = {name: server.client() for name, server in ours.items()}
        server, client = ours["few"], clients["few"]
        answer = client.get(f"/accounts/{full_account(client)}/summary")
        headers = {name.lower(): value for name, value in answer.headers.items()}

        aw_port = running.enter_context(servers.aw_server(folder / "aw-server"))
        servers.make_bucket(aw_port, "inmails")
        load.run(aw_port, event_requests(aw_port, 1, FEW), expect=200)
        path = "/api/0/buckets/inmails/events?limit=1"
        last_event = [[load.request("GET", path, aw_port, keep_alive=False)] * ASKED]
        flask_port = running.enter_context(servers.flask_route(folder / "flask", int(headers["content-length"])))
        nothing = [[load.request("GET", "/", flask_port, keep_alive=True)] * ASKED]

        for number in range(ROUNDS + 1):
            seen = {
                "aw-server": load.run(aw_port, last_event, expect=200),
                "inkeeper": load.run(server.port, summary_requests(server, client, keep_alive=False), expect=200),
                "flask": load.run(flask_port, nothing, expect=200),
                "inkeeper 304": load.run(
                    server.port, summary_requests(server, client, keep_alive=True, etag=headers["etag"]), expect=304
                ),
            }
            for name in ours:
                requests = summary_requests(ours[name], clients[name], keep_alive=True)
                seen[f"inkeeper {name}"] = load.run(ours[name].port, requests, expect=200)
            if number > 0:  # the first round is a warm-up
                for name, run in seen.items():
                    figures[name].append(run.rate)
                    figures[f"{name} ms"].append(run.median_ms)
    return _rows(figures)


def _rows(figures: Figures) -> list[Row]:
    details = {name if name.endswith("ms") else f"{name} (a second)": values for name, values in figures.items()}
    against_aw = ratio_of_rounds(figures["inkeeper"], figures["aw-server"])
    against_flask = ratio_of_rounds(figures["inkeeper few"], figures["flask"])
    unchanged = ratio_of_rounds(figures["inkeeper 304"], figures["flask"])
    more_inmails = ratio_of_rounds(figures["inkeeper many InMails ms"], figures["inkeeper few ms"])
    more_accounts = ratio_of_rounds(figures["inkeeper many accounts ms"], figures["inkeeper few ms"])
    return [
        Row("summary", "aw-server 0.12.0, last event", against_aw, "x", "at least", 2.5, details),
        Row("summary", "bare Flask route on waitress", against_flask, "x", "at least", 0.35),
        Row("summary, unchanged (304)", "bare Flask route on waitress", unchanged, "x", "at least", 0.5),
        Row(f"summary, {MANY:,} InMails, time", f"itself, {FEW:,} InMails", more_inmails, "x", "at most", GROWTH),
        Row(f"summary, {ACCOUNTS:,} accounts, time", "itself, 1 account", more_accounts, "x", "at most", GROWTH),
    ]
