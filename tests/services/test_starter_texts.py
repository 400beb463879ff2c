"""The texts to begin with: with the first account, and for owners of an earlier version who have one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import peewee
import pytest

from inkeeper.ids import _ID
from inkeeper.storage import migrate
from inkeeper.wording.starter_texts import STARTER_TEXTS
from tests.conftest import Device
from tests.seat import Caller, Seat

NAMES = [text.name for text in STARTER_TEXTS]
HELLO = {"name": "Hello", "subject": "A question", "body": "Hi {{first_name}}"}


def listed(call: Caller) -> list[str]:
    return [text["name"] for text in call.get("/texts")["items"]]


def test_the_first_account_brings_texts(call: Caller, open_account: Callable[..., Seat]) -> None:
    assert listed(call) == []

    open_account()

    items = call.get("/texts")["items"]
    assert [(each["name"], each["purpose"], each["subject"], each["body"]) for each in items] == list(STARTER_TEXTS)
    open_account(plan="sales_navigator")
    assert listed(call) == NAMES


def test_texts_that_were_deleted_do_not_come_back(call: Caller, open_account: Callable[..., Seat]) -> None:
    open_account()
    for text in call.get("/texts")["items"]:
        call("DELETE", f"/texts/{text['id']}")

    open_account(plan="sales_navigator")

    assert listed(call) == []


def test_an_owner_who_has_a_text_gets_none(call: Caller, open_account: Callable[..., Seat]) -> None:
    call.post("/texts", HELLO)

    open_account()

    assert listed(call) == ["Hello"]


def test_each_owner_gets_their_own(
    call: Caller, open_account: Callable[..., Seat], pair: Callable[..., Device]
) -> None:
    open_account()
    other = Caller(call.client, pair("Mika Placeholder").headers)

    assert listed(other) == []
    other.post("/accounts", {"name": "Theirs", "plan": "premium_career", "rule_book": "month_end", "time_zone": "UTC"})

    assert listed(other) == NAMES


@pytest.fixture
def earlier(tmp_path: Path) -> peewee.SqliteDatabase:
    """A database of the version before there were texts, with two owners who have accounts and one who has none."""
    database = peewee.SqliteDatabase(str(tmp_path / "earlier.sqlite3"))
    for step in sorted(migrate._FOLDER.glob("000*.py")):
        run(step, database)
    with closing(database.connection()) as connection, connection:
        connection.executemany("INSERT INTO owner (id, name, created_at) VALUES (?, ?, 0)", ["aa", "bb", "cc"])
        connection.executemany(
            "INSERT INTO account (id, owner_id, name, time_zone, working_days, reserve, created_at, version)"
            " VALUES (?, ?, 'Seat', 'UTC', '12345', 0, 0, 1)",
            [("1", "a"), ("2", "a"), ("3", "b")],
        )
    database.close()
    return database


def run(step: Path, database: peewee.SqliteDatabase) -> None:
    names: dict[str, Any] = {}
    exec(step.read_text(), names)
    with database, database.atomic():
        names["up"](None, database)


def test_owners_of_an_earlier_version_get_them_too(earlier: peewee.SqliteDatabase) -> None:
    run(migrate._FOLDER / "0010_targets.py", earlier)

    rows = earlier.execute_sql(
        "SELECT owner_id, text.id, name, purpose, subject, body, text.version, text_version.version, archived_at"
        " FROM text JOIN text_version ON text_id = text.id ORDER BY owner_id, text.id"
    ).fetchall()
    earlier.close()
    assert [row[0] for row in rows] == ["a"] * 3 + ["b"] * 3
    assert [row[2:6] for row in rows] == [*STARTER_TEXTS, *STARTER_TEXTS]
    assert {row[6:] for row in rows} == {(1, 1, None)}
    assert len({row[1] for row in rows}) == 6
    assert all(_ID.fullmatch(row[1]) and row[1][14] == "7" and row[1][19] in "89ab" for row in rows)
