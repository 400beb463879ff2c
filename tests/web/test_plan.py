"""Planning: chosen, previewed in words, saved as previewed, taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.seat import Seat
from tests.web.conftest import HTMX, WebPage, values_of, words


@pytest.fixture
def twelve(open_account: Callable[..., Seat]) -> Seat:
    """12 credits on Monday, 23 November, that expire a week later."""
    return open_account(plan="sales_navigator", observed_balance=12)


def add(seat: Seat, count: int, **fields: str) -> list[str]:
    return [
        str(seat.call.post("/targets", {"person": {"name": f"Robin Sample {number}"}, **fields})["id"])
        for number in range(count)
    ]


def planned(seat: Seat) -> list[str | None]:
    return [item["planned_for"] for item in seat.call.get("/targets?limit=200")["items"]]


def test_all_that_are_ready_are_previewed(page: WebPage, twelve: Seat) -> None:
    add(twelve, 12)

    shown = page.text("/people/plan")

    assert "today 2 · tomorrow 2 · Wed 2 · Thu 2 · Fri 2 · Mon 2: all 12 credits have a name" in shown
    assert "today 2 Robin Sample 0, Robin Sample 1 10" in shown
    assert "Plan 12 people" in shown
    assert planned(twelve) == [None] * 12


def test_the_options_change_the_preview(page: WebPage, twelve: Seat) -> None:
    add(twelve, 3)

    shown = page.done("/people/plan/preview", all="1", per_day="1", until="2026-11-24", account=twelve.account["id"])

    assert "today 1 · tomorrow 1: 2 of 12 credits have a name" in shown
    assert "The days are full : 1" in shown


def test_those_that_were_selected_are_saved_as_previewed(page: WebPage, twelve: Seat) -> None:
    ids = add(twelve, 4)
    answer = page.send("/people/plan", targets=",".join(ids[:2]))
    assert "Plan 2 people" in words(answer)
    fields = {name: values_of(answer, name)[0] for name in ("account", "targets")}

    shown = page.done("/people/plan/save", **fields, **{"from": "2026-11-25"})

    assert "2 people are planned" in shown
    assert "Wed 25 Nov" in shown
    assert planned(twelve)[2:] == [None, None]
    assert None not in planned(twelve)[:2]
    assert min(filter(None, planned(twelve))) == "2026-11-25"


def test_rows_that_were_selected_on_the_list(page: WebPage, twelve: Seat) -> None:
    ids = add(twelve, 4)
    data = {"key": "k" * 20, "target": ids[:3], "account": twelve.account["id"], "show": "all", "q": ""}

    answer = page.client.post("/people/plan", data=data, headers=page.headers | HTMX)

    assert "Plan 3 people" in words(answer)
    assert values_of(answer, "targets") == [",".join(ids[:3])]


def test_nobody_selected_plans_nobody(page: WebPage, twelve: Seat) -> None:
    add(twelve, 2)

    assert "Nobody is ready to be planned." in page.done("/people/plan", account=twelve.account["id"])
    assert "Nobody was planned" in page.done("/people/plan/save", account=twelve.account["id"])
    assert planned(twelve) == [None, None]


def test_a_plan_is_taken_back(page: WebPage, twelve: Seat) -> None:
    add(twelve, 3)
    answer = page.send("/people/plan/save", all="1", account=twelve.account["id"])
    plan = values_of(answer, "plan")[0]
    moved = twelve.call.get("/targets")["items"][0]["id"]
    twelve.call("PATCH", f"/targets/{moved}", {"action": "later", "until": "2026-12-10"})

    shown = page.done("/people/plan/undo", account=twelve.account["id"], plan=plan)

    assert "Plan 2 people" in shown
    assert planned(twelve) == ["2026-12-10", None, None]


def test_a_day_that_is_none_takes_nothing_back(page: WebPage, twelve: Seat) -> None:
    [one] = add(twelve, 1)
    page.done("/people/plan/save", all="1", account=twelve.account["id"])

    answer = page.send("/people/plan/undo", plan=f"{one}=2026-13-45", account=twelve.account["id"])

    assert answer.status_code == 422
    assert planned(twelve) != [None]


def test_why_somebody_is_not_placed_is_said_in_words(page: WebPage, twelve: Seat) -> None:
    twelve.log("Robin Sample 0")
    marked = twelve.call.post("/targets", {"person": {"name": "Mika Placeholder"}})
    twelve.call("PATCH", f"/people/{marked['person']['id']}", {"do_not_contact": True})
    [again] = add(twelve, 1)

    shown = page.done("/people/plan", targets=f"{marked['id']},{again}")

    # An InMail that was sent a moment before somebody was put on the list is not the one that was to be sent.
    assert "Nobody can be planned." in shown
    assert "Marked: do not contact : 1 Mika Placeholder" in shown
    assert "Written to in the last 90 days : 1 Robin Sample 0" in shown


def test_only_those_of_a_campaign(page: WebPage, twelve: Seat) -> None:
    made = twelve.call.post("/campaigns", {"name": "Autumn", "account": twelve.account["id"]})["id"]
    add(twelve, 2, campaign=made)
    twelve.call.post("/targets", {"person": {"name": "Noor Dummy"}})

    assert "Plan 2 people" in page.done("/people/plan", all="1", campaign=made)


def test_nobody_is_ready(page: WebPage, twelve: Seat) -> None:
    assert "Nobody is ready to be planned." in page.text("/people/plan")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"from": "2026-11-22"}, "Pick a day from today to 23 Feb 2027."),
        ({"from": "2026-11-25", "until": "2026-11-24"}, "That's before the first day."),
        ({"per_day": "0"}, "Enter a whole number, such as 12."),
        ({"until": "soon"}, "Enter a day."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(page: WebPage, twelve: Seat, fields: dict[str, str], said: str) -> None:
    add(twelve, 1)

    for path in ("/people/plan", "/people/plan/preview", "/people/plan/save"):
        answer = page.send(path, all="1", **fields)
        assert answer.status_code == 422
        assert said in words(answer)
    assert planned(twelve) == [None]


def test_people_of_another_account_are_refused(page: WebPage, twelve: Seat, open_account: Callable[..., Seat]) -> None:
    other = open_account(name="Other")
    [theirs] = add(twelve, 1, account=other.account["id"])

    answer = page.send("/people/plan", targets=theirs, account=twelve.account["id"])

    assert answer.status_code == 422
    assert planned(twelve) == [None]


def test_a_double_submit_plans_once(page: WebPage, twelve: Seat) -> None:
    add(twelve, 2)
    fields = {"all": "1", "account": twelve.account["id"], "key": "k" * 20}

    first, second = (page.send("/people/plan/save", **fields) for _ in range(2))

    assert words(first) == words(second)
    assert values_of(first, "plan") == values_of(second, "plan")
