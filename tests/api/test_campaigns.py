"""Campaigns over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Clock
from tests.seat import Seat


def campaign(seat: Seat, status: int = 201, **fields: Any) -> dict[str, Any]:
    body = {"name": "Autumn", "account": seat.account["id"], **fields}
    answer = seat.call("POST", "/campaigns", body)
    assert answer.status_code == status, answer.json
    found: dict[str, Any] = answer.json
    return found


def text(seat: Seat, name: str = "Hello") -> str:
    return str(seat.call.post("/texts", {"name": name, "subject": "A question", "body": "Hi {{first_name}}"})["id"])


def target(seat: Seat, name: str, **fields: Any) -> str:
    return str(seat.call.post("/targets", {"person": {"name": name}, **fields})["id"])


def show(seat: Seat, made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = seat.call.get(f"/campaigns/{made['id']}")
    return found


def state(seat: Seat, target_id: str) -> str:
    return str(seat.call.get(f"/targets/{target_id}")["state"])


def counts(found: dict[str, Any]) -> dict[str, int]:
    return {name: found[name] for name in ("spent", "answered", "open", "waiting", "dropped")}


FOLLOW_UPS = [{}, {"after_working_days": 3}, {}]


def test_a_campaign_has_defaults(seat: Seat) -> None:
    made = campaign(seat)

    assert made["steps"] == [{"after_working_days": None, "purpose": None, "texts": []}]
    assert (made["budget"], made["starts"], made["ends"], made["archived"]) == (None, None, None, False)
    assert counts(made) == {"spent": 0, "answered": 0, "open": 0, "waiting": 0, "dropped": 0}
    assert seat.call.get("/campaigns")["items"] == [made]


def test_follow_ups_come_after_seven_working_days_unless_said(seat: Seat) -> None:
    made = campaign(seat, steps=FOLLOW_UPS)

    assert [step["after_working_days"] for step in made["steps"]] == [None, 3, 7]


def test_progress_is_counted(seat: Seat) -> None:
    made = campaign(seat, steps=FOLLOW_UPS)
    ids = [target(seat, name) for name in ("Robin Sample", "Mika Placeholder", "Noor Dummy")]
    assert seat.call.post(f"/campaigns/{made['id']}/targets", {"targets": ids}, 200)["added"] == 3

    seat.log("Robin Sample")
    inmail = seat.log("Mika Placeholder")["inmail"]
    seat.call("PATCH", f"{seat.path}/inmails/{inmail['id']}", {"outcome": "replied"})

    assert inmail["campaign"] == made["id"]
    assert counts(show(seat, made)) == {"spent": 2, "answered": 1, "open": 1, "waiting": 1, "dropped": 0}


def test_targets_are_put_in_once(seat: Seat) -> None:
    made = campaign(seat)
    one = target(seat, "Robin Sample")
    path = f"/campaigns/{made['id']}/targets"

    assert seat.call.post(path, {"targets": [one]}, 200)["added"] == 1
    assert seat.call.post(path, {"targets": [one, one]}, 200)["added"] == 0
    assert show(seat, made)["targets"] == 1


def test_two_texts_are_used_in_turn(seat: Seat) -> None:
    first, second = text(seat, "First"), text(seat, "Second")
    made = campaign(seat, steps=[{"texts": [first, second]}])
    ids = [target(seat, f"Robin Sample {number}") for number in range(3)]
    seat.call.post(f"/campaigns/{made['id']}/targets", {"targets": ids[:1]}, 200)
    seat.call.post(f"/campaigns/{made['id']}/targets", {"targets": ids}, 200)
    target(seat, "Mika Placeholder", campaign=made["id"])

    listed = seat.call.get(f"/targets?campaign={made['id']}")["items"]
    assert [one["text"] for one in listed] == [first, second, first, second]


def test_a_follow_up_opens_after_working_days_over_a_months_end(seat: Seat, clock: Clock) -> None:
    made = campaign(seat, steps=[{}, {"after_working_days": 28}])
    one = target(seat, "Robin Sample", campaign=made["id"])
    seat.log("Robin Sample")

    waiting = seat.call.get(f"/targets/{one}")
    assert (waiting["state"], waiting["step"], waiting["due"]) == ("waiting", 2, "2026-12-31")
    clock.advance(days=37)
    assert state(seat, one) == "waiting"
    clock.advance(days=1)
    assert state(seat, one) == "ready"


def test_other_steps_and_days_hold_at_once(seat: Seat, clock: Clock) -> None:
    made = campaign(seat, steps=[{}, {"after_working_days": 3}], ends="2026-11-26")
    one = target(seat, "Robin Sample", campaign=made["id"])
    seat.log("Robin Sample")
    clock.advance(days=3)
    assert state(seat, one) == "ready"

    seat.call("PATCH", f"/campaigns/{made['id']}", {"steps": [{}]})
    assert state(seat, one) == "waiting"
    assert seat.call.get(f"/targets/{one}")["due"] is None
    seat.call("PATCH", f"/campaigns/{made['id']}", {"steps": [{}, {"after_working_days": 3}]})
    assert state(seat, one) == "ready"
    assert seat.summary()["targets"]["names"] == 1
    clock.advance(days=1)
    assert state(seat, one) == "waiting"
    assert seat.summary()["targets"]["names"] == 0
    seat.call("PATCH", f"/campaigns/{made['id']}", {"ends": None})
    assert state(seat, one) == "ready"
    assert seat.summary()["targets"]["names"] == 1


def test_the_end_drops_what_is_left_and_says_so(seat: Seat, clock: Clock) -> None:
    made = campaign(seat, ends="2026-11-24")
    left = [target(seat, name, campaign=made["id"]) for name in ("Robin Sample", "Mika Placeholder")]
    seat.log("Robin Sample")
    assert (show(seat, made)["over"], show(seat, made)["dropped"]) == (False, 0)

    clock.advance(days=2)

    assert (show(seat, made)["over"], show(seat, made)["dropped"]) == (True, 1)
    assert [state(seat, one) for one in left] == ["waiting", "dropped"]
    refused = seat.call("POST", f"/campaigns/{made['id']}/targets", {"targets": left})
    assert (refused.status_code, refused.json["code"]) == (409, "over")


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"account": "missing"}, "account"),
        ({"budget": -1}, "budget"),
        ({"starts": "2026-12-02", "ends": "2026-12-01"}, "ends"),
        ({"ends": "2026-11-22"}, "ends"),
        ({"ends": "9999-12-31"}, "ends"),
        ({"steps": []}, "steps"),
        ({"steps": [{}] * 5}, "steps"),
        ({"steps": [{"after_working_days": 7}]}, "steps.0.after_working_days"),
        ({"steps": [{}, {"after_working_days": 2}]}, "steps.1.after_working_days"),
        ({"steps": [{}, {"after_working_days": 29}]}, "steps.1.after_working_days"),
        ({"steps": [{"texts": ["missing"]}]}, "steps.0.texts.0"),
        ({"steps": [{"texts": ["a", "a"]}]}, "steps.0.texts"),
        ({"steps": [{"texts": ["a", "b", "c"]}]}, "steps.0.texts"),
        ({"steps": [{"purpose": "fun"}]}, "steps.0.purpose"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(seat: Seat, fields: dict[str, Any], path: str) -> None:
    refused = campaign(seat, 422, **fields)

    assert [error["path"] for error in refused["errors"]] == [path]
    assert seat.call.get("/campaigns")["items"] == []


def test_a_campaign_may_end_today_and_an_ended_one_keeps_its_day(seat: Seat, clock: Clock) -> None:
    made = campaign(seat, ends="2026-11-23")
    clock.advance(days=1)
    path = f"/campaigns/{made['id']}"

    assert seat.call("PATCH", path, {"name": "Late autumn", "ends": "2026-11-23"}).status_code == 200
    refused = seat.call("PATCH", path, {"ends": "2026-11-22"})
    assert (refused.status_code, refused.json["errors"][0]["path"]) == (422, "ends")
    refused = seat.call("PATCH", path, {"starts": "2026-11-24"})
    assert (refused.status_code, refused.json["errors"][0]["path"]) == (422, "starts")


def test_a_deleted_text_stays_in_its_campaign_and_comes_into_no_other(seat: Seat) -> None:
    used = text(seat)
    made = campaign(seat, steps=[{"texts": [used]}])
    seat.call("DELETE", f"/texts/{used}")

    kept = seat.call("PATCH", f"/campaigns/{made['id']}", {"steps": [{"texts": [used]}, {}]})
    assert kept.status_code == 200
    assert campaign(seat, 422, steps=[{"texts": [used]}])["errors"][0]["path"] == "steps.0.texts.0"


def test_a_deleted_campaign_leaves_its_people_on_the_list(seat: Seat) -> None:
    made = campaign(seat, budget=3)
    one = target(seat, "Robin Sample", campaign=made["id"])

    assert seat.call("DELETE", f"/campaigns/{made['id']}").json == {"id": made["id"], "archived": False}

    assert seat.call("GET", f"/campaigns/{made['id']}").status_code == 404
    assert state(seat, one) == "ready"
    assert seat.call.get(f"/targets/{one}")["campaign"] is None


def test_a_campaign_with_inmails_is_archived_and_what_is_left_is_dropped(seat: Seat) -> None:
    made = campaign(seat, steps=FOLLOW_UPS)
    robin = target(seat, "Robin Sample", campaign=made["id"])
    mika = target(seat, "Mika Placeholder", campaign=made["id"])
    seat.log("Robin Sample")

    assert seat.call("DELETE", f"/campaigns/{made['id']}").json == {"id": made["id"], "archived": True}

    assert seat.call.get("/campaigns")["items"] == []
    assert show(seat, made)["archived"] is True
    assert (state(seat, robin), state(seat, mika)) == ("waiting", "dropped")
    assert seat.call.get(f"/targets/{robin}")["due"] is None
    assert seat.call("DELETE", f"/campaigns/{made['id']}").status_code == 404
    assert seat.call("PATCH", f"/campaigns/{made['id']}", {"name": "Winter"}).status_code == 404


def test_nobody_is_put_into_a_campaign_that_has_ended(seat: Seat, clock: Clock) -> None:
    made = campaign(seat, ends="2026-11-23")
    inside = target(seat, "Robin Sample", campaign=made["id"])
    outside = target(seat, "Mika Placeholder")
    clock.advance(days=1)

    refused = seat.call("PATCH", f"/targets/{outside}", {"campaign": made["id"]})

    assert (refused.status_code, refused.json["errors"][0]["path"]) == (422, "campaign")
    assert seat.call("PATCH", f"/targets/{inside}", {"campaign": made["id"], "note": "late"}).status_code == 200


def test_a_changed_target_keeps_its_text(seat: Seat) -> None:
    first, second = text(seat, "First"), text(seat, "Second")
    made = campaign(seat, steps=[{"texts": [first, second]}])
    one = target(seat, "Robin Sample", campaign=made["id"])

    seat.call("PATCH", f"/targets/{one}", {"campaign": made["id"], "note": "met at a fair"})

    assert seat.call.get(f"/targets/{one}")["text"] == first


def test_other_working_days_move_the_follow_ups(seat: Seat, clock: Clock) -> None:
    one = target(seat, "Robin Sample", campaign=campaign(seat, steps=[{}, {"after_working_days": 5}])["id"])
    seat.log("Robin Sample")
    assert seat.call.get(f"/targets/{one}")["due"] == "2026-11-30"
    clock.advance(days=7)
    assert seat.summary()["targets"]["names"] == 1

    seat.call("PATCH", seat.path, {"working_days": [1, 2]})

    assert seat.call.get(f"/targets/{one}")["due"] == "2026-12-08"
    assert seat.summary()["targets"]["names"] == 0


def test_somebody_of_an_ended_campaign_can_be_put_on_the_list_again(seat: Seat, clock: Clock) -> None:
    ended = campaign(seat, steps=[{}, {"after_working_days": 28}], ends="2026-11-24")
    target(seat, "Robin Sample", campaign=ended["id"])
    seat.log("Robin Sample")
    assert seat.call("POST", "/targets", {"person": {"name": "Robin Sample"}}).status_code == 409
    clock.advance(days=2)

    assert seat.call("POST", "/targets", {"person": {"name": "Robin Sample"}}).status_code == 201


def test_targets_that_are_not_there_are_named(seat: Seat) -> None:
    made = campaign(seat)
    one = target(seat, "Robin Sample")

    refused = seat.call("POST", f"/campaigns/{made['id']}/targets", {"targets": [one, "missing"]})

    assert (refused.status_code, refused.json["errors"][0]["path"]) == (422, "targets.1")
    assert show(seat, made)["targets"] == 0
