"""An export brings everything back; a file that is not whole brings nothing."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema_rs
import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from inkeeper.jsontext import to_json
from inkeeper.rules.facts import Retracted
from inkeeper.rules.people import Person, parse_link
from inkeeper.services.access import Actor
from inkeeper.services.devices import connected as devices
from inkeeper.services.ledger import accounts
from inkeeper.services.people.sent import last_inmail_in_account, person_keys
from inkeeper.services.takeout.export import write_export
from inkeeper.services.takeout.export_format import Checksum, ExportError
from inkeeper.services.takeout.integrity import check
from inkeeper.services.takeout.restore import read_export
from inkeeper.storage import balances, targets
from inkeeper.storage import facts as stored_facts
from inkeeper.storage.database import Store, open_database
from inkeeper.storage.models import (
    TABLES,
    Account,
    Campaign,
    CampaignStep,
    ErasedInmail,
    Erasure,
    Inmail,
    Installation,
    Invitation,
    Owner,
    Pairing,
    PairingLimit,
    ReminderSent,
    SignIn,
    Snapshot,
    Ticket,
)
from inkeeper.storage.tables import key_of
from inkeeper.storage.transaction import Transaction
from tests.conftest import Clock, Device
from tests.postgresql import Cluster, empty_tables
from tests.rows import add_row
from tests.rules.histories import SHIPPED, History, histories


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
            "opened_at": "2026-11-01T00:00:00Z",
            "price": {"amount_minor": 2999, "currency": "EUR"},
            "language": "de",
        },
        headers=headers,
    ).json["id"]
    client.post(
        f"/api/v1/accounts/{account}/inmails",
        json={"recipient": {"name": "Robin Sample"}, "source": "popup", "note": "two\nlines"},
        headers={**headers, "Idempotency-Key": "sent-once"},
    )
    file = {"data": b"name,sent_at\n=Mika,2026-11-05\n", "content_type": "text/csv", "headers": headers}
    path = f"/api/v1/accounts/{account}/imports"
    confirm = client.post(path, query_string={"preview": "true"}, **file).json["confirm"]
    client.post(path, query_string={"confirm": confirm}, **file)
    client.post(f"/api/v1/accounts/{account}/calendar", json={}, headers=headers)
    client.get(f"/api/v1/accounts/{account}/calendar.ics", headers=headers)
    text = {"name": "Hello", "purpose": "introduction", "subject": "A question", "body": "Hi {{first_name}}\n{{note}}"}
    made = client.post("/api/v1/texts", json=text, headers=headers).json["id"]
    person = {"name": "Noör  Dummy", "profile_url": "linkedin.com/in/Noor-Dummy/?x=1", "company": "Tinworks"}
    wanted = {"person": person, "note": "two\nlines", "due": "2026-12-01", "text": made}
    target = client.post("/api/v1/targets", json=wanted, headers=headers).json["id"]
    with store.begin_write(None) as tx:
        campaign = add_row(
            tx,
            Campaign,
            id="c1",
            owner=Owner.select().get(tx.database),
            account=account,
            name="Winter",
            goal="Ten calls",
            created_at=clock(),
        )
        add_row(tx, CampaignStep, campaign=campaign, number=1, text=made)
        add_row(tx, CampaignStep, campaign=campaign, number=2, after_working_days=7, text=made)
        targets.update(tx, [target], {"campaign_id": "c1", "account_id": account})
        targets.follow(tx, [target])
    client.post(
        f"/api/v1/accounts/{account}/inmails",
        json={"recipient": {"name": "Noör Dummy", "profile_url": person["profile_url"]}, "source": "popup", "cost": 0},
        headers=headers,
    )
    with store.begin_write(None) as tx:
        add_row(tx, ReminderSent, account=account, code="empty", severity="info", occasion=clock(), sent_at=clock())
        erasure = add_row(tx, Erasure, at=clock(), salt="1f", marks='{"links":[],"names":[]}')
        add_row(tx, ErasedInmail, inmail=Inmail.select(Inmail.id).limit(1).get(tx.database).id, erasure=erasure)
    return store


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Store]:
    opened = open_database(f"sqlite:///{tmp_path}/fresh.sqlite3")
    yield opened
    opened.checkpoint_and_close()


@pytest.fixture
def exported(filled: Store, tmp_path: Path, clock: Clock) -> Path:
    write_export(filled, tmp_path / "all.zip", clock())
    return tmp_path / "all.zip"


def rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All that is stored and not merely derived."""
    with store.read() as tx:
        return {
            table._meta.table_name: tx.execute(
                f"SELECT * FROM {table._meta.table_name} ORDER BY {', '.join(key_of(table))}"
            ).fetchall()
            for table in TABLES
            if table not in (Installation, Pairing, PairingLimit, Invitation, SignIn, Snapshot, Ticket)
        }


