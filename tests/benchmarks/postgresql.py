"""The server on PostgreSQL: compared with SQLite, with two processes, and with more data. Commits are durable."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from collections import defaultdict
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

from e2e.harness.server import Server
from tests import postgresql
from tests.benchmarks import load, servers
from tests.benchmarks.logging_inmails import inmail_requests, open_account
from tests.benchmarks.reading import summary_requests
from tests.benchmarks.report import ROUNDS, Row, ratio_of_rounds

LOGS_ALONE = 150
SUMMARIES_ALONE = 300
CLIENTS = 8
LOGS_OF_EACH = 40
SUMMARIES_OF_EACH = 80
FACTS = 1_000
"""InMails in the open period of the account that two processes write to in turn."""

WRITES = 60
FEW_ACCOUNTS, MANY_ACCOUNTS = 100, 10_000
COUNTED_LOGS = 25

LOG_ALONE, LOG_OF_MANY = 0.3, 0.6
SUMMARY_ALONE, SUMMARY_OF_MANY = 0.4, 0.6
"""Least ratios to SQLite's rate. On PostgreSQL each statement is a round trip to another process."""

STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*)")

Figures = dict[str, list[float]]


class _OnPostgresql(Server):
    """A server whose ledger is a PostgreSQL database."""

    def __init__(self, folder: Path, database: str) -> None:
        super().__init__(folder)
        self.database = database

    def command(self, *arguments: str) -> list[str]:
        return [*super().command(*arguments), "--database", self.database]


class _Paired:
    """An account and a client paired with its server, or with several servers of one database."""

    def __init__(self, *servers_of_ledger: Server) -> None:
        self.ports = [server.port for server in servers_of_ledger]
        client = servers_of_ledger[0].client()
        self.token = str(client.token)
        self.account_id = open_account(client)

    def logs(self, clients: int, each: int, ports: list[int]) -> list[list[tuple[int, str]]]:
        """Requests of each client that log InMails; the clients are distributed over the ports."""
        return [
            [(port, text) for text in inmail_requests(port, self.token, self.account_id, 1, each, keep_alive=True)[0]]
            for port in _in_turn(ports, clients)
        ]

    def summary(self, port: int) -> tuple[int, str]:
        """One request for the summary."""
        headers = {"Authorization": f"Bearer {self.token}"}
        path = f"/api/v1/accounts/{self.account_id}/summary"
        return port, load.request("GET", path, port, keep_alive=True, headers=headers)

    def summaries(self, clients: int, each: int, ports: list[int]) -> list[list[tuple[int, str]]]:
        """Requests of each client for the summary."""
        return [[self.summary(port)] * each for port in _in_turn(ports, clients)]


def _in_turn(ports: list[int], clients: int) -> list[int]:
    return [ports[number % len(ports)] for number in range(clients)]


