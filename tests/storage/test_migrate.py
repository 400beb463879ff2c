"""The migrations lead to the models' schema, and an existing database is copied before it is changed."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import peewee
import psycopg
import pytest

from inkeeper.clock import utc_now
from inkeeper.rules.people import clean_name, normal_name
from inkeeper.storage import migrate
from inkeeper.storage.database import Store, open_database
from inkeeper.storage.models import TABLES, Owner, Text
from tests.rows import add_row

ADD_COLOUR = """
from peewee import TextField

def up(migrator, db):
    migrator.migrate(migrator.add_column("owner", "colour", TextField(null=True)))
"""
NEWEST = migrate.steps()[-1][:4]
FAIL_HALFWAY = ADD_COLOUR + '    db.execute_sql("INSERT INTO nowhere VALUES (1)")\n'


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the real steps, to which a test may add."""
    folder = tmp_path / "steps"
    folder.mkdir()
    for step in migrate._FOLDER.glob("0*.py"):
        (folder / step.name).write_text(step.read_text())
    monkeypatch.setattr(migrate, "_FOLDER", folder)
    return folder


def columns(path: Path, table: str) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def columns_of_owner(url: str) -> list[str]:
    if url.startswith("sqlite"):
        return columns(Path(url.removeprefix("sqlite:///")), "owner")
    with psycopg.connect(url) as connection:
        return [column.name for column in connection.execute("SELECT * FROM owner").description or ()]


@pytest.mark.sqlite
def test_the_steps_lead_to_the_models(store: Store, tmp_path: Path) -> None:
    def schema(execute: Callable[[str], Any]) -> set[str]:
        # Partial indexes and triggers are written in SQL, since the models cannot describe them.
        rows = execute(
            "SELECT sql FROM sqlite_master WHERE sql NOT LIKE '%schema_migration%'"
            " AND type <> 'trigger' AND NOT (type = 'index' AND sql LIKE '% WHERE %')"
        )
        return {row[0] for row in rows.fetchall()}

    straight = peewee.SqliteDatabase(str(tmp_path / "straight.sqlite3"))
    with straight.bind_ctx(TABLES):
        straight.create_tables(TABLES, safe=False)

    with store.read() as tx:
        assert schema(tx.execute) == schema(straight.execute_sql)
    straight.close()


@pytest.mark.sqlite
def test_an_existing_database_is_copied_before_a_step(database_url: str, steps: Path, tmp_path: Path) -> None:
    store = open_database(database_url)
    with store.begin_write(None) as tx:
        add_row(tx, Owner, id="1", name="Kai Example", created_at=utc_now())
    store.checkpoint_and_close()
    (steps / "0777_colours.py").write_text(ADD_COLOUR)

    open_database(database_url).checkpoint_and_close()

    [copy] = tmp_path.glob("inkeeper.sqlite3.before-*")
    assert re.fullmatch(rf"inkeeper\.sqlite3\.before-update-{NEWEST}-\d{{8}}T\d{{6}}Z", copy.name)
    assert "colour" in columns(tmp_path / "inkeeper.sqlite3", "owner")
    assert "colour" not in columns(copy, "owner")
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT name FROM owner").fetchall() == [("Kai Example",)]


@pytest.mark.sqlite
def test_three_copies_are_kept_and_one_of_each_step(database_url: str, steps: Path, tmp_path: Path) -> None:
    open_database(database_url).checkpoint_and_close()
    older = [tmp_path / f"inkeeper.sqlite3.before-{name}" for name in ("0004_people", "0010_targets")]
    newest = f"{NEWEST}-2026"
    older += [tmp_path / f"inkeeper.sqlite3.before-update-{name}Z" for name in ("0012-20260101T000000", newest)]
    restored = tmp_path / "inkeeper.sqlite3.before-restore-20260101T000000Z"
    for copy in (*older, restored):
        copy.write_bytes(b"a copy")
    (steps / "0777_colours.py").write_text(FAIL_HALFWAY)

    for _ in range(5):
        with pytest.raises(peewee.OperationalError, match="nowhere"):
            open_database(database_url)

    left = sorted(tmp_path.glob("inkeeper.sqlite3.before-*"))
    assert left[0] == older[1]
    assert left[1] == restored
    assert left[2] == older[2]
    # Of the step that failed there is one copy, of the last attempt.
    assert left[3].name.startswith(f"inkeeper.sqlite3.before-update-{NEWEST}-")
    assert left[3] != older[3]
    assert len(left) == 4


def test_a_step_that_fails_changes_nothing_and_may_be_tried_again(empty_database_url: str, steps: Path) -> None:
    open_database(empty_database_url).checkpoint_and_close()
    (steps / "0777_colours.py").write_text(FAIL_HALFWAY)

    with pytest.raises((peewee.OperationalError, peewee.ProgrammingError), match="nowhere"):
        open_database(empty_database_url)
    assert "colour" not in columns_of_owner(empty_database_url)

    (steps / "0777_colours.py").write_text(ADD_COLOUR)
    open_database(empty_database_url).checkpoint_and_close()
    assert "colour" in columns_of_owner(empty_database_url)