def members(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def put_together(file: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def in_table(file: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(members(file)[name].decode("utf-8-sig"), newline="")))


def test_everything_comes_back(filled: Store, exported: Path, fresh: Store, clock: Clock) -> None:
    counts = read_export(fresh, exported)

    assert rows(fresh) == rows(filled)
    with fresh.read() as tx:
        assert tx.execute("SELECT language FROM owner").fetchall() == [("de",)]
    # The devices of the exported database know it again: their secrets are among the rows, and its id is the same.
    assert devices.installation_id(fresh) == devices.installation_id(filled)
    assert all(count > 0 for count in counts.values()), counts
    assert fresh.damage() is None
    assert list(check(fresh, clock())) == []


def test_what_came_back_exports_alike(exported: Path, fresh: Store, tmp_path: Path, clock: Clock) -> None:
    read_export(fresh, exported)

    write_export(fresh, tmp_path / "again.zip", clock())

    assert (tmp_path / "again.zip").read_bytes() == exported.read_bytes()


def test_an_empty_database(store: Store, fresh: Store, tmp_path: Path, clock: Clock) -> None:
    write_export(store, tmp_path / "all.zip", clock())

    assert set(read_export(fresh, tmp_path / "all.zip").values()) == {0}


def test_the_file_is_for_its_owner_alone(exported: Path) -> None:
    assert exported.stat().st_mode & 0o777 == 0o600


def test_the_document_is_as_its_schema_says(exported: Path) -> None:
    parts = members(exported)

    schema = json.loads(parts["schema.json"])
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    document = json.loads(parts["inkeeper.json"])
    validator.validate(document)
    document["tables"]["inmail"][0]["cost"] = "1"
    assert not validator.is_valid(document)


def test_the_tables_are_for_people(exported: Path) -> None:
    (account,) = in_table(exported, "accounts.csv")
    mika, robin, noor = in_table(exported, "inmails.csv")
    entries = in_table(exported, "ledger.csv")

    assert (account["name"], account["owner"]) == ("Zażółć gęślą jaźń \U0001f600", "Kai Example")
    assert (account["balance"], account["price_minor"], account["currency"]) == ("3", "2999", "EUR")
    assert (robin["recipient"], robin["note"], robin["source"]) == ("Robin Sample", "two\nlines", "popup")
    assert mika["recipient"] == "'=Mika"
    assert [entry["kind"] for entry in entries] == ["grant", "spend", "spend", "spend"]
    assert [entry["inmail_id"] for entry in entries[2:]] == [robin["id"], noor["id"]]


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
        lambda text: text.replace(b'"cost":1', b'"cost":[1]'),
        lambda text: text.replace(b'"cost":1', b'"cost":true'),
        lambda text: text.replace(b'"cost":1', b'"cost":"1"'),
        lambda text: text.replace(b'"cost":1', b'"cost":7'),
        lambda text: text.replace(b"\xc5\xbc", b"\xc5"),
        lambda text: text.replace(b"sha256:", b"sha256:0"),
        lambda text: b"\n".join(line for line in text.split(b"\n") if b"Mika" not in line),
        lambda text: b"PK\x03\x04" + text,
    ],
)
@pytest.mark.parametrize("form", ["zip", "first version"])
def test_a_damaged_file_brings_nothing(
    exported: Path, fresh: Store, damage: Callable[[bytes], bytes], form: str
) -> None:
    if form == "zip":
        parts = members(exported)
        put_together(exported, parts | {"inkeeper.json": damage(parts["inkeeper.json"])})
    else:
        exported.write_bytes(damage(of_the_first_version(exported)))

    with pytest.raises(ExportError, match=r"damaged|not an export"):
        read_export(fresh, exported)

    assert not any(rows(fresh).values())


