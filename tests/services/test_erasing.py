"""Erasing a person leaves the counts and nothing else, not even in the file's unused corners."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from peewee import ForeignKeyField, Model, TextField

from inkeeper.errors import Problem
from inkeeper.services.takeout import backups
from inkeeper.services.takeout.erasing import MARKS_KEPT, Erased, erase_person, mark
from inkeeper.services.takeout.export import write_export
from inkeeper.services.takeout.integrity import check
from inkeeper.services.takeout.restore import read_export
from inkeeper.storage import models, tables, weekly
from inkeeper.storage.database import Store, open_database
from inkeeper.storage.models import (
    ERASED_NAME,
    TABLES,
    Account,
    Campaign,
    Owner,
    Person,
    PersonalField,
)
from tests.conftest import Clock, Device
from tests.rows import add_row, create_table
from tests.seat import Caller, Seat

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LINK = "https://www.linkedin.com/in/robin-sample"

# Every column of text that is not declared as personal. A new one fails here until it is declared or named.
NOT_PERSONAL = {
    "owner.id owner.language device.id device.owner device.token_hash device.secret device.kind",
    "pairing.id pairing.owner pairing.code invitation.owner invitation.code pairing_limit.owner installation.id",
    "sign_in.owner sign_in.secret_hash ticket.device ticket.secret_hash ticket.target",
    "account.id account.owner account.time_zone account.currency account.working_days account.plan_prices",
    "account.last_fact_id account.lead_days",
    "import.id import.account import.kind",
    "fact.id fact.account fact.kind fact.about fact.data fact.import_id",
    "inmail.id inmail.account inmail.purpose inmail.source inmail.outcome inmail.message_key",
    "inmail.replaces inmail.target_id inmail.text_id inmail.campaign_id",
    "person.id person.owner person_link.owner person_link.kind",
    "text.id text.owner text.purpose",
    "campaign.id campaign.owner campaign.account campaign.starts campaign.ends campaign_step.purpose",
    "target.id target.owner target.account target.purpose target.due",
    "target.planned_for target.planned_at target.last_inmail_id target.opens_on target.ends_on",
    "target.planned_on target.wanted_on",
    "snapshot.account snapshot.fact_id snapshot.state snapshot.sheet",
    "idempotency.device idempotency.key idempotency.request_hash",
    "calendar_feed.account calendar_feed.secret_hash",
    "calendar_event.account calendar_event.uid calendar_event.digest",
    "reminder_sent.account reminder_sent.code reminder_sent.severity",
    "erasure.salt erasure.marks erasure.owner_id erased_inmail.inmail",
}


def erase(store: Store, link: str, name: str | None = None, now: datetime = NOW) -> Erased:
    return erase_person(store, link, name, now)


@pytest.fixture
def robin(seat: Seat, clock: Clock) -> str:
    """The id of an InMail to somebody whose name, link, subject and note are remembered in every way there is."""
    answered = seat.call(
        "POST",
        f"{seat.path}/inmails",
        {
            "recipient": {"name": "Robin Sample", "profile_url": LINK},
            "subject": "About the sampling",
            "note": "met at the sampling fair",
            "source": "popup",
        },
        Idempotency_Key="first",
    )
    inmail_id: str = answered.json["inmail"]["id"]
    seat.log("Mika Placeholder", link="https://www.linkedin.com/in/mika-placeholder")
    clock.advance(days=1)
    path = f"{seat.path}/inmails/{inmail_id}"
    assert seat.call("PATCH", path, {"outcome": "replied"}, Idempotency_Key="second").status_code == 200
    return inmail_id


def test_every_column_of_text_is_declared_as_personal_or_known_not_to_be() -> None:
    columns = {
        f"{table._meta.table_name}.{field.name}"
        for table in TABLES
        for field in table._meta.sorted_fields
        if (isinstance(field, TextField) and not isinstance(field, PersonalField))
        or field.name in ("owner", "account", "device")
    }

    assert columns == {name for names in NOT_PERSONAL for name in names.split()}


def test_the_counts_stay(seat: Seat, robin: str, store: Store, clock: Clock) -> None:
    before, entries = seat.summary(), seat.ledger()

    found = erase(store, "linkedin.com/in/Robin-Sample/".join(["https://", "?trk=1"]))

    assert found._replace(still_on_disk=None) == (1, 2, [], [], [], [], None, 0, 0, [])
    assert (found.still_on_disk is None) == (store.path is not None), "PostgreSQL's log and backups keep old rows"
    after = seat.call.get(f"{seat.path}/inmails/{robin}")
    assert after["recipient"] == {"name": ERASED_NAME, "profile_url": None}
    assert (after["subject"], after["note"], after["outcome"], after["cost"]) == (None, None, "replied", 1)
    summary = seat.summary()
    assert {**summary, "recent": []} == {**before, "recent": []}
    assert [each["recipient"]["name"] for each in summary["recent"]] == ["Mika Placeholder", ERASED_NAME]
    assert seat.ledger() == entries
    assert list(check(store, clock())) == []


def test_a_write_that_is_sent_again_tells_nothing_of_them(seat: Seat, robin: str, store: Store) -> None:
    erase(store, LINK)

    again = seat.call("PATCH", f"{seat.path}/inmails/{robin}", {"outcome": "replied"}, Idempotency_Key="second")

    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json["inmail"]["id"] == robin
    assert again.json["inmail"]["recipient"] == {"name": ERASED_NAME, "profile_url": None}
    assert again.json["inmail"]["note"] is None


def test_a_client_that_knows_the_summary_learns_of_it(seat: Seat, robin: str, store: Store) -> None:
    etag = seat.call("GET", f"{seat.path}/summary").headers["ETag"]

    erase(store, LINK)

    assert seat.call("GET", f"{seat.path}/summary", If_None_Match=etag).status_code == 200


@pytest.mark.sqlite
def test_not_a_byte_remains_in_the_files(seat: Seat, robin: str, store: Store, tmp_path: Path) -> None:
    erase(store, LINK)

    for file in tmp_path.glob("inkeeper.sqlite3*"):
        content = file.read_bytes().lower()
        for word in (b"robin", b"sampling"):
            assert word not in content, file
    assert b"mika" in (tmp_path / "inkeeper.sqlite3").read_bytes().lower()


def test_others_of_the_same_name_are_counted_and_only_erased_if_asked(seat: Seat, robin: str, store: Store) -> None:
    seat.log("ROBIN SAMPLE")
    seat.log("Robin Sample", link="https://www.linkedin.com/in/another-robin")

    assert len(erase(store, LINK).same_name) == 2
    found = erase(store, LINK, "robin sample")

    assert (found.inmails, len(found.same_name)) == (1, 1)
    names = {each["recipient"]["name"] for each in seat.call.get(f"{seat.path}/inmails")["items"]}
    assert names == {"Mika Placeholder", ERASED_NAME, "Robin Sample"}


@pytest.mark.parametrize(
    "spelling",
    ["E\u0301lodie Muster", "élodie  muster", "Élodie\u00a0Muster", "Élodie\u200b Muster", "ÉLODIE MUSTER"],
)
def test_a_person_is_erased_by_name_in_any_spelling(seat: Seat, store: Store, spelling: str) -> None:
    seat.log("Élodie Muster")
    seat.log("Élodie Muster", link="https://www.linkedin.com/sales/lead/ACwAAB1")

    assert erase(store, "https://www.linkedin.com/in/elodie", spelling).inmails == 2
    assert {each["recipient"]["name"] for each in seat.call.get(f"{seat.path}/inmails")["items"]} == {ERASED_NAME}


MEMBER = "https://www.linkedin.com/in/ACoAAB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX"


def test_a_person_is_erased_by_a_link_that_an_earlier_version_stored_in_lower_case(seat: Seat, store: Store) -> None:
    seat.log("Kai Example", link=MEMBER.lower().replace("https://www.", "m."))
    seat.log("Kai E.", link=f"{MEMBER}?trk=1")
    seat.log("Kai Example", link="https://www.linkedin.com/in/another-kai")

    erased = erase(store, MEMBER)

    assert erased.inmails == 2
    assert len(erased.same_name) == 1


def test_what_is_erased_is_found_by_name_and_link_no_more(seat: Seat, robin: str, store: Store) -> None:
    erase(store, LINK)

    for part in ("robin", LINK):
        assert seat.call.get(f"{seat.path}/inmails?q={part}")["items"] == []
    assert seat.log("Robin Sample", link=LINK)["duplicate_of"] is None


def test_erasing_again_finds_nothing(seat: Seat, robin: str, store: Store) -> None:
    erase(store, LINK)

    assert erase(store, LINK)[:4] == (0, 0, [], [])


@pytest.mark.parametrize("link", ["", "Robin Sample", "https://example.com/in/robin", "https://www.linkedin.com/feed/"])
def test_what_is_no_link_to_a_person(store: Store, link: str) -> None:
    with pytest.raises(Problem):
        erase(store, link)


# InMails that were edited


def test_what_an_inmail_was_before_its_edits_goes_as_well(
    seat: Seat, store: Store, tmp_path: Path, clock: Clock
) -> None:
    seat.log("Mika Placeholder")
    mistyped = seat.log("Rubin Zample", note="zampling fair", sent_at="2026-11-20T09:00:00Z")["inmail"]["id"]
    path = f"{seat.path}/inmails"
    middle = seat.call("PATCH", f"{path}/{mistyped}", {"sent_at": "2026-11-19T09:00:00Z"}).json["inmail"]["id"]
    right = {"recipient": {"name": "Robin Sample", "profile_url": LINK}, "note": "fair"}
    last = seat.call("PATCH", f"{path}/{middle}", {"cost": 0, **right}, Idempotency_Key="edit").json["inmail"]["id"]

    found = erase(store, LINK)

    assert (found.inmails, found.answers) == (1, 1)
    for inmail_id in (mistyped, middle, last):
        assert seat.call.get(f"{path}/{inmail_id}")["recipient"] == {"name": ERASED_NAME, "profile_url": None}
    for file in tmp_path.glob("inkeeper.sqlite3*"):
        content = file.read_bytes().lower()
        assert not [word for word in (b"rubin", b"zampl", b"robin") if word in content], file
    assert list(check(store, clock())) == []


def test_the_wrong_person_of_a_corrected_inmail_goes_and_the_right_one_stays(seat: Seat, store: Store) -> None:
    wrong = {"recipient": {"name": "Robin Sample", "profile_url": LINK}, "source": "import"}
    logged = seat.call("POST", f"{seat.path}/inmails", wrong, Idempotency_Key="log")
    path = f"{seat.path}/inmails/{logged.json['inmail']['id']}"
    right = {"name": "Mika Placeholder", "profile_url": "https://www.linkedin.com/in/mika-placeholder"}
    assert seat.call("PATCH", path, {"recipient": right}).status_code == 200

    erase(store, LINK)

    assert seat.call.get(path)["recipient"] == right
    again = seat.call("POST", f"{seat.path}/inmails", wrong, Idempotency_Key="log")
    assert again.json["inmail"]["recipient"] == {"name": ERASED_NAME, "profile_url": None}
    with store.read() as tx:
        kept = tx.execute("SELECT former_name, former_url FROM inmail").fetchall()
    assert kept == [(ERASED_NAME, None)]


MIKA = "https://www.linkedin.com/in/mika-placeholder"


def recipients(store: Store) -> list[tuple[str | None, ...]]:
    """Name, link, former name and former link in each row, in the order of storing."""
    with store.read() as tx:
        columns = "name, name_key, profile_url, link_key, former_name, former_url"
        return list(tx.execute(f"SELECT {columns} FROM inmail ORDER BY id"))


def edited(seat: Seat, inmail_id: str, **changes: object) -> str:
    answer = seat.call("PATCH", f"{seat.path}/inmails/{inmail_id}", changes)
    assert answer.status_code == 200
    return str(answer.json["inmail"]["id"])


def test_an_inmail_that_was_edited_counts_once_and_its_empty_columns_stay_empty(seat: Seat, store: Store) -> None:
    first = seat.log("Robin Sample", link=LINK)["inmail"]["id"]
    edited(seat, edited(seat, first, cost=0), cost=1, note="x")

    assert erase(store, LINK).inmails == 1

    assert recipients(store) == [(ERASED_NAME, ERASED_NAME, None, None, None, None)] * 3


def test_the_person_whom_an_inmail_was_corrected_to_stays_in_every_row(seat: Seat, store: Store) -> None:
    first = seat.log("Robin Sample", link=LINK)["inmail"]["id"]
    moved = edited(seat, first, cost=0)
    edited(seat, edited(seat, moved, recipient={"name": "Mika Placeholder", "profile_url": MIKA}), cost=1)

    found = erase(store, LINK)

    assert (found.inmails, found.same_name) == (1, [])
    # Of the second, what it was when it was replaced is that it went to Mika.
    mika = ("Mika Placeholder", "mika placeholder", MIKA, "in/mika-placeholder", ERASED_NAME, None)
    assert recipients(store) == [(ERASED_NAME, ERASED_NAME, None, None, None, None), mika, mika]
    assert erase(store, LINK)[:4] == (0, 0, [], [])


def test_the_same_name_in_an_inmail_that_was_edited_is_counted_once_by_the_id_it_has(seat: Seat, store: Store) -> None:
    seat.log("Robin Sample", link=LINK)
    moved = edited(seat, seat.log("Robin Sample")["inmail"]["id"], cost=0)
    corrected = edited(seat, seat.log("ROBIN SAMPLE")["inmail"]["id"], recipient={"name": "Mika Placeholder"})

    assert erase(store, LINK).same_name == [moved, corrected]
    assert erase(store, LINK, "robin sample").inmails == 2
    assert [row[0] for row in recipients(store)] == [ERASED_NAME] * 3 + ["Mika Placeholder"]


# What names the person elsewhere


def test_what_mentions_the_person_elsewhere_is_named_and_left_as_it_is(
    open_account: Callable[..., Seat], robin: str, store: Store, pair: Callable[..., Device]
) -> None:
    other = open_account(name="Searching with Robin Sample")
    device = pair(device="Robin Sample's laptop").id
    told = other.log("Mika Placeholder", note="knows ROBIN SAMPLE", subject="see /in/robin-sample")["inmail"]["id"]
    other.log("Quinn Sample", note="a sample of robins")

    found = erase(store, LINK)

    assert {(each.table, each.column, each.id) for each in found.mentions} == {
        ("account", "name", other.account["id"]),
        ("device", "name", device),
        ("inmail", "note", told),
        ("inmail", "subject", told),
    }
    assert other.call.get(f"{other.path}/inmails/{told}")["note"] == "knows ROBIN SAMPLE"


def test_a_stored_answer_that_mentions_the_person_in_another_ones_note_forgets_the_note(
    seat: Seat, robin: str, store: Store
) -> None:
    body = {"recipient": {"name": "Mika Placeholder"}, "source": "popup", "note": "knows Robin Sample"}
    seat.call("POST", f"{seat.path}/inmails", body, Idempotency_Key="other")

    assert erase(store, LINK).answers == 3

    again = seat.call("POST", f"{seat.path}/inmails", body, Idempotency_Key="other").json["inmail"]
    assert (again["recipient"]["name"], again["note"]) == ("Mika Placeholder", ERASED_NAME)


# The program's own copies


@pytest.mark.sqlite
def test_the_programs_own_copies_are_erased_too(seat: Seat, robin: str, store: Store, tmp_path: Path) -> None:
    copies = [tmp_path / name for name in ("inkeeper.sqlite3.before-0005_fact_order", ".inkeeper.sqlite3.77.new")]
    for copy in copies:
        store.copy_to(copy)
        with closing(sqlite3.connect(copy)) as older, older:
            older.execute("DROP TABLE erased_inmail")
            older.execute("ALTER TABLE account DROP COLUMN last_fact_id")
            older.execute("UPDATE account SET name = 'For Robin Sample'")
    (tmp_path / "inkeeper.sqlite3.before-0002_owning").write_bytes(b"Robin Sample, but no database" * 100)
    theirs = tmp_path / "my-backup.sqlite3"
    store.copy_to(theirs)

    found = erase(store, LINK)

    assert (set(found.copies), found.copies_left) == (set(copies), [tmp_path / "inkeeper.sqlite3.before-0002_owning"])
    assert [(each.table, each.column, each.copy) for each in found.mentions] == [
        ("account", "name", copy) for copy in found.copies
    ]
    for copy in copies:
        content = copy.read_bytes().lower()
        assert b"sampling" not in content
        assert b"/in/robin" not in content
        assert b"mika" in content
        assert not list(tmp_path.glob(f"{copy.name}-*")), "nothing is left beside it"
    assert b"sampling" in theirs.read_bytes(), "what the user made is the user's"


@pytest.mark.sqlite
def test_weekly_backups_are_erased_too(seat: Seat, robin: str, store: Store, tmp_path: Path) -> None:
    made = [backups.make_if_due(store, NOW + timedelta(weeks=week)) for week in range(3)]

    assert erase(store, LINK, now=NOW + timedelta(weeks=3)).copies == made

    for path in tmp_path.iterdir():
        assert b"sampling" not in path.read_bytes().lower(), path


@pytest.mark.sqlite
def test_a_backup_that_is_being_made_does_not_keep_the_person(
    seat: Seat, robin: str, store: Store, tmp_path: Path
) -> None:
    assert store.path is not None
    has_copied, may_go_on = Event(), Event()

    def copy_slowly(target: Path) -> None:
        store.copy_to(target)
        has_copied.set()
        may_go_on.wait(60)

    making = Thread(target=weekly.make_if_due, args=(store.path, NOW, copy_slowly))
    making.start()
    assert has_copied.wait(60)
    erasing = Thread(target=erase, args=(store, LINK))
    erasing.start()
    # The erasing waits: nothing of the person is gone before the backup is there.
    erasing.join(1)
    assert erasing.is_alive()
    may_go_on.set()
    making.join()
    erasing.join()

    [backup] = tmp_path.glob("inkeeper.sqlite3.backup-2*")
    assert b"sampling" not in backup.read_bytes().lower()


# The declaration, erasing and exporting agree


@pytest.fixture
def meetings(store: Store, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> type[Model]:
    """A table that another version might add, with somebody in it."""

    class Meeting(Model):
        id = TextField(primary_key=True)
        account = ForeignKeyField(Account)
        who = PersonalField("name")
        link = PersonalField("link", null=True)
        about = PersonalField("about", null=True)
        title = PersonalField("label")

        class Meta:
            legacy_table_names = False

    with store.begin_write(None) as tx:
        create_table(tx, Meeting)
        account = seat.account["id"]
        add_row(tx, Meeting, id="1", account=account, who="Robin Sample", link=LINK, about="sampling", title="Lunch")
        add_row(
            tx,
            Meeting,
            id="2",
            account=account,
            who="Mika Placeholder",
            about="knows Robin Sample",
            title="Robin Sample",
        )
    monkeypatch.setattr(models, "TABLES", (*TABLES, Meeting))
    return Meeting


@pytest.mark.sqlite
def test_a_new_table_is_erased_and_exported_by_its_declaration_alone(
    meetings: type[Model], robin: str, store: Store, tmp_path: Path
) -> None:
    found = erase(store, LINK)

    with store.read() as tx:
        rows = list(meetings.select().order_by(meetings.id).tuples().execute(tx.database))
    assert [row[2:] for row in rows] == [
        (ERASED_NAME, None, None, "Lunch"),
        ("Mika Placeholder", None, "knows Robin Sample", "Robin Sample"),
    ]
    assert {(each.table, each.column, each.id) for each in found.mentions} == {
        ("meeting", "about", "2"),
        ("meeting", "title", "2"),
    }
    write_export(store, tmp_path / "all.zip", NOW)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        exported = json.loads(archive.read("inkeeper.json"))["tables"]["meeting"]
    for field in meetings._meta.sorted_fields:
        if isinstance(field, PersonalField):
            assert field.column_name in exported[0]


def test_every_table_with_personal_columns_is_exported_but_the_pairings_of_a_day() -> None:
    personal = {
        table._meta.table_name
        for table in TABLES
        if any(isinstance(field, PersonalField) for field in table._meta.sorted_fields)
    }

    assert personal - {table.name for table in tables.exported()} == {"pairing"}


@pytest.mark.sqlite
def test_all_accounts_are_taken_in_order_before_anything_changes(
    open_account: Callable[..., Seat], robin: str, store: Store
) -> None:
    """A write that holds one of them could otherwise wait for erasing, and erasing for it."""
    open_account(name="Another")
    with store.read() as tx:
        ids = [account_id for (account_id,) in tx.execute("SELECT id FROM account ORDER BY id")]
    statements: list[str] = []
    with store.begin_write(None) as tx:
        tx.connection.set_trace_callback(statements.append)

    erase(store, LINK)

    changes = [each for each in statements if each.startswith(("UPDATE", "INSERT", "DELETE"))]
    taken = changes[: len(ids)]
    assert all(each.startswith("UPDATE account SET version") for each in taken)
    assert [each.split("'")[1] for each in taken] == ids
    assert any(each.startswith('UPDATE "inmail"') for each in changes[len(ids) :])


# What clients have to forget


def test_a_client_learns_which_inmails_to_forget_and_by_what_to_know_the_person(
    seat: Seat, robin: str, store: Store, call: Caller
) -> None:
    assert call.get("/erasures") == {"erasures": [], "last": 0, "more": False, "complete": True}

    erase(store, LINK, "Robin Sample")

    told = call.get("/erasures?since=0")
    (erasure,) = told["erasures"]
    assert (erasure["id"], erasure["at"], erasure["inmails"]) == (1, "2026-11-24T09:00:00Z", [robin])
    assert erasure["links"] == [mark(erasure["salt"], LINK)]
    assert erasure["names"] == [mark(erasure["salt"], "robin sample")]
    assert (told["last"], told["more"], told["complete"]) == (1, False, True)
    assert "robin" not in json.dumps(told).lower()
    assert call.get("/erasures?since=1") == {"erasures": [], "last": 1, "more": False, "complete": True}


def test_another_owner_learns_the_marks_and_not_the_inmails(
    seat: Seat, robin: str, store: Store, client: FlaskClient, pair: Callable[..., Device]
) -> None:
    erase(store, LINK)

    other = Caller(client, pair("Mika Placeholder").headers).get("/erasures")

    assert other["erasures"][0]["inmails"] == []
    assert other["erasures"][0]["links"]


def test_a_client_that_was_away_too_long_is_told_to_forget_everybody(
    seat: Seat, robin: str, store: Store, call: Caller
) -> None:
    erase(store, LINK)
    erase(store, "https://www.linkedin.com/in/mika-placeholder", now=NOW + MARKS_KEPT + timedelta(seconds=1))

    told = call.get("/erasures?since=0")
    assert ([each["id"] for each in told["erasures"]], told["complete"], told["last"]) == ([2], False, 2)
    assert call.get("/erasures?since=1")["complete"] is True
    assert call.get("/erasures?since=7") == {"erasures": [], "last": 2, "more": False, "complete": False}


def test_a_long_list_comes_in_parts(seat: Seat, store: Store, call: Caller) -> None:
    for number in range(103):
        erase(store, f"https://www.linkedin.com/in/person-{number}")

    first = call.get("/erasures")
    rest = call.get(f"/erasures?since={first['last']}")

    assert (len(first["erasures"]), first["more"], len(rest["erasures"]), rest["more"]) == (100, True, 3, False)


# People on the list


LEAD = "https://www.linkedin.com/sales/lead/ACwAAR0bin"


def put_on_list(seat: Seat, name: str = "Robin Sample", link: str | None = LINK, **fields: Any) -> dict[str, Any]:
    person = {"name": name, **({"profile_url": link} if link else {})}
    target: dict[str, Any] = seat.call.post("/targets", {"person": person, **fields})
    return target


def stored(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as tx:
        return list(tx.execute(sql))


@pytest.fixture
def listed(seat: Seat) -> dict[str, Any]:
    """Robin's target. Robin has two links, and all that can be known of a person is known."""
    person = {"name": "Robin Sample", "first_name": "Robin", "company": "Sampling Ltd", "headline": "Head of sampling"}
    made = seat.call.post("/people", person | {"profile_url": LINK})
    seat.call.post("/people", {"name": "Robin Sample", "profile_url": LEAD}, expect=200)
    target: dict[str, Any] = seat.call.post(
        "/targets", {"person": {"id": made["id"]}, "note": "the sampling fair", "due": "2026-12-01"}
    )
    assert target["person"]["links"] == [LINK, LEAD]
    seat.call("PATCH", f"/targets/{target['id']}", {"action": "later", "until": "2026-11-25"}, Idempotency_Key="later")
    return target


