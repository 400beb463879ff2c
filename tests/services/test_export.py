"""An export brings everything back; a file that is not whole brings nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from inkeeper.services.export import ExportError, read_export, write_export
from inkeeper.storage.database import Store, open_database
from inkeeper.storage.models import TABLES, Pairing, ReminderSent, Snapshot
from tests.conftest import Clock, Device


@pytest.fixture
def filled(client: FlaskClient, pair: Callable[..., Device], store: Store, clock: Clock) -> Store:
    """A store with every kind of row."""
    headers = pair("Kai Example").headers
    account = client.post(
        "/api/v1/accounts",
        json={
            "name": "Zażółć gęślą jaźń \U0001f600",
            "plan": "premium_career",
            "rule_book": "month_end",
            "time_zone": "Europe/Berlin",
            "price": {"amount_minor": 2999, "currency": "EUR"},
        },
        headers=headers,
    ).json["id"]
    client.post(
        f"/api/v1/accounts/{account}/inmails",
        json={"recipient": {"name": "Robin Sample"}, "source": "popup", "note": "two\nlines"},
        headers={**headers, "Idempotency-Key": "sent-once"},
    )
    client.post(f"/api/v1/accounts/{account}/calendar", json={}, headers=headers)
    client.get(f"/api/v1/accounts/{account}/calendar.ics", headers=headers)
    with store.begin_write(None):
        ReminderSent.create(account=account, code="empty", severity="info", occasion=clock(), sent_at=clock())
    return store


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Store]:
    opened = open_database(f"sqlite:///{tmp_path}/fresh.sqlite3")
    yield opened
    opened.checkpoint_and_close()


@pytest.fixture
def exported(filled: Store, tmp_path: Path, clock: Clock) -> Path:
    write_export(filled, tmp_path / "all.json", clock())
    return tmp_path / "all.json"


def rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All that is stored and not merely derived."""
    with store.read() as transaction:
        return {
            table._meta.table_name: transaction.execute(
                f"SELECT * FROM {table._meta.table_name} ORDER BY rowid"
            ).fetchall()
            for table in TABLES
            if table not in (Pairing, Snapshot)
        }


def test_everything_comes_back(filled: Store, exported: Path, fresh: Store) -> None:
    counts = read_export(fresh, exported)

    assert rows(fresh) == rows(filled)
    assert all(count > 0 for count in counts.values()), counts
    assert fresh.damage() is None


def test_what_came_back_exports_alike(exported: Path, fresh: Store, tmp_path: Path, clock: Clock) -> None:
    read_export(fresh, exported)

    write_export(fresh, tmp_path / "again.json", clock())

    assert (tmp_path / "again.json").read_bytes() == exported.read_bytes()


def test_an_empty_database(store: Store, fresh: Store, tmp_path: Path, clock: Clock) -> None:
    write_export(store, tmp_path / "all.json", clock())

    assert set(read_export(fresh, tmp_path / "all.json").values()) == {0}


def test_the_file_is_for_its_owner_alone(exported: Path) -> None:
    assert exported.stat().st_mode & 0o777 == 0o600


def test_a_database_in_use_is_refused_and_stays_as_it_is(filled: Store, exported: Path) -> None:
    before = rows(filled)

    with pytest.raises(ExportError, match="holds data already"):
        read_export(filled, exported)

    assert rows(filled) == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"null",
        lambda _: b"[" * 100_000,
        lambda text: text[: len(text) // 2],
        lambda text: text[:-2],
        lambda text: text.replace(b"Robin", b"Robyn"),
        lambda text: text.replace(b'"cost":1', b'"cost":0'),
        lambda text: text.replace(b'"inmail":', b'"letter":'),
        lambda text: text.replace(b'"cost":', b'"price":'),
        lambda text: text.replace(b"\xc5\xbc", b"\xc5"),
        lambda text: text.replace(b"sha256:", b"sha256:0"),
        lambda text: b"PK\x03\x04" + text,
    ],
)
def test_a_damaged_file_brings_nothing(exported: Path, fresh: Store, damage: Callable[[bytes], bytes]) -> None:
    exported.write_bytes(damage(exported.read_bytes()))

    with pytest.raises(ExportError, match=r"damaged|not an export"):
        read_export(fresh, exported)

    assert not any(rows(fresh).values())


def test_a_file_of_a_newer_version(exported: Path, fresh: Store) -> None:
    document = json.loads(exported.read_text())
    exported.write_text(json.dumps({**document, "version": 2}))

    with pytest.raises(ExportError, match="newer version"):
        read_export(fresh, exported)


def test_a_file_of_something_else(exported: Path, fresh: Store) -> None:
    exported.write_text('{"format": "songs"}')

    with pytest.raises(ExportError, match="not an export"):
        read_export(fresh, exported)