@pytest.mark.parametrize("cut", [10, 1000, -30, -1])
def test_a_zip_that_is_not_whole_brings_nothing(exported: Path, fresh: Store, cut: int) -> None:
    exported.write_bytes(exported.read_bytes()[:cut])

    with pytest.raises(ExportError, match="damaged"):
        read_export(fresh, exported)

    assert not any(rows(fresh).values())


@pytest.mark.parametrize("newer", [{"version": 3}, {"steps": ["0001_ledger", "0002_owning", "0099_more"]}])
def test_a_file_of_a_newer_version(exported: Path, fresh: Store, newer: dict[str, Any]) -> None:
    parts = members(exported)
    begin, _, rest = parts["inkeeper.json"].partition(b',"tables":')
    head = json.dumps(json.loads(begin + b"}") | newer).encode()[:-1]
    put_together(exported, parts | {"inkeeper.json": head + b',"tables":' + rest})

    with pytest.raises(ExportError, match="newer version"):
        read_export(fresh, exported)


def of_the_first_version(exported: Path) -> bytes:
    """The same content as a version without zips and imports would have written it."""
    document = json.loads(members(exported)["inkeeper.json"])
    tables = {name: table for name, table in document["tables"].items() if name in FIRST_TABLES}
    for name, columns in LATER_COLUMNS.items():
        for row in tables[name]:
            for column in columns & row.keys():
                del row[column]
    checksum = Checksum()
    for name, table in tables.items():
        for row in table:
            checksum.add(name, to_json(row))
    head = {"format": "inkeeper-export", "version": 1, "made_by": "0", "exported_at": document["exported_at"]}
    return to_json(head | {"tables": tables, "checksum": str(checksum)}).encode()


FIRST_TABLES = ("owner", "device", "account", "fact", "inmail", "idempotency")
LATER_COLUMNS = {
    "owner": {"language"},
    "account": {"lead_days", "low_balance"},
    "fact": {"import_id"},
    "device": {"secret", "kind"},
    "inmail": {
        *("message_key", "replaces", "former_name", "former_url"),
        *("target_id", "text_id", "text_version", "campaign_id"),
    },
}
"""What later versions added to the tables of the first, and an export of the first does not have."""


def test_a_file_of_the_first_version(filled: Store, exported: Path, fresh: Store) -> None:
    exported.write_bytes(of_the_first_version(exported))

    counts = read_export(fresh, exported)

    assert {name for name, count in counts.items() if count} == set(FIRST_TABLES)
    for name in FIRST_TABLES:
        assert first_columns(fresh, name) == first_columns(filled, name)
    with fresh.read() as tx:
        assert tx.execute("SELECT lead_days, low_balance FROM account").fetchall() == [("7,3,1", None)]


def first_columns(store: Store, table: str) -> list[dict[str, Any]]:
    with store.read() as tx:
        found = tx.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
        names = [column[0] for column in found.description]
        later = LATER_COLUMNS.get(table, set())
        return [{name: value for name, value in zip(names, row, strict=True) if name not in later} for row in found]


