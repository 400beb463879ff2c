"""Two servers on a PostgreSQL cluster whose leader is killed: docs/deploy/patroni.yml and haproxy-postgresql.cfg.

The cluster and the servers are started once, and the leader is killed once. The last two tests change the cluster.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from e2e.harness.client import Client
from e2e.harness.server import free_port
from e2e.harness.wait import until
from tests import postgresql
from tests.deploy.load import Attempt, Load, Writer, load, lost_or_doubled
from tests.deploy.patroni import Cluster, Node, patroni_cluster
from tests.deploy.programs import TeamServer, configuration, running

# The cluster's start and failover take about a minute, on a busy machine several times as long.
pytestmark = pytest.mark.timeout(900)

WRITERS = 6
PLENTY = 100_000
PASSWORD = "what inkeeper logs in with"


@dataclass
class Failover:
    """What happened when the leader was killed under load."""

    cluster: Cluster
    killed: Node
    servers: list[TeamServer]
    clients: list[Client]
    """One of each server."""
    load: Load
    attempts: list[Attempt]
    """All requests to log an InMail that began after the kill."""
    seconds_to_leader: float
    """From the kill until the other node led."""
    seconds_without_write: float
    """The longest time in which no InMail was acknowledged."""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with postgresql.short_folder() as made:
        yield made


@pytest.fixture(scope="module")
def cluster(folder: Path) -> Iterator[Cluster]:
    with patroni_cluster(folder) as made:
        leader = made.leader()
        leader.query(f"CREATE ROLE inkeeper LOGIN PASSWORD '{PASSWORD}'")
        leader.query("CREATE DATABASE inkeeper OWNER inkeeper")
        yield made


@pytest.fixture(scope="module")
def servers(cluster: Cluster, folder: Path) -> Iterator[list[TeamServer]]:
    """Two servers, each with the address of the one HAProxy."""
    port = free_port()
    addresses = {"127.0.0.1:5000": f"127.0.0.1:{port}"}
    for old, node in zip(("10.0.0.11", "10.0.0.12"), cluster.nodes, strict=True):
        addresses[f"{old}:5432 check port 8008"] = f"127.0.0.1:{node.port} check port {node.api_port}"
    settings = folder / "haproxy.cfg"
    text = configuration("haproxy-postgresql.cfg", addresses)
    settings.write_text(text, encoding="utf-8")
    url = f"postgresql://inkeeper@127.0.0.1:{port}/inkeeper"
    with running(folder, "haproxy", "haproxy", "-db", "-f", settings, port=port), ExitStack() as stack:
        # HAProxy takes every node for one that leads until it has asked them for the first time.
        until(lambda: takes_writes(url), "HAProxy leads to the node that leads", seconds=30)
        started = []
        for number in range(2):
            server = TeamServer(folder / f"server{number}", url, PGPASSWORD=PASSWORD)
            stack.callback(server.close)
            started.append(server.start())
        yield started


def takes_writes(url: str) -> bool:
    """Whether connections to the database come to a node that takes writes, several times one after the other."""
    try:
        for _ in range(4):
            psycopg.connect(url, password=PASSWORD, target_session_attrs="read-write", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def writer(server: TeamServer, other: TeamServer, number: int) -> Writer:
    """A client with an account of its own, at both servers."""
    client = server.client(f"client {number}")
    account = client.account(f"Seat {number}", plan="recruiter", rule_book="rolling", allotment=PLENTY, cap=PLENTY)
    return Writer([client, Client(other.port, client.token)], account)


@pytest.fixture(scope="module")
def failover(cluster: Cluster, servers: list[TeamServer]) -> Iterator[Failover]:
    """The leader is killed while clients log InMails. They log on until all of them have logged to the new leader."""
    one, two = servers
    writers = [writer(*((one, two) if number % 2 else (two, one)), number) for number in range(WRITERS)]
    clients = [one.client("check one"), two.client("check two")]
    cluster.until_synchronous()
    killed = cluster.leader()
    (standby,) = [node for node in cluster.nodes if node is not killed]
    with load(writers) as running_load:
        running_load.go_on(20)
        began = time.monotonic()
        killed.kill()
        assert cluster.leader() is standby
        led = time.monotonic()
        running_load.go_on(20)
    attempts = running_load.attempts(since=began)
    acknowledged = [began, *sorted(each.began + each.seconds for each in attempts if each.status == 201)]
    longest = max(later - earlier for earlier, later in pairwise(acknowledged))
    yield Failover(cluster, killed, servers, clients, running_load, attempts, led - began, longest)
    for client in clients:
        client.close()


def test_the_standby_is_promoted_by_itself(failover: Failover, record_property: pytest.RecordProperty) -> None:
    record_property("seconds_to_leader", round(failover.seconds_to_leader, 1))
    record_property("seconds_without_write", round(failover.seconds_without_write, 1))
    print(  # noqa: T201 (`make test-cluster` shows it)
        f"Failover: the standby led after {failover.seconds_to_leader:.1f} s,"
        f" no write was acknowledged for {failover.seconds_without_write:.1f} s."
    )


def test_nothing_acknowledged_is_lost_and_nothing_is_stored_twice(failover: Failover) -> None:
    for client in failover.clients:
        found = {writer.name: lost_or_doubled(writer, client) for writer in failover.load.writers}
        assert found == {writer.name: ([], []) for writer in failover.load.writers}


def test_without_a_leader_a_write_is_answered_503_within_10_seconds(failover: Failover) -> None:
    failed = [attempt for attempt in failover.attempts if attempt.status != 201]

    assert len(failed) >= WRITERS
    assert {attempt.status for attempt in failed} == {503}
    # The second says that the write may have been stored: the leader may have died after it was.
    assert {attempt.code for attempt in failed} <= {"database_unavailable", "write_unconfirmed"}
    assert max(attempt.seconds for attempt in failover.attempts) < 10


def test_no_answer_ever_leaves_out_what_was_acknowledged(failover: Failover) -> None:
    assert failover.load.wrong_looks() == []


def test_writes_go_on_through_the_servers_that_ran_before(failover: Failover) -> None:
    for server, client in zip(failover.servers, failover.clients, strict=True):
        for writer in failover.load.writers:
            client.log(writer.account, "After the failover").expect(201)
        assert server.terminal().count(" listens on ") == 1


@pytest.fixture(scope="module")
def rejoined(failover: Failover) -> Failover:
    """The same after Patroni was started again on the old leader."""
    failover.killed.start()
    failover.cluster.until_synchronous()
    return failover


def test_the_old_leader_comes_back_as_the_standby_without_losing_a_row(rejoined: Failover) -> None:
    count = "SELECT count(*) FROM inmail"

    assert rejoined.cluster.leader() is not rejoined.killed
    assert rejoined.killed.query("SELECT pg_is_in_recovery()") == [(True,)]
    assert rejoined.killed.query(count, "inkeeper") == rejoined.cluster.leader().query(count, "inkeeper")


def test_the_leader_goes_on_alone_without_its_standby(rejoined: Failover) -> None:
    rejoined.killed.kill()

    writer = Writer(rejoined.clients, rejoined.load.writers[0].account)
    with load([writer]) as running_load:
        running_load.go_on(3)
    assert {attempt.status for attempt in writer.attempts} <= {201, 503}
