"""The list of people to write to, over HTTP."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.conftest import Clock
from tests.seat import Seat

ROBIN = {"name": "Robin Sample", "profile_url": "https://www.linkedin.com/in/robin-sample"}


def add(seat: Seat, person: dict[str, Any] | None = None, status: int = 201, **fields: Any) -> dict[str, Any]:
    answer = seat.call("POST", "/targets", {"person": person or ROBIN, **fields})
    assert answer.status_code == status, answer.json
    found: dict[str, Any] = answer.json
    return found


def change(seat: Seat, target: dict[str, Any], status: int = 200, **changes: Any) -> dict[str, Any]:
    answer = seat.call("PATCH", f"/targets/{target['id']}", changes)
    assert answer.status_code == status, answer.json
    found: dict[str, Any] = answer.json
    return found


def state(seat: Seat, target: dict[str, Any]) -> str:
    return str(seat.call("GET", f"/targets/{target['id']}").json["state"])


def names(seat: Seat, **query: str) -> list[str]:
    items = seat.call.get(f"/targets?{urlencode(query)}")["items"]
    return [item["person"]["name"] for item in items]


def listed(seat: Seat) -> dict[str, Any]:
    found: dict[str, Any] = seat.call("GET", f"{seat.path}/summary").json["targets"]
    return found


def test_a_person_is_put_on_the_list(seat: Seat) -> None:
    target = add(seat, note="Data lead", purpose="introduction")

    assert target["state"] == "ready"
    assert target["person"]["links"] == [ROBIN["profile_url"]]
    assert (target["note"], target["purpose"], target["step"], target["told"]) == ("Data lead", "introduction", 1, [])
    assert [one["id"] for one in listed(seat)["next"]] == [target["id"]]
    assert listed(seat)["ready"] == listed(seat)["names"] == 1


def test_nobody_is_on_the_list_twice(seat: Seat) -> None:
    target = add(seat)

    again = add(seat, {"name": "R. Sample", "profile_url": "linkedin.com/in/Robin-Sample/?x=1"}, 409)

    assert (again["code"], again["target"]["id"]) == ("already_on_list", target["id"])


def test_an_inmail_to_the_person_closes_the_target_and_undo_opens_it(seat: Seat) -> None:
    target = add(seat, purpose="article")

    logged = seat.call("POST", f"{seat.path}/inmails", {"recipient": ROBIN, "source": "popup"}).json

    assert logged["closed_target"] == target["id"]
    assert (logged["inmail"]["target"], logged["inmail"]["purpose"]) == (target["id"], "article")
    assert state(seat, target) == "waiting"
    assert listed(seat)["names"] == 0
    assert listed(seat)["sent_today"] == 1

    seat.call("DELETE", f"{seat.path}/inmails/{logged['inmail']['id']}")

    assert state(seat, target) == "ready"
    assert listed(seat)["names"] == 1


def test_the_state_follows_the_answer_and_the_time(seat: Seat, clock: Clock) -> None:
    target = add(seat)
    inmail = seat.log("Robin Sample")["inmail"]["id"]
    path = f"{seat.path}/inmails/{inmail}"

    seat.call("PATCH", path, {"outcome": "replied"})
    assert state(seat, target) == "answered"
    seat.call("PATCH", path, {"outcome": "pending"})
    assert state(seat, target) == "waiting"
    clock.advance(days=90)
    assert state(seat, target) == "done"


def test_an_edit_of_the_day_keeps_the_target_closed(seat: Seat, clock: Clock) -> None:
    target = add(seat)
    inmail = seat.log("Robin Sample")["inmail"]["id"]

    edited = seat.call("PATCH", f"{seat.path}/inmails/{inmail}", {"cost": 0}).json["inmail"]

    assert edited["target"] == target["id"]
    assert state(seat, target) == "waiting"


def test_an_inmail_that_went_to_somebody_else_opens_the_target(seat: Seat) -> None:
    target = add(seat)
    other = add(seat, {"name": "Mika Placeholder"})
    inmail = seat.log("Robin Sample")["inmail"]["id"]

    seat.call("PATCH", f"{seat.path}/inmails/{inmail}", {"recipient": {"name": "Mika Placeholder"}})

    assert (state(seat, target), state(seat, other)) == ("ready", "waiting")


@pytest.mark.parametrize(("action", "expected"), [("drop", "dropped"), ("close", "done"), ("first", "ready")])
def test_actions(seat: Seat, action: str, expected: str) -> None:
    add(seat, {"name": "Mika Placeholder"})
    target = add(seat)

    assert change(seat, target, action=action)["state"] == expected
    assert names(seat)[0] == ("Robin Sample" if action == "first" else "Mika Placeholder")


def test_later_plans_for_a_day(seat: Seat) -> None:
    target = add(seat)
    mika = add(seat, {"name": "Mika Placeholder"})

    later = change(seat, target, action="later", until="2026-11-30")

    assert (later["state"], later["planned_for"]) == ("planned", "2026-11-30")
    assert [one["id"] for one in listed(seat)["next"]] == [mika["id"], target["id"]]
    assert change(seat, target, action="later", until="2020-01-01", status=422)["code"] == "invalid"
    assert change(seat, target, planned_for=None)["state"] == "ready"


def test_a_dropped_one_comes_back(seat: Seat) -> None:
    target = add(seat)
    change(seat, target, action="drop")

    assert change(seat, target, action="later", until="2026-11-30", status=409)["code"] == "conflict"
    assert change(seat, target, action="reopen")["state"] == "ready"


def test_do_not_contact_ends_it(seat: Seat) -> None:
    target = add(seat)
    person = target["person"]["id"]

    marked = seat.call("PATCH", f"/people/{person}", {"do_not_contact": True}).json

    assert marked["do_not_contact"] is True
    assert state(seat, target) == "dropped"
    assert add(seat, status=409)["code"] == "do_not_contact"
    assert seat.call("PATCH", f"/people/{person}", {"do_not_contact": False}).status_code == 200
    assert state(seat, target) == "ready"


def test_what_is_known_of_the_person_of_a_page(seat: Seat) -> None:
    target = add(seat)

    known = seat.call.get(f"/people/lookup?{urlencode({'profile_url': ROBIN['profile_url']})}")

    assert known["person"]["id"] == target["person"]["id"]
    assert known["target"]["id"] == target["id"]
    assert (known["last_inmail"], known["inmails"]) == (None, 0)


def test_who_was_written_to_is_told(seat: Seat) -> None:
    seat.log("Robin Sample", link=ROBIN["profile_url"])

    assert add(seat)["told"] == ["already_written"]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"person": {"name": "Robin", "profile_url": "https://example.com/in/robin"}}, "person.profile_url"),
        ({"person": {}}, "person.name"),
        ({"campaign": "missing"}, "campaign"),
        ({"text": "missing"}, "text"),
        ({"planned_for": "2020-01-01"}, "planned_for"),
        ({"planned_at": "09:00"}, "planned_at"),
        ({"planned_at": "9 o'clock", "planned_for": "2026-11-30"}, "planned_at"),
        ({"due": "soon"}, "due"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(seat: Seat, fields: dict[str, Any], path: str) -> None:
    refused = seat.call("POST", "/targets", {"person": ROBIN} | fields)

    assert refused.status_code == 422
    assert [error["path"] for error in refused.json["errors"]] == [path]
    assert names(seat) == []


def test_lists(seat: Seat) -> None:
    robin, mika = add(seat), add(seat, {"name": "Mika Placeholder", "company": "Tinworks"})
    change(seat, mika, action="later", until="2026-11-30")
    seat.log("Robin Sample")

    assert names(seat) == ["Robin Sample", "Mika Placeholder"]
    assert names(seat, state="waiting") == ["Robin Sample"]
    assert names(seat, state="planned") == ["Mika Placeholder"]
    assert names(seat, q="TINW") == names(seat, q="placeh") == ["Mika Placeholder"]
    assert names(seat, planned_until="2026-11-29") == []
    assert robin["position"] < mika["position"]


def test_the_text_for_the_next_inmail_is_filled_in(seat: Seat) -> None:
    words = {"name": "Hello", "subject": "A question", "body": "Hi {{first_name}}, at {{company}}: {{note|hello}}"}
    text = seat.call.post("/texts", words)["id"]
    target = add(seat, text=text, note="Data lead")

    assert target["copy"] == listed(seat)["next"][0]["copy"]
    assert target["copy"]["body"].startswith("Hi Robin, at ")
    assert (target["copy"]["subject"], target["copy"]["missing"]) == ("A question", ["company"])

    seat.call("PATCH", f"/people/{target['person']['id']}", {"company": "Tinworks"})
    assert listed(seat)["next"][0]["copy"]["body"] == "Hi Robin, at Tinworks: Data lead"
    seat.call("PATCH", f"/texts/{text}", {"body": "Hello {{name}}"})
    assert listed(seat)["next"][0]["copy"]["body"] == "Hello Robin Sample"


def test_the_text_is_noted_with_the_inmail(seat: Seat) -> None:
    text = seat.call.post("/texts", {"name": "Hello", "subject": "A question", "body": "Hi"})["id"]
    add(seat, text=text)

    inmail = seat.log("Robin Sample")["inmail"]

    assert (inmail["text"], inmail["text_version"]) == (text, 1)


def test_an_archived_text_stays_with_its_target_and_is_given_to_no_other(seat: Seat) -> None:
    text = seat.call.post("/texts", {"name": "Hello", "subject": "A question", "body": "Hi"})["id"]
    target = add(seat, text=text)
    assert seat.call("DELETE", f"/texts/{text}").json["archived"] is True

    assert change(seat, target, text=text, note="Data lead")["text"] == text
    refused = seat.call("POST", "/targets", {"person": {"name": "Mika Placeholder"}, "text": text})
    assert [error["path"] for error in refused.json["errors"]] == ["text"]