def test_people_in_an_older_export_are_found_however_their_names_and_links_were_written(
    filled: Store, exported: Path, fresh: Store
) -> None:
    stored = "https://www.linkedin.com/sales/people/ACwAAB1,NAME_SEARCH,xYz1"
    with filled.begin_write(None) as tx:
        Inmail.update(name="E\u0301lodie  Muster", profile_url=stored).where(Inmail.name == "Robin Sample").execute(
            tx.database
        )
    write_export(filled, exported.with_name("older.zip"), Clock()())
    exported.write_bytes(of_the_first_version(exported.with_name("older.zip")))

    read_export(fresh, exported)

    with fresh.read() as tx:
        row = (
            Inmail.select().where(Inmail.profile_url == "https://www.linkedin.com/sales/lead/ACwAAB1").get(tx.database)
        )
        for person in (Person("Somebody", parse_link(stored)), Person("ÉLODIE MUSTER", None)):
            found = last_inmail_in_account(tx, row.account_id, person)
            assert found is not None
            assert found.id == row.id


BEFORE_PEOPLE = ("person", "person_link", "text", "text_version", "campaign", "campaign_step", "target")


def test_an_export_from_before_there_was_a_list_of_people(
    filled: Store, exported: Path, fresh: Store, clock: Clock
) -> None:
    parts = members(exported)
    begin, _, rest = parts["inkeeper.json"].partition(b',"tables":')
    head = json.loads(begin + b"}")
    head["steps"] = [step for step in head["steps"] if step < "0010"]
    tables = {
        name: [
            {column: row[column] for column in row if column not in LATER_COLUMNS_OF_PEOPLE.get(name, ())}
            for row in table
        ]
        for name, table in json.loads(b'{"tables":' + rest)["tables"].items()
        if name not in BEFORE_PEOPLE
    }
    put_together(exported, {"inkeeper.json": written(head, tables)})

    counts = read_export(fresh, exported)

    assert counts["inmail"] == 3
    assert not any(counts[name] for name in BEFORE_PEOPLE)
    with fresh.read() as tx:
        keys = "SELECT name_key, link_key, target_id FROM inmail WHERE link_key IS NOT NULL"
        assert tx.execute(keys).fetchall() == [("noör dummy", "in/noor-dummy", None)]
    assert list(check(fresh, clock())) == []


LATER_COLUMNS_OF_PEOPLE = {
    "inmail": ("target_id", "text_id", "text_version", "campaign_id"),
    "erasure": ("owner_id",),
}


def written(head: dict[str, Any], tables: dict[str, list[dict[str, Any]]]) -> bytes:
    """A document with these tables, as an export writes it."""
    checksum = Checksum()
    lines = [to_json(head)[:-1] + ',"tables":{']
    for name, table in tables.items():
        lines.append(f'"{name}":[')
        lines += [to_json(row) + "," for row in table]
        lines.append("],")
        for row in table:
            checksum.add(name, to_json(row))
    return "\n".join([*lines, f'}},"checksum":"{checksum}"}}', ""]).encode()


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ({"person": {"name": None}}, "is not what the column name holds"),
        ({"person_link": {"url": "https://example.com/in/noor"}}, "a row of person_link has no link to a person"),
        ({"target": {"person_id": "missing"}}, "does not fit"),
        ({"target": {"variant": 7}}, "does not fit"),
        ({"campaign_step": {"number": 9}}, "does not fit"),
    ],
)
def test_damaged_rows_of_people(exported: Path, fresh: Store, damage: dict[str, dict[str, Any]], says: str) -> None:
    parts = members(exported)
    begin, _, rest = parts["inkeeper.json"].partition(b',"tables":')
    tables = json.loads(b'{"tables":' + rest)["tables"]
    for name, changes in damage.items():
        tables[name] = [row | changes for row in tables[name]]
    put_together(exported, {"inkeeper.json": written(json.loads(begin + b"}"), tables)})

    with pytest.raises(ExportError, match=says):
        read_export(fresh, exported)

    assert not any(rows(fresh).values())


