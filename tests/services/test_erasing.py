"""Erasing a person leaves the counts and nothing else, not even in the file's unused corners."""

from __future__ import annotations

from pathlib import Path

import pytest
from peewee import TextField

from inkeeper.errors import Problem
from inkeeper.services.erasing import erase_person
from inkeeper.services.integrity import check
from inkeeper.storage.database import Store
from inkeeper.storage.models import ERASED_NAME, TABLES
from tests.conftest import Clock
from tests.seat import Seat

LINK = "https://www.linkedin.com/in/robin-sample"

# Every column of words. What may tell of a recipient has to be erased; a new column fails here until it is named.
ERASED = {
    *("inmail.name", "inmail.profile_url", "inmail.subject", "inmail.note", "idempotency.body"),
    *("inmail.former_name", "inmail.former_url"),
}
NOTHING_OF_A_RECIPIENT = {
    "owner.id owner.name device.id device.owner device.name device.token_hash",
    "pairing.id pairing.owner pairing.device_name pairing.code",
    "account.id account.owner account.name account.time_zone account.currency account.working_days account.plan_prices",
    "import.id import.account import.kind",
    "fact.id fact.account fact.kind fact.about fact.data fact.import_id",
    "inmail.id inmail.account inmail.purpose inmail.source inmail.outcome inmail.replaces",
    "snapshot.account snapshot.fact_id snapshot.state snapshot.sheet",
    "idempotency.device idempotency.key idempotency.request_hash",
    "calendar_feed.account calendar_feed.secret_hash",
    "calendar_event.account calendar_event.uid calendar_event.digest",
    "reminder_sent.account reminder_sent.code reminder_sent.severity",
}


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


def test_every_column_of_words_is_thought_of() -> None:
    columns = {
        f"{table._meta.table_name}.{field.name}"
        for table in TABLES
        for field in table._meta.sorted_fields
        if isinstance(field, TextField) or field.name in ("owner", "account", "device")
    }

    assert columns == ERASED | {name for names in NOTHING_OF_A_RECIPIENT for name in names.split()}


def test_the_counts_stay(seat: Seat, robin: str, store: Store, clock: Clock) -> None:
    before, entries = seat.summary(), seat.ledger()

    found = erase_person(store, "linkedin.com/in/Robin-Sample/".join(["https://", "?trk=1"]))

    assert found == (1, 2, 0, True)
    after = seat.call.get(f"{seat.path}/inmails/{robin}")
    assert after["recipient"] == {"name": ERASED_NAME, "profile_url": None}
    assert (after["subject"], after["note"], after["outcome"], after["cost"]) == (None, None, "replied", 1)
    summary = seat.summary()
    assert {**summary, "recent": []} == {**before, "recent": []}
    assert [each["recipient"]["name"] for each in summary["recent"]] == ["Mika Placeholder", ERASED_NAME]
    assert seat.ledger() == entries
    assert list(check(store, clock())) == []


def test_a_write_that_is_sent_again_tells_nothing_of_them(seat: Seat, robin: str, store: Store) -> None:
    erase_person(store, LINK)

    again = seat.call("PATCH", f"{seat.path}/inmails/{robin}", {"outcome": "replied"}, Idempotency_Key="second")

    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json["inmail"]["id"] == robin
    assert again.json["inmail"]["recipient"] == {"name": ERASED_NAME, "profile_url": None}
    assert again.json["inmail"]["note"] is None


def test_a_client_that_knows_the_summary_learns_of_it(seat: Seat, robin: str, store: Store) -> None:
    etag = seat.call("GET", f"{seat.path}/summary").headers["ETag"]

    erase_person(store, LINK)

    assert seat.call("GET", f"{seat.path}/summary", If_None_Match=etag).status_code == 200


def test_not_a_byte_remains_in_the_files(seat: Seat, robin: str, store: Store, tmp_path: Path) -> None:
    erase_person(store, LINK)

    for file in tmp_path.glob("inkeeper.sqlite3*"):
        content = file.read_bytes().lower()
        for word in (b"robin", b"sampling"):
            assert word not in content, file
    assert b"mika" in (tmp_path / "inkeeper.sqlite3").read_bytes().lower()


def test_others_of_the_same_name_are_counted_and_only_erased_if_asked(seat: Seat, robin: str, store: Store) -> None:
    seat.log("ROBIN SAMPLE")
    seat.log("Robin Sample", link="https://www.linkedin.com/in/another-robin")

    assert erase_person(store, LINK).same_name == 2
    found = erase_person(store, LINK, "robin sample")

    assert (found.inmails, found.same_name) == (1, 1)
    names = {each["recipient"]["name"] for each in seat.call.get(f"{seat.path}/inmails")["items"]}
    assert names == {"Mika Placeholder", ERASED_NAME, "Robin Sample"}


def test_what_an_inmail_was_before_its_edits_goes_as_well(
    seat: Seat, store: Store, tmp_path: Path, clock: Clock
) -> None:
    seat.log("Mika Placeholder")
    mistyped = seat.log("Rubin Zample", note="zampling fair", sent_at="2026-11-20T09:00:00Z")["inmail"]["id"]
    path = f"{seat.path}/inmails"
    middle = seat.call("PATCH", f"{path}/{mistyped}", {"sent_at": "2026-11-19T09:00:00Z"}).json["inmail"]["id"]
    right = {"recipient": {"name": "Robin Sample", "profile_url": LINK}, "note": "fair"}
    last = seat.call("PATCH", f"{path}/{middle}", {"cost": 0, **right}, Idempotency_Key="edit").json["inmail"]["id"]

    found = erase_person(store, LINK)

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

    erase_person(store, LINK)

    assert seat.call.get(path)["recipient"] == right
    again = seat.call("POST", f"{seat.path}/inmails", wrong, Idempotency_Key="log")
    assert again.json["inmail"]["recipient"] == {"name": ERASED_NAME, "profile_url": None}
    with store.read() as transaction:
        kept = transaction.execute("SELECT former_name, former_url FROM inmail").fetchall()
    assert kept == [(ERASED_NAME, None)]


def test_erasing_again_finds_nothing(seat: Seat, robin: str, store: Store) -> None:
    erase_person(store, LINK)

    assert erase_person(store, LINK)[:3] == (0, 0, 0)


@pytest.mark.parametrize("link", ["", "Robin Sample", "https://example.com/in/robin", "https://www.linkedin.com/feed/"])
def test_what_is_no_link_to_a_person(store: Store, link: str) -> None:
    with pytest.raises(Problem):
        erase_person(store, link)