def test_a_stored_person_is_emptied_and_their_targets_are_dropped(
    seat: Seat, listed: dict[str, Any], store: Store, tmp_path: Path, clock: Clock
) -> None:
    put_on_list(seat, "Mika Placeholder", MIKA)

    found = erase(store, LINK)

    assert (found.people, found.targets, found.answers, found.mentions) == (1, 1, 1, [])
    columns = "name, first_name, company, headline, do_not_contact, name_key, erased_at IS NOT NULL"
    assert stored(store, f"SELECT {columns} FROM person ORDER BY id")[0] == (
        ERASED_NAME,
        None,
        None,
        None,
        0,
        ERASED_NAME,
        1,
    )
    assert stored(store, "SELECT url FROM person_link") == [(MIKA,)]
    columns = "note, dropped_at IS NOT NULL, opens_on, planned_on, wanted_on, due"
    assert stored(store, f"SELECT {columns} FROM target ORDER BY id")[0] == (None, 1, None, None, None, "2026-12-01")
    target = seat.call.get(f"/targets/{listed['id']}")
    assert (target["state"], target["person"]["name"], target["person"]["links"]) == ("dropped", ERASED_NAME, [])
    assert [each["person"]["name"] for each in seat.summary()["targets"]["next"]] == ["Mika Placeholder"]
    assert [each["name"] for each in seat.call.get("/people")["items"]] == ["Mika Placeholder"]
    for file in tmp_path.glob("inkeeper.sqlite3*"):
        content = file.read_bytes().lower()
        assert not [word for word in (b"robin", b"sampling", b"r0bin") if word in content], file
    assert list(check(store, clock())) == []
    assert erase(store, LINK)[:4] == (0, 0, [], [])