def test_inmails_of_an_earlier_version_get_their_peoples_keys(tmp_path: Path) -> None:
    path = tmp_path / "inkeeper.sqlite3"
    member = "acoaab1cd2ef3gh4ij5kl6mn7op8qr9st0uv1wx"
    stored = [
        ("Kai  Example", "in/kai-example"),
        ("E\u0301LODIE Weiß", "in/e\u0301lodie"),
        ("Kai\u200b\u00a0Example", f"in/{member}"),
        ("Kai", "sales/lead/ACwAAB1"),
        ("Kai", "sales/lead/ACwAAB1,NAME_SEARCH,xYz1"),
        ("Kai", "sales/people/ACwAAB1%2CNAME_SEARCH"),
        ("Kai", "talent/profile/AEMa"),
        ("Kai", "in/.."),
        ("LinkedIn Member", None),
    ]
    site = "https://www.linkedin.com/"
    with closing(sqlite3.connect(path)) as connection:
        for step in sorted(migrate._FOLDER.glob("000[1-3]*.py")):
            run(step, peewee.SqliteDatabase(str(path)))
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.executemany(
            "INSERT INTO inmail (id, account_id, sent_at, cost, name, profile_url, source, outcome)"
            " VALUES (?, 'a', ?, 1, ?, ?, 'popup', 'pending')",
            [(str(number), number, name, url and site + url) for number, (name, url) in enumerate(stored)],
        )
        connection.commit()

        run(migrate._FOLDER / "0004_people.py", peewee.SqliteDatabase(str(path)))

        rows = connection.execute(
            "SELECT name, profile_url, name_key, link_key FROM inmail ORDER BY sent_at"
        ).fetchall()
    assert [row[0] for row in rows] == [name for name, _ in stored], "names stay as they were written"
    assert [row[1:] for row in rows] == [
        (f"{site}in/kai-example", "kai example", "in/kai-example"),
        (f"{site}in/\u00e9lodie", "\u00e9lodie weiss", "in/\u00e9lodie"),
        (f"{site}in/{member}", "kai example", f"member/{member}"),
        (f"{site}sales/lead/ACwAAB1", "kai", "lead/acwaab1"),
        (f"{site}sales/lead/ACwAAB1", "kai", "lead/acwaab1"),
        (f"{site}sales/lead/ACwAAB1", "kai", "lead/acwaab1"),
        (f"{site}talent/profile/AEMa", "kai", "talent/aema"),
        (f"{site}in/..", "kai", None),
        (None, "linkedin member", None),
    ]


def run(step: Path, database: peewee.SqliteDatabase) -> None:
    """One step alone."""
    names: dict[str, Any] = {}
    exec(step.read_text(), names)
    with database, database.atomic():
        names["up"](None, database)


@pytest.mark.parametrize("case", json.loads((Path(__file__).parents[1] / "people_cases.json").read_text())["names"])
def test_the_step_and_the_program_agree_on_names(case: dict[str, str]) -> None:
    names: dict[str, Any] = {}
    exec((migrate._FOLDER / "0004_people.py").read_text(), names)
    kept = clean_name(case["input"])
    assert names["_name_key"](kept) == normal_name(kept) == case["normal"]


ALLOW_VALUES = """
from inkeeper.storage.checks import allow_values

def up(migrator, db):
    before = ("introduction", "follow_up", "article", "other")
    allow_values(db, "text", "purpose", before, {after})
"""


@contextmanager
def opened(url: str) -> Iterator[Store]:
    store = open_database(url)
    yield store
    store.checkpoint_and_close()


def set_purpose(store: Store, purpose: str) -> None:
    with store.begin_write(None) as tx:
        tx.execute('UPDATE "text" SET "purpose" = ?', (purpose,))


def purposes(store: Store) -> set[str]:
    with store.read() as tx:
        return {purpose for (purpose,) in tx.execute('SELECT "purpose" FROM "text"').fetchall()}


def test_a_step_adds_a_value_to_a_stored_list(empty_database_url: str, steps: Path) -> None:
    with opened(empty_database_url) as store:
        with store.begin_write(None) as tx:
            add_row(tx, Owner, id="1", name="Kai Example", created_at=utc_now())
            add_row(tx, Text, id="2", owner_id="1", name="Hello", purpose="article", version=1, created_at=utc_now())
        with pytest.raises(peewee.IntegrityError):
            set_purpose(store, "thanks")

    after = ("introduction", "follow_up", "article", "thanks", "other")
    (steps / "9999_thanks.py").write_text(ALLOW_VALUES.format(after=after))

    with opened(empty_database_url) as store:
        assert purposes(store) == {"article"}
        set_purpose(store, "thanks")
        assert purposes(store) == {"thanks"}
        with pytest.raises(peewee.IntegrityError):
            set_purpose(store, "unheard of")
        assert store.damage() is None


@pytest.mark.parametrize("after", [("introduction", "follow_up", "other"), ("article",)])
def test_a_step_cannot_take_a_value_away(empty_database_url: str, steps: Path, after: tuple[str, ...]) -> None:
    (steps / "9999_fewer.py").write_text(ALLOW_VALUES.format(after=after))

    with pytest.raises(ValueError, match=r"text\.purpose: rows can hold .*article|follow_up"):
        open_database(empty_database_url)
