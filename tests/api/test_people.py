"""Looking up over HTTP whether InMails went to a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from tests.conftest import Clock, Device
from tests.seat import Caller, Seat

LINK = "https://www.linkedin.com/in/kai-example"
NOTHING = {"person": None, "target": None, "last_inmail": None, "inmails": 0}


def look_up(call: Caller, **query: str) -> Any:
    return call.get(f"/people/lookup?{urlencode(query)}")


def test_the_last_of_all_inmails_to_a_person_is_found(open_account: Callable[..., Seat]) -> None:
    seat = open_account(plan="sales_navigator", opened_at="2026-01-01T00:00:00Z")
    other = open_account(plan="recruiter_lite", opened_at="2026-01-01T00:00:00Z")
    seat.log("Kai Example", link=LINK, sent_at="2026-02-03T10:00:00Z")
    last = other.log("Kai Example", link=LINK, sent_at="2026-10-20T10:00:00Z")["inmail"]
    for number in range(30):
        seat.log(f"Robin Sample {number}", cost=0)

    for query in (
        {"profile_url": LINK},
        {"profile_url": "https://de.linkedin.com/in/Kai-Example/?trk=x", "name": "Another Name"},
        {"name": "kai  example"},
        {"profile_url": "https://www.linkedin.com/sales/lead/ACwAAA1", "name": "Kai Example"},
        {"profile_url": "https://www.example.com/", "name": "Kai Example"},
    ):
        assert look_up(seat.call, **query) == {
            "person": None,
            "target": None,
            "last_inmail": {
                "id": last["id"],
                "account": other.account["id"],
                "sent_at": "2026-10-20T10:00:00Z",
                "outcome": "pending",
            },
            "inmails": 2,
        }, query


def test_the_outcome_is_that_of_now(seat: Seat, clock: Clock) -> None:
    inmail = seat.log(link=LINK)["inmail"]
    assert look_up(seat.call, profile_url=LINK)["last_inmail"]["outcome"] == "pending"

    clock.advance(days=91)
    assert look_up(seat.call, profile_url=LINK)["last_inmail"]["outcome"] == "no_response"

    seat.call("PATCH", f"{seat.path}/inmails/{inmail['id']}", {"outcome": "replied"})
    assert look_up(seat.call, profile_url=LINK)["last_inmail"]["outcome"] == "replied"


def test_one_that_was_taken_back_is_none(seat: Seat) -> None:
    inmail = seat.log(link=LINK)["inmail"]
    seat.call("DELETE", f"{seat.path}/inmails/{inmail['id']}")

    assert look_up(seat.call, profile_url=LINK, name="Kai Example") == NOTHING


@pytest.mark.parametrize(
    "query",
    [
        {"profile_url": "https://www.linkedin.com/in/robin-sample"},
        {"profile_url": "https://www.linkedin.com/in/robin-sample", "name": "Kai Example"},
        {"profile_url": "https://www.example.com/in/kai-example"},
        {"name": "Kai"},
        {"name": "LinkedIn Member"},
        {"name": ""},
        {"name": "\u200b", "profile_url": ""},
    ],
)
def test_no_other_person_is_taken_for_this_one(seat: Seat, query: dict[str, str]) -> None:
    seat.log("Kai Example", link=LINK)
    seat.log("LinkedIn Member", link="https://www.linkedin.com/sales/lead/ACwAAA1")

    assert look_up(seat.call, **query) == NOTHING


@pytest.mark.parametrize("query", ["", "?other=1", "?name=Kai&name_key=kai"])
def test_a_look_up_without_a_person_is_refused(seat: Seat, query: str) -> None:
    assert seat.call("GET", f"/people/lookup{query}").status_code == 422


def test_nothing_of_another_owner_is_found(seat: Seat, client: FlaskClient, pair: Callable[..., Device]) -> None:
    seat.log(link=LINK)
    stranger = Caller(client, pair("Robin Sample").headers)

    assert look_up(stranger, profile_url=LINK) == NOTHING