@pytest.mark.parametrize(("by", "other"), [(LINK, LEAD), (LEAD, LINK)])
def test_one_link_of_a_stored_person_erases_what_any_of_them_finds(
    seat: Seat, listed: dict[str, Any], store: Store, call: Caller, by: str, other: str
) -> None:
    seat.log("R. Sample", link=other, cost=0)
    seat.log("Robin Sample", link="https://www.linkedin.com/in/another-robin", cost=0)

    found = erase(store, by)

    assert (found.inmails, len(found.same_name)) == (1, 1)
    assert {row[0] for row in recipients(store)} == {ERASED_NAME, "Robin Sample"}
    (erasure,) = call.get("/erasures")["erasures"]
    assert sorted(erasure["links"]) == sorted(mark(erasure["salt"], link) for link in (LINK, LEAD))
    assert erasure["names"] == []


def test_an_inmail_that_did_a_targets_step_is_its_persons_under_whatever_link(seat: Seat, store: Store) -> None:
    target = put_on_list(seat)
    by_name = seat.log("ROBIN SAMPLE", link=LEAD, cost=0)
    assert by_name["closed_target"] == target["id"]

    found = erase(store, LINK)

    assert (found.inmails, found.people) == (1, 1)
    assert recipients(store) == [(ERASED_NAME, ERASED_NAME, None, None, None, None)]


