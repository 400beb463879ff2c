"""Planning in bulk over HTTP, on the 23 November of a month whose credits expire on its last day."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.conftest import Clock
from tests.seat import Seat


@pytest.fixture
def twelve(open_account: Callable[..., Seat]) -> Seat:
    """12 credits that expire at the end of 30 November, a Monday; 25 more come then."""
    return open_account(plan="sales_navigator", observed_balance=12)


def add(seat: Seat, name: str, **fields: Any) -> str:
    return str(seat.call.post("/targets", {"person": {"name": name}, **fields})["id"])


def add_many(seat: Seat, count: int, **fields: Any) -> list[str]:
    return [add(seat, f"Robin Sample {number:04}", **fields) for number in range(count)]


def plan(seat: Seat, targets: Any = "all_ready", *, preview: bool = False, status: int = 200, **wanted: Any) -> Any:
    path = f"{seat.path}/plan" + ("?preview=true" if preview else "")
    answer = seat.call("POST", path, {"targets": targets, **wanted})
    assert answer.status_code == status, answer.json
    return answer.json


def days(seat: Seat) -> dict[str, str | None]:
    items = seat.call.get("/targets?limit=200")["items"]
    return {item["id"]: item["planned_for"] for item in items}


def codes(answer: Any) -> list[str]:
    return [one["code"] for one in answer["not_placed"]]


def campaign(seat: Seat, **fields: Any) -> str:
    return str(seat.call.post("/campaigns", {"name": "Autumn", "account": seat.account["id"], **fields})["id"])


def test_the_preview_is_what_is_stored(twelve: Seat) -> None:
    ids = add_many(twelve, 12)
    preview = plan(twelve, preview=True)
    assert set(days(twelve).values()) == {None}

    stored = plan(twelve)

    assert stored == preview
    assert days(twelve) == {one["target"]: one["day"] for one in stored["placed"]}
    assert sorted(days(twelve)) == sorted(ids)
    assert Counter(days(twelve).values()) == {
        "2026-11-23": 2,
        "2026-11-24": 2,
        "2026-11-25": 2,
        "2026-11-26": 2,
        "2026-11-27": 2,
        "2026-11-30": 2,
    }
    assert (stored["credits"], stored["named"]) == (12, 12)
    assert stored["days"][0] == {"day": "2026-11-23", "planned": 2, "balance_after": 10}
    assert stored["days"][-1] == {"day": "2026-11-30", "planned": 2, "balance_after": 0}


def test_planning_again_moves_nobody(twelve: Seat) -> None:
    ids = add_many(twelve, 15)
    plan(twelve, until="2026-11-30")
    before = days(twelve)

    again = plan(twelve, ids, until="2026-11-30")

    assert days(twelve) == before
    assert again["placed"] == []
    assert Counter(codes(again)) == {"already_planned": 12, "no_credit": 3}
    assert again["named"] == again["credits"] == 12


def test_few_names_for_many_credits(twelve: Seat) -> None:
    add_many(twelve, 3)

    answer = plan(twelve)

    assert (answer["credits"], answer["named"]) == (12, 3)


def test_more_people_than_credits_go_on_with_the_next_month(twelve: Seat) -> None:
    add_many(twelve, 20)

    answer = plan(twelve)

    in_november = [one for one in answer["placed"] if one["day"] < "2026-12"]
    assert (len(in_november), len(answer["placed"])) == (12, 20)
    assert answer["named"] == 20


def test_at_most_so_many_a_day(twelve: Seat) -> None:
    add_many(twelve, 8)

    answer = plan(twelve, per_day=1, until="2026-11-30", **{"from": "2026-11-24"})

    assert [one["day"] for one in answer["placed"]] == [
        *("2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30")
    ]
    assert codes(answer) == ["per_day"] * 3


def test_the_reserve_is_kept(twelve: Seat) -> None:
    twelve.call("PATCH", twelve.path, {"reserve": 2})
    add_many(twelve, 12)

    answer = plan(twelve, until="2026-11-30")

    assert (len(answer["placed"]), answer["credits"], answer["named"]) == (10, 10, 10)
    assert answer["days"][-1]["balance_after"] == 2
    assert codes(answer) == ["no_credit"] * 2


def test_who_must_not_be_planned(twelve: Seat, clock: Clock) -> None:
    marked = twelve.call.post("/targets", {"person": {"name": "Robin Sample"}})
    twelve.call("PATCH", f"/people/{marked['person']['id']}", {"do_not_contact": True})
    twelve.log("Mika Placeholder")
    clock.advance(days=1)
    written = add(twelve, "Mika Placeholder")
    follow_up = add(twelve, "Mika Muster", purpose="follow_up")
    over = add(twelve, "Noor Dummy", campaign=campaign(twelve, budget=0))
    ended = add(twelve, "Sasha Specimen", campaign=campaign(twelve, ends="2026-11-24"))
    dropped = add(twelve, "Kai Example")
    twelve.call("PATCH", f"/targets/{dropped}", {"action": "drop"})
    twelve.log("Mika Muster")
    clock.advance(days=1)
    again = add(twelve, "Mika Muster", purpose="follow_up")

    wanted = [marked["id"], written, follow_up, over, ended, dropped, again]
    answer = plan(twelve, wanted)

    assert {one["target"]: one["code"] for one in answer["not_placed"]} == {
        marked["id"]: "do_not_contact",
        written: "written_recently",
        follow_up: "nothing_to_write",
        over: "over_budget",
        ended: "outside_campaign",
        dropped: "nothing_to_write",
    }
    assert [one["target"] for one in answer["placed"]] == [again]


def test_somebody_written_to_by_another_spelling_or_account_is_found(
    twelve: Seat, open_account: Callable[..., Seat], clock: Clock
) -> None:
    other = open_account(name="Other")
    link = "https://www.linkedin.com/in/robin-sample"
    other.log("R. Sample", link=link)
    clock.advance(days=2)
    one = str(
        twelve.call.post("/targets", {"person": {"name": "Robin Sample", "profile_url": link}, "account": None})["id"]
    )

    assert codes(plan(twelve, [one])) == ["written_recently"]
    clock.advance(days=88)
    twelve.call("POST", f"{twelve.path}/observations", {"balance": 12, "source": "person"})
    assert codes(plan(twelve, [one])) == []


def test_a_budget_holds_over_several_plans(twelve: Seat) -> None:
    made = campaign(twelve, budget=4)
    ids = add_many(twelve, 8, campaign=made)
    twelve.log("Robin Sample 0000")

    first = plan(twelve, ids[1:3])
    second = plan(twelve)

    assert (len(first["placed"]), len(second["placed"])) == (2, 1)
    assert Counter(codes(second)) == {"over_budget": 4}
    found = twelve.call.get(f"/campaigns/{made}")
    assert found["spent"] + found["planned"] == found["budget"] == 4


def test_a_campaigns_days_are_kept(twelve: Seat) -> None:
    ids = add_many(twelve, 4, campaign=campaign(twelve, starts="2026-11-26", ends="2026-11-27"))

    assert sorted(one["day"] for one in plan(twelve, ids)["placed"]) == ["2026-11-26"] * 2 + ["2026-11-27"] * 2


def test_a_follow_up_is_planned_from_the_day_on_which_it_opens(twelve: Seat) -> None:
    one = add(twelve, "Robin Sample", campaign=campaign(twelve, steps=[{}, {"after_working_days": 4}]))
    twelve.log("Robin Sample")

    placed = plan(twelve, [one])["placed"]

    assert placed == [{"target": one, "day": "2026-11-27"}] or placed[0]["day"] > "2026-11-27"
    assert twelve.call.get(f"/targets/{one}")["step"] == 2


def test_one_person_is_planned_once(twelve: Seat) -> None:
    first = add(twelve, "Robin Sample")
    inmail = twelve.log("Robin Sample")["inmail"]["id"]
    second = add(twelve, "Robin Sample", purpose="follow_up")
    # Undo opens the first again.
    twelve.call("DELETE", f"{twelve.path}/inmails/{inmail}")

    together = plan(twelve, [first, second])

    assert (len(together["placed"]), codes(together)) == (1, ["already_planned"])


def test_targets_of_other_accounts_and_missing_ones_are_refused(
    twelve: Seat, open_account: Callable[..., Seat]
) -> None:
    other = open_account(name="Other")
    mine, theirs = add(twelve, "Robin Sample"), add(twelve, "Mika Placeholder", account=other.account["id"])

    refused = plan(twelve, [mine, theirs], status=422)
    missing = plan(twelve, [mine, "missing"], status=422)

    assert [error["path"] for error in refused["errors"] + missing["errors"]] == ["targets.1", "targets.1"]
    assert set(days(twelve).values()) == {None}
    assert [one["target"] for one in plan(twelve)["placed"]] == [mine]
    assert twelve.call.get(f"/targets/{mine}")["account"] == twelve.account["id"]


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ({"targets": []}, "targets"),
        ({"targets": "all"}, "targets"),
        ({"targets": [1]}, "targets"),
        ({"targets": "all_ready", "from": "2026-11-22"}, "from"),
        ({"targets": "all_ready", "until": "2027-02-24"}, "until"),
        ({"targets": "all_ready", "from": "2026-11-25", "until": "2026-11-24"}, "until"),
        ({"targets": "all_ready", "per_day": 0}, "per_day"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(twelve: Seat, wanted: dict[str, Any], path: str) -> None:
    refused = twelve.call("POST", f"{twelve.path}/plan", wanted)

    assert refused.status_code == 422
    assert [error["path"] for error in refused.json["errors"]] == [path]


def test_the_same_key_plans_once(twelve: Seat) -> None:
    add_many(twelve, 3)
    path, body = f"{twelve.path}/plan", {"targets": "all_ready"}

    first = twelve.call("POST", path, body, Idempotency_Key="one")
    second = twelve.call("POST", path, body, Idempotency_Key="one")

    assert second.headers["Idempotency-Replayed"] == "true"
    assert first.json == second.json


def test_held_ones_come_by_themselves(twelve: Seat) -> None:
    ids = add_many(twelve, 4)
    plan(twelve, until="2026-11-30")
    twelve.call.post(f"{twelve.path}/observations", {"balance": 1, "source": "person"})
    items = twelve.call.get("/targets")["items"]

    assert [(item["state"], item["held_until"]) for item in items] == [
        ("planned", None),
        *[("held", "2026-12-01")] * 3,
    ]
    listed = twelve.summary()["targets"]
    assert (listed["held"], listed["names"]) == (3, 4)
    assert [item["id"] for item in twelve.call.get("/targets?state=held")["items"]] == ids[1:]
    assert [item["id"] for item in twelve.call.get("/targets?state=planned")["items"]] == ids[:1]
    known = twelve.call.get("/people/lookup?name=Robin+Sample+0003")["target"]
    assert (known["state"], known["held_until"]) == ("held", "2026-12-01")
    planned_for = [item["planned_for"] for item in items]

    twelve.call.post(f"{twelve.path}/observations", {"balance": 4, "source": "person"})

    items = twelve.call.get("/targets")["items"]
    assert [item["state"] for item in items] == ["planned"] * 4
    assert [item["planned_for"] for item in items] == planned_for
    assert twelve.summary()["targets"]["held"] == 0


def test_held_ones_count_as_named_from_the_day_on_which_their_credits_come(twelve: Seat) -> None:
    twelve.call.post(f"{twelve.path}/observations", {"balance": 1, "source": "person"})
    for name in ("Robin Sample", "Mika Placeholder"):
        add(twelve, name, planned_for="2026-11-24")
    one = add(twelve, "Noor Dummy")

    november = plan(twelve, [one], preview=True, until="2026-11-30")
    december = plan(twelve, [one], preview=True, until="2026-12-31")

    assert (november["credits"], november["named"], codes(november)) == (1, 1, ["no_credit"])
    assert (december["credits"], december["named"], len(december["placed"])) == (26, 3, 1)
    assert december["days"][-1]["balance_after"] == 23


def test_the_reserve_that_is_planned_by_hand_is_not_counted(twelve: Seat) -> None:
    twelve.call("PATCH", twelve.path, {"reserve": 11})
    for name in ("Robin Sample", "Mika Placeholder"):
        add(twelve, name, planned_for="2026-11-24")

    answer = plan(twelve, [add(twelve, "Noor Dummy")], until="2026-11-30")

    assert (answer["credits"], answer["named"], codes(answer)) == (1, 1, ["no_credit"])


def test_one_without_an_account_is_held_by_the_account_that_is_asked(
    twelve: Seat, open_account: Callable[..., Seat]
) -> None:
    poor = open_account(name="Poor", observed_balance=0)
    one = add(twelve, "Robin Sample", planned_for="2026-11-24")

    assert twelve.call.get(f"/targets/{one}")["state"] == "planned"
    assert [item["state"] for item in twelve.call.get(f"/targets?account={poor.account['id']}")["items"]] == ["held"]
    assert (twelve.summary()["targets"]["held"], poor.summary()["targets"]["held"]) == (0, 1)


def test_the_summary_turns_when_a_held_one_has_its_credit(twelve: Seat, clock: Clock) -> None:
    add(twelve, "Robin Sample", planned_for="2026-11-30")
    twelve.call.post(f"{twelve.path}/observations", {"balance": 0, "source": "person"})
    assert twelve.summary()["targets"]["next"][0]["state"] == "held"

    clock.advance(days=8)

    assert twelve.summary()["targets"]["next"][0]["state"] == "planned"


@pytest.fixture
def in_parallel(live_server: str, twelve: Seat) -> Callable[[list[dict[str, Any]]], list[Any]]:
    """Sends plans at the same time, each from a thread of its own."""

    def send(bodies: list[dict[str, Any]]) -> list[Any]:
        answers: list[Any] = [None] * len(bodies)
        barrier = threading.Barrier(len(bodies))

        def post(number: int) -> None:
            barrier.wait()
            url = f"{live_server}/api/v1{twelve.path}/plan"
            answers[number] = requests.post(url, json=bodies[number], headers=twelve.call.headers, timeout=30)

        threads = [threading.Thread(target=post, args=(number,)) for number in range(len(bodies))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    return send


def test_two_planners_never_plan_more_than_there_are_credits(
    twelve: Seat, in_parallel: Callable[[list[dict[str, Any]]], list[Any]]
) -> None:
    ids = add_many(twelve, 24)
    bodies = [{"targets": ids[number::4], "until": "2026-11-30"} for number in range(4)]

    answers = in_parallel(bodies)

    assert [answer.status_code for answer in answers] == [200] * 4
    assert sum(len(answer.json()["placed"]) for answer in answers) == 12
    assert sum(day is not None for day in days(twelve).values()) == 12
    assert twelve.summary()["targets"]["held"] == 0
