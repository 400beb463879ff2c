"""A server that is killed while it erases a person: the same request finishes the erasing afterwards."""

from __future__ import annotations

import json
import shutil
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from inkeeper.clock import utc_now
from inkeeper.ids import new_id
from inkeeper.services.access import Actor
from inkeeper.services.devices import connected as devices
from inkeeper.services.takeout.integrity import check
from inkeeper.storage.database import open_database
from inkeeper.storage.models import Owner
from tests.cli.conftest import Serving
from tests.rows import add_row

WORDS = (b"robin", b"sampling")
ROBIN = {"name": "Robin Sample", "profile_url": "https://www.linkedin.com/in/robin-sample"}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "inkeeper.sqlite3"


@pytest.fixture
def token(database: Path) -> str:
    database.parent.mkdir()
    store = open_database(f"sqlite:///{database}")
    with store.begin_write(None) as tx:
        owner = add_row(tx, Owner, id=new_id(utc_now()), name="me", created_at=utc_now()).id
        found = devices.add(tx, Actor(owner), "Test", utc_now()).token
    store.checkpoint_and_close()
    return found


class Servers:
    """Servers on one database, one after the other."""

    def __init__(self, environment: dict[str, str], token: str) -> None:
        self.environment = environment
        self.token = token
        self.running: list[Serving] = []

    def start(self) -> None:
        self.running.append(Serving(self.environment, "--port", "0"))

    def kill(self) -> None:
        self.running[-1].stop(signal.SIGKILL)

    def __call__(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            f"{self.running[-1].address}/api/v1{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}", "Idempotency-Key": path},
            method=method,
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


@pytest.fixture
def servers(environment: dict[str, str], token: str) -> Iterator[Servers]:
    started = Servers(environment, token)
    yield started
    for server in started.running:
        if server.process.poll() is None:
            server.stop()
        for stream in (server.process.stdout, server.process.stderr):
            assert stream is not None
            stream.close()


def holds(path: Path) -> list[bytes]:
    content = path.read_bytes().lower()
    return [word for word in WORDS if word in content]


@pytest.mark.parametrize("at_copy", [0, 1, 2])
def test_a_killed_erasing_is_finished_by_the_same_request(servers: Servers, database: Path, at_copy: int) -> None:
    # given somebody in the database and in three copies that the program made
    servers.start()
    wanted = {"name": "Seat", "plan": "premium_career", "rule_book": "month_end", "time_zone": "UTC"}
    account = servers("POST", "/accounts", wanted)["id"]
    person = servers("POST", "/targets", {"person": ROBIN, "note": "the sampling fair"})["person"]["id"]
    servers("POST", f"/accounts/{account}/inmails", {"recipient": ROBIN, "source": "api", "note": "sampling"})
    servers.running[-1].stop()
    copies = [database.with_name(f"{database.name}.before-000{number}_step") for number in range(3)]
    for copy in copies:
        shutil.copy(database, copy)
    # when the server is killed as soon as one of the copies holds them no more
    servers.start()
    asking = Thread(target=lambda: _ask(servers, person))
    asking.start()
    while holds(copies[at_copy]):
        pass
    servers.kill()
    asking.join()
    # then the same request, sent again, leaves nothing of them
    servers.start()
    assert servers("DELETE", f"/people/{person}")["inmails"] == 1
    servers.running[-1].stop()

    for path in (*copies, *database.parent.glob(f"{database.name}*")):
        assert holds(path) == [], path
    store = open_database(f"sqlite:///{database}")
    assert list(check(store, utc_now())) == []
    store.checkpoint_and_close()


def _ask(servers: Servers, person: str) -> None:
    with suppress(OSError, urllib.error.URLError):
        servers("DELETE", f"/people/{person}")