def test_the_link_of_an_inmail_that_did_a_targets_step_finds_the_stored_person(seat: Seat, store: Store) -> None:
    put_on_list(seat)
    seat.log("Robin Sample", link=LEAD, cost=0)
    seat.log("R. Sample", link=LINK, cost=0)

    found = erase(store, LEAD)

    assert (found.inmails, found.people, found.targets) == (2, 1, 1)


def test_an_erased_inmail_does_not_lead_to_a_person_by_its_target(seat: Seat, store: Store, clock: Clock) -> None:
    robins = put_on_list(seat)
    mikas = put_on_list(seat, "Mika Placeholder", MIKA)
    first = seat.log("Robin Sample", link=LINK)["inmail"]["id"]
    moved = edited(seat, first, sent_at="2026-11-23T08:00:00Z")
    right = {"name": "Mika Placeholder", "profile_url": MIKA}
    edited(seat, moved, recipient=right)

    erase(store, MIKA)

    assert stored(store, "SELECT name, target_id FROM inmail ORDER BY id") == [
        (ERASED_NAME, None),
        (ERASED_NAME, mikas["id"]),
    ]
    assert seat.call.get(f"/targets/{robins['id']}")["person"]["name"] == "Robin Sample"
    assert list(check(store, clock())) == []


def test_a_stored_person_without_a_link_is_counted_and_erased_by_name_if_asked(seat: Seat, store: Store) -> None:
    put_on_list(seat, link=None)
    seat.log("Mika Placeholder")
    seat.log("Robin Sample", link=LINK, cost=0)
    with store.begin_write(None) as tx:
        tx.execute("UPDATE inmail SET target_id = NULL")

    found = erase(store, LINK)
    assert (found.people, len(found.same_name_people)) == (0, 1)

    found = erase(store, LINK, "robin  sample")
    assert (found.people, found.same_name_people) == (1, [])


