"""Erasing a person over HTTP: from all that is the owner's, and from nothing of anybody else's."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inkeeper.services.takeout.erasing import mark
from inkeeper.services.takeout.integrity import check
from inkeeper.storage.database import Store
from inkeeper.storage.models import ERASED_NAME
from tests.conftest import Clock, Device
from tests.seat import Caller, Seat

LINK, LEAD = "https://www.linkedin.com/in/robin-sample", "https://www.linkedin.com/sales/lead/ACwAAR0bin"
ROBIN = {"name": "Robin Sample", "profile_url": LINK}


@pytest.fixture
def seat(open_account: Callable[..., Seat]) -> Seat:
    return open_account(plan="sales_navigator")


@pytest.fixture
def robin(seat: Seat) -> str:
    """The id of somebody on the list with two links and three InMails: by either link, and by name."""
    person: str = seat.call.post("/people", ROBIN | {"company": "Sampling Ltd"})["id"]
    seat.call.post("/people", {"name": "Robin Sample", "profile_url": LEAD}, expect=200)
    seat.call.post("/targets", {"person": {"id": person}, "note": "the sampling fair"})
    seat.log("R. S.", link=LINK, note="met at the sampling fair")
    seat.log("R. S.", link=LEAD)
    seat.log("ROBIN  sample")
    seat.log("Robin Sample", link="https://www.linkedin.com/in/another-robin")
    return person


@pytest.fixture
def other(client: FlaskClient, pair: Callable[..., Device]) -> Seat:
    """Another owner's account, with an InMail to the same person, who is on their list too."""
    call = Caller(client, pair("Mika Placeholder").headers)
    wanted = {"name": "Theirs", "plan": "premium_career", "rule_book": "month_end", "time_zone": "UTC"}
    theirs = Seat(call, call.post("/accounts", wanted | {"opened_at": "2026-11-01T00:00:00Z"}))
    call("POST", "/targets", {"person": ROBIN, "note": "their note"}, Idempotency_Key="theirs")
    theirs.log("Robin Sample", link=LINK, note="knows Robin Sample")
    return theirs


def erase(seat: Seat, person: str, **headers: str) -> dict[str, Any]:
    answer = seat.call("DELETE", f"/people/{person}", **headers)
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def names(seat: Seat) -> Counter[str]:
    return Counter(item["recipient"]["name"] for item in seat.call.get(f"{seat.path}/inmails")["items"])


def test_a_person_is_erased_from_everything_and_the_counts_stay(
    seat: Seat, robin: str, store: Store, tmp_path: Path, clock: Clock
) -> None:
    balance, entries = seat.balance(), seat.ledger()

    found = erase(seat, robin)

    (same_name,) = found.pop("same_name")
    assert found == {"id": robin, "inmails": 3, "targets": 1, "mentions": []}
    assert seat.call.get(f"{seat.path}/inmails/{same_name}")["recipient"]["name"] == "Robin Sample"
    assert names(seat) == {ERASED_NAME: 3, "Robin Sample": 1}
    assert (seat.balance(), seat.ledger()) == (balance, entries)
    assert seat.call("GET", f"/people/{robin}").status_code == 404
    assert seat.call.get("/people")["items"] == []
    assert seat.call.get("/targets")["items"][0]["person"]["name"] == ERASED_NAME
    for file in tmp_path.glob("inkeeper.sqlite3*"):
        content = file.read_bytes().lower()
        assert not [word for word in (b"r. s.", b"sampling", b"r0bin", b"/in/robin") if word in content], file
    assert list(check(store, clock())) == []


def test_nothing_of_another_owner_is_erased_or_told(seat: Seat, robin: str, other: Seat) -> None:
    before = (other.call.get(f"{other.path}/inmails"), other.call.get("/people"), other.call.get("/targets"))
    summary = other.call("GET", f"{other.path}/summary").headers["ETag"]

    found = erase(seat, robin)

    assert (found["inmails"], found["mentions"]) == (3, [])
    assert (other.call.get(f"{other.path}/inmails"), other.call.get("/people"), other.call.get("/targets")) == before
    assert other.call("GET", f"{other.path}/summary", If_None_Match=summary).status_code == 304
    assert other.call.get("/erasures") == {"erasures": [], "last": 1, "more": False, "complete": True}
    body = {"person": ROBIN, "note": "their note"}
    again = other.call("POST", "/targets", body, Idempotency_Key="theirs").json
    assert (again["person"]["name"], again["note"]) == ("Robin Sample", "their note")


def test_another_owners_person_is_as_one_that_does_not_exist(seat: Seat, robin: str, other: Seat) -> None:
    theirs, missing = (other.call("DELETE", f"/people/{each}") for each in (robin, "missing"))

    assert (theirs.status_code, theirs.data) == (404, missing.data)
    assert ERASED_NAME not in names(seat)


