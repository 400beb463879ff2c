"""Two server processes on PostgreSQL, under load: what was acknowledged outlasts every kill, and is there once."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator

import pytest

from e2e.harness.wait import wait_span
from tests import postgresql
from tests.cli.conftest import Serving
from tests.cluster.load import assert_all_is_stored_once, connect, health, load

Serve = Callable[[str], Serving]

SECONDS = 10
"""How long a write may take after a promotion, and how long an answer may take while there is no standby."""


@pytest.fixture
def pair() -> Iterator[postgresql.Pair]:
    with postgresql.pair() as made:
        yield made


def test_a_server_is_killed(serve: Serve) -> None:
    with postgresql.cluster(**postgresql.SAFE) as cluster:
        url = cluster.url(cluster.new_database(), tcp=True)
        client = connect(url)
        servers = [serve(url), serve(url)]
        account = client.open_account(servers[0].address)
        with load(client, lambda: [server.address for server in servers], account) as running:
            running.wait_for(20)
            servers[0].stop(signal.SIGKILL)
            running.wait_for(20)
            servers[0] = serve(url)
            running.wait_for(20)

        assert set(running.answers) <= {201, 0}
        assert_all_is_stored_once(url, account, running.acknowledged)


def test_the_primary_is_killed_and_its_standby_promoted(serve: Serve, pair: postgresql.Pair) -> None:
    client = connect(pair.url)
    servers = [serve(pair.url), serve(pair.url)]
    account = client.open_account(servers[0].address)
    with load(client, lambda: [server.address for server in servers], account) as running:
        running.wait_for(20)
        pair.primary.kill()
        wait_span(1, "the servers are without a primary")
        asked = time.monotonic()
        pair.standby.query("SELECT pg_promote()")
        running.wait_for(20, SECONDS - (time.monotonic() - asked))

    assert set(running.answers) <= {201, 503}
    assert_all_is_stored_once(pair.url, account, running.acknowledged)
    for server in servers:
        assert client.ask(server.address, "GET", f"/accounts/{account}/summary").status == 200
        assert health(server.address) == 200
    pair.standby.stop()
    assert [health(server.address) for server in servers] == [503, 503]


def test_the_standby_is_gone_and_comes_back(serve: Serve, pair: postgresql.Pair) -> None:
    client = connect(pair.url)
    servers = [serve(pair.url), serve(pair.url)]
    account = client.open_account(servers[0].address)
    assert client.log(servers[0].address, account, "before").status == 201
    pair.standby.kill()

    # when one key is sent to both servers, one after the other
    for server in servers:
        began = time.monotonic()
        answer = client.log(server.address, account, "meanwhile")
        assert time.monotonic() - began < SECONDS
        assert (answer.status, answer.body["code"] in {"write_unconfirmed", "database_unavailable"}) == (503, True)
    # then no server says that it was logged, and both can be read
    for server in servers:
        listed = client.ask(server.address, "GET", f"/accounts/{account}/inmails")
        assert [inmail["recipient"]["name"] for inmail in listed.body["items"]] == ["Person before"]
        assert health(server.address) == 200

    pair.standby.start()
    pair.wait_until_synchronous()
    acknowledged = {}
    for key in ("before", "meanwhile", "after"):
        for server in servers:
            answer = client.log(server.address, account, key)
            assert answer.status == 201
            acknowledged[key] = answer.body["inmail"]["id"]
    assert_all_is_stored_once(pair.url, account, acknowledged)