def test_a_name_alone_is_not_another_stored_persons(seat: Seat, store: Store) -> None:
    another = "https://www.linkedin.com/in/another-robin"
    put_on_list(seat, link=another)
    seat.log("Robin Sample")
    seat.log("Robin Sample", link=another)

    found = erase(store, LINK, "Robin Sample")

    assert (found.inmails, found.people, len(found.same_name), len(found.same_name_people)) == (0, 0, 2, 1)


def test_texts_campaigns_and_notes_on_others_that_mention_a_person_are_named(
    seat: Seat, listed: dict[str, Any], store: Store, clock: Clock
) -> None:
    text = seat.call.post(
        "/texts", {"name": "For Robin Sample", "subject": "Robin Sample", "body": "Robin Sample said"}
    )
    mika = put_on_list(seat, "Mika Placeholder", MIKA, note="ask Robin Sample")
    seat.call("PATCH", f"/people/{mika['person']['id']}", {"company": "Robin Sample & Co", "headline": "robin-sample"})
    with store.begin_write(None) as tx:
        add_row(
            tx,
            Campaign,
            id="c1",
            owner=Owner.select().get(tx.database),
            account=seat.account["id"],
            name="Robin Sample",
            goal="Robin Sample",
            created_at=clock(),
        )

    found = erase(store, LINK)

    assert {(each.table, each.column, each.id) for each in found.mentions} == {
        ("text", "name", text["id"]),
        ("text_version", "subject", text["id"]),
        ("text_version", "body", text["id"]),
        ("campaign", "name", "c1"),
        ("campaign", "goal", "c1"),
        ("target", "note", mika["id"]),
        ("person", "company", mika["person"]["id"]),
        ("person", "headline", mika["person"]["id"]),
    }
    assert seat.call.get(f"/targets/{mika['id']}")["note"] == "ask Robin Sample"