def measure(folder: Path) -> list[Row]:
    """All servers on one cluster, and one on SQLite, in turn."""
    with ExitStack() as running:
        cluster = running.enter_context(postgresql.cluster(**postgresql.SAFE))

        def started(name: str, database: str | None = None) -> Server:
            server = _OnPostgresql(folder / name, database) if database else Server(folder / name)
            running.callback(server.close)
            return server.start()

        on_sqlite = _Paired(started("sqlite"))
        database = _new_database(cluster)
        ours = _Paired(started("first", database), started("second", database))
        in_turn = _Paired(started("third", database), started("fourth", database))
        load.run_at(in_turn.logs(CLIENTS, FACTS // CLIENTS, in_turn.ports[:1]), expect={201})
        sizes = [_filled(cluster, folder / str(accounts), accounts) for accounts in (FEW_ACCOUNTS, MANY_ACCOUNTS)]
        for server in sizes:
            running.callback(server.close)
        clients = [server.client() for server in sizes]

        figures: Figures = defaultdict(list)
        for number in range(ROUNDS + 1):
            seen = _round(on_sqlite, ours) | _after_a_write(in_turn)
            for accounts, server, client in zip((FEW_ACCOUNTS, MANY_ACCOUNTS), sizes, clients, strict=True):
                run = load.run(server.port, summary_requests(server, client, keep_alive=True), expect=200)
                seen[f"summary, {accounts:,} accounts, ms"] = run.median_ms
            if number > 0:  # the first round is a warm-up
                for name, value in seen.items():
                    figures[name].append(value)
        figures["statements"] = [float(count) for count in _statements_of_logs(cluster, folder / "counted")]
    return _rows(figures)


def _round(on_sqlite: _Paired, ours: _Paired) -> dict[str, float]:
    """Rates of logs and summaries, with one client and many, on SQLite and on one and two PostgreSQL processes."""
    seen: dict[str, float] = {}

    def run(place: str, ledger: _Paired, ports: list[int], clients: int) -> None:
        logs, summaries = (LOGS_ALONE, SUMMARIES_ALONE) if clients == 1 else (LOGS_OF_EACH, SUMMARIES_OF_EACH)
        for what, requests in (
            ("log", ledger.logs(clients, logs, ports)),
            ("summary", ledger.summaries(clients, summaries, ports)),
        ):
            answers = load.run_at(requests, expect={201} if what == "log" else {200})
            seen[f"{what} {place} {clients}"] = answers.rate
            seen[f"{what} {place} {clients} median ms"] = answers.median_ms
            seen[f"{what} {place} {clients} p99 ms"] = answers.p99_ms

    for clients in (1, CLIENTS):
        run("sqlite", on_sqlite, on_sqlite.ports, clients)
        run("1", ours, ours.ports[:1], clients)
    run("2", ours, ours.ports, CLIENTS)
    return seen


def _after_a_write(ledger: _Paired) -> dict[str, float]:
    """The time of the summary at one process after a log at the same process, and at another one."""
    (logs,) = ledger.logs(1, 2 * WRITES, ledger.ports[:1])
    here, there = map(ledger.summary, ledger.ports)
    requests = [
        request for log, summary in zip(logs, [here, there] * WRITES, strict=True) for request in (log, summary)
    ]
    times = load.run_at([requests], expect={201, 200}).times
    return {
        "summary after a write of its own process, ms": statistics.median(times[1::4]) * 1000,
        "summary after a write of another process, ms": statistics.median(times[3::4]) * 1000,
    }


def _new_database(cluster: postgresql.Cluster) -> str:
    return cluster.url(cluster.new_database(), tcp=True)


def _filled(cluster: postgresql.Cluster, folder: Path, accounts: int) -> Server:
    """A running server with `accounts` accounts, of which the first has a thousand InMails."""
    name = cluster.new_database()
    server = _OnPostgresql(folder, cluster.url(name, tcp=True))
    command = [sys.executable, "-m", "tests.benchmarks.filling", server.database, str(FACTS), str(accounts)]
    subprocess.run(command, check=True, env=server.environment(), cwd=servers.ROOT)
    # Autovacuum would do this within about a minute.
    cluster.query("VACUUM ANALYZE", name)
    return server.start()


def _statements_of_logs(cluster: postgresql.Cluster, folder: Path) -> list[int]:
    """The number of statements that PostgreSQL runs for each log, with BEGIN and COMMIT."""
    name = cluster.new_database()
    cluster.query(f"ALTER DATABASE {name} SET log_statement = 'all'")
    server = _OnPostgresql(folder, cluster.url(name, tcp=True)).start()
    try:
        ledger = _Paired(server)
        ran_before = len(_statements(cluster))
        load.run_at(ledger.logs(1, COUNTED_LOGS, ledger.ports), expect={201})
        ran = _statements(cluster)[ran_before:]
    finally:
        server.close()
    ends = [number for number, statement in enumerate(ran, start=1) if statement == "COMMIT"]
    assert len(ends) == COUNTED_LOGS, ran
    return [end - start for start, end in pairwise([0, *ends])]


def _statements(cluster: postgresql.Cluster) -> list[str]:
    return STATEMENT.findall((cluster.folder / f"{cluster.data.name}.log").read_text(encoding="utf-8"))


def _rows(figures: Figures) -> list[Row]:
    details = {name if name.endswith("ms") else f"{name} (a second)": values for name, values in figures.items()}
    details["statements of each log"] = details.pop("statements (a second)")
    on_sqlite, one, many = "itself on SQLite", "PostgreSQL, 1 client", f"PostgreSQL, {CLIENTS} clients"

    def ratio(what: str, clients: int, place: str, against: str) -> float:
        return ratio_of_rounds(figures[f"{what} {place} {clients}"], figures[f"{what} {against} {clients}"])

    here, there = (figures[f"summary after a write of {writer} process, ms"] for writer in ("its own", "another"))
    more_accounts = ratio_of_rounds(
        *(figures[f"summary, {accounts:,} accounts, ms"] for accounts in (MANY_ACCOUNTS, FEW_ACCOUNTS))
    )
    two = f"{many}, 2 processes"
    return [
        Row(f"log, {one}", on_sqlite, ratio("log", 1, "1", "sqlite"), "x", "at least", LOG_ALONE, details),
        Row(f"log, {many}", on_sqlite, ratio("log", CLIENTS, "1", "sqlite"), "x", "at least", LOG_OF_MANY),
        Row(f"summary, {one}", on_sqlite, ratio("summary", 1, "1", "sqlite"), "x", "at least", SUMMARY_ALONE),
        Row(f"summary, {many}", on_sqlite, ratio("summary", CLIENTS, "1", "sqlite"), "x", "at least", SUMMARY_OF_MANY),
        Row(f"log, {two}", "1 process", ratio("log", CLIENTS, "2", "1"), "x", "at least", 1),
        Row(f"summary, {two}", "1 process", ratio("summary", CLIENTS, "2", "1"), "x", "at least", 1.6),
        Row(f"log, {many}, p99", "", statistics.median(figures[f"log 1 {CLIENTS} p99 ms"]), "ms", "at most", 60),
        Row("log, PostgreSQL, statements", "", statistics.median(figures["statements"]), "", "at most", 13),
        Row(
            f"summary after another process's log, {FACTS:,} InMails",
            "after a log of its own",
            statistics.median(theirs - own for theirs, own in zip(there, here, strict=True)),
            "ms more",
            "at most",
            2,
        ),
        Row(
            f"summary, PostgreSQL, {MANY_ACCOUNTS:,} accounts, time",
            f"itself, {FEW_ACCOUNTS} accounts",
            more_accounts,
            "x",
            "at most",
            1.1,
        ),
    ]
