"""Fixtures: a store on a real database, the application with a settable clock, and paired devices."""

from __future__ import annotations

import gc
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from inkeeper.api.app import App, create_app
from inkeeper.server.listening import Server
from inkeeper.services.devices import pairing
from inkeeper.settings import Settings
from inkeeper.storage.database import Store, open_database
from tests import postgresql
from tests.seat import Caller, Seat


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder for the templates' bytecode, instead of the developer's cache."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def english_terminal() -> Iterator[None]:
    """English sentences at the terminal, whatever the developer's language is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LC_ALL", "C.UTF-8")
        yield


@pytest.fixture(scope="session", autouse=True)
def configuration_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder for entries that start Inkeeper, instead of the developer's."""
    folder = tmp_path_factory.mktemp("config")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(folder))
        yield folder


class Clock:
    """A clock that stands still until `advance`."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True)
class Device:
    """A connected device."""

    id: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


ON_BOTH_ENGINES = (
    "tests/api",
    "tests/cli/test_commands.py",
    "tests/cli/test_import.py",
    "tests/cli/test_remind.py",
    "tests/cli/test_two_processes.py",
    "tests/services",
    "tests/storage",
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs the tests of ON_BOTH_ENGINES on both engines; a test marked with one engine runs on that one only."""
    if "engine" not in metafunc.fixturenames:
        return
    only = [name for name in ("sqlite", "postgresql") if metafunc.definition.get_closest_marker(name)]
    if not only and metafunc.definition.nodeid.startswith(ON_BOTH_ENGINES):
        only = ["sqlite", "postgresql"]
    metafunc.parametrize("engine", only or ["sqlite"], indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`."""
    return str(request.param)


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgresql.Cluster]:
    """A PostgreSQL server for all tests of this process, configured without durability."""
    with postgresql.cluster(**postgresql.FAST) as running:
        yield running


@pytest.fixture(scope="session")
def migrated_database(cluster: postgresql.Cluster) -> str:
    """The name of a database with Inkeeper's tables, which the tests share one after the other."""
    name = cluster.new_database()
    open_database(cluster.url(name)).checkpoint_and_close()
    return name


@pytest.fixture(scope="session")
def admin_connection(cluster: postgresql.Cluster, migrated_database: str) -> Iterator[psycopg.Connection]:
    """A superuser's connection to that database."""
    with psycopg.connect(cluster.url(migrated_database), autocommit=True) as connection:
        connection.execute("SET lock_timeout = '10s'")
        yield connection


@pytest.fixture
def postgresql_url(cluster: postgresql.Cluster, migrated_database: str, admin_connection: psycopg.Connection) -> str:
    """A PostgreSQL database with Inkeeper's tables, all empty."""
    postgresql.empty_tables(admin_connection)
    return cluster.url(migrated_database)


@pytest.fixture
def database_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if engine == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path}/inkeeper.sqlite3"


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database after the first start. Tests open copies of it, since creating one takes ten times as long."""
    path = tmp_path_factory.mktemp("database") / "inkeeper.sqlite3"
    open_database(f"sqlite:///{path}").checkpoint_and_close()
    return path


@pytest.fixture
def empty_database_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A new database without tables."""
    if engine == "postgresql":
        cluster: postgresql.Cluster = request.getfixturevalue("cluster")
        return cluster.url(cluster.new_database())
    return f"sqlite:///{tmp_path}/inkeeper.sqlite3"


@pytest.fixture
def store(engine: str, database_url: str, request: pytest.FixtureRequest) -> Iterator[Store]:
    if engine == "sqlite":
        shutil.copy(request.getfixturevalue("new_database"), database_url.removeprefix("sqlite:///"))
    opened = open_database(database_url)
    yield opened
    opened.checkpoint_and_close()


@pytest.fixture
def statements(engine: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The SQL statements that the store runs from now on."""
    ran: list[str] = []
    if engine == "postgresql":
        execute = psycopg.Connection.execute

        def record(connection: psycopg.Connection, query: str, *arguments: Any, **options: Any) -> Any:
            ran.append(query)
            return execute(connection, query, *arguments, **options)

        monkeypatch.setattr(psycopg.Connection, "execute", record)
    else:
        for begin in (store.read, lambda: store.begin_write(None)):
            with begin() as transaction:
                transaction.connection.set_trace_callback(ran.append)
        ran.clear()
    return ran


@pytest.fixture
def shown_codes() -> list[str]:
    """The codes that the server's terminal has shown."""
    return []


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database=database_url)


@pytest.fixture
def app(store: Store, settings: Settings, clock: Clock, shown_codes: list[str]) -> App:
    made = create_app(
        store,
        settings=settings,
        clock=clock,
        show_code=lambda _device_name, code: shown_codes.append(code),
    )
    made.testing = True
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def pair(client: FlaskClient, store: Store, clock: Clock) -> Callable[..., Device]:
    """Connects a device of an owner by pairing."""

    def connect(owner: str = "me", device: str = "Chrome on Linux") -> Device:
        started = client.post("/api/v1/pairings", json={"device": device})
        assert started.status_code == 201, started.json
        claimed = pairing.open_for_owner(store, owner, clock())
        assert claimed is not None
        confirmed = client.post(f"/api/v1/pairings/{started.json['id']}/confirm", json={"code": claimed.code})
        assert confirmed.status_code == 201, confirmed.json
        return Device(confirmed.json["device_id"], confirmed.json["token"])

    return connect


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The address of a real server with the same application and store."""
    server = Server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()
    thread.join()
    # A server excludes the objects of its process from garbage collection. The tests go on.
    gc.unfreeze()


@pytest.fixture
def call(client: FlaskClient, pair: Callable[..., Device]) -> Caller:
    return Caller(client, pair().headers)


@pytest.fixture
def open_account(call: Caller) -> Callable[..., Seat]:
    """Opens an account: Premium Career in `month_end`, in UTC, opened on the first of the month, by default."""

    def open_it(**wanted: Any) -> Seat:
        body = {
            "name": "My seat",
            "plan": "premium_career",
            "rule_book": "month_end",
            "time_zone": "UTC",
            "opened_at": "2026-11-01T00:00:00Z",
        }
        return Seat(call, call.post("/accounts", body | wanted))

    return open_it


@pytest.fixture
def seat(open_account: Callable[..., Seat]) -> Seat:
    return open_account()


@pytest.fixture
def send(seat: Seat, store: Store) -> Callable[..., list[str]]:
    """Logs `many` InMails, of which `answered` get an outcome, and sets columns of their rows; returns their ids."""

    def log(many: int, answered: int = 0, *, cost: int = 1, sent_at: str | None = None, **columns: Any) -> list[str]:
        when = {"sent_at": sent_at} if sent_at else {}
        ids = [seat.log(f"Person {number}", cost=cost, **when)["inmail"]["id"] for number in range(many)]
        for inmail_id in ids[:answered]:
            assert seat.call("PATCH", f"{seat.path}/inmails/{inmail_id}", {"outcome": "declined"}).status_code == 200
        if columns:
            values = ", ".join(f"{column} = ?" for column in columns)
            with store.begin_write(seat.account["id"]) as tx:
                tx.executemany(f"UPDATE inmail SET {values} WHERE id = ?", [(*columns.values(), each) for each in ids])
        return ids

    return log


@pytest.fixture
def campaign(seat: Seat, store: Store) -> Callable[..., str]:
    """Creates a campaign of this name, whose first step has these texts; returns its id."""

    def make(name: str = "Autumn", *text_ids: str) -> str:
        first, second = (*text_ids, None, None)[:2]
        with store.begin_write(None) as tx:
            tx.execute(
                "INSERT INTO campaign (id, owner_id, account_id, name, created_at)"
                " SELECT ?, owner_id, id, ?, 0 FROM account WHERE id = ?",
                (name, name, seat.account["id"]),
            )
            tx.execute(
                "INSERT INTO campaign_step (campaign_id, number, text_id, second_text_id) VALUES (?, 1, ?, ?)",
                (name, first, second),
            )
            tx.execute(
                "INSERT INTO campaign_step (campaign_id, number, after_working_days, text_id) VALUES (?, 2, 7, ?)",
                (name, first),
            )
        return name

    return make