def test_answers_about_people_and_targets_are_emptied(seat: Seat, store: Store) -> None:
    person = {"name": "Robin Sample", "profile_url": LINK, "company": "Sampling Ltd"}
    body = {"person": person, "note": "the sampling fair"}
    seat.call("POST", "/targets", body, Idempotency_Key="first")
    other = {"person": {"name": "Robin Sample", "profile_url": "https://www.linkedin.com/in/another-robin"}}
    seat.call("POST", "/targets", other, Idempotency_Key="other")

    assert erase(store, LINK).answers == 1

    again = seat.call("POST", "/targets", body, Idempotency_Key="first").json
    assert again["person"] | {"id": ""} == {
        "id": "",
        "name": ERASED_NAME,
        "first_name": None,
        "links": [],
        "company": None,
        "headline": None,
        "do_not_contact": False,
    }
    assert (again["note"], again["state"]) == (None, "ready")
    assert seat.call("POST", "/targets", other, Idempotency_Key="other").json["person"]["name"] == "Robin Sample"


@pytest.mark.sqlite
def test_copies_with_people_are_erased_too(
    seat: Seat, listed: dict[str, Any], store: Store, tmp_path: Path, clock: Clock
) -> None:
    seat.log("R. Sample", link=LEAD)
    copy = tmp_path / "inkeeper.sqlite3.before-0011_more"
    older = tmp_path / "inkeeper.sqlite3.before-0010_targets"
    store.copy_to(copy)
    store.copy_to(older)
    with closing(sqlite3.connect(older)) as connection, connection:
        for column in ("target_id", "text_id", "campaign_id", "text_version"):
            connection.execute("DROP INDEX IF EXISTS inmail_purpose")
            connection.execute(f"DROP INDEX IF EXISTS inmail_{column}")
        for column in ("target_id", "text_id", "campaign_id", "text_version"):
            connection.execute(f"ALTER TABLE inmail DROP COLUMN {column}")
        for table in ("target", "campaign_step", "campaign", "text_version", "text", "person_link", "person"):
            connection.execute(f"DROP TABLE {table}")

    found = erase(store, LINK)

    assert (set(found.copies), found.copies_left) == ({copy, older}, [])
    for path in found.copies:
        content = path.read_bytes().lower()
        assert not [word for word in (b"robin", b"r. sample", b"sampling", b"r0bin") if word in content], path
    restored = open_database(f"sqlite:///{copy}")
    assert list(check(restored, clock())) == []
    restored.checkpoint_and_close()


