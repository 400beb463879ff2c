"""Looking up over HTTP whether InMails went to a person."""

from __future__ import annotations

import http.client
import json
import threading
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


LEAD = "https://www.linkedin.com/sales/lead/ACwAAB0robin"
OTHER_LEAD = "https://www.linkedin.com/sales/lead/ACwAAB0ROBIN"


def test_people_whose_links_differ_by_case_keep_both_links(seat: Seat) -> None:
    first = seat.call.post("/people", {"name": "Robin Sample", "profile_url": LEAD})
    second = seat.call.post("/people", {"name": "Mika Muster", "profile_url": OTHER_LEAD})
    third = seat.call.post("/people", {"name": "Kai Example"})

    assert (first["links"], second["links"]) == ([LEAD], [OTHER_LEAD])
    assert [seat.call.get(f"/people/{each['id']}")["links"] for each in (first, second)] == [[LEAD], [OTHER_LEAD]]
    for link, person in ((LEAD, first), (OTHER_LEAD, second)):
        assert look_up(seat.call, profile_url=link)["person"]["id"] == person["id"]
        assert seat.call("PATCH", f"/people/{third['id']}", {"profile_url": link}).status_code == 422
    assert (
        seat.call("PATCH", f"/people/{third['id']}", {"profile_url": LEAD.replace("robin", "Robin")}).status_code == 200
    )


def test_a_link_in_lower_case_leads_to_the_same_person(seat: Seat) -> None:
    first = seat.call.post("/people", {"name": "Robin Sample", "profile_url": LEAD.replace("ACwAAB", "acwaab")})
    other = seat.call.post("/people", {"name": "Mika Muster"})

    assert seat.call.post("/people", {"name": "R. Sample", "profile_url": LEAD}, 200)["id"] == first["id"]
    assert seat.call("PATCH", f"/people/{other['id']}", {"profile_url": LEAD}).status_code == 422


def test_of_devices_that_add_a_link_at_once_one_adds_it(open_account: Callable[..., Seat], live_server: str) -> None:
    """Each over its own connection to the real server; the database is the only thing between them."""
    seat = open_account()
    start = threading.Barrier(8)
    answers: list[tuple[int, dict[str, Any]]] = []

    def add(number: int) -> None:
        connection = http.client.HTTPConnection(live_server.removeprefix("http://"))
        body = json.dumps({"person": {"name": f"Robin Sample {number}", "profile_url": LEAD}})
        start.wait()
        headers = seat.call.headers | {"Content-Type": "application/json"}
        connection.request("POST", "/api/v1/targets", body, headers)
        answer = connection.getresponse()
        answers.append((answer.status, json.loads(answer.read())))
        connection.close()

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(status for status, _ in answers) == [201, *[409] * 7]
    [target] = seat.call.get("/targets")["items"]
    [person] = seat.call.get("/people")["items"]
    assert target["person"] == person
    assert person["links"] == [LEAD]
    assert [body.get("target", body)["person"] for _, body in answers] == [person] * 8