def test_clients_of_the_owner_learn_every_link_and_the_name(seat: Seat, robin: str) -> None:
    erase(seat, robin)

    told = seat.call.get("/erasures")
    (erasure,) = told["erasures"]
    assert sorted(erasure["links"]) == sorted(mark(erasure["salt"], link) for link in (LINK, LEAD))
    assert erasure["names"] == [mark(erasure["salt"], "robin sample")]
    assert len(erasure["inmails"]) == 3
    assert "robin" not in json.dumps(told).lower()


def test_a_client_that_knows_the_summary_learns_of_it(seat: Seat) -> None:
    person = seat.call.post("/targets", {"person": ROBIN})["person"]["id"]
    etag = seat.call("GET", f"{seat.path}/summary").headers["ETag"]

    erase(seat, person)

    summary = seat.call("GET", f"{seat.path}/summary", If_None_Match=etag)
    assert summary.status_code == 200
    assert summary.json["targets"]["next"] == []


def test_it_is_done_once_and_the_second_time_there_is_nothing_left(seat: Seat, robin: str) -> None:
    first = erase(seat, robin, Idempotency_Key="gone")
    later = seat.log("Robin Sample", link=LINK)["inmail"]["id"]

    again = seat.call("DELETE", f"/people/{robin}", Idempotency_Key="gone")
    assert (again.json, again.headers["Idempotency-Replayed"]) == (first, "true")
    nothing = {"id": robin, "inmails": 0, "targets": 0, "same_name": [], "mentions": []}
    assert erase(seat, robin) == nothing
    assert seat.call.get(f"{seat.path}/inmails/{later}")["recipient"]["name"] == "Robin Sample"


def test_what_still_mentions_the_person_is_named(seat: Seat, robin: str) -> None:
    text = seat.call.post("/texts", {"name": "For Robin Sample", "subject": "Hello", "body": "Hello"})["id"]
    mika = seat.call.post("/targets", {"person": {"name": "Mika Placeholder"}, "note": "ask robin-sample"})["id"]

    mentions = erase(seat, robin)["mentions"]

    assert sorted(mentions, key=lambda each: each["table"]) == [
        {"table": "target", "column": "note", "id": mika},
        {"table": "text", "column": "name", "id": text},
    ]


def test_another_person_of_the_same_name_stays_on_the_list(seat: Seat) -> None:
    first = seat.call.post("/people", ROBIN)["id"]
    second = seat.call.post("/people", {"name": "Robin Dummy"})["id"]
    seat.call("PATCH", f"/people/{second}", {"name": "Robin Sample"})

    erase(seat, first)

    assert [each["id"] for each in seat.call.get("/people")["items"]] == [second]


@pytest.mark.sqlite
def test_the_programs_own_copies_hold_the_person_no_more(
    seat: Seat, robin: str, other: Seat, store: Store, tmp_path: Path
) -> None:
    copy, broken = (tmp_path / f"inkeeper.sqlite3.before-{step}" for step in ("0011_more", "0002_owning"))
    store.copy_to(copy)
    broken.write_bytes(b"no database")

    erase(seat, robin)

    content = copy.read_bytes().lower()
    assert not [word for word in (b"r. s.", b"the sampling", b"r0bin") if word in content]
    assert b"their note" in content, "another owner's data stays"


def test_logging_and_erasing_at_the_same_time_come_one_after_the_other(
    app: Flask, seat: Seat, store: Store, clock: Clock
) -> None:
    people = [
        seat.call.post("/targets", {"person": {"name": f"Robin {number}"}})["person"]["id"] for number in range(8)
    ]
    together = Barrier(16)

    def do(number: int) -> int:
        call = Caller(app.test_client(), seat.call.headers)
        together.wait()
        if number % 2:
            return call("DELETE", f"/people/{people[number // 2]}").status_code
        recipient = {"name": f"Robin {number // 2}"}
        return call("POST", f"{seat.path}/inmails", {"recipient": recipient, "source": "api"}).status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(do, range(16)))

    assert statuses == [201, 200] * 8
    with store.read() as tx:
        rows = tx.execute("SELECT name, target_id IS NOT NULL FROM inmail").fetchall()
        assert tx.execute("SELECT DISTINCT name FROM person").fetchall() == [(ERASED_NAME,)]
    # Logged first, the InMail did the step of the target and was erased; logged after it, it is of nobody on the list.
    assert all(bool(did_a_step) == (name == ERASED_NAME) for name, did_a_step in rows)
    assert len(rows) == 8
    assert list(check(store, clock())) == []