def test_what_was_erased_is_exported_and_comes_back(
    seat: Seat, listed: dict[str, Any], store: Store, tmp_path: Path, clock: Clock
) -> None:
    seat.log("Robin Sample", link=LINK)
    seat.call("PATCH", seat.path, {"language": "de"})
    erase(store, LINK)

    write_export(store, tmp_path / "all.zip", NOW)
    fresh = open_database(f"sqlite:///{tmp_path}/fresh.sqlite3")
    read_export(fresh, tmp_path / "all.zip")

    assert stored(fresh, "SELECT language FROM owner") == [("de",)]
    for table in ("person", "person_link", "target", "erasure", "inmail"):
        assert stored(fresh, f"SELECT * FROM {table} ORDER BY 1, 2") == stored(
            store, f"SELECT * FROM {table} ORDER BY 1, 2"
        )
    assert list(check(fresh, clock())) == []
    fresh.checkpoint_and_close()


def test_an_erased_person_cannot_be_put_on_the_list_again_by_id(
    seat: Seat, listed: dict[str, Any], store: Store
) -> None:
    person, target = listed["person"]["id"], listed["id"]
    erase(store, LINK)

    assert seat.call("POST", "/targets", {"person": {"id": person}}).status_code == 422
    text = seat.call.post("/texts", {"name": "Hello", "subject": "Hello", "body": "Hi {{name}}"})["id"]
    assert seat.call("POST", f"/texts/{text}/preview", {"person": {"id": person}}).status_code == 404
    assert seat.call("GET", f"/people/{person}").status_code == 404
    assert seat.call("PATCH", f"/people/{person}", {"name": "Robin Sample"}).status_code == 404
    assert seat.call("PATCH", f"/targets/{target}", {"action": "reopen"}).json["state"] == "dropped"
    assert put_on_list(seat)["person"]["id"] != person