@pytest.mark.parametrize("content", [b'{"format": "songs"}', b'{"tables": []}', b"[]"])
def test_a_file_of_something_else(exported: Path, fresh: Store, content: bytes) -> None:
    exported.write_bytes(content)

    with pytest.raises(ExportError, match="not an export"):
        read_export(fresh, exported)


def test_a_zip_of_something_else(exported: Path, fresh: Store) -> None:
    put_together(exported, {"songs.json": b"{}"})

    with pytest.raises(ExportError, match="not an export"):
        read_export(fresh, exported)


@contextmanager
def stores(*urls: str) -> Iterator[tuple[list[Store], Path]]:
    """New ones, and a folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        opened = [open_database(url.format(folder=folder)) for url in urls]
        yield opened, folder
        for store in opened:
            store.checkpoint_and_close()


# PostgreSQL has no text with NUL in it, and the API lets none in.
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def live_through(tx: Transaction, past: History, words: list[str]) -> None:
    """An account with this history, its InMails listed, inside a write."""
    opened = past.opened
    add_row(tx, Owner, id="owner", name=words[0] or "me", created_at=opened.at)
    add_row(
        tx,
        Account,
        id="account",
        owner="owner",
        name=words[1],
        time_zone=opened.time_zone,
        working_days="12345",
        reserve=0,
        created_at=opened.at,
        version=1,
    )
    dates = {fact.id: fact.at for fact in past.facts}
    balances.record(
        tx,
        "account",
        [
            # Nothing is taken back before it happened, which the pure rules would not mind.
            replace(fact, at=max(fact.at, dates.get(fact.target_id, fact.at))) if isinstance(fact, Retracted) else fact
            for fact in past.facts
        ],
        past.end,
    )
    for fact in stored_facts.facts_of(tx, "account"):
        if type(fact).__name__ == "Sent":
            outcomes = stored_facts.outcomes_of(tx, fact.id)
            add_row(
                tx,
                Inmail,
                id=fact.id,
                account="account",
                sent_at=fact.at,
                cost=fact.cost,
                name=words[2],
                profile_url=words[3] or None,
                name_key=person_keys(words[2], None)[0],
                note=words[4] or None,
                source="api",
                outcome=outcomes[-1].outcome if outcomes else "pending",
                outcome_at=outcomes[-1].at if outcomes else None,
                retracted_at=stored_facts.retraction_of(tx, fact.id),
            )


@given(past=histories(books=SHIPPED), words=st.lists(WORDS, min_size=5, max_size=5))
@settings(max_examples=40, deadline=None)
def test_any_history_goes_to_postgresql_and_back_without_loss(
    cluster: Cluster, migrated_database: str, admin_connection: psycopg.Connection, past: History, words: list[str]
) -> None:
    empty_tables(admin_connection)
    urls = ("sqlite:///{folder}/before.sqlite3", cluster.url(migrated_database), "sqlite:///{folder}/after.sqlite3")
    with stores(*urls) as (opened, folder):
        with opened[0].begin_write(None) as tx:
            live_through(tx, past, words)
        for number, (source, target) in enumerate(pairwise(opened)):
            write_export(source, folder / f"{number}.zip", past.end)
            read_export(target, folder / f"{number}.zip")

        told = []
        for store in opened:
            assert rows(store) == rows(opened[0])
            assert list(check(store, past.end)) == []
            with store.read() as tx:
                since = balances.opened_at(tx, "account")
                told.append(
                    (
                        accounts.get_account(tx, Actor("owner"), "account", past.end),
                        balances.journal_of(tx, "account", since, past.end),
                        balances.period_sheets(tx, "account", since, past.end),
                    )
                )
        assert told == [told[0]] * 3