def test_a_name_that_many_people_share_is_mentioned_nowhere(seat: Seat, store: Store) -> None:
    seat.log("LinkedIn Member", link=LINK)
    seat.log("LinkedIn Member")
    seat.log("Mika Placeholder", note="was a LinkedIn member")

    found = erase(store, LINK, "LinkedIn Member")

    assert (found.inmails, found.same_name, found.mentions) == (1, [], [])


# Tables that another version might add


@pytest.fixture
def remarks(store: Store, seat: Seat, listed: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> type[Model]:
    """A table whose rows belong to people, with one about Robin and one about Mika."""
    mika = put_on_list(seat, "Mika Placeholder", MIKA)["person"]["id"]

    class Remark(Model):
        id = TextField(primary_key=True)
        person = ForeignKeyField(Person)
        words = PersonalField("about", null=True)
        nickname = PersonalField("name")

        class Meta:
            legacy_table_names = False

    class Folder(Model):
        """With nothing in it that erasing empties."""

        id = TextField(primary_key=True)
        person = ForeignKeyField(Person)
        title = PersonalField("label")

        class Meta:
            legacy_table_names = False

    with store.begin_write(None) as tx:
        create_table(tx, Remark)
        create_table(tx, Folder)
        add_row(tx, Folder, id="1", person=listed["person"]["id"], title="Mine")
        add_row(tx, Remark, id="1", person=listed["person"]["id"], words="likes sampling", nickname="Rob")
        add_row(tx, Remark, id="2", person=mika, words="knows Robin Sample", nickname="Mi")
    monkeypatch.setattr(models, "TABLES", (*TABLES, Remark, Folder))
    return Remark


@pytest.mark.sqlite
def test_a_new_table_whose_rows_belong_to_people_is_erased_by_its_reference_alone(
    remarks: type[Model], store: Store
) -> None:
    found = erase(store, LINK)

    with store.read() as tx:
        rows = [(row.words, row.nickname) for row in remarks.select().order_by(remarks.id).execute(tx.database)]
    assert rows == [(None, ERASED_NAME), ("knows Robin Sample", "Mi")]
    assert [(each.table, each.column, each.id) for each in found.mentions] == [("remark", "words", "2")]


def test_every_column_about_people_is_in_a_row_that_says_whom_it_is_about() -> None:
    for table in TABLES:
        fields = [field for field in table._meta.sorted_fields if isinstance(field, PersonalField)]
        if any(field.holds in ("name", "link", "about") for field in fields):
            own = any(field.holds == "name" and not field.of_former for field in fields)
            belongs = any(
                isinstance(each, ForeignKeyField) and each.rel_model is Person for each in table._meta.sorted_fields
            )
            assert own or belongs, f"erasing cannot tell whom the rows of {table._meta.table_name} are about"


def test_every_table_about_people_says_whose_it_is(store: Store, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    class Diary(Model):
        id = TextField(primary_key=True)
        page = PersonalField("label")

        class Meta:
            legacy_table_names = False

    with store.begin_write(None) as tx:
        create_table(tx, Diary)
    monkeypatch.setattr(models, "TABLES", (*TABLES, Diary))

    with pytest.raises(TypeError, match="diary"):
        erase(store, LINK)
    with store.begin_write(None) as tx:
        tx.execute("DROP TABLE diary")
